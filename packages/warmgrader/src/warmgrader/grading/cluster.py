"""Runs submissions on the workers of a Dask scheduler."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterable, Iterator
from queue import Empty, Queue
from typing import Any

import cloudpickle
import dask
import distributed
from distributed.scheduler import KilledWorker

from warmgrader.containment.sandbox import SandboxError
from warmgrader.errors import first_line
from warmgrader.grading import worker
from warmgrader.grading.batch import BatchError, failed, failed_result
from warmgrader.grading.payload import Parcel, Result, Submission
from warmgrader.kernels.client import ServerError

_CONNECT_SECONDS = 15
_PER_WORKER = 3  # submissions handed out in advance: enough to keep a worker busy

_GONE = (
    "The Dask scheduler has gone or has cancelled the grading. What was graded is in the gradebook; "
    "the same command, without --force, grades the rest."
)

_CONFIG = {"distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS}s"}


class Cluster:
    """Grades on a scheduler's workers, until it is closed."""

    def __init__(self, scheduler: str) -> None:
        """Connect to the scheduler.

        Raises:
            BatchError: there is none at that address.
        """
        self._stack = contextlib.ExitStack()
        self._stack.enter_context(dask.config.set(_CONFIG))
        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)
        try:
            self.client = distributed.Client(scheduler, timeout=_CONNECT_SECONDS)
        except (OSError, ValueError) as error:
            self._stack.close()
            raise BatchError(f"No Dask scheduler at {scheduler}: {first_line(error)}") from None
        self._stack.callback(self._close_client)

    def close(self) -> None:
        """Let go of the workers."""
        self._stack.close()

    def _close_client(self) -> None:
        with contextlib.suppress(Exception):
            self.client.close(timeout=2)

    def run(self, parcel: Parcel, submissions: Iterable[Submission]) -> Iterator[Result]:
        """Grade submissions; yield results as they come.

        A submission whose worker dies runs again on another; one that fails for a reason that
        nobody foresaw yields a result with a failure.

        Raises:
            BatchError: the scheduler has gone.
            SandboxError, ServerError: a worker can't run kernels as it should.
        """
        # Part of each task's graph, not scattered, so that it survives the death of workers.
        shared = self.client.submit(worker.unpack, cloudpickle.dumps(parcel), pure=False)
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


def _key(submission: Submission) -> str:
    """Name a task so that Dask's own messages tell whose it is."""
    return f"{submission.assignment_id}-{submission.student_id}-{id(submission):x}"


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
