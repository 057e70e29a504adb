"""What autograded notebooks show: each task's error in words, and how long its cells ran.

Read as plain JSON, in several processes: a class of a thousand has twelve thousand of them.
"""

import json
import os
import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from workbook.common.tasks import NOT_ATTEMPTED, words

#: Fewer notebooks than this are read faster than processes start.
_WORTH_PROCESSES = 200

_TEST_SUFFIX = re.compile(r"_(?:check|hidden)$")
_NUMBER = re.compile(
    r"(?<![\w.])[-+]?(?:\d+(?:,\d{3})*\.?\d*(?:e[-+]?\d+)?|nan\b|inf\b)(?!\w)", re.I
)
_NUMBERS = re.compile(r"#(?:[,;]? +#)+")
_ROWS = re.compile(r"\[#?\](?:,? *\[#?\])*|\[ *\[#\] *\]")


@dataclass(frozen=True)
class TaskRun:
    """One task in one graded notebook."""

    attempted: bool
    message: str  # why its first failing cell failed; empty if none did
    seconds: float | None  # its cells together; None if the notebook doesn't say


def task_of(cell: str) -> str:
    """The task that a graded cell belongs to; in other courses, the cell itself."""
    return _TEST_SUFFIX.sub("", cell)


def pattern(message: str) -> str:
    """A message without its numbers, so that the same mistake counts as the same."""
    text = _NUMBERS.sub("#", _NUMBER.sub("#", " ".join(message.split())))
    while (shorter := _ROWS.sub("[#]", text)) != text:
        text = shorter
    return text


def read_all(paths: Iterable[Path]) -> Iterator[dict[str, TaskRun] | None]:
    """The tasks of each notebook, in the order of `paths`; None where there is no such notebook."""
    paths = list(paths)
    if len(paths) < _WORTH_PROCESSES:
        yield from map(read_graded, paths)
        return
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(read_graded, paths, chunksize=50)


def read_graded(path: Path) -> dict[str, TaskRun] | None:
    """The tasks of a notebook, in its order; None if it is missing or not a notebook."""
    try:
        content = json.loads(path.read_bytes())
        cells = [cell for cell in content["cells"] if cell["cell_type"] == "code"]
        return _tasks(cells)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _tasks(cells: list[dict[str, Any]]) -> dict[str, TaskRun]:
    tests: dict[str, list[dict]] = {}
    answers: dict[str, dict] = {}
    for cell in cells:
        meta = cell["metadata"].get("nbgrader", {})
        if meta.get("grade"):
            tests.setdefault(task_of(meta["grade_id"]), []).append(cell)
        elif meta.get("solution"):
            answers[meta["grade_id"]] = cell
    return {
        task: _run([answers[task], *its_tests] if task in answers else its_tests)
        for task, its_tests in tests.items()
    }


def _run(cells: list[dict[str, Any]]) -> TaskRun:
    errors = [
        output for cell in cells for output in cell["outputs"] if output["output_type"] == "error"
    ]
    attempted = not any(map(_is_stub, errors))
    times = [_seconds(cell["metadata"].get("execution", {})) for cell in cells]
    known = [time for time in times if time is not None]
    return TaskRun(
        attempted,
        words(errors[0]) if errors and attempted else "",
        sum(known) if known else None,
    )


def _is_stub(error: dict[str, Any]) -> bool:
    """Whether an error is that of this course's stub or of nbgrader's own."""
    return NOT_ATTEMPTED in error["evalue"] or (
        error["ename"] == "NotImplementedError" and not error["evalue"]
    )


def _seconds(execution: dict[str, str]) -> float | None:
    try:
        start, end = (
            datetime.fromisoformat(execution[f"iopub.status.{state}"]) for state in ("busy", "idle")
        )
    except (KeyError, ValueError):
        return None
    return (end - start).total_seconds()
