"""Runs cells of notebooks by the thousand: each run in a fork of this process, several at a time.

This process has imported TensorFlow and Keras and runs no operation of theirs, so that a fork is a
fresh kernel in all that matters (`warmgrader.kernels.preload`), without the kernel. A run may write below a
folder of its own only.
"""

import contextlib
import functools
import gc
import linecache
import math
import os
import random
import resource
import selectors
import shutil
import signal
import sys
import tempfile
import time
import types
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from warmgrader.containment import linux
from warmgrader.kernels.preload import ForkUnsafeError, check_fork_safety
from workbook.common.environment import kernel_environment
from workbook.common.errors import WorkbookError

#: Seconds of processor time that any run may take, how often the time that it should take, and what
#: it may take where that is not known.
_LEAST, _TIMES, _UNKNOWN = 3.0, 5.0, 20
#: How much longer a run may last than it computes: other processes want their turn, too.
_PATIENCE = 20
_MEMORY, _FILE = 8 << 30, 1 << 29  # bytes
_MODULES = ("numpy", "tensorflow", "keras", "matplotlib.pyplot", "numpy.testing", "unittest.mock")


@dataclass(frozen=True)
class Run:
    """Cells to run one after another, up to the first test that fails.

    Attributes:
        key: what the caller knows it by.
        cells: sources of the cells before the tests; if one fails, the tests run all the same, as
            in a notebook that is graded.
        tests: sources of the tests.
        seconds: of processor time that they should take, if that is known.
    """

    key: Any
    cells: tuple[str, ...]
    tests: tuple[str, ...]
    seconds: float | None = None


@dataclass(frozen=True)
class Outcome:
    """How a run ended: why it failed, if it did, and how long it computed."""

    reason: str
    seconds: float

    @property
    def passed(self) -> bool:
        """Whether all tests passed."""
        return not self.reason


@dataclass
class _Child:
    run: Run
    pid: int
    folder: str
    deadline: float


def prepare(root: Path) -> None:
    """Import what notebooks need, so that forks have it.

    Raises:
        WorkbookError: this process cannot be forked safely.
    """
    os.environ.update(kernel_environment(root), MPLBACKEND="agg", TF_CPP_MIN_LOG_LEVEL="3")
    for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = "1"  # there are as many runs as cores
    for name in _MODULES:
        __import__(name)
    try:
        check_fork_safety()
    except ForkUnsafeError as error:
        raise WorkbookError(f"mutants cannot be run here: {error}") from error
    gc.collect()
    gc.freeze()  # else the collector would write to, and so copy, every shared page


def run_all(runs: Iterable[Run], jobs: int) -> Iterator[tuple[Run, Outcome]]:
    """Run all, `jobs` at a time, and yield each with its outcome as it ends."""
    waiting = deque(runs)
    selector = selectors.DefaultSelector()
    scratch = tempfile.mkdtemp(prefix="workbook-mutants-")
    try:
        while waiting or selector.get_map():
            while waiting and len(selector.get_map()) < jobs:
                child = _start(waiting.popleft(), tempfile.mkdtemp(dir=scratch))
                selector.register(os.pidfd_open(child.pid), selectors.EVENT_READ, child)
            soonest = min(key.data.deadline for key in selector.get_map().values())
            for key, _ in selector.select(max(soonest - time.monotonic(), 0)):
                selector.unregister(key.fileobj)
                os.close(key.fd)
                yield key.data.run, _end(key.data)
            for key in selector.get_map().values():
                if key.data.deadline < time.monotonic():
                    _kill(key.data)
    finally:
        for key in selector.get_map().values():
            _kill(key.data)
            _end(key.data)
        shutil.rmtree(scratch, ignore_errors=True)


def _limit(run: Run) -> int:
    """Seconds of processor time that a run may take."""
    return _UNKNOWN if run.seconds is None else math.ceil(max(_LEAST, _TIMES * run.seconds))


def _start(run: Run, folder: str) -> _Child:
    for number, cell in enumerate((*run.cells, *run.tests)):
        _compiled(cell, f"<cell {number}>")  # once for all that share it
    pid = os.fork()
    if pid == 0:
        _run(run, folder)
    return _Child(run, pid, folder, time.monotonic() + _PATIENCE * _limit(run))


def _kill(child: _Child) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def _end(child: _Child) -> Outcome:
    """What a run that has ended left behind."""
    _kill(child)  # what it may have started
    _, status, usage = os.wait4(child.pid, 0)
    try:
        reason = Path(child.folder, "reason").read_text(encoding="utf-8")
    except OSError:
        reason = f"killed by signal {os.WTERMSIG(status)}: out of time or memory?"
    shutil.rmtree(child.folder, ignore_errors=True)
    return Outcome(reason, usage.ru_utime + usage.ru_stime)


def _run(run: Run, folder: str) -> NoReturn:
    """The forked process: run the cells, note the outcome, end."""
    try:
        os.setsid()
        _confine(folder, _limit(run))
        reason = _run_cells(run)
        Path(folder, "reason").write_text(reason, encoding="utf-8", errors="replace")
    finally:
        os._exit(0)


def _confine(folder: str, seconds: int) -> None:
    """Give the process a folder and limits of its own, and make its chance always the same."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    work = os.path.join(folder, "work")
    os.mkdir(work)
    os.chdir(work)
    tempfile.tempdir = os.environ["TMPDIR"] = work
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE, _FILE))
    linux.landlock([folder, "/dev"])
    random.seed(0)
    sys.modules["numpy.random"].seed(0)


@functools.lru_cache
def _compiled(cell: str, name: str) -> types.CodeType:
    return compile(cell, name, "exec", dont_inherit=True)


def _run_cells(run: Run) -> str:
    """Run cells as a notebook does; the message of the first test that fails, or nothing."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    for number, cell in enumerate((*run.cells, *run.tests)):
        name = f"<cell {number}>"
        # AutoGraph and `inspect` look for the source there.
        linecache.cache[name] = (len(cell), None, cell.splitlines(keepends=True), name)
        try:
            exec(_compiled(cell, name), module.__dict__)
        except BaseException as error:
            if number >= len(run.cells):
                return f"{type(error).__name__}: {error}"
    return ""
