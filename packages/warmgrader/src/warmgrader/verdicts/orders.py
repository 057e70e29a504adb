"""Orders that the grader gives to a kernel, and verdicts that come back: signed, and each counts once."""

from __future__ import annotations

import sys
from hashlib import sha256
from hmac import compare_digest, digest
from json import dumps, loads
from typing import Any

METADATA = "warmgrader"
"""Where requests carry orders and replies carry verdicts."""
COURSES = " (the course's)"
"""Ends names in tests that mean what they mean to the instructor; no code of the notebook's can write them."""
MOST_KEPT = 20_000_000
"""Bytes of all files of a notebook that are kept."""
PYTHON = str(sys.implementation.cache_tag)
"""Which Python's code a test is compiled to."""


def digest_of(content: bytes) -> str:
    """Return what tells whether a file has changed."""
    return sha256(content).hexdigest()


class Signer:
    """One end of the line between the grader and a kernel: both have the key, nobody else."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.serial = 0

    def order(self, **details: Any) -> dict[str, Any]:
        """Return an order, for the kernel."""
        self.serial += 1
        return {"serial": self.serial, **self._signed(details)}

    def read_order(self, message: Any) -> dict[str, Any] | None:
        """Return what an order says, if it is genuine and newer than the last."""
        serial = message.get("serial") if isinstance(message, dict) else None
        if not isinstance(serial, int) or serial <= self.serial:
            return None
        before, self.serial = self.serial, serial
        details = self.read(message)
        if details is None:
            self.serial = before
        return details

    def answer(self, outcome: dict[str, Any]) -> dict[str, Any]:
        """Return the verdict on the last order, for the grader."""
        return self._signed(outcome)

    def read(self, message: Any) -> dict[str, Any] | None:
        """Return what a message about the last order says, if it is genuine."""
        if not isinstance(message, dict) or not isinstance(message.get("text"), str):
            return None
        given = str(message.get("signature", "")).encode("utf-8", "replace")
        genuine = compare_digest(given, self._signature(message["text"]).encode())
        return loads(message["text"]) if genuine else None

    def _signed(self, content: dict[str, Any]) -> dict[str, str]:
        text = dumps(content)
        return {"text": text, "signature": self._signature(text)}

    def _signature(self, text: str) -> str:
        return digest(self._key, f"{self.serial}\n{text}".encode(), "sha256").hex()
