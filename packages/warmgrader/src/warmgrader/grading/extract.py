"""Copies an assignment, or one student's part of it, out of a gradebook and into another.

A worker gets a private gradebook with what one submission needs, and nbgrader's own code runs on
that. The worker can neither see nor change the real one.
"""

from __future__ import annotations

import warnings
from pathlib import Path

from nbgrader.api import Base
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import SAWarning
from sqlalchemy.orm import Session

from warmgrader.submissions.source import Rows

# nbgrader reads the relations of a new submission before it adds it to the session. SQLAlchemy warns
# then, once in every process; nothing is lost, because it is added in the next statement.
warnings.filterwarnings("ignore", "Object of type <Submitted(Assignment|Notebook)> not", SAWarning)

# Each table with the column by which its rows belong to rows of an earlier table.
_ASSIGNMENT_TABLES = (
    ("notebook", "assignment_id", "assignment"),
    ("base_cell", "notebook_id", "notebook"),
    ("grade_cells", "id", "base_cell"),
    ("solution_cells", "id", "base_cell"),
    ("task_cells", "id", "base_cell"),
    ("source_cell", "notebook_id", "notebook"),
)
_SUBMISSION_TABLES = (
    ("submitted_notebook", "assignment_id", "submitted_assignment"),
    ("grade", "notebook_id", "submitted_notebook"),
    ("comment", "notebook_id", "submitted_notebook"),
)


def extract_assignment(session: Session, assignment_id: str) -> Rows:
    """Return the rows that define an assignment; without any, it does not exist."""
    rows: Rows = {"assignment": _select(session, "assignment", "name", [assignment_id])}
    courses = [row["course_id"] for row in rows["assignment"]]
    rows = {"course": _select(session, "course", "id", courses), **rows}
    return _follow(session, rows, _ASSIGNMENT_TABLES)


def extract_submission(session: Session, assignment: Rows, student_id: str) -> Rows:
    """Return the rows of one student's submission; there are none before the first grading."""
    rows: Rows = {"student": _select(session, "student", "id", [student_id])}
    key = assignment["assignment"][0]["id"]
    submissions = _select(session, "submitted_assignment", "student_id", [student_id])
    rows["submitted_assignment"] = [row for row in submissions if row["assignment_id"] == key]
    return _follow(session, rows, _SUBMISSION_TABLES)


def _follow(session: Session, rows: Rows, tables: tuple[tuple[str, str, str], ...]) -> Rows:
    for table, column, parent in tables:
        rows[table] = _select(session, table, column, [row["id"] for row in rows[parent]])
    return rows


def _select(session: Session, table: str, column: str, values: list[str]) -> list[dict]:
    if not values:
        return []
    definition = Base.metadata.tables[table]
    query = select(definition).where(definition.c[column].in_(values))
    return [dict(row._mapping) for row in session.execute(query)]


def create_gradebook(path: Path, rows: Rows) -> None:
    """Create an SQLite gradebook with the given rows.

    nbgrader's `Gradebook` would first run the program alembic, for seconds, to learn a version
    number that only its upgrade command reads.
    """
    engine = create_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()
    add_rows(path, rows)


def add_rows(path: Path, rows: Rows) -> None:
    """Add rows to an SQLite gradebook."""
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        for table, content in rows.items():
            _insert(connection, table, content)
    engine.dispose()


def _insert(connection: Connection, table: str, content: list[dict]) -> None:
    if content:
        connection.execute(Base.metadata.tables[table].insert(), content)
