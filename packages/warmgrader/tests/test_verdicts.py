"""Verdicts on test cells: from the source only, honest, and out of the notebook's reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from course import ASSIGNMENT, RIGHT, Course
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade
from test_autograde import automatic, report, run

from warmgrader.verdicts.verdict import KNOWS, Verdict

WRONG = "def mean(values):\n    return -1.0\n"
NOTHING = {
    "displays": "def mean(values):\n    get_ipython().displayhook(4.0)\n    return 0",
    "builtin": f"{WRONG}import builtins\nbuiltins.AssertionError = KeyError",
    "forges": f"{WRONG}kernel = get_ipython().kernel\n"
    "async def do_execute(*args, **options):\n"
    "    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}\n"
    "kernel.do_execute = do_execute",
}
SEEN = {
    "equal": (
        "def mean(values):\n    class E:\n        def __eq__(self, other): return True\n    return E()",
        "needs review: cell 3, line 3: `def __eq__(self, other): return True` decides itself",
    ),
    "peeps": (
        "import sys\ndef mean(values):\n    np = sys._getframe(1).f_globals['np']\n"
        "    return np.sum(values) / np.size(values)",
        "cell 3, line 3: `sys._getframe",
    ),
}


@pytest.fixture
def course(tmp_path: Path, generated_course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with its assignment in the gradebook and nobody's work."""
    course = Course(tmp_path / "course", generated_course)
    monkeypatch.chdir(course.root)
    return course


def test_attacks_get_nothing_or_are_seen(course: Course) -> None:
    for student, answer in NOTHING.items():
        course.submit(student, answer)
    for student, (answer, _) in SEEN.items():
        course.submit(student, answer)
    path = course.submit("skips", WRONG)
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution"]
    nbformat.write(notebook, path)
    noisy = "    import sys\n    print('careful', file=sys.stderr)\n    return"
    course.submit("noisy", RIGHT.replace("    return", noisy), ("sum = 3\nlist = [1]",))
    assert run(ASSIGNMENT, "--workers=2")[0] == 0
    rows = report(course)
    for student in (*NOTHING, "skips"):
        assert automatic(course, student) == (0, 0), rows[student]["reason"]
    for student, (_, words) in SEEN.items():
        assert words in rows[student]["reason"]
        assert rows[student]["review"] == "needs review"
        with Gradebook(course.db_url) as gradebook:
            grade = gradebook.find_grade("check", "means", ASSIGNMENT, student)
            assert grade.needs_manual_grade and grade.auto_score == 1
            comment = gradebook.find_comment("mean", "means", ASSIGNMENT, student)
            assert words in comment.comment
        graded = course.root / "autograded" / student / ASSIGNMENT / "means.ipynb"
        assert words in graded.read_text().replace('\\"', '"'), "formgrader does not show it"
    assert automatic(course, "noisy") == (1, 4)
    assert rows["noisy"]["review"] == ""


def test_suspicious_says_what_becomes_of_it(course: Course) -> None:
    course.submit("equal", SEEN["equal"][0])
    assert run(ASSIGNMENT, "--WarmAutograde.suspicious=withhold")[0] == 0
    assert automatic(course, "equal") == (0, 0)
    assert report(course)["equal"]["review"] == "needs review"
    assert run(ASSIGNMENT, "--WarmAutograde.suspicious=ignore", "--force")[0] == 0
    assert automatic(course, "equal") == (1, 4)
    assert report(course)["equal"]["review"] == ""


def test_wanted_files_are_kept_and_not_returned(course: Course) -> None:
    write = "import os\nos.mkdir('figures')\nfor name in ('figures/a.png', 'b.csv', 'c.txt'):\n"
    course.submit("mia", RIGHT, (f"{write}    open(name, 'w').write('secret')",))
    options = ("--WarmAutograde.keep=*.png", "--WarmAutograde.keep=b.csv")
    assert run(ASSIGNMENT, *options)[0] == 0
    graded = course.root / "autograded" / "mia" / ASSIGNMENT
    found = {path.relative_to(graded).as_posix() for path in graded.rglob("*") if path.is_file()}
    assert found == {"means.ipynb", "values.csv", "figures/a.png", "b.csv"}
    assert automatic(course, "mia") == (1, 4)


def cell_with_outputs() -> nbformat.NotebookNode:
    """A test cell in which the notebook's code has displayed points."""
    cell = new_code_cell("assert mean([1, 3]) == 2")
    cell.metadata["nbgrader"] = {"grade": True, "solution": False, "points": 4, "grade_id": "t"}
    cell.outputs = [
        new_output("execute_result", {"text/plain": "4.0"}),
        new_output("stream", name="stderr", text="a warning"),
        new_output("error", ename="E", evalue="", traceback=[]),
    ]
    return cell


@pytest.mark.parametrize(
    ("verdict", "points"),
    [
        (Verdict(True), 4),
        (Verdict(True, value=1.5), 1.5),
        (Verdict(True, value=1e9), 4),
        (Verdict(True, value=-1e9), 0),
        (Verdict(False, value=3.0, name="AssertionError"), 0),
        (Verdict.of_tampering("it says yes"), 0),
    ],
)
def test_only_the_verdict_counts(verdict: Verdict, points: float) -> None:
    cell = cell_with_outputs()
    verdict.write(cell)
    assert determine_grade(cell)[0] == points


def test_saying_yes_beats_success() -> None:
    outcome: dict[str, Any] = {
        "passed": True, "value": 4.0, "error": None, "changed": [], "settled": [], "deciding": [],
        "says_yes": True,
    }  # fmt: skip
    verdict = Verdict.of_outcome(outcome)
    assert not verdict.passed
    assert verdict.review == ("tests that must fail pass in this notebook",)
    outcome.update(says_yes=False, changed=["builtins.abs"])
    assert Verdict.of_outcome(outcome).passed
    assert Verdict.of_outcome(outcome).review == ("builtins.abs was not what it had been",)


def test_a_later_notebook_finds_what_an_earlier_one_has_written(course: Course) -> None:
    source = course.root / "source" / ASSIGNMENT / "means.ipynb"
    source.with_name("second.ipynb").write_bytes(source.read_bytes())
    course.generate()
    write = "import os\nos.mkdir('parts')\nfor name in ('parts/a', 'b.txt'):\n    open(name, 'w').write(name)"
    path = course.submit("mia", RIGHT, (write,))
    notebook = nbformat.read(path, as_version=4)
    reads = "assert open('parts/a').read() + open('b.txt').read() == 'parts/ab.txt'"
    for cell in notebook.cells:
        if cell.id == "mean":
            cell.source = f"{reads}\n{RIGHT}"
    nbformat.write(notebook, path.with_name("second.ipynb"))
    assert run(ASSIGNMENT, "--WarmAutograde.keep=b.txt")[0] == 0
    graded = course.root / "autograded" / "mia" / ASSIGNMENT
    found = {path.name for path in graded.rglob("*") if path.is_file()}
    assert found == {"means.ipynb", "second.ipynb", "values.csv", "b.txt"}
    assert automatic(course, "mia") == (1, 4)
    # What is in these files may be from a hidden test.
    knows = [
        nbformat.read(p, as_version=4).metadata.get(KNOWS) for p in sorted(graded.glob("*.ipynb"))
    ]
    assert knows == [None, True]
