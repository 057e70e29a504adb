"""What travels between the grader and its workers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from warmgrader.submissions.source import Rows


@dataclass(frozen=True)
class Parcel:
    """What all submissions of an assignment have in common.

    Attributes:
        assignment_id: the assignment.
        course_id: the course.
        rows: the assignment in the gradebook, hidden tests included.
        source_files: the assignment's files other than notebooks, by relative path.
        source_notebooks: the instructor's notebooks, by name.
        config: the whole nbgrader configuration (`traitlets.config.Config`).
        sys_path: where modules that the configuration names are found.
    """

    assignment_id: str
    course_id: str
    rows: Rows
    source_files: dict[str, bytes]
    source_notebooks: dict[str, bytes] = field(repr=False)
    config: Any
    sys_path: list[str]


@dataclass(frozen=True)
class Submission:
    """One student's work.

    Attributes:
        assignment_id: the assignment.
        student_id: the student.
        files: the submitted files, by relative path, as they are.
        notebooks: the names of the assignment's notebooks that are to be graded.
        rows: what the gradebook has of the student for this assignment.
        notes: what was left out when the files were read, one plain line each.
    """

    assignment_id: str
    student_id: str
    files: dict[str, bytes] = field(repr=False)
    notebooks: list[str] = field(repr=False)
    rows: Rows = field(repr=False)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CellGrade:
    """The automatic grade of one cell."""

    notebook: str
    cell: str
    auto_score: float | None
    needs_manual_grade: bool


@dataclass
class Result:
    """What came of a submission.

    Attributes:
        assignment_id: the assignment.
        student_id: the student.
        notebooks: the files that were to be graded; others keep their grades.
        failure: why the submission could not be graded; None if it was.
        notes: what happened that the instructor should know, one plain line each.
        review: notebook, cell and reason, where a person should look.
        log: log records, as level and text.
        timestamp: when the student submitted, as far as that is known.
        grades: the automatic grades.
        comments: the automatic comments, by notebook and cell.
        penalties: the penalties for late submission, by notebook.
        files: the autograded files, by relative path.
        seconds: how long it took.
    """

    assignment_id: str
    student_id: str
    notebooks: list[str]
    failure: str | None = None
    notes: list[str] = field(default_factory=list)
    review: list[tuple[str, str, str]] = field(default_factory=list)
    log: list[tuple[int, str]] = field(default_factory=list)
    timestamp: datetime | None = None
    grades: list[CellGrade] = field(default_factory=list)
    comments: dict[tuple[str, str], str | None] = field(default_factory=dict)
    penalties: dict[str, float | None] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict, repr=False)
    seconds: float = 0.0
