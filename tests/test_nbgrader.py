"""nbgrader's own loop on assignment 1, from release to exported scores, in a copy of the course.

Two students hand in by the exchange (one with the official answers, one with none) and one by a
learning platform. The commands are those of the README, parsed and run by nbgrader's own main
function, in processes that have imported nbgrader already.
"""

import csv
import json
import multiprocessing
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from nbgrader.utils import get_username
from sample_course import ROOT, with_answers
from traitlets.config import PyFileConfigLoader

from workbook.authors.counts import points_in_words
from workbook.common.environment import with_scripts
from workbook.common.kernels import WARM, default_kernel
from workbook.common.paths import exercise_of, solution_of
from workbook.common.tasks import graded_cells, read_notebook, read_tasks

NAME = "ex01_sequential"
#: Of the check and of the hidden tests of each task.
POINTS = {
    task.name: (int(task.check_points), int(task.hidden_points))
    for task in read_tasks(read_notebook(solution_of(ROOT, NAME)))
}
KERNEL = f"--ExecutePreprocessor.kernel_name={default_kernel()}"
TOKEN = "sesame"  # of the Jupyter server of these tests

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["nbgrader.apps.nbgraderapp"])


def _main(folder: Path, arguments: tuple[str, ...], log: Path) -> None:
    os.chdir(folder)
    os.environ["PATH"] = with_scripts()  # as in an active environment
    with log.open("w") as file:
        for stream in (1, 2):
            os.dup2(file.fileno(), stream)
    sys.argv = ["nbgrader", *arguments]
    from nbgrader.apps.nbgraderapp import main

    main()


@dataclass
class Course:
    """A copy of the course, and what nbgrader's commands say in it."""

    root: Path

    def nbgrader(self, *arguments: str, status: int = 0) -> str:
        """Run a command; returns what it prints."""
        log = self.root / "nbgrader.log"
        process = PROCESSES.Process(target=_main, args=(self.root, arguments, log))
        process.start()
        process.join(300)
        output = log.read_text()
        assert process.exitcode == status, output
        return output

    @property
    def fetched(self) -> Path:
        return self.root / "work" / NAME / f"{NAME}.ipynb"

    def solved(self) -> nbformat.NotebookNode:
        """The released notebook with the official answers."""
        released = nbformat.read(exercise_of(self.root, NAME), as_version=4)
        solution = nbformat.read(solution_of(self.root, NAME), as_version=4)
        answers = {
            task.name: graded_cells(solution)[task.name].source for task in read_tasks(solution)
        }
        return with_answers(released, **answers)


# ---------------------------------------------------------------- the stages, each after the other


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Course:
    root = tmp_path_factory.mktemp("the course")  # with a blank in its name
    for name in ("nbgrader_config.py", "work/nbgrader_config.py", "labconfig/page_config.json"):
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    for folder in ("solutions", "exercises"):
        shutil.copytree(ROOT / folder / NAME, root / folder / NAME)
    (root / "chapters").mkdir()
    course = Course(root)
    course.nbgrader("release_assignment", NAME)
    return course


@pytest.fixture(scope="module")
def submitted(released) -> Course:
    released.nbgrader("fetch_assignment", NAME)
    released.nbgrader("submit", NAME, "--student=bob")
    nbformat.write(released.solved(), released.fetched)
    released.nbgrader("submit", NAME)
    return released


@pytest.fixture(scope="module")
def autograded(submitted) -> Course:
    course = submitted
    course.nbgrader("generate_assignment", NAME, "--force")
    course.nbgrader("collect", NAME)
    downloads = course.root / "grading" / "downloaded" / NAME / "archive"
    downloads.mkdir(parents=True)
    nbformat.write(course.solved(), downloads / f"carol_{NAME}.ipynb")
    course.nbgrader("zip_collect", NAME)
    course.nbgrader("autograde", NAME)
    course.nbgrader("generate_feedback", NAME)
    course.nbgrader("release_feedback", NAME)
    return course


# ---------------------------------------------------------------- the student


def test_the_console_script_lists_what_is_released(released):
    script = Path(sys.executable).with_name("nbgrader")
    result = subprocess.run(
        [script, "list"], cwd=released.root, capture_output=True, text=True, check=True
    )
    assert f"keras {NAME}" in result.stderr


def test_student_reads_what_is_not_done(submitted, tmp_path):
    # Validated in a folder of its own: no configuration, as for a student's copy elsewhere.
    notebook = shutil.copy(exercise_of(submitted.root, NAME), tmp_path)
    output = submitted.nbgrader("validate", str(notebook), KERNEL)
    assert "failed" in output
    assert "Not attempted yet" in output


def test_validate_names_the_tasks_and_shows_no_test(submitted):
    output = submitted.nbgrader("validate", str(exercise_of(submitted.root, NAME)))
    assert f"    Check dense_params ({points_in_words(POINTS['dense_params'][0])})\n" in output
    assert (
        "    ○ Not attempted yet: your answer to dense_params goes into the cell above.\n" in output
    )
    assert "assert" not in output


def test_student_validates_a_good_answer(submitted):
    output = submitted.nbgrader("validate", str(submitted.fetched))
    assert "Success! Your notebook passes all the tests." in output


@pytest.mark.parametrize("folder", [".", "work"])
def test_notebooks_are_validated_warm(submitted, folder):
    """In the course, and where JupyterLab's Assignment List and Validate look."""
    path = str(submitted.root / folder)
    config = PyFileConfigLoader("nbgrader_config.py", path=path).load_config()
    assert config.ExecutePreprocessor.kernel_name == WARM


def test_student_sees_what_was_submitted(submitted):
    output = submitted.nbgrader("list", "--inbound")
    assert f"keras bob {NAME}" in output
    assert f"keras {get_username()} {NAME}" in output


def test_student_gets_feedback(autograded):
    autograded.nbgrader("fetch_feedback", NAME)
    # One page per submission from this account, in folders named by time: bob's came first.
    pages = sorted(autograded.fetched.parent.glob(f"feedback/*/{NAME}.html"))
    page = pages[-1].read_text()
    assert "Score: 20.0 / 20.0" in page
    for title, points in zip(("Check", "Hidden tests of"), POINTS["dense_params"], strict=True):
        told = points_in_words(points)
        assert f">{title} dense_params ({told})</a> (Score: {points}.0 / {points}.0)" in page
    assert "Test cell" not in page


# ---------------------------------------------------------------- the instructor


def test_scores(autograded):
    database = f"sqlite:///{autograded.root}/grading/gradebook.db"
    with Gradebook(database, "keras") as gradebook:
        submissions = gradebook.assignment_submissions(NAME)
        scores = {submission.student.id: submission.score for submission in submissions}
        waiting = [submission for submission in submissions if submission.needs_manual_grade]
    assert scores == {get_username(): 20, "bob": 0, "carol": 20}
    assert waiting == []


def test_every_submission_was_graded_in_the_sandbox(autograded):
    with (autograded.root / "grading" / "report" / f"{NAME}.csv").open() as file:
        rows = {row["student"]: (row["status"], row["sandbox"]) for row in csv.DictReader(file)}
    assert rows == dict.fromkeys([get_username(), "bob", "carol"], ("graded", "yes"))


def test_feedback_says_what_is_wrong(autograded):
    page = autograded.root / "grading" / "feedback" / "bob" / NAME / f"{NAME}.html"
    assert "Not attempted yet" in page.read_text()


def test_scores_are_exported(autograded):
    autograded.nbgrader("export", "--to=scores.csv")
    with (autograded.root / "scores.csv").open() as file:
        rows = {row["student_id"]: row for row in csv.DictReader(file)}
    assert {name: float(row["score"]) for name, row in rows.items()} == {
        get_username(): 20,
        "bob": 0,
        "carol": 20,
    }
    assert {float(row["max_score"]) for row in rows.values()} == {20}


def test_release_is_what_the_repository_holds(autograded):
    """Generating once more, with nbgrader's own command, does not change exercises/."""
    made, held = (exercise_of(root, NAME).read_bytes() for root in (autograded.root, ROOT))
    assert made == held


# ---------------------------------------------------------------- JupyterLab


@pytest.fixture(scope="module")
def lab(autograded):
    """`workbook lab` on the graded course; calls it with a path and gives the response's text."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = autograded.root / "lab.log"
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    command = [Path(sys.executable).with_name("workbook"), "lab", "--port", str(port)]
    with log.open("w") as file:
        server = subprocess.Popen(
            command,
            cwd=autograded.root,
            env={**environment, "JUPYTER_TOKEN": TOKEN},
            stdout=file,
            stderr=file,
        )

    def lab(path: str, method: str = "GET") -> str:
        request = urllib.request.Request(
            f"http://127.0.0.1:{port}/{path}",
            method=method,
            headers={"Authorization": f"token {TOKEN}"},
        )
        with urllib.request.urlopen(request, timeout=120) as response:
            return response.read().decode()

    try:
        deadline = time.monotonic() + 180
        while True:
            with suppress(urllib.error.URLError):
                lab("api")
                break
            assert server.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        address = f"http://localhost:{port}/lab/tree/notebooks"
        while address not in log.read_text():  # which is printed once the server answers
            assert server.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield lab
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(30)
        server.kill()


def test_lab_opens_without_asking_for_news(lab):
    assert "@jupyterlab/apputils-extension:announcements" in lab("lab/tree/notebooks")


def test_assignment_list_answers(lab):
    answer = json.loads(lab("assignments?course_id=keras"))
    assert answer["success"]
    states = {(item["assignment_id"], item["status"]) for item in answer["value"]}
    assert (NAME, "fetched") in states
    assert (NAME, "submitted") in states


def test_formgrader_answers(lab):
    [assignment] = json.loads(lab("formgrader/api/assignments"))
    assert (assignment["name"], assignment["num_submissions"]) == (NAME, 3)
    submissions = json.loads(lab(f"formgrader/api/submissions/{NAME}"))
    assert {item["student"]: item["score"] for item in submissions}["carol"] == 20
    [submission] = [item for item in submissions if item["student"] == "bob"]
    [notebook] = json.loads(lab(f"formgrader/api/submitted_notebooks/{NAME}/{NAME}"))[:1]
    for page in ("manage_assignments", "gradebook", f"gradebook/{NAME}", "manage_students"):
        assert "formgrader" in lab(f"formgrader/{page}")
    assert NAME in lab(f"formgrader/submissions/{notebook['id']}")
    assert submission["autograded"]
