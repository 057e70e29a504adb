"""What the instructor's report leaves in files: its tables, and what the next one compares with."""

import json
from dataclasses import asdict, fields
from pathlib import Path
from statistics import median
from typing import Any

from workbook.common.paths import write_atomically
from workbook.instructors.export import csv_bytes
from workbook.instructors.report_data import Change, ClassReport, Score

# ---------------------------------------------------------------- change since an earlier report


def snapshot(report: ClassReport) -> dict[str, Any]:
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


def compare(before: dict[str, Any], report: ClassReport) -> Change:
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


def remember(report: ClassReport, folder: Path) -> None:
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


def write_tables(report: ClassReport, folder: Path) -> None:
    """Write the CSV files: `scores.csv`, `tasks.csv`, `mistakes.csv`, `students.csv`."""
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
    scores = [[*asdict(row).values()] for each in report.assignments for row in each.rows]
    for name, rows in {
        "scores.csv": [[each.name for each in fields(Score)], *scores],
        "tasks.csv": [header, *tasks],
        "mistakes.csv": [["assignment", "task", "message", "students", "pattern"], *mistakes],
        "students.csv": [["student", "name", "handed_in", "mean_share", "reasons"], *looks],
    }.items():
        write_atomically(folder / name, csv_bytes(rows))
