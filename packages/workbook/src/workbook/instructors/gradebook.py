"""A course's gradebook, read in a few queries: what the report and the exports are made of.

nbgrader's own properties ask the database once per student and assignment; for a thousand students
that takes minutes.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy import select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from traitlets.config import Config

from warmgrader.errors import first_line
from workbook.common.configuration import CONFIG_FILE, load_config
from workbook.common.errors import WorkbookError


@dataclass(frozen=True)
class GradedCell:
    """A graded cell of an assignment."""

    assignment: str
    notebook: str
    name: str  # its grade id
    max_score: float


@dataclass
class ScoredWork:
    """What one student has in one assignment."""

    timestamp: datetime | None
    after_due: bool = False  # nbgrader's due date, and its extension for this student
    penalty: float = 0.0  # for handing in late
    scores: dict[GradedCell, float] = field(default_factory=dict)  # by hand, where there are such
    extra_credit: float = 0.0
    by_hand: bool = False  # whether a person has given points
    needs_manual_grade: bool = False

    @property
    def raw_score(self) -> float:
        """Points before the penalty."""
        return sum(self.scores.values()) + self.extra_credit

    @property
    def score(self) -> float:
        """Points as nbgrader exports them."""
        return max(0.0, self.raw_score - self.penalty)


@dataclass
class Scores:
    """All scores of a course."""

    students: list[Student]
    assignments: list[Assignment]
    cells: dict[str, list[GradedCell]]  # by assignment
    submissions: dict[tuple[str, str], ScoredWork]  # by assignment and student


def find_course(start: Path, db_url: str | None = None) -> tuple[CourseDirectory, Config]:
    """The nbgrader course in `start` or above it, with another gradebook if one is given.

    Raises:
        WorkbookError: There is no `nbgrader_config.py`, or it fails.
    """
    folder = next(
        (
            folder
            for folder in (start.resolve(), *start.resolve().parents)
            if (folder / CONFIG_FILE).is_file()
        ),
        None,
    )
    if folder is None:
        raise WorkbookError(f"{start}: no nbgrader course ({CONFIG_FILE}) here or above it")
    config = load_config(folder)
    if "root" not in config.CourseDirectory:
        config.CourseDirectory.root = str(folder)
    if db_url:
        config.CourseDirectory.db_url = db_url
    return CourseDirectory(config=config), config


@contextmanager
def open_gradebook(db_url: str, course_id: str, create: bool = False) -> Iterator[Gradebook]:
    """Open a gradebook, which must be there already unless it may be created.

    Raises:
        WorkbookError: There is none, or it can't be read.
    """
    try:
        url = make_url(db_url)
    except ArgumentError:
        raise WorkbookError(
            f"{db_url}: not an address of a gradebook; one looks like sqlite:///grading/gradebook.db"
        ) from None
    is_file = url.get_backend_name() == "sqlite"
    if is_file and not create and not Path(url.database or "").is_file():
        raise WorkbookError(
            f"{url.database}: there is no gradebook yet; "
            "`nbgrader generate_assignment` makes it, grading fills it"
        )
    try:
        with Gradebook(db_url, course_id) as gradebook:
            yield gradebook
    except (SQLAlchemyError, ModuleNotFoundError) as error:
        shown = url.render_as_string(hide_password=True)
        raise WorkbookError(f"{shown}: the gradebook can't be read: {first_line(error)}") from error


def read_scores(gradebook: Gradebook) -> Scores:
    """All scores, students and assignments in nbgrader's order."""
    session = gradebook.db
    assignments, students = gradebook.assignments, gradebook.students
    names = {assignment.id: assignment.name for assignment in assignments}
    due = {assignment.id: assignment.duedate for assignment in assignments}

    by_id: dict[str, GradedCell] = {}
    for kind in (GradeCell, TaskCell):
        query = select(
            kind.id, Notebook.assignment_id, Notebook.name, kind.name, kind.max_score
        ).join(Notebook, kind.notebook_id == Notebook.id)
        for cell_id, assignment_id, notebook, name, max_score in session.execute(query):
            by_id[cell_id] = GradedCell(names[assignment_id], notebook, name, max_score or 0.0)
    cells: dict[str, list[GradedCell]] = {name: [] for name in names.values()}
    for cell in by_id.values():
        cells[cell.assignment].append(cell)

    submissions, by_submission = {}, {}
    query = select(
        SubmittedAssignment.id,
        SubmittedAssignment.assignment_id,
        SubmittedAssignment.student_id,
        SubmittedAssignment.timestamp,
        SubmittedAssignment.extension,
    )
    for submission_id, assignment_id, student, timestamp, extension in session.execute(query):
        end = due[assignment_id] and due[assignment_id] + (extension or timedelta())
        submission = ScoredWork(timestamp, after_due=bool(end and timestamp and timestamp > end))
        submissions[names[assignment_id], student] = by_submission[submission_id] = submission

    by_notebook = {}
    query = select(
        SubmittedNotebook.id,
        SubmittedNotebook.assignment_id,
        SubmittedNotebook.late_submission_penalty,
    )
    for notebook_id, submission_id, penalty in session.execute(query):
        by_notebook[notebook_id] = by_submission[submission_id]
        by_submission[submission_id].penalty += penalty or 0.0

    query = select(
        *(Grade.notebook_id, Grade.cell_id, Grade.score, Grade.needs_manual_grade),
        *(Grade.auto_score, Grade.manual_score, Grade.extra_credit),
    )
    for notebook_id, cell_id, score, needs_manual_grade, *parts in session.execute(query):
        auto, manual, extra = parts
        # nbgrader counts extra credit as soon as there are points to add it to.
        extra = 0.0 if auto is None and manual is None else extra or 0.0
        submission = by_notebook[notebook_id]
        submission.scores[by_id[cell_id]] = score - extra
        submission.extra_credit += extra
        submission.by_hand |= manual is not None or bool(extra)
        submission.needs_manual_grade |= needs_manual_grade
    return Scores(students, assignments, cells, submissions)


def full_name(student: Student) -> str:
    """First and last name, as far as they are known; else the id."""
    return " ".join(filter(None, (student.first_name, student.last_name))) or student.id


def number(value: float) -> str:
    """A score without needless digits: 20, 7.5."""
    return f"{value:.10g}"
