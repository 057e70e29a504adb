"""The tests of every assignment judge right, and the harness that says so can say the contrary."""

import io
import shutil

import pytest
import sample_course
from rich.console import Console
from typer.testing import CliRunner

from workbook.answers import answers_folder, failure_text, print_report, run_answers
from workbook.cli import app
from workbook.errors import WorkbookError
from workbook.grading import Graders
from workbook.paths import assignments


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

    rows = run_answers(sample, sample_course.NAME, graders, kernel="python3")

    reasons = {row.source: row.reason for row in rows if not row.passed}
    assert "right answer loses points" in reasons.pop("right_plus.py")
    assert "does not read: words nobody sees" in reasons.pop("wrong_abs.py")
    assert "wrong answer gets full points" in reasons.pop("wrong_triple.py")
    assert "Kernel died" in reasons.pop("wrong_same.py")
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
    shutil.rmtree(answers_folder(sample, sample_course.NAME))
    notebook = sample / "solutions" / sample_course.NAME / f"{sample_course.NAME}.ipynb"
    text = notebook.read_text()
    text = text.replace("assert double(3) == 6", "assert (undefined, double(3))[1]")
    text = text.replace("return float(np.mean(values))", "return double(np.mean(values)) / 2")
    notebook.write_text(text)
    rows = run_answers(sample, sample_course.NAME, graders, kernel="python3")
    reasons = {(row.source, row.task): row.reason for row in rows}
    assert "loses points in double" in reasons["official solution", ""]
    assert "not fail as not attempted: double_check" in reasons["released notebook", ""]
    alone = reasons["this task alone", "mean"]
    assert "needs the answer to another task" in alone


def test_a_submission_that_hangs_costs_only_its_row(sample):
    with Graders(jobs=1) as graders:
        course = graders.course(sample, sample_course.NAME, "python3")
        hanging = (
            "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\nwhile True:\n    pass\n"
        )
        notebook = sample_course.with_answers(course.released, double=hanging)
        first = graders.submit(course, "hanging", notebook, limit=5)
        second = graders.submit(course, "after", course.released)
        assert "hangs" in first.result().error
        assert second.result().error == ""
        assert second.result().score("double_check", "mean_check") == 0


@pytest.mark.parametrize(
    ("assignment", "task", "words"),
    [
        ("ex99_nothing", None, ["ex99_nothing", "there are: ex01_sample"]),
        ("ex01_sample", "triple", ["triple", "there are: double, mean"]),
    ],
)
def test_unknown_names_are_refused_with_those_there_are(sample, graders, assignment, task, words):
    with pytest.raises(WorkbookError) as error:
        run_answers(sample, assignment, graders, task=task, kernel="python3")
    assert all(word in str(error.value) for word in words)


def test_command_names_the_assignments_there_are(sample, monkeypatch):
    monkeypatch.chdir(sample)
    result = CliRunner().invoke(app, ["answers", "ex99"])
    assert result.exit_code == 1
    assert result.output.splitlines() == ["ex99: no such assignment; there are: ex01_sample"]
