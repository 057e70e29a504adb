"""The buttons of JupyterLab, by way of the requests that they make to a real Jupyter server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from course import ASSIGNMENT, RIGHT, RIGHT_IF_WARM, Course

START_SECONDS = 120


class Server:
    """A running Jupyter server."""

    def __init__(self, url: str) -> None:
        self.url = url

    def request(self, path: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        """GET, or POST where there are data; return the answer."""
        request = urllib.request.Request(
            self.url + path,
            data=None if data is None else json.dumps(data).encode(),
            headers={"Authorization": "token secret", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=300) as answer:
            return json.loads(answer.read())


@pytest.fixture
def server(
    tmp_path: Path,
    generated_course: Course,
    warm_kernel: str,
    runtime: Path,
) -> Iterator[tuple[Server, Course]]:
    """A Jupyter server in a course that is switched to warmgrader."""
    course = Course(tmp_path / "course", generated_course)
    course.switch_over(warm_kernel)
    with (course.root / "nbgrader_config.py").open("a") as config:
        config.write("c.Execute.timeout = 5\n")
    folder = tmp_path / "runtime"
    process = subprocess.Popen(
        [
            sys.executable, "-m", "jupyter_server", "--allow-root", "--no-browser",
            "--ServerApp.port=0", "--IdentityProvider.token=secret",
            f"--ServerApp.root_dir={course.root}",
        ],
        cwd=course.root,
        env={**os.environ, "JUPYTER_RUNTIME_DIR": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield Server(_address(folder, process)), course
    finally:
        process.terminate()
        process.wait()


def _address(folder: Path, process: subprocess.Popen[bytes]) -> str:
    """Wait for a server to say where it is, and to answer."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.1)
        for path in folder.glob("jpserver-*.json"):
            try:
                url = json.loads(path.read_text())["url"]
                Server(url).request("api/status")
            except (OSError, ValueError):
                continue
            return url
    pytest.fail("the Jupyter server did not start")


def test_buttons(server: tuple[Server, Course]) -> None:
    jupyter, course = server
    validated = course.submit("ann", RIGHT_IF_WARM)
    answer = jupyter.request(
        "assignments/validate", {"path": str(validated.relative_to(course.root))}
    )
    assert answer["success"] is True
    [essay] = answer["value"]["failed"]  # not written; all else is right
    assert "You did not provide a response." in essay["error"]

    course.submit("loop", RIGHT, ("while True: pass",))
    answers: dict[str, Any] = {}

    def press() -> None:
        path = f"formgrader/api/submission/{ASSIGNMENT}/loop/autograde"
        answers["loop"] = jupyter.request(path, {})

    button = threading.Thread(target=press)
    button.start()
    meanwhile = 0
    while button.is_alive():
        jupyter.request("api/status")
        meanwhile += button.is_alive()
        time.sleep(0.1)
    assert answers["loop"]["success"] is True, answers["loop"]
    assert meanwhile > 10, "the server answered nobody while it graded"
    assert course.scores()["loop"]["hidden"] == 4
