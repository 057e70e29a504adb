"""The tests of every assignment judge right, and the harness that says so can say the contrary."""

import io
from itertools import permutations

import pytest
import sample_course
from rich.console import Console
from typer.testing import CliRunner

from workbook.authors.answers import (
    answers_folder,
    failure_text,
    print_report,
    read_answers,
    run_answers,
    shared_submissions,
)
from workbook.authors.cell_times import cell_times
from workbook.cli import app
from workbook.common.errors import WorkbookError
from workbook.common.grading import Graders
from workbook.common.paths import assignments, solution_of
from workbook.common.tasks import read_notebook, read_tasks


@pytest.fixture(scope="module")
def graders():
    with Graders(jobs=1) as graders:  # the tests themselves are what runs side by side
        yield graders


@pytest.fixture
def sample(tmp_path):
    return sample_course.make_course(tmp_path)


@pytest.mark.parametrize("assignment", assignments(sample_course.ROOT))
def test_assignment_judges_right(assignment, graders):
    rows = run_answers(sample_course.ROOT, assignment, graders)
    failures = [failure_text(row) for row in rows if not row.passed]
    assert not failures, "\n" + "\n".join(failures)


def test_every_kind_of_bad_answer_is_found(sample, graders):
    double = answers_folder(sample, sample_course.NAME) / "double"
    (double / "right_plus.py").write_text("def double(x):\n    return x + x + 1\n")
    (double / "wrong_abs.py").write_text(
        "# message: words nobody sees\ndef double(x):\n    return 2 * abs(x)\n"
    )
    (double / "wrong_triple.py").write_text("# message: double\ndef double(x):\n    return 2 * x\n")
    (double / "wrong_same.py").write_text("# message: dies\nimport os\n\nos._exit(1)\n")
    (double / "wrong_silent.py").write_text("def double(x):\n    return None\n")
    (double / "other.py").write_text("def double(x):\n    return None\n")
    (double.parent / "triple").mkdir()
    (double.parent / "mean" / "right_sum.py").unlink()

    rows = run_answers(sample, sample_course.NAME, graders)

    reasons = {row.source: row.reason for row in rows if not row.passed}
    assert "right answer loses points" in reasons.pop("right_plus.py")
    assert "does not read: words nobody sees" in reasons.pop("wrong_abs.py")
    assert "wrong answer gets full points" in reasons.pop("wrong_triple.py")
    assert "does not read: dies" in reasons.pop("wrong_same.py")
    assert "# message:" in reasons.pop("wrong_silent.py")
    assert "right_... or wrong_..." in reasons.pop("other.py")
    assert "no such task; there are: double, mean" in reasons.pop("answers/triple")
    assert "write more" in reasons.pop("right_*.py")
    assert reasons == {}, "what is judged right was reported"
    judged = {row.source for row in rows}
    assert judged >= {"right_times.py", "wrong_axis.py", "official solution", "released notebook"}
    [broken] = [row for row in rows if row.source == "right_plus.py"]
    text = failure_text(broken)
    assert "double" in text
    assert "expected 10, got 0" in text
    assert "double(3) is 6, yours gives 7" in text

    report = io.StringIO()
    print_report(rows, Console(file=report, width=120))
    assert text in report.getvalue()
    assert f"{len(rows) - 8} of {len(rows)} as expected" in report.getvalue()


def test_defects_of_an_assignment_are_found(sample, graders):
    notebook = sample / "solutions" / sample_course.NAME / f"{sample_course.NAME}.ipynb"
    text = notebook.read_text()
    text = text.replace("assert double(3) == 6", "assert (undefined, double(3))[1]")
    text = text.replace("assert mean([1, 2]) == 1.5", "assert mean([1, 2]) == double(0.75)")
    text = text.replace("assert mean([[1, 2], [3, 4]]) == 2.5", "assert double(1.25) == 2.5")
    notebook.write_text(text)
    rows = run_answers(sample, sample_course.NAME, graders)
    reasons = {(row.source, row.task): row.reason for row in rows}
    assert "loses points in double" in reasons["official solution", ""]
    assert "not fail as not attempted: double_check" in reasons["released notebook", ""]
    assert "where these tasks are not answered: double" in reasons["right_sum.py", "mean"]
    assert "gets points beside double/right_times.py" in reasons["no answer", "mean"]


@pytest.mark.parametrize("assignment", assignments(sample_course.ROOT))
def test_each_task_is_solved_beside_an_unanswered_one(assignment):
    tasks = read_tasks(read_notebook(solution_of(sample_course.ROOT, assignment)))
    answers, _ = read_answers(answers_folder(sample_course.ROOT, assignment), tasks)
    submissions = list(shared_submissions(answers))
    placed = [answer for submission in submissions for answer in submission.answers]
    assert sorted(map(str, placed)) == sorted(map(str, answers))
    for task, other in permutations([task.name for task in tasks], 2):
        assert any(
            answer.task == task and answer.right and other not in submission.cells
            for submission in submissions
            for answer in submission.answers
        ), f"{task} is never solved where {other} is not answered"


def test_an_answer_that_hangs_or_crashes_costs_only_itself(sample, graders):
    course = graders.course(sample, sample_course.NAME)
    course.config.ExecutePreprocessor.timeout = 3
    answers = {
        "hangs": "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass\n",
        "crashes": "import os\nos._exit(1)\n",
    }
    mean = "def mean(values):\n    return float(np.mean(values))\n"
    notebooks = {
        name: sample_course.with_answers(course.released, double=answer, mean=mean)
        for name, answer in answers.items()
    }
    for name, graded in graders.grade(course, notebooks):
        assert graded.error == "", name
        assert graded.score("double_check", "double_hidden") == 0, name
        assert graded.score("mean_check", "mean_hidden") == 10, name


def test_answers_are_judged_as_submissions_are(sample, graders):
    """What is printed to stderr is no failure, and words that no student reads are no message."""
    double = answers_folder(sample, sample_course.NAME) / "double"
    (double / "right_loud.py").write_text(
        "import sys\n\n\ndef double(x):\n    print('here', file=sys.stderr)\n    return 2 * x\n"
    )
    (double / "wrong_text.py").write_text(
        "# message: Negative numbers are doubled too: 2\ndef double(x):\n    return 2 * abs(x)\n"
    )
    notebook = solution_of(sample, sample_course.NAME)
    said = "Negative numbers are doubled too"
    assert said in notebook.read_text()
    notebook.write_text(
        notebook.read_text().replace(f'\\"{said}\\"', f'f\\"{said}: {{str(double(-1))}}\\"')
    )
    rows = {row.source: row for row in run_answers(sample, sample_course.NAME, graders)}
    assert rows["right_loud.py"].passed and rows["right_loud.py"].actual == "10"
    assert rows["wrong_abs.py"].passed
    assert "does not read: Negative numbers are doubled too: 2" in rows["wrong_text.py"].reason
    assert rows["wrong_text.py"].seen == (
        "Not passed. AssertionError: Negative numbers are doubled too: (str)"
    )


def test_the_time_of_each_cell_is_that_of_the_processor(sample):
    notebook = solution_of(sample, sample_course.NAME)
    busy = "[sum(range(10**7)), __import__('time').sleep(0.3)]"
    notebook.write_text(
        notebook.read_text().replace("assert double(3)", f"{busy}; assert double(3)")
    )
    times = dict(cell_times(sample, sample_course.NAME, "python3").cells)
    assert list(times)[:3] == ["import numpy as np", "double", "double_check"]
    assert list(times)[-1] == "mean_hidden"
    others = [seconds for name, seconds in times.items() if name != "double_check"]
    assert times["double_check"] > max(others[1:])


@pytest.mark.parametrize(
    ("assignment", "task", "words"),
    [
        ("ex99_nothing", None, ["ex99_nothing", "there are: ex01_sample"]),
        ("ex01_sample", "triple", ["triple", "there are: double, mean"]),
    ],
)
def test_unknown_names_are_refused_with_those_there_are(sample, graders, assignment, task, words):
    with pytest.raises(WorkbookError) as error:
        run_answers(sample, assignment, graders, task=task)
    assert all(word in str(error.value) for word in words)


def test_command_names_the_assignments_there_are(sample, monkeypatch):
    monkeypatch.chdir(sample)
    result = CliRunner().invoke(app, ["answers", "ex99"])
    assert result.exit_code == 1
    assert result.output.splitlines() == ["ex99: no such assignment; there are: ex01_sample"]
