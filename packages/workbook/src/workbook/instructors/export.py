"""Scores in the formats that learning platforms import: export plugins for any nbgrader course.

    nbgrader export --exporter=workbook.instructors.export.CanvasExporter --to=scores.csv

The numbers are those of nbgrader's own export: what was not handed in counts 0.
"""

import csv
import io
import sys
from pathlib import Path

from nbgrader.api import Assignment, Gradebook, Student
from nbgrader.plugins.export import ExportPlugin
from traitlets import Dict, Enum, Unicode

from workbook.common.paths import write_atomically
from workbook.instructors.gradebook import ScoredWork, Scores, number, read_scores

Row = list[str | float]

#: First characters (full-width ones too) by which a spreadsheet takes a text for a formula.
_FORMULA = tuple("=+-@\t\r\n\0＝＋－＠")


def neutral(text: str) -> str:
    """`text`, so that no spreadsheet runs it as a formula: behind a single quote, as OWASP says."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text


def csv_bytes(rows: list[Row]) -> bytes:
    """A table as UTF-8 CSV (RFC 4180): texts neutral and quoted where needed, numbers bare."""
    file = io.StringIO()
    csv.writer(file).writerows(
        [neutral(value) if isinstance(value, str) else number(value) for value in row]
        for row in rows
    )
    return file.getvalue().encode("utf-8")


class TableExporter(ExportPlugin):
    """What the formats have in common."""

    default_file = "grades.csv"
    #: Whether an assignment that nobody has handed in gives everybody 0 points.
    with_empty = True

    def export(self, gradebook: Gradebook) -> None:
        """Write the chosen students' scores in the chosen assignments to the file `to`."""
        scores = read_scores(gradebook)
        scores.assignments = self._chosen("assignment", scores.assignments, "name")
        scores.students = self._chosen("student", scores.students, "id")
        if not self.with_empty and not self.assignment:
            self._leave_out_empty(scores)
        target = Path(self.to or self.default_file)
        for student in scores.students:
            if neutral(student.id) != student.id:
                self.log.warning(
                    "Student %r is written as %r, because spreadsheets would run it as a formula; "
                    "correct it before the import.",
                    student.id,
                    neutral(student.id),
                )
        try:
            write_atomically(target, csv_bytes(self.table(scores)))
        except OSError as error:
            self._stop(f"{target}: can't be written: {error.strerror}")
        self.log.info("Exported %d students to %s", len(scores.students), target)

    def table(self, scores: Scores) -> list[Row]:
        """The header and all rows."""
        raise NotImplementedError

    def _leave_out_empty(self, scores: Scores) -> None:
        """Leave out assignments that nobody has a score in: they may not be due yet."""
        done = {assignment for assignment, _ in scores.submissions}
        empty = [each.name for each in scores.assignments if each.name not in done]
        if empty:
            self.log.warning(
                "Nobody has a score in %s: left out; --assignment=%s would give everybody 0 points.",
                ", ".join(empty),
                empty[0],
            )
        scores.assignments = [each for each in scores.assignments if each.name in done]

    def _chosen(self, kind: str, known: list, attribute: str) -> list:
        """What `--assignment` or `--student` names, all if it names none."""
        wanted = [str(name) for name in getattr(self, kind)]
        unknown = set(wanted) - {getattr(item, attribute) for item in known}
        if unknown:
            self._stop(f"No such {kind} in the gradebook: {', '.join(sorted(unknown))}")
        return [item for item in known if not wanted or getattr(item, attribute) in wanted]

    def _stop(self, message: str) -> None:
        self.log.error(message)
        sys.exit(1)


class CsvExporter(TableExporter):
    """The table of nbgrader's own export, quoted correctly: a row per assignment and student."""

    def table(self, scores: Scores) -> list[Row]:
        """The header and all rows."""
        header: Row = [
            *("assignment", "duedate", "timestamp", "student_id", "last_name", "first_name"),
            *("email", "raw_score", "late_submission_penalty", "score", "max_score"),
        ]
        rows = [
            self._row(assignment, student, scores.submissions.get((assignment.name, student.id)))
            for assignment in scores.assignments
            for student in scores.students
        ]
        return [header, *rows]

    def _row(self, assignment: Assignment, student: Student, submission: ScoredWork | None) -> Row:
        submission = submission or ScoredWork(None)
        return [
            assignment.name,
            str(assignment.duedate or ""),
            str(submission.timestamp or ""),
            student.id,
            student.last_name or "",
            student.first_name or "",
            student.email or "",
            submission.raw_score,
            submission.penalty,
            submission.score,
            assignment.max_score,
        ]


class CanvasExporter(TableExporter):
    """What Canvas imports in its gradebook: a row per student, a column per assignment.

    Canvas finds a student by its own number (`ID`: the gradebook's `lms_user_id`), else by one of
    the `SIS` columns, else by name; an assignment by the number in its heading, else by its title.
    """

    default_file = "canvas.csv"
    with_empty = False

    student_id_column = Enum(
        ("SIS Login ID", "SIS User ID", "ID"),
        default_value="SIS Login ID",
        help="What the gradebook's student ids are in Canvas.",
    ).tag(config=True)

    assignment_ids = Dict(
        key_trait=Unicode(),
        help="Canvas's numbers of the assignments, by name, as in {'ps1': 4711}; they are in the "
        "headings of the CSV that Canvas exports. Without one, Canvas goes by the name.",
    ).tag(config=True)

    def table(self, scores: Scores) -> list[Row]:
        """The header, the points possible, and a row per student."""
        info = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
        header: Row = [*info, *(self._heading(each.name) for each in scores.assignments)]
        possible: Row = ["Points Possible", *[""] * (len(info) - 1)]
        possible += [assignment.max_score for assignment in scores.assignments]
        rows = []
        for student in scores.students:
            values = dict.fromkeys(info, "")
            names = [name for name in (student.last_name, student.first_name) if name]
            values["Student"] = ", ".join(names) or student.id
            values["ID"] = student.lms_user_id or ""
            values[self.student_id_column] = student.id
            rows.append([*values.values(), *_scores_of(student, scores)])
        return [header, possible, *rows]

    def _heading(self, name: str) -> str:
        return f"{name} ({self.assignment_ids[name]})" if name in self.assignment_ids else name


class MoodleExporter(TableExporter):
    """What Moodle imports under *Grades > Import > CSV file*: a row per student.

    There, map from `Username` to username (or from `Email address` to email), and each assignment
    to its grade item.
    """

    default_file = "moodle.csv"
    with_empty = False

    def table(self, scores: Scores) -> list[Row]:
        """The header and a row per student."""
        header: Row = ["Username", "First name", "Last name", "Email address"]
        header += [assignment.name for assignment in scores.assignments]
        rows = [
            [
                student.id,
                student.first_name or "",
                student.last_name or "",
                student.email or "",
                *_scores_of(student, scores),
            ]
            for student in scores.students
        ]
        return [header, *rows]


def _scores_of(student: Student, scores: Scores) -> Row:
    nothing = ScoredWork(None)
    return [
        scores.submissions.get((assignment.name, student.id), nothing).score
        for assignment in scores.assignments
    ]
