"""A class that never was: a gradebook and autograded notebooks, without running anything."""

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from nbgrader.api import (
    Assignment,
    Base,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from sqlalchemy import create_engine, insert

#: Points of a task's visible and hidden test cell.
POINTS = {"check": 1.0, "hidden": 2.0}
CONFIG = """\
from pathlib import Path
c = get_config()
ROOT = Path(__file__).resolve().parent
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.course_id = "keras"
c.CourseDirectory.autograded_directory = "grading/autograded"
c.CourseDirectory.db_url = f"sqlite:///{ROOT}/grading/gradebook.db"
"""
NOT_ATTEMPTED = "Not attempted yet: replace this line with your answer."


@dataclass(frozen=True)
class Work:
    """What a student did with a task: nothing is wrong with it unless one of these says so."""

    attempted: bool = True
    wrong: str = ""  # message of the check cell
    hidden: str = ""  # message of the hidden cell

    def points(self, kind: str) -> float:
        wrong = not self.attempted or self.wrong or (kind == "hidden" and self.hidden)
        return 0.0 if wrong else POINTS[kind]


@dataclass
class Handed:
    """A submission: the work on each task, and what the gradebook knows besides."""

    work: Mapping[str, Work]
    penalty: float = 0.0
    manual: dict[str, float] = field(default_factory=dict)  # points by hand, by cell
    needs_manual_grade: bool = False


def write_class(
    root: Path,
    tasks: Mapping[str, list[str]],
    students: list[dict],
    handed: Mapping[tuple[str, str], Handed],
    db_url: str = "",
    notebooks: bool = True,
    filling: str = "",
) -> None:
    """Write configuration, gradebook and autograded notebooks into `root`.

    Args:
        root: An empty folder.
        tasks: Names of the tasks by assignment.
        students: Columns of nbgrader's table of students.
        handed: Submissions by assignment and student.
        db_url: The gradebook; the configured one if empty.
        notebooks: Whether there are graded notebooks.
        filling: A text for each of them, so that they have the size of real ones.
    """
    (root / "nbgrader_config.py").write_text(CONFIG)
    (root / "grading").mkdir(exist_ok=True)
    db_url = db_url or f"sqlite:///{root}/grading/gradebook.db"
    # nbgrader takes two seconds to find out the version of a schema that it makes itself.
    Base.metadata.create_all(create_engine(db_url))
    with Gradebook(db_url, "keras") as gradebook:
        session = gradebook.db
        cells: dict[str, dict[str, str]] = {}
        notebook_ids = {}
        for name, its_tasks in tasks.items():
            assignment = Assignment(name=name, course_id="keras")
            notebook = Notebook(name=name, assignment=assignment)
            session.add_all([assignment, notebook])
            new = [
                GradeCell(
                    name=f"{task}_{kind}", max_score=points, notebook=notebook, cell_type="code"
                )
                for task in its_tasks
                for kind, points in POINTS.items()
            ]
            session.add_all(new)
            session.flush()
            cells[name] = {cell.name: cell.id for cell in new}
            notebook_ids[name] = (assignment.id, notebook.id)
        people = [{**_NOBODY, **student} for student in students]
        submissions, submitted, grades = [], [], []
        for (name, student), each in handed.items():
            submission_id, submitted_id = uuid.uuid4().hex, uuid.uuid4().hex
            assignment_id, notebook_id = notebook_ids[name]
            submissions.append(
                {
                    "id": submission_id,
                    "assignment_id": assignment_id,
                    "student_id": student,
                    "timestamp": datetime(2026, 3, 1, 12, 30),
                }
            )
            submitted.append(
                {
                    "id": submitted_id,
                    "assignment_id": submission_id,
                    "notebook_id": notebook_id,
                    "late_submission_penalty": each.penalty,
                }
            )
            for task, work in each.work.items():
                for kind in POINTS:
                    cell = f"{task}_{kind}"
                    grades.append(
                        {
                            "id": uuid.uuid4().hex,
                            "notebook_id": submitted_id,
                            "cell_id": cells[name][cell],
                            "auto_score": work.points(kind),
                            "manual_score": each.manual.get(cell),
                            "needs_manual_grade": each.needs_manual_grade,
                        }
                    )
        for table, rows in (
            (Student, people),
            (SubmittedAssignment, submissions),
            (SubmittedNotebook, submitted),
            (Grade, grades),
        ):
            if rows:
                session.execute(insert(table), rows)
        session.commit()
    if notebooks:
        for (name, student), each in handed.items():
            folder = root / "grading" / "autograded" / student / name
            folder.mkdir(parents=True)
            (folder / f"{name}.ipynb").write_text(json.dumps(graded_notebook(each.work, filling)))


_NOBODY = dict.fromkeys(("first_name", "last_name", "email", "lms_user_id"))


def graded_notebook(work: Mapping[str, Work], filling: str = "") -> dict:
    """An autograded notebook, in which every cell took a tenth of a second."""
    cells = [{"cell_type": "markdown", "metadata": {}, "source": filling}]
    for task, each in work.items():
        message = {"check": each.wrong, "hidden": each.wrong or each.hidden}
        cells.append(_cell(task, {"solution": True}))
        for kind in POINTS:
            outputs = []
            if not each.attempted:
                outputs = [_error("NotImplementedError", NOT_ATTEMPTED)]
            elif message[kind]:
                outputs = [_error("AssertionError", message[kind])]
            cells.append(_cell(f"{task}_{kind}", {"grade": True}, outputs))
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def _cell(grade_id: str, meta: dict, outputs: list[dict] | None = None) -> dict:
    return {
        "cell_type": "code",
        "source": "",
        "execution_count": 1,
        "outputs": outputs or [],
        "metadata": {
            "nbgrader": {"grade_id": grade_id, **meta},
            "execution": {
                "iopub.status.busy": "2026-03-01T12:00:00.000000Z",
                "iopub.status.idle": "2026-03-01T12:00:00.100000Z",
            },
        },
    }


def _error(name: str, message: str) -> dict:
    return {"output_type": "error", "ename": name, "evalue": message, "traceback": []}
