"""Says which tests a person should look at, and why: the words in reports, comments and notebooks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from nbformat.notebooknode import NotebookNode

from warmgrader.grading.plan import grade_id_of
from warmgrader.reading.names import names_assigned, names_loaded
from warmgrader.reading.page import Reach
from warmgrader.reading.texts import parse_if_readable
from warmgrader.verdicts.verdict import Verdict

NEEDS_REVIEW = "needs review"
_MOST = 3  # reaches that are told; more are counted


@dataclass
class Review:
    """What was found in one notebook.

    Attributes:
        reaches: what the notebook reaches for beyond its course.
        policy: what becomes of a test that passed behind one: `review`, `withhold` or `ignore`.
        found: reasons, by the tests' grade ids.
        words: what to write beside tests and the answers before them, by grade id.
        answer: the last answer before the test that is looked at.
    """

    reaches: list[Reach] = field(default_factory=list)
    policy: str = "review"
    found: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    _loaded: set[str] = field(default_factory=set)
    _tested: set[str] = field(default_factory=set)

    def look_at(self, cell: NotebookNode, index: int, verdict: Verdict) -> Verdict:
        """Judge whether a verdict needs review; return the one that counts."""
        tree = parse_if_readable(cell.source)
        self._tested |= names_assigned(tree) if tree else set()
        self._loaded = names_loaded(tree) if tree else set()
        gains = verdict.passed and verdict.value != 0
        reasons = [] if verdict.passed else list(verdict.review)
        if gains and self.policy != "ignore":
            found = [str(reach) for reach in self.reaches if self._matters(reach, index, verdict)]
            reasons = [*found, *verdict.review]
        if not reasons:
            return verdict
        self.found[grade_id_of(cell)] = reasons
        words = f"{told(reasons)}; the test {'passed' if verdict.passed else 'gets no points'}"
        self.words[grade_id_of(cell)] = words
        if self.answer:
            self.words[self.answer] = words
        if self.policy == "withhold" and verdict.passed:
            text = "A person looks at this test before it counts."
            return Verdict(False, name="Withheld", text=text, told=text)
        return verdict

    def _matters(self, reach: Reach, index: int, verdict: Verdict) -> bool:
        if not reach.index < index < reach.until or (
            reach.asked and reach.asked in verdict.settled
        ):
            return False
        if reach.loads and not reach.loads & self._loaded:
            return False
        return not reach.names or bool(reach.names & self._tested)

    def note(self) -> str:
        """Return one line for the report about all tests, or nothing."""
        reasons = dict.fromkeys(reason for found in self.found.values() for reason in found)
        return f"{told(reasons)}; look at {', '.join(self.found)}." if reasons else ""


def told(reasons: Iterable[str]) -> str:
    """Put reasons into one sentence."""
    reasons = list(reasons)
    more = f"; and {len(reasons) - _MOST} more" if len(reasons) > _MOST else ""
    return f"{NEEDS_REVIEW}: {'; '.join(reasons[:_MOST])}{more}"
