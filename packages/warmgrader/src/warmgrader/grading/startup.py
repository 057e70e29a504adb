"""Makes a grading begin and end sooner. Imported before nbgrader, by the command and its workers.

A grading imports nbgrader twice, in the command and in the process that local workers are forked
from. Here the second import begins at once, on another core.
"""

from __future__ import annotations

import atexit
import gc
import multiprocessing
import multiprocessing.forkserver
import sys

_WORKER_MODULES = ["warmgrader.grading.startup", "warmgrader.grading.worker"]


def prepare_workers() -> None:
    """Start, in the background, the process that local workers are forked from."""
    if sys.platform == "linux":
        multiprocessing.get_context("forkserver").set_forkserver_preload(_WORKER_MODULES)
        multiprocessing.forkserver.ensure_running()


def end_quickly() -> None:
    """Spare Python, when it ends, to look through all that was imported: half a second."""
    atexit.register(gc.freeze)
