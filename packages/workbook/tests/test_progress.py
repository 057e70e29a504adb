"""A student sees how far they are in all assignments, and what to do next."""

import json
import shutil

import nbformat
import pytest
import sample_course
from places import ROOT
from typer.testing import CliRunner

from workbook.cli import app
from workbook.common.paths import exercise_of
from workbook.common.tasks import graded_cells, read_tasks
from workbook.students import progress
from workbook.students.check import State, TaskResult

FIRST, SECOND, THIRD = "ex01_sample", "ex02_other", "ex03_third"
DOUBLE = "def double(x):\n    return 2 * x\n"
TRIPLE = "def double(x):\n    return 3 * x\n"
MEAN = "def mean(values):\n    return np.mean(values)\n"
CRASH = "import os; os._exit(1)"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    notebook = sample_course.release(sample_course.make_course(tmp_path_factory.mktemp("course")))
    graded_cells(notebook)["mean"].metadata["section"] = "`mean`, or averages"
    return notebook


@pytest.fixture
def course(released, tmp_path, monkeypatch):
    """A course with three released assignments; the working directory is in it."""
    for name in (FIRST, SECOND, THIRD):
        path = tmp_path / "exercises" / name / f"{name}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(released, path)
    for folder in ("chapters", "work"):
        (tmp_path / folder).mkdir()
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def fetch(course, released):
    """Puts an assignment with some answers into work/."""

    def fetch(name, **answers):
        folder = course / "work" / name
        folder.mkdir(exist_ok=True)
        notebook = sample_course.with_answers(released, **answers)
        nbformat.write(notebook, folder / f"{name}.ipynb")

    return fetch


@pytest.fixture
def checked(monkeypatch):
    """Replaces the run of a notebook; lists the folders of those that are asked for."""
    calls = []

    def check(notebook, released, folder, kernel):
        calls.append(folder.name)
        states = {
            DOUBLE: State.PASSED,
            MEAN: State.PASSED,
            TRIPLE: State.NOT_YET,
            CRASH: State.NOT_RUN,
        }
        results = []
        for task in read_tasks(released):
            [source] = [cell.source for cell in notebook.cells if cell.id == task.name]
            state = states.get(source, State.NOT_ATTEMPTED)
            message = "<b>not</b> [red]6" if state is State.NOT_YET else ""
            results.append(TaskResult(task, state, message))
        return results

    monkeypatch.setattr(progress, "check", check)
    return calls


@pytest.fixture
def run(monkeypatch):
    """Runs `workbook progress`; gives its output on one line."""
    monkeypatch.setenv("COLUMNS", "200")

    def run():
        result = CliRunner().invoke(app, ["progress"])
        assert result.exit_code == 0, result.output
        return " ".join(result.output.split())

    return run


def test_nothing_fetched_is_one_line(run, course):
    assert run() == (
        "Nothing is fetched yet. A click on an assignment in the map of the course fetches it, and "
        "so does python3 study.py fetch ex01_sample"
    )
    assert list((course / "work").iterdir()) == []


def test_several_assignments_in_real_kernels(run, fetch, course):
    fetch(FIRST, double=DOUBLE)
    fetch(SECOND, double=TRIPLE, mean=MEAN)
    output = run()
    assert "✓ double · mean" in output
    assert "✗ double ✓ mean" in output
    assert "9 of 18 points from visible tests so far." in output
    assert "Not fetched yet: ex03_third" in output
    assert "Next: mean in work/ex01_sample/ex01_sample.ipynb" in output
    assert "Read: “`mean`, or averages” in notebooks/01_sample.ipynb" in output
    page = (course / "work" / "progress.md").read_text()
    assert r"double\(3\) is 6, yours gives 9" in page
    assert "(../notebooks/01_sample.ipynb#mean%2C-or-averages)" in page
    assert "(ex02_other/ex02_other.ipynb)" in page
    assert "- [ex03_third](ex03_third/ex03_third.ipynb)" in page, "a click fetches it"


def test_only_what_has_changed_is_run_again(run, fetch, checked):
    fetch(FIRST, double=DOUBLE)
    fetch(SECOND, double=TRIPLE)
    first = run()
    assert sorted(checked) == [FIRST, SECOND]
    assert run() == first
    assert sorted(checked) == [FIRST, SECOND]
    fetch(SECOND, double=DOUBLE)
    assert "4 / 9" in run()
    assert checked[2:] == [SECOND]


def test_a_new_release_is_run_again(run, fetch, checked, course):
    fetch(FIRST, double=DOUBLE)
    run()
    path = exercise_of(course, FIRST)
    path.write_text(path.read_text().replace("The mean of 1 and 2", "The mean of 1 and of 2"))
    run()
    assert checked == [FIRST, FIRST]


@pytest.mark.parametrize("content", ["", "[1]", "{}", '{"ex01_sample": 1}'])
def test_a_damaged_memory_is_no_memory(run, fetch, checked, course, content):
    fetch(FIRST, double=DOUBLE)
    (course / "work" / ".progress.json").write_text(content)
    assert "4 / 9" in run()
    assert FIRST in json.loads((course / "work" / ".progress.json").read_text())


def test_what_may_be_the_machine_s_fault_is_not_remembered(run, fetch, checked):
    fetch(FIRST, double=CRASH)
    assert "? double" in run()
    run()
    assert checked == [FIRST, FIRST]


def test_a_broken_notebook_is_named_and_the_others_go_on(run, fetch, checked, course):
    fetch(FIRST, double=DOUBLE)
    fetch(SECOND)
    (course / "work" / SECOND / f"{SECOND}.ipynb").write_text("{")
    output = run()
    assert "✓ double" in output
    assert "work/ex02_other/ex02_other.ipynb: not a Jupyter notebook" in output
    assert "to start anew: python3 study.py fetch ex02_other --again" in output


def test_a_kernel_that_does_not_start_is_named(run, fetch, monkeypatch):
    def check(*arguments):
        raise RuntimeError("no kernel\ntoday")

    monkeypatch.setattr(progress, "check", check)
    fetch(FIRST)
    assert "ex01_sample.ipynb: could not be run (RuntimeError: no kernel" in run()


def test_messages_are_shown_as_they_are(run, fetch, checked, course):
    fetch(FIRST, double=TRIPLE)
    assert "It says: <b>not</b> [red]6" in run()
    page = (course / "work" / "progress.md").read_text()
    assert r"&lt;b&gt;not&lt;/b&gt; \[red\]6" in page


def test_next_is_an_assignment_to_fetch_then_nothing(run, fetch, checked):
    solved = {"double": DOUBLE, "mean": MEAN}
    fetch(FIRST, **solved)
    assert "Next: python3 study.py fetch ex02_other" in run()
    fetch(SECOND, **solved)
    fetch(THIRD, **solved)
    assert "All visible tests of the course pass. Hand in what you have not yet." in run()


def test_answers_in_the_wrong_folder_are_noticed(run, fetch, checked, course, released):
    path = exercise_of(course, SECOND)
    nbformat.write(sample_course.with_answers(released, double=DOUBLE), path)
    fetch(FIRST)
    said = "exercises/ex02_other/ex02_other.ipynb: has answers of yours (double)"
    assert said in run()
