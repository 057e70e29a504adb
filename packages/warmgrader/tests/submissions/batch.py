"""Grades all cases in one run of the real command, between honest neighbours, and looks around."""

from __future__ import annotations

import contextlib
import csv
import hashlib
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib
import psutil
from case import Case, Desk
from nbgrader.api import Grade, Gradebook
from three_tasks import ASSIGNMENT, MAXIMUM, NOTEBOOK, RIGHT, TESTS, answered, make_course, released

NEIGHBOUR_EVERY = 12
MARK = "PYTHON_SUBMISSIONS"
"""An environment variable that the fork server and its kernels get, as one that starts so may matter."""

SECOND = "sleep 7351"
"""What attacks start that would like to stay."""

LEFTOVERS = ("/tmp/leftover-7351", "/dev/shm/leftover-7351", "/dev/shm/7351", "/tmp/7351")


@dataclass
class Outcome:
    """What came of the run.

    Attributes:
        status: the command's exit status.
        log: what it printed.
        scores: the automatic scores of the test cells, by student.
        marked: the test cells that wait for a person, by student.
        report: the report's rows, by student.
        neighbours: honest students, in the order of their names.
        handed_in: all students.
        changed: files that were there before and are not as they were, and new ones.
        processes: what still runs, as command lines.
        heard: what somebody sent to this machine's network.
        pages: the feedback of some students.
        course: the course directory.
    """

    course: Path
    status: int
    log: str
    scores: dict[str, dict[str, float | None]]
    marked: dict[str, set[str]]
    report: dict[str, dict[str, str]]
    neighbours: list[str]
    handed_in: list[str]
    changed: list[str] = field(default_factory=list)
    processes: list[str] = field(default_factory=list)
    heard: bytes = b""
    pages: dict[str, str] = field(default_factory=dict)


def run(root: Path, cases: list[Case], home: Path) -> Outcome:
    """Hand in all cases, with a neighbour after every few, grade, and look around."""
    course = make_course(root)
    neighbours = _hand_in_neighbours(course, cases)
    (home / ".jupyter").mkdir(exist_ok=True)
    (home / ".jupyter" / "migrated").touch()  # Jupyter itself would write it
    environment = _environment(home)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        _hand_in(course, cases, neighbours, listener.getsockname()[1])
        before = _state(course, home)
        command = [
            sys.executable, "-m", "warmgrader.cli", "autograde", ASSIGNMENT, "--workers=4",
        ]  # fmt: skip
        done = subprocess.run(
            command, cwd=course, env=environment, capture_output=True, timeout=900, check=False
        )
        heard = _heard(listener)
    after = _state(course, home)
    with (course / "report" / f"{ASSIGNMENT}.csv").open(newline="", encoding="utf-8") as file:
        report = {row["student"]: row for row in csv.DictReader(file)}
    return Outcome(
        course=course,
        status=done.returncode,
        log=(done.stdout + done.stderr).decode(errors="replace"),
        scores=_of_tests(course, lambda grade: grade.auto_score),
        marked={
            student: {name for name, waits in cells.items() if waits}
            for student, cells in _of_tests(course, lambda g: g.needs_manual_grade).items()
        },
        report=report,
        neighbours=neighbours,
        handed_in=[*neighbours, *(case.student for case in cases)],
        changed=sorted(path for path in {*before, *after} if before.get(path) != after.get(path)),
        processes=_left_running(),
        heard=heard,
        pages=_give_feedback(course, cases, environment),
    )


def _give_feedback(course: Path, cases: list[Case], environment: dict[str, str]) -> dict[str, str]:
    """Make the pages of the students that want one."""
    wanted = {case.student for case in cases if case.wants_feedback}
    if not wanted:
        return {}
    others = [path.name for path in (course / "autograded").iterdir() if path.name not in wanted]
    command = [
        sys.executable, "-m", "nbgrader", "generate_feedback", ASSIGNMENT,
        f"--CourseDirectory.student_id_exclude={','.join(others)}",
    ]  # fmt: skip
    subprocess.run(command, cwd=course, env=environment, check=True, capture_output=True)
    pages = {s: course / "feedback" / s / ASSIGNMENT / f"{NOTEBOOK}.html" for s in wanted}
    return {student: path.read_text() for student, path in pages.items() if path.exists()}


def _hand_in_neighbours(course: Path, cases: list[Case]) -> list[str]:
    """Let honest students hand in; their names put them between the cases."""
    students = sorted(case.student for case in cases)
    names = [
        f"{student} neighbour" for student in students[NEIGHBOUR_EVERY // 2 :: NEIGHBOUR_EVERY]
    ]
    names = sorted({"!neighbour", *names, "~neighbour"})
    for name in names:
        folder = course / "submitted" / name / ASSIGNMENT
        folder.mkdir(parents=True)
        Desk(course, folder, folder, 0).write(answered(released(course), RIGHT))
    return names


def _hand_in(course: Path, cases: list[Case], neighbours: list[str], port: int) -> None:
    neighbour = course / "submitted" / neighbours[0] / ASSIGNMENT
    for case in cases:
        folder = course / "submitted" / case.student / ASSIGNMENT
        folder.mkdir(parents=True)
        case.write(Desk(course, folder, neighbour, port))


def _environment(home: Path) -> dict[str, str]:
    # Matplotlib looks through all fonts where it does not find what it knew of them.
    return {
        **os.environ,
        "HOME": str(home),
        "MPLCONFIGDIR": matplotlib.get_cachedir(),
        "TEACHERS_TOKEN": "secret_7351",
        MARK: str(os.getpid()),
    }


def _state(course: Path, home: Path) -> dict[str, str]:
    """Return what nobody may change: all files but those that grading writes, by path."""
    state = {path: "" for path in LEFTOVERS if os.path.lexists(path)}
    written = {course / name for name in ("autograded", "report", "gradebook.db")}
    for top in (course, home):
        for folder, names, files in os.walk(top):
            names[:] = [name for name in names if Path(folder, name) not in written]
            for name in files:
                path = Path(folder, name)
                if path in written or path.name.startswith("gradebook.db-"):
                    continue
                if path.is_symlink():
                    state[str(path)] = os.readlink(path)
                elif path.is_file():
                    state[str(path)] = hashlib.sha256(path.read_bytes()).hexdigest()
    return state


def _heard(listener: socket.socket) -> bytes:
    try:
        connection, _ = listener.accept()
    except BlockingIOError:
        return b""
    with connection:
        return b"connected"


def _of_tests(course: Path, ask: Callable[[Grade], Any]) -> dict[str, dict[str, Any]]:
    """Return something of the grade of each test cell, by student and cell."""
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {
            submission.student.id: {
                grade.cell.name: ask(grade)
                for notebook in submission.notebooks
                for grade in notebook.grades
                if grade.cell.name in TESTS
            }
            for submission in gradebook.assignment_submissions(ASSIGNMENT)
        }


def _left_running() -> list[str]:
    """Return the processes of this run that are still there, but for fork servers."""
    found = {}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            command = " ".join(process.cmdline())
            if process.environ().get(MARK) == str(os.getpid()) or SECOND in command:
                found[process.pid] = (process.ppid(), command)
    servers = [pid for pid, (parent, _) in found.items() if parent not in found]
    # A package that was installed meanwhile has led to another server, with a socket of its own.
    sockets = list(Path(os.environ["XDG_RUNTIME_DIR"]).glob("warmgrader/*.sock"))
    servers = servers[: len(sockets)]
    return [command for pid, (_, command) in found.items() if pid not in servers]


def is_exact(outcome: Outcome, student: str) -> bool:
    """Tell whether an honest neighbour got exactly what its answers are worth."""
    scores = outcome.scores.get(student, {})
    return scores == {name: points for name, (points, _) in TESTS.items()} and (
        sum(scores.values()) == MAXIMUM
    )
