"""The instructor's report: one row per student, with a plain reason."""

from __future__ import annotations

import contextlib
import csv
import os
import re
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from warmgrader.submissions.handed_in import printable

_LONGEST = 5000  # characters of one field
_NUMBER = re.compile(r"-?[\d.]+")


@dataclass(frozen=True)
class ReportRow:
    """One student's line."""

    student: str
    status: str
    score: str
    maximum: str
    score_before: str
    seconds: str
    sandbox: str
    late: str
    review: str
    reason: str


class RunReport:
    """The rows of one assignment, in a CSV file that is complete after every row."""

    def __init__(self, path: Path) -> None:
        """Read what an earlier grading has left, so that a part of the class can be regraded."""
        self.path = path
        names = [field.name for field in fields(ReportRow)]
        self.rows: dict[str, dict[str, str]] = {}
        # A damaged report is as none: its rows come again with the next grading.
        with contextlib.suppress(OSError, ValueError, KeyError, csv.Error):
            with path.open(newline="", encoding="utf-8") as file:
                for row in csv.DictReader(file):
                    self.rows[row["student"]] = {name: row.get(name) or "" for name in names}

    def add(self, row: ReportRow) -> None:
        """Add or replace a student's row."""
        self.rows[row.student] = {**asdict(row), "reason": clean(row.reason)}

    def save(self) -> None:
        """Write the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f".{self.path.name}.new")
        with temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [field.name for field in fields(ReportRow)])
            writer.writeheader()
            for student in sorted(self.rows):
                writer.writerow(self.rows[student])
        os.replace(temporary, self.path)


def clean(text: str) -> str:
    """Return a text in one line that any program can read, no spreadsheet calculates, and has an end."""
    text = " ".join(printable(text.replace("\n", " ")).split())
    text = (
        f"'{text}"
        if text.startswith(("=", "+", "-", "@")) and not _NUMBER.fullmatch(text)
        else text
    )
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def number(value: float | None) -> str:
    """Write a score without needless digits."""
    return "" if value is None else f"{value:.10g}"
