"""Executes notebooks with papermill in worker processes, several at a time.

papermill changes the working directory of its process, so every notebook needs a process; the
memory of a notebook is what its kernel and the processes below that one use.
"""

import multiprocessing
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, MutableSequence, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import papermill
import psutil
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from warmgrader.errors import first_line
from warmgrader.foreign.jupyter_client import WatchedKernelManager
from warmgrader.foreign.nbclient import silence_widgets
from workbook.common.environment import kernel_environment
from workbook.common.kernels import default_kernel

CELL_TIMEOUT = 600  # seconds; a whole chapter takes one minute, so such a cell hangs
START_TIMEOUT = 120  # seconds for a kernel to start, on a machine that is busy with others
MEMORY_INTERVAL = 0.25  # seconds between two looks at the memory of a kernel
TRACEBACK_LINES = 30

# Without this, kernels that could encrypt say on the terminal that they do not.
KERNEL_CONFIG = Config(KernelManager={"transport_encryption": "auto"})

_ANSI = re.compile(r"\x1b\[[0-9;]*m")


@dataclass
class Job:
    """One notebook to execute."""

    name: str
    notebook: NotebookNode
    parameters: dict[str, Any] = field(default_factory=dict)
    kernel: str = field(default_factory=default_kernel)


@dataclass
class Failure:
    """Why a notebook did not run to its end.

    Attributes:
        cell: index of the failed cell in the notebook.
        number: what Jupyter numbers it, as in ``In [7]``.
        heading: the heading it stands under; may be empty.
        reason: error and message in one line.
        traceback: the notebook's own part of the traceback; may be empty.
    """

    cell: int
    number: int
    heading: str
    reason: str
    traceback: str = ""


@dataclass
class Executed:
    """How the execution of one notebook went.

    Attributes:
        notebook: the executed notebook; without outputs if there was a failure.
        peak_memory: bytes that the kernel and all processes below it used at most.
    """

    name: str
    notebook: NotebookNode
    seconds: float
    peak_memory: int
    failure: Failure | None = None


class Execution:
    """Several notebooks being executed, as many at once as there are cores.

    Attributes:
        futures: by the name of the job; a result is there even if the notebook failed.
    """

    def __init__(self, root: Path, jobs: Sequence[Job], processes: int | None = None):
        context = multiprocessing.get_context("spawn")  # never fork a process that has threads
        self._cells_done = context.RawArray("i", len(jobs))
        self._names = [job.name for job in jobs]
        self._pool = ProcessPoolExecutor(
            min(len(jobs), processes or os.cpu_count() or 1),
            mp_context=context,
            initializer=_start_worker,
            initargs=(kernel_environment(root), self._cells_done),
        )
        self.futures: dict[str, Future[Executed]] = {
            job.name: self._pool.submit(_execute_in_worker, number, job)
            for number, job in enumerate(jobs)
        }

    def cells_done(self, name: str) -> int:
        """How many cells of a notebook have run so far."""
        return self._cells_done[self._names.index(name)]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Forget what has not begun and wait for what has."""
        self._pool.shutdown(cancel_futures=True)


_cells_done: MutableSequence[int]  # in a worker: shared with the process that started it


def _start_worker(environment: dict[str, str], cells_done: MutableSequence[int]) -> None:
    global _cells_done
    os.environ.update(environment)
    # What a kernel writes outside its cells (on an interrupt, say) would garble the display.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    _cells_done = cells_done


def _execute_in_worker(number: int, job: Job) -> Executed:
    def on_cell(index: int) -> None:
        _cells_done[number] = index

    return execute(job, on_cell)


def execute(job: Job, on_cell: Callable[[int], None]) -> Executed:
    """Execute one notebook in a temporary directory of its own.

    Args:
        job: what to execute.
        on_cell: called with the number of cells done before each cell.
    """
    current = 0

    def on_cell_start(cell: NotebookNode, cell_index: int) -> None:
        nonlocal current
        current = cell_index
        on_cell(cell_index)

    silence_widgets()
    failure = None
    executed = job.notebook
    start = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="workbook-") as folder, _peak_memory() as memory:
        try:
            executed = papermill.execute_notebook(
                job.notebook,
                None,
                parameters=job.parameters,
                kernel_name=job.kernel,
                cwd=folder,
                progress_bar=False,
                start_timeout=START_TIMEOUT,
                execution_timeout=CELL_TIMEOUT,
                on_cell_start=on_cell_start,
                config=KERNEL_CONFIG,
                kernel_manager_class=WatchedKernelManager,
            )
        except PapermillExecutionError as error:
            reason = first_line(f"{error.ename}: {error.evalue}")
            failure = _failure(job, current, reason, trim_traceback(error.traceback))
        except DeadKernelError:
            failure = _failure(job, current, "the kernel died; is there enough memory?")
        except CellTimeoutError:
            failure = _failure(job, current, f"no end after {CELL_TIMEOUT} s")
        except Exception as error:  # noqa: BLE001  (whatever it is, the other chapters go on)
            failure = _failure(job, current, f"{type(error).__name__}: {first_line(error)}")
    return Executed(job.name, executed, time.monotonic() - start, memory.peak, failure)


def _failure(job: Job, index: int, reason: str, traceback: str = "") -> Failure:
    """Say where cell ``index`` of the running notebook stands in the notebook as it is stored."""
    cells = job.notebook.cells
    injected = 0
    if job.parameters:  # papermill has put a cell of its own below the one tagged "parameters"
        tagged = next(
            i for i, cell in enumerate(cells) if "parameters" in cell.metadata.get("tags", [])
        )
        injected = int(index > tagged)
        index -= injected
    number = injected + sum(cell.cell_type == "code" for cell in cells[: index + 1])
    return Failure(index, number, heading_above(cells, index), reason, traceback)


def heading_above(cells: list[NotebookNode], index: int) -> str:
    """The last markdown heading above a cell, or ``""``."""
    for cell in reversed(cells[:index]):
        if cell.cell_type == "markdown":
            headings = re.findall(r"^#+ +(.+)$", cell.source, re.MULTILINE)
            if headings:
                return headings[-1].strip()
    return ""


def trim_traceback(traceback: list[str]) -> str:
    """IPython's traceback with only the notebook's own frames and the end of the message."""
    frames = [_ANSI.sub("", frame).strip("\n") for frame in traceback]
    own = [frame for frame in frames[:-1] if frame.startswith("Cell In")]
    lines = "\n\n".join([*own, *frames[-1:]]).split("\n")
    if len(lines) > TRACEBACK_LINES:
        lines = ["...", *lines[-TRACEBACK_LINES:]]
    return "\n".join(lines)


class _PeakMemory:
    peak = 0


@contextmanager
def _peak_memory() -> Iterator[_PeakMemory]:
    """Measures what the kernel and the processes below it use together, at most."""
    memory = _PeakMemory()
    stop = threading.Event()
    WatchedKernelManager.kernel = None

    def watch() -> None:
        while not stop.wait(MEMORY_INTERVAL):
            if WatchedKernelManager.kernel is not None:
                memory.peak = max(memory.peak, _memory_below(WatchedKernelManager.kernel))

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield memory
    finally:
        stop.set()
        thread.join()


def _memory_below(pid: int) -> int:
    """Bytes that a process and those below it use."""
    total = 0
    with suppress(psutil.Error):  # one of them has just ended
        process = psutil.Process(pid)
        for member in [process, *process.children(recursive=True)]:
            total += member.memory_info().rss
    return total
