"""Imports what kernels need, and refuses where forking afterwards would not be safe."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from warmgrader.foreign import ipykernel, ipython

# Used by tests, and imported by their packages on demand only.
_TEST_MODULES = ("numpy.testing",)


class ForkUnsafeError(RuntimeError):
    """Forking this process could leave a child with locks that nobody ever opens."""


def import_all(modules: Iterable[str]) -> list[str]:
    """Import modules and return the names of those that are not installed.

    A module that is installed and fails to import is the notebook's business, not the server's: it
    is left out too, and the notebook sees the error.
    """
    missing = []
    for name in (*modules, *ipykernel.MODULES, *ipython.MODULES, *_TEST_MODULES):
        if name in _TEST_MODULES and name.partition(".")[0] not in sys.modules:
            continue
        try:
            importlib.import_module(name)
        except Exception:
            missing.append(name)
    return missing


def check_fork_safety() -> None:
    """Raise `ForkUnsafeError` if a fork of this process would not be a sound process.

    Threads do not survive a fork; what they held stays locked. Libraries that know this (OpenBLAS)
    end their threads in a fork handler, so the threads are counted after a trial fork.
    """
    if sys.platform != "linux":
        raise ForkUnsafeError(
            f"forking a process with loaded libraries is not safe on {sys.platform}"
        )
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
    names = [thread.name for thread in threading.enumerate()]
    if len(names) > 1:
        raise ForkUnsafeError(f"an imported module left Python threads running: {names[1:]}")
    tasks = list(Path("/proc/self/task").iterdir())
    if len(tasks) > 1:
        names = sorted({(task / "comm").read_text().strip() for task in tasks})
        raise ForkUnsafeError(f"an imported module left {len(tasks) - 1} native threads: {names}")
    _check_tensorflow()


def _check_tensorflow() -> None:
    """Refuse if TensorFlow's runtime has started: its thread pools are lost in a fork."""
    context_module = sys.modules.get("tensorflow.python.eager.context")
    context = getattr(context_module, "_context", None)
    if context is not None and getattr(context, "_initialized", False):
        raise ForkUnsafeError("an imported module has run a TensorFlow operation")
