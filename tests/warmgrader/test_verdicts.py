"""Verdicts on test cells: from the source only, honest, and out of the notebook's reach."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat
import pytest
from course import ASSIGNMENT, RIGHT, Course, source_notebook
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.utils import determine_grade
from test_autograde import automatic, report, run
from traitlets.config import Config

from warmgrader.plan import Plan
from warmgrader.verdict import Orders, Verdict

WRONG = "def mean(values):\n    return -1.0\n"
ATTACKS = {
    "displays": "def mean(values):\n    get_ipython().displayhook(4.0)\n    return 0",
    "equal": "def mean(values):\n    class E:\n        def __eq__(self, other): return True\n"
    "    return E()",
    "builtin": f"{WRONG}import builtins\nbuiltins.AssertionError = KeyError",
    "forges": f"{WRONG}kernel = get_ipython().kernel\n"
    "async def do_execute(*args, **options):\n"
    "    return {'status': 'ok', 'execution_count': 1, 'payload': [], 'user_expressions': {}}\n"
    "kernel.do_execute = do_execute",
    "peeps": "import sys\ndef mean(values):\n    return sys._getframe(1).f_locals",
}
EVIDENCE = {
    "equal": "says that __eq__ holds for any value",
    "builtin": "replaced builtins.AssertionError",
    "forges": "did not come from the grader's part of the kernel",
    "peeps": "looked at frames",
}


@pytest.fixture
def course(tmp_path: Path, generated_course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with its assignment in the gradebook and nobody's work."""
    course = Course(tmp_path / "course", generated_course)
    monkeypatch.chdir(course.root)
    return course


def test_attacks_get_nothing_and_a_look(course: Course) -> None:
    for student, answer in ATTACKS.items():
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
    for student in (*ATTACKS, "skips"):
        assert automatic(course, student) == (0, 0), rows[student]["reason"]
    for student, words in EVIDENCE.items():
        assert words in rows[student]["reason"]
        assert rows[student]["review"] == "needs review"
        with Gradebook(course.db_url) as gradebook:
            grade = gradebook.find_grade("check", "means", ASSIGNMENT, student)
            assert grade.needs_manual_grade
    assert automatic(course, "noisy") == (1, 4)
    assert rows["noisy"]["review"] == ""


def test_orders_and_results_are_signed() -> None:
    orders = Orders(b"key")
    order = orders.sign("test", "assert True", hidden=False)
    result = {"passed": True, "value": None, "error": None, "notes": []}
    reply = {"result": result, "signature": orders._signature(order["serial"], result)}
    assert orders.genuine(reply) == result
    assert orders.genuine({**reply, "result": {**result, "value": 4.0}}) is None
    assert orders.genuine({**reply, "signature": "é"}) is None
    assert orders.genuine({"result": result}) is None
    assert orders.genuine(None) is None
    order = orders.sign_test("assert mean([1, 3]) == 2", hidden=False)
    assert "mean" not in str(order) + bytes.fromhex(order["test"]).decode("latin-1")
    assert orders.genuine(reply) is None, "the result of an earlier cell counts"


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
        (Verdict.of_forgery(), 0),
    ],
)
def test_only_the_verdict_counts(verdict: Verdict, points: float) -> None:
    cell = cell_with_outputs()
    verdict.write(cell)
    assert determine_grade(cell)[0] == points


def test_tampering_beats_success() -> None:
    result: dict[str, Any] = {"passed": True, "value": 4.0, "error": None}
    verdict = Verdict.of_result({**result, "notes": [["tampered", "replaced builtins.abs"]]})
    assert not verdict.passed
    assert verdict.review == ("replaced builtins.abs",)
    assert Verdict.of_result({**result, "notes": [["changed", "used ctypes"]]}).passed


def test_plan_comes_from_the_source() -> None:
    notebook = source_notebook()
    notebook.cells[3].metadata["tags"] = ["raises-exception"]
    plan = Plan.read(nbformat.writes(notebook).encode(), Config())
    assert plan.tags["check"] == ["raises-exception"]
    assert plan.hidden == {"hidden"}
    assert plan.trusted == {"import numpy as np"}
    assert plan.packages == {"numpy"}
    assert {"np", "mean"} <= plan.bound
