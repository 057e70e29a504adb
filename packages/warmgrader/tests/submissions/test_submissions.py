"""Every case of this folder, graded by the real command between honest neighbours.

All cases that were chosen (`pytest -k`) are graded in one run; each test looks at one of them.
"""

from __future__ import annotations

import bisect
import re
from pathlib import Path

import attacks  # noqa: F401  (registers cases)
import damaged  # noqa: F401  (registers cases)
import pytest
from batch import Outcome, is_exact, run
from case import CASES, add_code_cases
from page import find_active
from three_tasks import SECRETS, TESTS

add_code_cases(Path(__file__).with_name("code"))


@pytest.fixture(scope="session")
def outcome(
    request: pytest.FixtureRequest, runtime: Path, tmp_path_factory: pytest.TempPathFactory
) -> Outcome:
    """The one run that all tests here look at."""
    items = [item for item in request.session.items if item.path == Path(__file__)]
    names = {item.callspec.params["name"] for item in items if hasattr(item, "callspec")}
    chosen = [CASES[name] for name in sorted(names or CASES)]
    home = tmp_path_factory.mktemp("home")
    return run(tmp_path_factory.mktemp("submissions") / "course", chosen, home)


@pytest.mark.parametrize("name", sorted(CASES))
def test_case(outcome: Outcome, name: str) -> None:
    case = CASES[name]
    row = outcome.report.get(case.student)
    assert row, "the report has no row for this student"
    scores = outcome.scores.get(case.student, {})
    assert set(scores) == set(TESTS), f"tests without a grade; the report says: {row['reason']}"
    assert None not in scores.values(), f"tests without a score; the report says: {row['reason']}"
    marked = outcome.marked[case.student] if row["status"] == "graded" else set()
    told = f"{scores}, marked: {marked}; the report says: {row['reason']}"
    certain = sum(points for test, points in scores.items() if test not in marked)
    assert float(row["score"]) == sum(scores.values())
    assert bool(row["review"]) == bool(marked), told
    if case.stopped_by == "review":
        assert certain == case.points < sum(scores.values()), told
    else:
        assert sum(scores.values()) == case.points, told
    if case.honest:
        assert bool(marked) == case.marked, told
    assert case.says in row["reason"]
    assert "Traceback" not in row["reason"]
    assert "\n" not in row["reason"]
    assert not row["reason"].startswith(("=", "+", "-", "@"))  # a spreadsheet would calculate it
    at = bisect.bisect(outcome.neighbours, case.student)
    for neighbour in outcome.neighbours[max(0, at - 1) : at + 1]:
        assert is_exact(outcome, neighbour), outcome.report.get(neighbour)


@pytest.mark.parametrize("name", sorted(name for name in CASES if CASES[name].wants_feedback))
def test_feedback(outcome: Outcome, name: str) -> None:
    case = CASES[name]
    if not (outcome.course / "autograded" / case.student).exists():
        assert outcome.report[case.student]["status"] == "failed"
        return
    page = outcome.pages[case.student]
    assert list((outcome.course / "feedback" / case.student).rglob("*.ipynb")) == []
    plain = re.sub("<[^>]*>", "", page)
    assert [word for word in SECRETS if word in page or word in plain] == []
    assert find_active(page) == []


def test_nothing_changed_outside(outcome: Outcome) -> None:
    assert outcome.changed == []


def test_nothing_is_left_running(outcome: Outcome) -> None:
    assert outcome.processes == []


def test_nobody_reached_the_network(outcome: Outcome) -> None:
    assert outcome.heard == b""


def test_batch_went_to_its_end(outcome: Outcome) -> None:
    assert set(outcome.report) == set(outcome.handed_in)
    assert "Traceback" not in outcome.log
