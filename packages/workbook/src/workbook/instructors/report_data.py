"""The instructor's report: how a class does, where it stumbles and who needs a look.

From the gradebook of any nbgrader course, and from its autograded notebooks as far as there are any.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
from nbgrader.api import Assignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from warmgrader.submissions.handed_in import find_folders
from workbook.common.errors import WorkbookError
from workbook.instructors.collect import COLLECTED, Entry, read_entries, remarks
from workbook.instructors.gradebook import (
    GradedCell,
    ScoredWork,
    Scores,
    full_name,
    open_gradebook,
    read_scores,
)
from workbook.instructors.graded import TaskRun, pattern, read_all, task_of

#: What may become of an assignment of a student.
GRADED, BY_HAND = "graded", "waits for points by hand"
NOT_GRADED, NO_NOTEBOOK = "handed in, but not graded", "handed in no notebook"
NOT_HANDED_IN = "not handed in"

#: Discrimination means little with fewer submissions.
MIN_FOR_DISCRIMINATION = 10
#: Share of the points; who has less on average needs a look.
LOW = 0.5
#: The last assignment this much below the average of those before it: falling.
FALL = 0.25
#: Share of the class that has handed in an assignment, from which on others lack it.
EXPECTED = 0.5
#: Share of such assignments that a student lacks, from which on it needs a look.
MISSING = 0.25
#: Discrimination below which a task is worth a look.
WEAK = 0.2


@dataclass(frozen=True)
class Mistake:
    """An explanation of failure, and how many students got it."""

    message: str  # as the most students saw it
    students: int
    pattern: str  # without numbers: by this mistakes are counted


@dataclass
class TaskReport:
    """One task of an assignment."""

    assignment: str
    name: str
    max_score: float
    submissions: int = 0
    solved: int = 0  # all of its points
    partly: int = 0
    not_attempted: int = 0
    discrimination: float | None = None
    seconds: float | None = None  # median run time of its cells
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def failed(self) -> int:
        """Submissions that tried and got no point."""
        return self.submissions - self.solved - self.partly - self.not_attempted

    @property
    def solved_share(self) -> float:
        """Share of the submissions with all points."""
        return self.solved / self.submissions

    @property
    def weak(self) -> bool:
        """Whether solving it says little about the rest of a student's work."""
        return self.discrimination is not None and self.discrimination < WEAK


@dataclass(frozen=True)
class Score:
    """What a student has in an assignment; the numbers are those of nbgrader's own export."""

    student: str
    name: str
    assignment: str
    status: str
    points: float  # of tests and by hand
    extra_credit: float
    by_hand: str  # "by hand" if a person has given some of them
    late: str  # "late" or nothing
    penalty: float  # for that
    score: float
    max_score: float


@dataclass
class AssignmentReport:
    """One assignment that somebody has handed in."""

    name: str
    max_score: float
    scores: dict[str, float]  # by student
    tasks: list[TaskReport]
    rows: list[Score]  # of the whole class
    notebooks: int = 0  # graded notebooks found
    seconds: float | None = None  # median time of grading

    @property
    def median_score(self) -> float:
        """Of those who have handed in."""
        return median(self.scores.values())

    @property
    def late(self) -> list[Score]:
        """Of those who have handed in late."""
        return [row for row in self.rows if row.late]

    def having(self, status: str) -> list[str]:
        """The students with a status."""
        return [row.student for row in self.rows if row.status == status]

    def share(self, student: str) -> float:
        """A student's part of the points."""
        return self.scores[student] / self.max_score if self.max_score else 0.0


@dataclass(frozen=True)
class Look:
    """A student who needs a look."""

    student: str
    name: str
    share: float | None  # of the points of what is handed in
    handed_in: int
    reasons: list[str]


@dataclass
class Change:
    """What is different from an earlier report."""

    since: str
    assignments: list[tuple[str, int, float | None]]  # name, new submissions, median: difference
    tasks: list[tuple[str, str, float, float]]  # assignment, task, share solved before and now
    students: int  # whose score in some assignment is another one


@dataclass
class ClassReport:
    """Everything that the page and the tables show."""

    course: str
    time: str
    students: int
    assignments: list[AssignmentReport]
    looks: list[Look]
    empty: list[str]  # assignments that nobody has handed in
    remarks: list[str]  # lines on downloaded files
    change: Change | None = None

    @property
    def tasks(self) -> list[TaskReport]:
        """The tasks of all assignments."""
        return [task for assignment in self.assignments for task in assignment.tasks]


def make_report(
    course: CourseDirectory,
    grading_reports: Path,
    names: Iterable[str],
    config: Config | None = None,
) -> ClassReport:
    """Read gradebook, graded notebooks and the grader's own tables.

    Args:
        course: Where things are.
        grading_reports: Folder of `<assignment>.csv`, as `warmgrader autograde` writes them.
        names: Assignments to report on; all if there are none.
        config: The course's; it says where downloads are.

    Raises:
        WorkbookError: There is nothing to report on, in one line that says why.
    """
    with open_gradebook(course.db_url, course.course_id) as gradebook:
        scores = read_scores(gradebook)
        _choose(scores, list(names))
        rows = {each.name: _read_rows(grading_reports, each.name) for each in scores.assignments}
        entries = {
            each.name: read_entries(course, config or Config(), each.name)
            for each in scores.assignments
        }
        waiting = [line for name in entries for line in remarks(entries[name], name)]
        assignments = [
            _assignment_report(course, scores, each, entries[each.name], rows[each.name])
            for each in scores.assignments
            if any(assignment == each.name for assignment, _ in scores.submissions)
        ]
        if not assignments:
            raise WorkbookError(
                *waiting, "Nobody has a score in the gradebook yet: grade something first."
            )
        done = {assignment.name for assignment in assignments}
        return ClassReport(
            course=course.course_id,
            time=datetime.now().isoformat(" ", "minutes"),
            students=len(scores.students),
            assignments=assignments,
            looks=_looks(scores, assignments, rows),
            empty=[each.name for each in scores.assignments if each.name not in done],
            remarks=waiting,
        )


def _choose(scores: Scores, names: list[str]) -> None:
    known = [assignment.name for assignment in scores.assignments]
    if not known:
        raise WorkbookError(
            "The gradebook has no assignment yet: `nbgrader generate_assignment` enters one."
        )
    for name in names:
        if name not in known:
            raise WorkbookError(
                f"{name}: no such assignment in the gradebook; there are: {', '.join(known)}"
            )
    if names:
        scores.assignments = [each for each in scores.assignments if each.name in names]


def _class_rows(
    course: CourseDirectory,
    scores: Scores,
    assignment: Assignment,
    entries: list[Entry],
    rows: dict[str, dict[str, str]],
) -> list[Score]:
    """A row for everybody in the gradebook.

    Late is who handed in after nbgrader's due date, whom the platform or the grader calls so, and
    who has a penalty.
    """
    name = assignment.name
    marked = {entry.student for entry in entries if entry.late and entry.status == COLLECTED}
    marked |= {student for student, row in rows.items() if row.get("late")}
    without = {entry.student for entry in entries}
    folders = find_folders(course, course.submitted_directory, name, "*")
    waiting = {folder.student_id for folder in folders}
    table = []
    for student in scores.students:
        submission = scores.submissions.get((name, student.id))
        status = NO_NOTEBOOK if student.id in without else NOT_HANDED_IN
        if student.id in waiting:
            status = NOT_GRADED
        if submission:
            status = BY_HAND if submission.needs_manual_grade else GRADED
        submission = submission or ScoredWork(None)
        late = submission.after_due or submission.penalty > 0 or student.id in marked
        table.append(
            Score(
                student.id,
                full_name(student),
                name,
                status,
                points=sum(submission.scores.values()),
                extra_credit=submission.extra_credit,
                by_hand="by hand" if submission.by_hand else "",
                late="late" if late else "",
                penalty=submission.penalty,
                score=submission.score,
                max_score=assignment.max_score,
            )
        )
    return table


def _assignment_report(
    course: CourseDirectory,
    scores: Scores,
    row: Assignment,
    entries: list[Entry],
    rows: dict[str, dict[str, str]],
) -> AssignmentReport:
    assignment = row.name
    submissions = {
        student: submission
        for (name, student), submission in scores.submissions.items()
        if name == assignment
    }
    by_notebook: dict[str, list[GradedCell]] = {}
    for cell in scores.cells[assignment]:
        by_notebook.setdefault(cell.notebook, []).append(cell)
    report = AssignmentReport(
        assignment,
        row.max_score,
        {name: each.score for name, each in submissions.items()},
        tasks=[],
        rows=_class_rows(course, scores, row, entries, rows),
    )
    for notebook, cells in sorted(by_notebook.items()):
        paths = [
            Path(course.format_path(course.autograded_directory, student, assignment))
            / f"{notebook}.ipynb"
            for student in submissions
        ]
        runs = dict(zip(submissions, read_all(paths)))
        report.notebooks += sum(run is not None for run in runs.values())
        tasks: dict[str, list[GradedCell]] = {}
        for cell in cells:
            tasks.setdefault(task_of(cell.name), []).append(cell)
        label = f"{notebook}: " if len(by_notebook) > 1 else ""
        for task in _in_order(tasks, runs.values()):
            report.tasks.append(
                _task_report(f"{label}{task}", task, tasks[task], submissions, runs)
            )
    seconds = [float(row["seconds"]) for row in rows.values() if _is_number(row.get("seconds"))]
    report.seconds = median(seconds) if seconds else None
    return report


def _in_order(tasks: Iterable[str], runs: Iterable[dict[str, TaskRun] | None]) -> list[str]:
    """The tasks as in the notebook, which the gradebook does not know; else by name."""
    order = next((list(run) for run in runs if run), [])
    return sorted(tasks, key=lambda task: (order.index(task) if task in order else 999, task))


def _task_report(
    label: str,
    task: str,
    cells: list[GradedCell],
    submissions: dict[str, Any],
    runs: dict[str, dict[str, TaskRun] | None],
) -> TaskReport:
    maximum = sum(cell.max_score for cell in cells)
    report = TaskReport(cells[0].assignment, label, maximum, len(submissions))
    points, rest, seconds = [], [], []
    messages: dict[str, Counter[str]] = {}
    for student, submission in submissions.items():
        score = sum(submission.scores.get(cell, 0.0) for cell in cells)
        points.append(score)
        rest.append(sum(submission.scores.values()) - score)
        run = (runs[student] or {}).get(task)
        if run and run.seconds is not None and run.attempted:
            seconds.append(run.seconds)
        if score >= maximum:
            report.solved += 1
        elif score > 0:
            report.partly += 1
        elif run and not run.attempted:
            report.not_attempted += 1
        if run and run.message and score < maximum:
            messages.setdefault(pattern(run.message), Counter())[run.message] += 1
    report.discrimination = _correlation(points, rest)
    report.seconds = median(seconds) if seconds else None
    report.mistakes = sorted(
        (
            Mistake(" ".join(seen.most_common(1)[0][0].split()), seen.total(), text)
            for text, seen in messages.items()
        ),
        key=lambda mistake: (-mistake.students, mistake.pattern),
    )
    return report


def _correlation(points: list[float], rest: list[float]) -> float | None:
    """Corrected item-total correlation: of a task's points with all other points.

    With a task that gives all of its points or none, that is the point-biserial correlation.
    """
    if len(points) < MIN_FOR_DISCRIMINATION or np.ptp(points) == 0 or np.ptp(rest) == 0:
        return None
    return round(float(np.corrcoef(points, rest)[0, 1]), 2) + 0.0  # which makes -0.0 a 0.0


def _read_rows(folder: Path, assignment: str) -> dict[str, dict[str, str]]:
    """What the grader wrote of each student, if it did."""
    path = folder / f"{assignment}.csv"
    if not path.is_file():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row.get("student")]
    # What a spreadsheet would run as a formula stands there behind a quote.
    return {re.sub("^'(?=[=+@-])", "", row["student"]): row for row in rows}


def _is_number(text: str | None) -> bool:
    try:
        float(text or "")
    except ValueError:
        return False
    return True


def _looks(
    scores: Scores,
    assignments: list[AssignmentReport],
    rows: dict[str, dict[str, dict[str, str]]],
) -> list[Look]:
    """Students who need a look, those with the most reasons first."""
    class_size = len(scores.students)
    expected = [each for each in assignments if len(each.scores) >= EXPECTED * class_size]
    looks = []
    for number, student in enumerate(scores.students):
        done = [each for each in assignments if student.id in each.scores]
        reasons = []
        status = {each.name: each.rows[number].status for each in assignments}
        for wanted in (BY_HAND, NOT_GRADED, NO_NOTEBOOK):
            if names := [name for name, state in status.items() if state == wanted]:
                reasons.append(f"{wanted}: {', '.join(names)}")
        for each in assignments:
            if reason := rows[each.name].get(student.id, {}).get("reason"):
                reasons.append(f"{each.name}: {reason}")
        shares = [each.share(student.id) for each in done]
        if all(state == NOT_HANDED_IN for state in status.values()):
            reasons.append("has handed in nothing")
        elif done:
            missing = [each.name for each in expected if status[each.name] == NOT_HANDED_IN]
            if missing and len(missing) >= MISSING * len(expected):
                reasons.append(f"has not handed in: {', '.join(missing)}")
            if mean(shares) < LOW:
                reasons.append(f"low: {mean(shares):.0%} of the points on average")
            if len(shares) > 2 and shares[-1] < mean(shares[:-1]) - FALL:
                before = mean(shares[:-1])
                reasons.append(f"falling: {shares[-1]:.0%} in {done[-1].name} after {before:.0%}")
        if reasons:
            share = mean(shares) if shares else None
            looks.append(Look(student.id, full_name(student), share, len(done), reasons))
    return sorted(looks, key=lambda look: (-len(look.reasons), look.share or 0.0))
