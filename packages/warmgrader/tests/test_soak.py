"""Many submissions of all kinds, one after the other: memory stays flat and nothing is left.

`WARMGRADER_SOAK=40 pytest -m slow packages/warmgrader/tests/test_soak.py` tries a smaller number.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from course import ASSIGNMENT, BIASED, RIGHT, Course
from test_warm_kernels import wait_until

SIZE = int(os.environ.get("WARMGRADER_SOAK", "1000"))
KINDS = {
    "right": (RIGHT, (), (1, 4)),
    "biased": (BIASED, (), (0, 0)),
    "broken": ("def mean(values", (), (0, 0)),
    "leaves": (RIGHT, ("import subprocess; subprocess.Popen(['sleep', '1000'])",), (1, 4)),
    "dies": ("import os\ndef mean(values):\n    os._exit(1)", (), (0, 0)),
    "writes": (RIGHT, ("open('/tmp/left', 'wb').write(bytes(1 << 20))",), (1, 4)),
    "floods": (RIGHT, ("while True: print('x' * 10_000)",), (1, 4)),
    "hungry": (RIGHT, ("hoard = [bytes([1]) * (50 << 20) for _ in range(20)]",), (1, 4)),
    "equal": ("class E:\n    def __eq__(s, o): return True\ndef mean(v): return E()", (), (0, 0)),
    "threads": (
        RIGHT,
        ("import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",),
        (1, 4),
    ),
}


def memory_of_workers(grader: psutil.Process) -> int:
    """Return the bytes that the grader and its workers have for themselves."""
    total = 0
    for process in (grader, *grader.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            # Not the fork server, and its kernels, of which some take all that they may.
            if "warmgrader.kernels.server" not in " ".join(process.cmdline()):
                total += process.memory_full_info().uss
    return total


@pytest.mark.slow
def test_a_thousand_submissions(
    tmp_path: Path, generated_course: Course, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = Course(tmp_path / "course", generated_course)
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    expected = {}
    for number in range(SIZE):
        kind = list(KINDS)[number % len(KINDS)]
        answer, cells, points = KINDS[kind]
        course.submit(f"{kind}{number:04}", answer, cells)
        expected[f"{kind}{number:04}"] = points
    command = [
        sys.executable, "-m", "warmgrader.cli", "autograde", ASSIGNMENT, "--workers=2",
        "--memory-limit=500", "--WarmExecute.output_limit=200000",
    ]  # fmt: skip
    environment = {**os.environ, "TMPDIR": str(temporary), "SOAK": str(tmp_path)}
    grader = subprocess.Popen(command, cwd=course.root, env=environment)
    samples = []
    while grader.poll() is None:
        with contextlib.suppress(psutil.NoSuchProcess):
            samples.append(memory_of_workers(psutil.Process(grader.pid)))
        time.sleep(1)
    assert grader.returncode == 0
    scores = course.scores()
    assert {s: (v["check"], v["hidden"]) for s, v in scores.items()} == expected
    # Once the workers are warm, they stay as large as they are.
    third = len(samples) // 3
    assert max(samples[-third:]) < 1.3 * max(samples[third : 2 * third])
    assert list(temporary.iterdir()) == []
    assert [path for path in (runtime / "warmgrader").iterdir() if path.name.startswith("k")] == []
    wait_until(lambda: processes_of(tmp_path) == [])  # the last ones are about to end


def processes_of(folder: Path) -> list[str]:
    """Return the processes that this grading has left, but for its fork server."""
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            command = " ".join(process.cmdline())
            if (
                process.environ().get("SOAK") == str(folder)
                and "warmgrader.kernels.server" not in command
            ):
                left.append(command)
    return left
