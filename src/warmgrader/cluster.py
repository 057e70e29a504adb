"""Runs submissions on Dask workers: a local cluster, or any scheduler's."""

from __future__ import annotations

import contextlib
import importlib.util
import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import dask
import distributed
from distributed.scheduler import KilledWorker
from distributed.security import Security

from warmgrader import worker
from warmgrader.batch import BatchError, failed, failed_result
from warmgrader.client import ServerError
from warmgrader.payload import Bundle, Result, Submission
from warmgrader.sandbox import SandboxError
from warmgrader.scratch import scratch_folder
from warmgrader.startup import prepare_workers

_CONNECT_SECONDS = 15
_PER_WORKER = 3  # submissions handed out in advance: enough to keep a worker busy

_GONE = (
    "The Dask scheduler has gone or has cancelled the grading. What was graded is in the gradebook; "
    "the same command, without --force, grades the rest."
)

_CONFIG = {
    # A submission is given up after it has seen this many workers die.
    "distributed.scheduler.allowed-failures": 10,
    "distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS}s",
    # Workers are forked from a process that has imported everything, and share its memory.
    "distributed.worker.multiprocessing-method": "forkserver",
    # Dask would set the number of threads of OpenMP and OpenBLAS, and with it students' results.
    "distributed.nanny.pre-spawn-environ": {},
    "distributed.nanny.environ": {},
    # It would look at a worker's stack a hundred times a second, and keep an hour of what it saw.
    "distributed.worker.profile.enabled": False,
}


class Cluster:
    """Grades on workers, until it is closed."""

    def __init__(self, workers: int, scheduler: str = "") -> None:
        """Start `workers` local workers, or connect to those of a scheduler.

        Raises:
            BatchError: there is no scheduler at that address.
        """
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(dask.config.set(_CONFIG))
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            if scheduler:
                self.client = distributed.Client(scheduler, timeout=_CONNECT_SECONDS)
            else:
                folder = self._stack.enter_context(scratch_folder())
                # Dask leaves lock files where its temporary files are.
                temporary = dask.config.set({"temporary-directory": str(folder)})
                self._stack.enter_context(temporary)
                cluster = self._stack.enter_context(_local_cluster(workers, folder))
                self.client = distributed.Client(cluster)
        except (OSError, ValueError) as error:
            self._stack.close()
            reason = str(error).splitlines()[0]
            raise BatchError(f"No Dask scheduler at {scheduler}: {reason}") from None
        self._stack.callback(self._close_client)

    def close(self) -> None:
        """Let go of the workers; local ones end, with all that they have started."""
        self._stack.close()

    def _close_client(self) -> None:
        with contextlib.suppress(Exception):
            self.client.close(timeout=2)

    def run(self, bundle: Bundle, submissions: Iterable[Submission]) -> Iterator[Result]:
        """Grade submissions; yield results as they come.

        A submission whose worker dies runs again on another; one that fails for a reason that
        nobody foresaw yields a result with a failure.

        Raises:
            BatchError: the scheduler has gone.
            SandboxError, ServerError: a worker can't run kernels as it should.
        """
        # Part of each task's graph, not scattered, so that it survives the death of workers.
        shared = self.client.submit(worker.unpack, pickle_by_value(bundle), pure=False)
        pending: dict[Any, Submission] = {}
        queue = iter(submissions)
        finished: Queue[Any] = Queue()
        try:
            while True:
                while len(pending) < self._window() and (submission := next(queue, None)):
                    future = self.client.submit(
                        worker.grade, shared, submission, pure=False, key=_key(submission)
                    )
                    pending[future] = submission
                    future.add_done_callback(finished.put)
                if not pending:
                    return
                future = self._next(finished)
                yield _result(future, pending.pop(future))
                future.release()
        finally:
            self.client.cancel([*pending, shared], force=True)

    def _next(self, finished: Queue[Any]) -> Any:
        """Return the next finished future, or raise if the scheduler has gone."""
        while True:
            try:
                return finished.get(timeout=1)
            except Empty:
                if self.client.status in ("closed", "closing", "connecting"):
                    raise BatchError(_GONE) from None

    def _window(self) -> int:
        """Return how many submissions may be under way, or raise if the scheduler has gone."""
        try:
            threads = sum(self.client.nthreads().values())
        except OSError:
            raise BatchError(_GONE) from None
        return _PER_WORKER * max(1, threads)


def pickle_by_value(bundle: Bundle) -> bytes:
    """Pickle a bundle with what its configuration defines, such as functions in a config file."""
    return distributed.protocol.pickle.dumps(bundle)


def _key(submission: Submission) -> str:
    """Name a task so that Dask's own messages tell whose it is."""
    return f"{submission.assignment_id}-{submission.student_id}-{id(submission):x}"


def _local_cluster(workers: int, folder: Path) -> distributed.LocalCluster:
    prepare_workers()  # unless the command has done it
    return distributed.LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        memory_limit=0,
        local_directory=str(folder),
        silence_logs=logging.CRITICAL,
        env=dict(os.environ),  # as it is now: nbgrader_config.py may have changed it
        security=Security.temporary() if importlib.util.find_spec("cryptography") else None,
    )


def _result(future: Any, submission: Submission) -> Result:
    """Return a future's result; whatever happened to one submission must not stop the others."""
    try:
        return future.result()
    except (SandboxError, ServerError):
        raise
    except KilledWorker:
        return failed(submission, "ended every worker process that graded it")
    except distributed.CancelledError:
        raise BatchError(_GONE) from None
    except Exception as error:
        return failed_result(submission, error)
