"""The only writer of the gradebook and of the autograded folder."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from nbgrader.api import Gradebook, MissingEntry, SubmittedAssignment
from sqlalchemy import text

from warmgrader.grading.extract import extract_assignment, extract_submission
from warmgrader.grading.payload import Result
from warmgrader.submissions.source import Rows

_BUSY_MILLISECONDS = 60_000


@dataclass(frozen=True)
class Change:
    """A student's score before and after a grading, as the gradebook has it; None if there was none.

    Manual points and extra credit count, and the penalty for lateness is taken off.
    """

    before: float | None
    after: float | None
    maximum: float
    late: bool


class Writer:
    """Opens the gradebook once and writes each student's result in one transaction."""

    def __init__(self, db_url: str, course_id: str) -> None:
        """Open the gradebook.

        Raises:
            sqlalchemy.exc.SQLAlchemyError: it can't be opened.
        """
        self.gradebook = Gradebook(db_url, course_id)
        if self.gradebook.engine.dialect.name == "sqlite":
            # Formgrader can then read while grades are written, and both wait for each other.
            self.gradebook.db.execute(text("PRAGMA journal_mode=WAL"))
            self.gradebook.db.execute(text(f"PRAGMA busy_timeout={_BUSY_MILLISECONDS}"))
            self.gradebook.db.commit()

    def close(self) -> None:
        """Close the gradebook."""
        self.gradebook.close()

    def has_student(self, student_id: str) -> bool:
        """Tell whether the gradebook knows a student."""
        try:
            self.gradebook.find_student(student_id)
        except MissingEntry:
            return False
        return True

    def assignment(self, assignment_id: str) -> Rows:
        """Return the rows that define an assignment."""
        return extract_assignment(self.gradebook.db(), assignment_id)

    def submission(self, assignment: Rows, student_id: str) -> Rows:
        """Return the rows of a student's submission."""
        return extract_submission(self.gradebook.db(), assignment, student_id)

    def write(self, result: Result) -> Change:
        """Write a result in one commit; manual scores, extra credit and comments stay."""
        with self._one_commit():
            self.gradebook.update_or_create_student(result.student_id)
            known = {"timestamp": result.timestamp} if result.timestamp else {}
            submission = self.gradebook.update_or_create_submission(
                result.assignment_id, result.student_id, **known
            )
            grades = {(grade.notebook, grade.cell): grade for grade in result.grades}
            maximum, before = 0.0, _score(submission)
            for notebook in submission.notebooks:
                chosen = f"{notebook.name}.ipynb" in result.notebooks
                if notebook.name in result.penalties:
                    notebook.late_submission_penalty = result.penalties[notebook.name]
                for row in notebook.grades:
                    maximum += row.cell.max_score or 0.0
                    grade = grades.get((notebook.name, row.cell.name))
                    if grade is not None:
                        row.auto_score = grade.auto_score
                        row.needs_manual_grade = (
                            grade.needs_manual_grade or row.manual_score is not None
                        )
                    elif result.failure is not None and chosen:
                        row.auto_score = 0.0
                        row.needs_manual_grade = True
                for row in notebook.comments:
                    key = (notebook.name, row.cell.name)
                    if key in result.comments:
                        row.auto_comment = result.comments[key]
            late = (submission.total_seconds_late or 0) > 0 or _penalty(submission) > 0
            return Change(before, _score(submission), maximum, late)

    @contextlib.contextmanager
    def _one_commit(self) -> Iterator[None]:
        """Turn the commits of nbgrader's own methods into one at the end, or none on failure."""
        session = self.gradebook.db
        session.commit = session.flush
        try:
            yield
            session().commit()
        except BaseException:
            session().rollback()
            raise
        finally:
            del session.commit


def _score(submission: SubmittedAssignment) -> float | None:
    """Return what nbgrader exports as a score, from what is not in the database yet."""
    rows = [row for notebook in submission.notebooks for row in notebook.grades]
    known = [(row.auto_score, row.manual_score, row.extra_credit) for row in rows]
    if all(auto is None and manual is None for auto, manual, _ in known):
        return None
    points = sum((a or 0.0) if m is None else m for a, m, _ in known)
    return max(0.0, points + sum(extra or 0.0 for *_, extra in known) - _penalty(submission))


def _penalty(submission: SubmittedAssignment) -> float:
    return sum(notebook.late_submission_penalty or 0.0 for notebook in submission.notebooks)


@contextlib.contextmanager
def replaced_folder(target: Path, files: dict[str, bytes], whole: bool = True) -> Iterator[None]:
    """Write files beside `target`, run the block, and put them in their place if it succeeds.

    Args:
        target: the folder.
        files: its content, by relative path.
        whole: whether the folder loses what is not in `files`.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_name(f".{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        for name, content in files.items():
            path = fresh / PurePosixPath(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        yield
        if whole or not target.exists():
            remove_folder(target)
            fresh.rename(target)
        else:
            for name in files:
                path = target / PurePosixPath(name)
                path.parent.mkdir(parents=True, exist_ok=True)
                os.replace(fresh / PurePosixPath(name), path)
    except OSError as error:
        error.filename = error.filename or str(target)  # a full disk does not say of what
        raise
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def remove_folder(folder: Path) -> None:
    """Remove a folder, should it exist; its files may be read-only."""
    if folder.exists():
        shutil.rmtree(folder)
