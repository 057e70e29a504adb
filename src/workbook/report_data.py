"""The instructor's report: how a class does, where it stumbles and who needs a look.

From the gradebook of any nbgrader course, and from its autograded notebooks as far as there are any.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from statistics import mean, median
from typing import Any

import numpy as np
from nbgrader.coursedir import CourseDirectory

from workbook.errors import WorkbookError
from workbook.export import csv_bytes
from workbook.gradebook import Cell, Scores, full_name, open_gradebook, read_scores
from workbook.graded import TaskRun, pattern, read_all, task_of
from workbook.paths import write_atomically

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


@dataclass
class AssignmentReport:
    """One assignment that somebody has handed in."""

    name: str
    max_score: float
    scores: dict[str, float]  # by student
    tasks: list[TaskReport]
    notebooks: int = 0  # graded notebooks found
    seconds: float | None = None  # median time of grading

    @property
    def median_score(self) -> float:
        """Of those who have handed in."""
        return median(self.scores.values())

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
class Report:
    """Everything that the page and the tables show."""

    course: str
    time: str
    students: int
    assignments: list[AssignmentReport]
    looks: list[Look]
    empty: list[str]  # assignments that nobody has handed in
    change: Change | None = None

    @property
    def tasks(self) -> list[TaskReport]:
        """The tasks of all assignments."""
        return [task for assignment in self.assignments for task in assignment.tasks]


def make_report(course: CourseDirectory, grading_reports: Path, names: Iterable[str]) -> Report:
    """Read gradebook, graded notebooks and the grader's own tables.

    Args:
        course: Where things are.
        grading_reports: Folder of `<assignment>.csv`, as `warmgrader autograde` writes them.
        names: Assignments to report on; all if there are none.

    Raises:
        WorkbookError: There is nothing to report on, in one line that says why.
    """
    with open_gradebook(course.db_url, course.course_id) as gradebook:
        scores = read_scores(gradebook)
        _choose(scores, list(names))
        rows = {each.name: _read_rows(grading_reports, each.name) for each in scores.assignments}
        assignments = [
            _assignment_report(course, scores, each.name, each.max_score, rows[each.name])
            for each in scores.assignments
            if any(assignment == each.name for assignment, _ in scores.submissions)
        ]
        if not assignments:
            raise WorkbookError("Nobody has a score in the gradebook yet: grade something first.")
        done = {assignment.name for assignment in assignments}
        return Report(
            course=course.course_id,
            time=datetime.now().isoformat(" ", "minutes"),
            students=len(scores.students),
            assignments=assignments,
            looks=_looks(scores, assignments, rows),
            empty=[each.name for each in scores.assignments if each.name not in done],
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


def _assignment_report(
    course: CourseDirectory,
    scores: Scores,
    assignment: str,
    max_score: float,
    rows: dict[str, dict[str, str]],
) -> AssignmentReport:
    submissions = {
        student: submission
        for (name, student), submission in scores.submissions.items()
        if name == assignment
    }
    by_notebook: dict[str, list[Cell]] = {}
    for cell in scores.cells[assignment]:
        by_notebook.setdefault(cell.notebook, []).append(cell)
    report = AssignmentReport(
        assignment, max_score, {name: each.score for name, each in submissions.items()}, []
    )
    for notebook, cells in sorted(by_notebook.items()):
        paths = [
            Path(course.format_path(course.autograded_directory, student, assignment))
            / f"{notebook}.ipynb"
            for student in submissions
        ]
        runs = dict(zip(submissions, read_all(paths)))
        report.notebooks += sum(run is not None for run in runs.values())
        tasks: dict[str, list[Cell]] = {}
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
    cells: list[Cell],
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
        rest.append(submission.raw_score - score)
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
        return {row["student"]: row for row in csv.DictReader(file) if row.get("student")}


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
    for student in scores.students:
        done = [each for each in assignments if student.id in each.scores]
        reasons = []
        manual = [
            each.name
            for each in done
            if scores.submissions[each.name, student.id].needs_manual_grade
        ]
        if manual:
            reasons.append(f"waits for points by hand: {', '.join(manual)}")
        for each in assignments:
            if reason := rows[each.name].get(student.id, {}).get("reason"):
                reasons.append(f"{each.name}: {reason}")
        shares = [each.share(student.id) for each in done]
        if not done:
            reasons.append("has handed in nothing")
        else:
            missing = [each.name for each in expected if student.id not in each.scores]
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


# ---------------------------------------------------------------- change since an earlier report


def snapshot(report: Report) -> dict[str, Any]:
    """What the next report compares itself with."""
    return {
        "time": report.time,
        "assignments": {
            each.name: {
                "scores": each.scores,
                "solved": {task.name: task.solved_share for task in each.tasks},
            }
            for each in report.assignments
        },
    }


def compare(before: dict[str, Any], report: Report) -> Change:
    """What has changed since a snapshot."""
    assignments, tasks, changed = [], [], set()
    for each in report.assignments:
        old = before["assignments"].get(each.name, {"scores": {}, "solved": {}})
        shift = each.median_score - median(old["scores"].values()) if old["scores"] else None
        new = len(each.scores) - len(old["scores"])
        if new or shift:
            assignments.append((each.name, new, shift))
        changed |= {
            student
            for student in each.scores.keys() | old["scores"].keys()
            if each.scores.get(student) != old["scores"].get(student)
        }
        for task in each.tasks:
            share = old["solved"].get(task.name)
            if share is not None and abs(share - task.solved_share) >= 0.005:
                tasks.append((each.name, task.name, share, task.solved_share))
    tasks.sort(key=lambda row: -abs(row[3] - row[2]))
    return Change(before["time"], assignments, tasks, len(changed))


def remember(report: Report, folder: Path) -> None:
    """Set the report's `change`, and keep its data for the next one.

    Running the report again, with nothing new in the gradebook, shows the same change again.
    """
    latest, previous = folder / "latest.json", folder / "previous.json"
    now, last = snapshot(report), _read_snapshot(latest)
    if last is not None and last["assignments"] == now["assignments"]:
        last = _read_snapshot(previous)
    elif last is not None:
        write_atomically(previous, json.dumps(last).encode())
    if last is not None:
        report.change = compare(last, report)
    write_atomically(latest, json.dumps(now).encode())


def _read_snapshot(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return content if {"time", "assignments"} <= content.keys() else None
    except (OSError, ValueError, AttributeError):
        return None


# ---------------------------------------------------------------- tables


def write_tables(report: Report, folder: Path) -> None:
    """Write the CSV files: `tasks.csv`, `mistakes.csv`, `students.csv`."""
    tasks = [
        [
            *(task.assignment, task.name, task.max_score, task.submissions, task.solved),
            *(task.partly, task.failed, task.not_attempted, round(task.solved_share, 4)),
            "" if task.discrimination is None else task.discrimination,
            "" if task.seconds is None else round(task.seconds, 3),
        ]
        for task in report.tasks
    ]
    header = ["assignment", "task", "max_score", "submissions", "solved", "partly", "failed"]
    header += ["not_attempted", "solved_share", "discrimination", "median_run_seconds"]
    mistakes = [
        [task.assignment, task.name, *asdict(mistake).values()]
        for task in report.tasks
        for mistake in task.mistakes
    ]
    looks = [
        [
            *(look.student, look.name, look.handed_in),
            *("" if look.share is None else round(look.share, 4), "; ".join(look.reasons)),
        ]
        for look in report.looks
    ]
    for name, rows in {
        "tasks.csv": [header, *tasks],
        "mistakes.csv": [["assignment", "task", "message", "students", "pattern"], *mistakes],
        "students.csv": [["student", "name", "handed_in", "mean_share", "reasons"], *looks],
    }.items():
        write_atomically(folder / name, csv_bytes(rows))
