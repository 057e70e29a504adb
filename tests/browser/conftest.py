"""The browser and the home of all tests here."""

import os
import shutil
import subprocess
import sys

import pytest
from playwright.sync_api import sync_playwright


@pytest.fixture(scope="module")
def browser():
    """Chromium or Chrome, without a window: what CHROMIUM names, the system's, or Playwright's."""
    with sync_playwright() as playwright:
        known = ["chromium", "google-chrome", playwright.chromium.executable_path]
        named = os.environ.get("CHROMIUM")
        path = next(filter(None, map(shutil.which, [named] if named else known)), None)
        assert path, (
            f"There is no browser at CHROMIUM={named}."
            if named
            else "There is no browser here: tests/browser/install gets one, CHROMIUM=<path> names one."
        )
        # Chromium's own sandbox does not run as root; only these tests' pages are opened.
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=path, args=sandbox)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home and a place for sockets of its own; the fork servers end with the test."""
    home = tmp_path_factory.mktemp("home")
    runtime = tmp_path_factory.mktemp("run")
    runtime.chmod(0o700)
    environment = {"HOME": str(home), "XDG_RUNTIME_DIR": str(runtime)}
    yield environment
    stop = [sys.executable, "-m", "warmgrader.cli", "stop"]
    subprocess.run(stop, env={**os.environ, **environment}, check=True)
