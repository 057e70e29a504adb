"""Decides, outside of the kernel, whether a test cell passed, and writes it into the cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

TOLD = "warmgrader_told"
"""Metadata of a graded test: what a student may read of its message."""
KNOWS = "warmgrader_knows"
"""Metadata of a graded notebook: an earlier one of the assignment may have told it of hidden tests."""
RAISED_BY_NOTEBOOK = "Raised by the notebook's own code:"
"""First line of a traceback whose error does not come from the test itself."""


@dataclass(frozen=True)
class Verdict:
    """What became of a test cell.

    Attributes:
        passed: whether it ran to its end.
        value: the number that its last expression gave, for partial credit.
        name: the kind of error.
        text: the error's message.
        traceback: what the instructor sees of the error.
        told: what a student may read of the error's message; None if that is not known.
        settled: names whose change the core says could not matter.
        review: why a person should look at the cell, in words that follow a colon.
    """

    passed: bool
    value: float | None = None
    name: str = ""
    text: str = ""
    traceback: str = ""
    told: str | None = None
    settled: frozenset[str] = frozenset()
    review: tuple[str, ...] = ()

    @classmethod
    def of_outcome(cls, outcome: dict[str, Any]) -> Verdict:
        """Judge what the core says of a test."""
        if outcome["says_yes"]:
            return cls.of_tampering("tests that must fail pass in this notebook")
        changed = [f"{name} was not what it had been" for name in outcome["changed"]]
        changed += [
            f"the test met an object of the notebook's own class that has `{name}`"
            for name in outcome["deciding"]
        ]
        settled = frozenset(outcome["settled"])
        if outcome["passed"]:
            return cls(True, outcome["value"], settled=settled, review=tuple(changed))
        error = outcome["error"]
        first = f"{RAISED_BY_NOTEBOOK}\n" if error["through"] else ""
        traceback = f"{first}{error['traceback']}"
        return cls(False, None, error["name"], error["text"], traceback, error["told"], settled)

    @classmethod
    def of_tampering(cls, reason: str) -> Verdict:
        """Judge a test whose verdict can't be believed."""
        text = "The notebook's code changed what decides about this test."
        return cls(False, name="TamperedError", text=text, told=text, review=(reason,))

    @classmethod
    def of_end(cls, name: str, text: str) -> Verdict:
        """Judge a test that did not come to its end."""
        return cls(False, name=name, text=text)

    def write(self, cell: NotebookNode) -> None:
        """Make the verdict the only thing in the cell's outputs that nbgrader counts.

        nbgrader takes an error and any text on standard error for a failure, and a displayed number
        for the score.
        """
        cell.metadata[TOLD] = self.told
        kept = [o for o in cell.outputs if o.output_type in ("stream", "display_data")]
        for output in kept:
            if output.output_type == "stream":
                output.name = "stdout"
        if not self.passed:
            lines = (self.traceback or f"{self.name}: {self.text}").splitlines()
            kept.append(
                new_output("error", ename=self.name, evalue=self.text, traceback=lines),
            )
        elif self.value is not None:
            points = min(max(self.value, 0.0), float(cell.metadata.nbgrader["points"]))
            kept.append(
                new_output(
                    "execute_result",
                    {"text/plain": f"{points:.12g}"},
                    execution_count=cell.execution_count,
                )
            )
        cell.outputs = kept
