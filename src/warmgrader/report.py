"""The instructor's report: one row per student, with a plain reason."""

from __future__ import annotations

import csv
import os
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One student's line."""

    student: str
    status: str
    score: str
    maximum: str
    score_before: str
    seconds: str
    sandbox: str
    review: str
    reason: str


class Report:
    """The rows of one assignment, in a CSV file that is complete after every row."""

    def __init__(self, path: Path) -> None:
        """Read what an earlier grading has left, so that a part of the class can be regraded."""
        self.path = path
        self.rows: dict[str, dict[str, str]] = {}
        if path.exists():
            with path.open(newline="", encoding="utf-8") as file:
                self.rows = {row["student"]: row for row in csv.DictReader(file)}

    def add(self, row: Row) -> None:
        """Add or replace a student's row."""
        self.rows[row.student] = asdict(row)

    def save(self) -> None:
        """Write the file."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f".{self.path.name}.new")
        with temporary.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, [field.name for field in fields(Row)])
            writer.writeheader()
            for student in sorted(self.rows):
                writer.writerow(self.rows[student])
        os.replace(temporary, self.path)


def number(value: float | None) -> str:
    """Write a score without needless digits."""
    return "" if value is None else f"{value:.10g}"
