"""The browser of all tests here."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium")
        assert path, "There is no chromium here; tests/browser/install installs it."
        # Chromium's own sandbox does not run as root; only these tests' pages are opened.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=sandbox)
        yield browser
        browser.close()
