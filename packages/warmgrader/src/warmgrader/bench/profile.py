"""Where the time of one submission goes.

`python -m warmgrader.bench.profile ASSIGNMENT [--no-core] [--no-sandbox]` grades students one
after the other in this process, with stop watches in the functions that the parts are named after,
and prints the mean seconds of each part as JSON.
"""

from __future__ import annotations

import json
import logging
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nbclient import NotebookClient
from nbgrader.api import Gradebook
from sqlalchemy.orm import Session

from warmgrader.grading import run as grading_run
from warmgrader.grading import worker
from warmgrader.grading.autograde import WarmAutograde, WarmAutogradeApp
from warmgrader.grading.batch import Here
from warmgrader.grading.execute import WarmExecute
from warmgrader.grading.writer import Writer

STUDENTS = 5
NO_CORE = "--no-core"
_REST = "the rest of nbgrader and of the worker"
_PARTS = {
    "start of the kernel in its sandbox": [
        (NotebookClient, "start_new_kernel"), (NotebookClient, "start_new_kernel_client"),
    ],
    "cells": [(NotebookClient, "execute_cell")],
    "end of the kernel": [(WarmExecute, "_cleanup_kernel")],
    "private gradebook": [
        (Gradebook, "__init__"), (Gradebook, "close"), (Session, "execute"), (Session, "commit"),
        (Session, "flush"), (worker._Assignment, "gradebook"),
    ],
    _REST: [(worker, "grade")],
    "the course's gradebook": [(Writer, "write"), (Writer, "submission")],
}  # fmt: skip


class StopWatch:
    """Adds up time by part; what a part's function calls of another part is the other's."""

    def __init__(self) -> None:
        """Start with nothing running."""
        self.seconds: Counter[str] = Counter()
        self.submissions = -1  # the first one warms up
        self._running: list[str] = []
        self._since = 0.0

    def watch(self, owner: Any, name: str, part: str) -> None:
        """Count the time of a function or method for a part."""
        function: Callable[..., Any] = getattr(owner, name)
        of_worker = owner in (Gradebook, Session)

        def watched(*arguments: Any, **options: Any) -> Any:
            if of_worker and _REST not in self._running:
                return function(*arguments, **options)
            self._switch()
            self._running.append(part)
            try:
                return function(*arguments, **options)
            finally:
                self._switch()
                self._running.pop()
                if part == _REST:
                    self.submissions += 1
                    if self.submissions == 0:
                        self.seconds.clear()

        setattr(owner, name, watched)

    def _switch(self) -> None:
        now = time.perf_counter()
        if self._running:
            self.seconds[self._running[-1]] += now - self._since
        self._since = now


def _take_core_away() -> None:
    """Have test cells run like any others, and submissions not read."""
    worker_config = WarmAutograde.worker_config

    def without_core(app: WarmAutograde) -> Any:
        config = worker_config(app)
        config.WarmProvisioner.graded = False
        config.WarmExecute.suspicious = "ignore"
        return config

    WarmAutograde.worker_config = without_core  # type: ignore[method-assign]


def main() -> None:
    """Grade one student to warm up, then some with the watch running."""
    assignment, *options = sys.argv[1:]
    if NO_CORE in options:
        options.remove(NO_CORE)
        _take_core_away()
    students = sorted(path.name for path in Path("submitted").iterdir())
    watch = StopWatch()
    for part, functions in _PARTS.items():
        for owner, name in functions:
            watch.watch(owner, name, part)
    grading_run.Pool = lambda workers: Here()  # type: ignore[assignment, misc]
    app = WarmAutogradeApp()
    left_out = ",".join(students[STUDENTS + 1 :])
    exclude = f"--CourseDirectory.student_id_exclude={left_out}"
    app.initialize([assignment, exclude, *options])
    app.log.setLevel(logging.WARNING)
    app.start()
    if watch.submissions < 1:
        sys.exit("Two submissions are needed, none of them graded: the first one warms up.")
    print(json.dumps({part: watch.seconds[part] / watch.submissions for part in _PARTS}))


if __name__ == "__main__":
    main()
