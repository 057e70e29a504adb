"""Decides, outside of the kernel, whether a test cell passed, and writes it into the cell."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from hashlib import sha256, shake_256
from typing import Any

from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

TAMPERED = "tampered"
RAISED_BY_NOTEBOOK = "Raised by the notebook's own code:"
"""First line of a traceback whose error does not come from the test itself."""


class Orders:
    """Signs what a kernel is told and checks what it answers; see `warmgrader.vault`."""

    def __init__(self, key: bytes) -> None:
        """Start with the key that the kernel got when it was started."""
        self.key = key
        self.serial = 0

    def sign(self, kind: str, code: str, **details: Any) -> dict[str, Any]:
        """Return an order that goes with the code of a cell."""
        self.serial += 1
        order = {"kind": kind, "serial": self.serial, **details}
        return {**order, "signature": self._signature(order, sha256(_encode(code)).hexdigest())}

    def sign_test(self, code: str, **details: Any) -> dict[str, Any]:
        """Return an order that is a test, which only the vault can read."""
        content = _encode(code)
        stream = shake_256(self.key + (self.serial + 1).to_bytes(8, "big")).digest(len(content))
        number = int.from_bytes(content, "big") ^ int.from_bytes(stream, "big")
        return self.sign("test", "", test=number.to_bytes(len(content), "big").hex(), **details)

    def genuine(self, reply: dict[str, Any] | None) -> dict[str, Any] | None:
        """Return the result in a reply to the last order, if it is one."""
        if not isinstance(reply, dict) or not isinstance(reply.get("result"), dict):
            return None
        expected = self._signature(self.serial, reply["result"])
        given = str(reply.get("signature", ""))
        return reply["result"] if hmac.compare_digest(given.encode(), expected.encode()) else None

    def _signature(self, *parts: Any) -> str:
        return hmac.digest(self.key, json.dumps(parts, sort_keys=True).encode(), "sha256").hex()


def _encode(code: str) -> bytes:
    return code.encode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Verdict:
    """What became of a test cell.

    Attributes:
        passed: whether it ran to its end.
        value: the number that its last expression gave, for partial credit.
        name: the kind of error.
        text: the error's message.
        traceback: what the instructor sees of the error.
        review: why a person should look at the cell, one sentence each.
    """

    passed: bool
    value: float | None = None
    name: str = ""
    text: str = ""
    traceback: str = ""
    review: tuple[str, ...] = ()

    @classmethod
    def of_result(cls, result: dict[str, Any]) -> Verdict:
        """Judge the signed result of a test."""
        notes = [(level, text) for level, text in result["notes"]]
        review = tuple(text for _, text in notes)
        if any(level == TAMPERED for level, _ in notes):
            text = "The notebook's code changed what decides about this test."
            return cls(False, name="TamperedError", text=text, review=review)
        if result["passed"]:
            return cls(True, result["value"], review=review)
        error = result["error"]
        first = f"{RAISED_BY_NOTEBOOK}\n" if error["through"] else ""
        traceback = f"{first}{error['traceback']}"
        return cls(False, None, error["name"], error["text"], traceback, review)

    @classmethod
    def of_forgery(cls) -> Verdict:
        """Judge an answer that does not come from the test."""
        reason = "the answer to the test did not come from the grader's part of the kernel"
        text = "The notebook's code came between the test and the grader."
        return cls(False, name="TamperedError", text=text, review=(reason,))

    @classmethod
    def of_end(cls, name: str, text: str) -> Verdict:
        """Judge a test that did not come to its end."""
        return cls(False, name=name, text=text)

    def write(self, cell: NotebookNode) -> None:
        """Make the verdict the only thing in the cell's outputs that nbgrader counts.

        nbgrader takes an error and any text on standard error for a failure, and a displayed number
        for the score.
        """
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
