"""The student's self-check tells the truth, in words, about any notebook it is given."""

import shutil
from copy import deepcopy

import nbformat
import pytest
import sample_course
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell
from typer.testing import CliRunner

from workbook.cli import app
from workbook.common.grading import Graders, Ungradable
from workbook.common.kernels import default_kernel
from workbook.common.tasks import graded_cells
from workbook.students.check import State, check, duplicates

DOUBLE = "def double(x):\n    return 2 * x\n"
TRIPLE = "def double(x):\n    return 3 * x\n"
MEAN = "def mean(values):\n    return np.mean(values)\n"


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return sample_course.make_course(tmp_path_factory.mktemp("course"))


@pytest.fixture(scope="module")
def released(course):
    return sample_course.release(course)


@pytest.fixture
def run(released, tmp_path):
    """Checks the released notebook with some answers; gives state and message of each task."""

    def run(notebook=None, **answers):
        notebook = sample_course.with_answers(notebook or released, **answers)
        results = check(notebook, released, tmp_path, default_kernel())
        return {result.task.name: (result.state, result.message) for result in results}

    return run


@pytest.fixture
def workbook(course, monkeypatch):
    """Runs a command in the course; gives its exit status and its output on one line."""
    monkeypatch.chdir(course)

    def workbook(*arguments, command="check"):
        result = CliRunner().invoke(app, [command, *map(str, arguments)])
        return result.exit_code, " ".join(result.output.split())

    return workbook


def test_states(run):
    assert run(double=DOUBLE) == {
        "double": (State.PASSED, ""),
        "mean": (State.NOT_ATTEMPTED, ""),
    }


def test_an_assertion_speaks_for_itself(run):
    state, message = run(double=TRIPLE)["double"]
    assert (state, message) == (State.NOT_YET, "double(3) is 6, yours gives 9")


def test_other_errors_name_their_kind(run):
    results = run(double="def double(x) return 2", mean="def mean(values):\n    return 1 / 0\n")
    state, message = results["double"]
    assert state is State.NOT_YET
    assert message.startswith("The answer cell fails: SyntaxError")
    assert message.endswith("(line 1)")
    assert results["mean"] == (State.NOT_YET, "ZeroDivisionError: division by zero")


def test_a_changed_test_cell_does_not_help(run, released):
    notebook = sample_course.with_answers(released, double=TRIPLE, double_check="pass")
    assert run(notebook)["double"][0] is State.NOT_YET


def test_a_deleted_test_cell_does_not_hurt(run, released):
    notebook = sample_course.with_answers(released, double=DOUBLE)
    notebook.cells = [cell for cell in notebook.cells if not cell.id.endswith("_check")]
    assert run(notebook)["double"][0] is State.PASSED


def test_what_stands_between_an_answer_and_its_test_counts(run, released):
    """As in grading: a helper that a student has written into a cell of their own there."""
    notebook = deepcopy(released)
    ids = [cell.get("id") for cell in notebook.cells]
    helper = new_code_cell("def twice(x):\n    return 2 * x")
    notebook.cells.insert(ids.index("double") + 1, helper)
    answer = "def double(x):\n    return twice(x)"
    assert run(notebook, double=answer)["double"] == (State.PASSED, "")


def test_a_test_that_stands_before_its_answer_runs_after_it(run, released):
    notebook = deepcopy(released)
    notebook.cells.sort(key=lambda cell: not cell.get("id", "").endswith(("_check", "_hidden")))
    assert run(notebook, double=DOUBLE)["double"] == (State.PASSED, "")


def test_a_deleted_answer_cell_is_named(run, released):
    notebook = sample_course.with_answers(released)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "double"]
    state, message = run(notebook)["double"]
    assert state is State.NOT_RUN
    assert "answer cell is missing" in message


def test_a_crash_is_told_from_what_comes_after_it(run):
    results = run(double="import os\n\nos._exit(1)", mean=MEAN)
    assert results["double"][0] is State.NOT_YET
    assert "crashed here" in results["double"][1]
    assert results["mean"][0] is State.NOT_RUN


def test_an_endless_loop_is_stopped(run, monkeypatch):
    monkeypatch.setattr("workbook.students.check.CELL_TIMEOUT", 2)
    results = run(double="def double(x):\n    while True:\n        pass\n", mean=MEAN)
    assert results["double"][0] is State.NOT_YET
    assert "loop" in results["double"][1]
    assert results["mean"][0] is State.PASSED


def test_the_notebook_is_not_changed(released, tmp_path):
    notebook = sample_course.with_answers(released, double=DOUBLE)
    before = nbformat.writes(notebook)
    check(notebook, released, tmp_path, default_kernel())
    assert nbformat.writes(notebook) == before


def test_copied_cells_are_noticed(released):
    notebook = sample_course.with_answers(released)
    assert duplicates(notebook) == []
    notebook.cells.append(graded_cells(notebook)["mean"])
    assert duplicates(notebook) == ["mean"]


def test_command(workbook, course, released):
    folder = course / "work" / sample_course.NAME
    folder.mkdir()
    notebook = sample_course.with_answers(released, double=TRIPLE, mean=MEAN)
    # A browser gives a second download this name.
    for name in (f"{sample_course.NAME}.ipynb", f"{sample_course.NAME} (1).ipynb"):
        nbformat.write(notebook, folder / name)

    by_name = workbook("ex01")
    by_path = workbook(f"work/{sample_course.NAME}/{sample_course.NAME} (1).ipynb")

    status, output = by_name
    assert status == 0
    assert "5 of 9 points from visible tests" in output
    assert "11 more points" in output
    assert "double: double(3) is 6, yours gives 9" in output
    assert by_path == by_name


def test_a_notebook_of_elsewhere_is_checked_by_its_own_tests(workbook, released, tmp_path):
    notebook = sample_course.with_answers(released, double=DOUBLE)
    nbformat.write(notebook, tmp_path / "mine.ipynb")
    status, output = workbook(tmp_path / "mine.ipynb")
    assert status == 0
    assert "mine: not in exercises/" in output
    assert "4 of 9 points" in output
    assert "not attempted" in output


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("ex99", ["ex99: no such assignment", "there are: ex01_sample"]),
        ("nothing.ipynb", ["nothing.ipynb: there is no such file"]),
        ("nbgrader_config.py", ["nbgrader_config.py: not a Jupyter notebook"]),
        ("empty.ipynb", ["empty.ipynb: not a Jupyter notebook"]),
        ("no_cells.ipynb", ["no_cells.ipynb: not a Jupyter notebook"]),
        ("no_tasks.ipynb", ["no_tasks.ipynb: no tasks in it"]),
        ("folder.ipynb", ["folder.ipynb: there is no such file"]),
    ],
)
def test_bad_input_gives_one_line(workbook, course, target, words):
    (course / "empty.ipynb").write_text("")
    (course / "no_cells.ipynb").write_text("{}")
    nbformat.write(nbformat.v4.new_notebook(), course / "no_tasks.ipynb")
    (course / "folder.ipynb").mkdir(exist_ok=True)
    status, output = workbook(target)
    assert status == 1
    assert all(word in output for word in words)


def test_a_kernel_that_does_not_start_is_one_line(workbook, course, released, monkeypatch):
    def execute(self):
        raise RuntimeError("Kernel didn't respond in 120 seconds")

    monkeypatch.setattr(NotebookClient, "execute", execute)
    nbformat.write(released, course / "mine.ipynb")
    status, output = workbook("mine.ipynb")
    assert status == 1
    assert output.endswith(
        "mine.ipynb: could not be run (Kernel didn't respond in 120 seconds); try it again"
    )


def test_an_assignment_that_was_not_fetched_says_how(tmp_path, monkeypatch):
    monkeypatch.chdir(sample_course.make_course(tmp_path))
    result = CliRunner().invoke(app, ["check", "ex01_sample"])
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "work/ex01_sample/ex01_sample.ipynb: not fetched yet; get it with "
        "python3 study.py fetch ex01_sample"
    ]


# ---------------------------------------------------------------- with solutions at hand

ABS = sample_course.ANSWERS["double/wrong_abs.py"].partition("\n")[2]


@pytest.fixture
def work(course, released):
    """Writes the notebook that a student has fetched, with some answers; gives its path."""

    def work(name=f"{sample_course.NAME}.ipynb", **answers):
        path = course / "work" / sample_course.NAME / name
        path.parent.mkdir(exist_ok=True)
        nbformat.write(sample_course.with_answers(released, **answers), path)
        return path

    return work


def test_all_runs_the_hidden_tests_and_gives_a_grade(workbook, work):
    work(double=ABS, mean=MEAN)
    status, output = workbook("ex01", "--all")
    assert status == 0
    assert "double │ not yet │ 4 / 4 │ 0 / 6" in output
    assert "mean │ passed │ 5 / 5 │ 5 / 5" in output
    assert "double, hidden tests: Negative numbers are doubled too" in output
    assert "14 of 20 points." in output
    status, output = workbook("ex01")
    assert "double │ passed │ 4 / 4 │ ? / 6" in output
    assert "Negative" not in output


def test_all_counts_each_test_as_grading_does(workbook, work, released):
    """A notebook without its tests, or with changed ones, and what passes a hidden test alone."""
    sums = "def mean(values):\n    return 2.5\n"
    path = work("mine-Copy1.ipynb")
    path = path.rename(path.with_name(f"{sample_course.NAME}-Copy1.ipynb"))
    notebook = sample_course.with_answers(released, mean=sums)
    notebook.cells = [cell for cell in notebook.cells if not cell.id.endswith(("check", "hidden"))]
    nbformat.write(notebook, path)
    status, output = workbook(path, "--all")
    assert status == 0
    assert "mean │ not yet │ 0 / 5 │ 5 / 5" in output
    assert "double │ not attempted │ 0 / 4 │ 0 / 6" in output
    assert "NotImplementedError" not in output
    assert "5 of 20 points." in output


@pytest.fixture
def sees_solutions(course):
    """An answer that is right only where it finds the course's solutions."""
    folder = str(course / "solutions")
    return f"import os\ndef double(x):\n    return 2 * x if os.path.isdir({folder!r}) else 0\n"


def test_all_runs_them_where_submissions_are_graded(workbook, work, sees_solutions):
    work(double=sees_solutions, mean=MEAN)
    assert "9 of 9 points" in workbook("ex01")[1]
    status, output = workbook("ex01", "--all")
    assert (status, "10 of 20 points." in output) == (0, True)
    assert "double: double(3) is 6, yours gives 0" in output


def test_where_submissions_cannot_be_graded_all_runs_them_as_the_others(
    workbook, work, sees_solutions, monkeypatch
):
    def grade(self, course, notebooks):
        raise Ungradable("there are no namespaces on win32")

    monkeypatch.setattr(Graders, "grade", grade)
    work(double=sees_solutions, mean=MEAN)
    assert "20 of 20 points." in workbook("ex01", "--all")[1]


def test_right_answers_are_shown_beside_ones_own(workbook, work, monkeypatch):
    work(double=DOUBLE)
    monkeypatch.setenv("COLUMNS", "130")
    status, output = workbook("ex01", "--task", "double", command="solution")
    assert status == 0
    assert "your answer ─" in output
    assert "official answer ─" in output
    assert "another one: plus" in output
    assert "BEGIN SOLUTION" not in output
    assert "return 3 * x" not in output
    assert "│ def double(x): │ │ def double(x): │" in output.replace("││", "│ │")


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ({"double": TRIPLE}, "double(3) is 6, yours gives 9"),
        ({"double": ABS}, "Negative numbers are doubled too"),
        ({}, "it is not attempted yet"),
    ],
)
def test_right_answers_come_after_ones_own(workbook, work, answers, reason):
    work(**answers)
    status, output = workbook("ex01", "--task", "double", command="solution")
    assert status == 1
    assert output.endswith(f"answers are shown once your own passes all tests. {reason}")


@pytest.mark.parametrize(
    "arguments", [("solution", "ex01", "--task", "double"), ("check", "ex01", "--all")]
)
def test_a_copy_without_solutions_says_so(work, course, tmp_path, monkeypatch, arguments):
    root = tmp_path / "students"
    work(double=DOUBLE)
    shutil.copytree(course, root, ignore=shutil.ignore_patterns("solutions", "chapters"))
    monkeypatch.chdir(root)
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == 1
    [line] = result.output.splitlines()
    assert line.startswith("ex01_sample: this copy of the course has no solutions")


def test_an_unknown_task_is_named(workbook, work):
    work(double=DOUBLE)
    status, output = workbook("ex01", "--task", "triple", command="solution")
    assert (status, output) == (1, "triple: no such task; there are: double, mean")
