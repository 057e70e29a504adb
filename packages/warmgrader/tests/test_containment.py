"""What ends or hangs costs the task in which it happens, and no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from course import ASSIGNMENT, RIGHT, Course
from test_autograde import automatic, report, run

HANGS_AT_FIRST = """
import os, signal
def mean(values):
    if np.size(values) == 2 and list(values) == [2, 2]:
        {}
    return np.sum(values) / np.size(values)
"""
ENDS = {
    "exits": ("os._exit(3)", "the kernel exited (3)"),
    "crashes": ("os.kill(os.getpid(), signal.SIGSEGV)", "signal 11"),
    "deaf": (
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n        while True: pass",
        "took too long",
    ),
    "loops": ("while True: pass", "took too long"),
    "hungry": ("hoard = [bytes([1]) * (50 << 20) for _ in range(20)]", ""),
}


@pytest.fixture
def course(tmp_path: Path, generated_course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with little patience."""
    course = Course(tmp_path / "course", generated_course)
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.Execute.timeout = 3\nc.Execute.iopub_timeout = 1\n")
    monkeypatch.chdir(course.root)
    return course


def test_only_the_task_is_lost(course: Course) -> None:
    """The first test ends or stops the kernel; the second one passes in a fresh kernel."""
    for student, (code, _) in ENDS.items():
        course.submit(student, HANGS_AT_FIRST.format(code), ("counted = [1]",))
    course.submit("right", RIGHT)
    assert run(ASSIGNMENT, "--workers=2", "--memory-limit=500")[0] == 0
    rows = report(course)
    for student, (_, words) in ENDS.items():
        assert automatic(course, student) == (0, 4), rows[student]["reason"]
        assert words in rows[student]["reason"]
    assert automatic(course, "right") == (1, 4)
    assert rows["right"]["reason"] == ""


def test_earlier_cells_are_replayed_without_those_that_end_the_kernel(course: Course) -> None:
    cells = ("import os\nhalf = 0.5", "os._exit(1)", "twice = 2 * half", "print(twice)")
    course.submit("replays", RIGHT, cells)
    assert run(ASSIGNMENT)[0] == 0
    assert automatic(course, "replays") == (1, 4)
    graded = (course.root / "autograded" / "replays" / ASSIGNMENT / "means.ipynb").read_text()
    assert '"1.0\\n"' in graded


def test_cell_does_not_pay_for_an_earlier_one(course: Course) -> None:
    """A cell that has used up the memory is left out when the kernel dies of that later."""
    hoard = "hoard = []\nwhile True: hoard.append(bytes([1]) * (10 << 20))"
    dies = "if 'hoard' in globals():\n    import os\n    os._exit(127)\nafter = 1"
    course.submit("hoards", RIGHT, (hoard, dies, "print(after)"))
    assert run(ASSIGNMENT, "--memory-limit=300")[0] == 0
    assert automatic(course, "hoards") == (1, 4)
    graded = (course.root / "autograded" / "hoards" / ASSIGNMENT / "means.ipynb").read_text()
    assert '"1\\n"' in graded


def test_endless_output_does_not_use_up_the_memory(course: Course) -> None:
    """A kernel that has no memory left for its answer would seem to hang."""
    endless = "while True: print('x' * 10_000)"
    course.submit("prints", RIGHT, (endless, endless))
    limits = ("--memory-limit=200", "--WarmExecute.output_limit=100000")
    assert run(ASSIGNMENT, *limits)[0] == 0
    assert automatic(course, "prints") == (1, 4)


def test_time_of_the_notebook_has_an_end(course: Course) -> None:
    course.submit(
        "slow", HANGS_AT_FIRST.format("while True: pass"), ("import time; time.sleep(2)",)
    )
    assert run(ASSIGNMENT, "--wall-limit=4")[0] == 0
    assert automatic(course, "slow") == (0, 0)
    assert "the 4 s of the notebook were over" in report(course)["slow"]["reason"]
