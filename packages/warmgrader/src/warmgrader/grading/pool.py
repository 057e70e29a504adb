"""Runs submissions in processes of this machine, which share the memory of what they import."""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import signal
import threading
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import cloudpickle

from warmgrader.containment.sandbox import SandboxError
from warmgrader.grading import worker
from warmgrader.grading.batch import failed, failed_result
from warmgrader.grading.payload import Parcel, Result, Submission
from warmgrader.grading.scratch import scratch_folder
from warmgrader.grading.startup import prepare_workers
from warmgrader.kernels.client import ServerError

_PER_WORKER = 2  # submissions handed out in advance: enough to keep a worker busy
_MOST_DEATHS = 10
_PIDS = "worker-"


class Pool:
    """Grades on local workers, until it is closed.

    With one worker that dies, the executor gives up all. What they had in hand runs again, one
    submission after the other: only one that ends every worker of its own is blamed for it.
    """

    def __init__(self, workers: int) -> None:
        """Have as many workers, from the first submission on."""
        prepare_workers()  # unless the command has done it
        self._workers = workers
        self._stack = contextlib.ExitStack()
        self._scratch = self._stack.enter_context(scratch_folder())
        self._executor: ProcessPoolExecutor | None = None

    def close(self) -> None:
        """End the workers, with all that they have started."""
        self._end_workers()
        self._stack.close()

    def run(self, parcel: Parcel, submissions: Iterable[Submission]) -> Iterator[Result]:
        """Grade submissions; yield results as they come.

        A submission whose worker dies runs again; one that fails for a reason that nobody foresaw
        yields a result with a failure.

        Raises:
            SandboxError, ServerError: a worker can't run kernels as it should.
        """
        # By value: functions of a configuration file are in no module that a worker could import.
        packed = cloudpickle.dumps(parcel)
        queue = iter(submissions)
        while interrupted := (yield from self._run_many(packed, queue)):
            for submission in interrupted:
                yield self._run_alone(packed, submission)

    def _run_many(
        self, packed: bytes, queue: Iterator[Submission]
    ) -> Generator[Result, None, list[Submission]]:
        """Grade to the end of the queue; or return what was in hand when a worker died."""
        pending: dict[Future[Result], Submission] = {}
        while True:
            while len(pending) < _PER_WORKER * self._workers:
                if (submission := next(queue, None)) is None:
                    break
                pending[self._submit(packed, submission)] = submission
            if not pending:
                return []
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            if any(map(_has_died, done)):
                self._end_workers()
                done, _ = wait(pending)
            for future in done:
                if not _has_died(future):
                    yield _result(future, pending.pop(future))
            if self._executor is None and pending:
                return list(pending.values())

    def _run_alone(self, packed: bytes, submission: Submission) -> Result:
        for _ in range(_MOST_DEATHS):
            future = self._submit(packed, submission)
            wait([future])
            if not _has_died(future):
                return _result(future, submission)
            self._end_workers()
        return failed(submission, "ended every worker process that graded it")

    def _submit(self, packed: bytes, submission: Submission) -> Future[Result]:
        methods = multiprocessing.get_all_start_methods()
        method = "forkserver" if "forkserver" in methods else "spawn"
        self._executor = self._executor or ProcessPoolExecutor(
            self._workers,
            mp_context=multiprocessing.get_context(method),
            initializer=_begin,
            initargs=(dict(os.environ), self._scratch),  # nbgrader_config.py may have changed it
        )
        try:
            return self._executor.submit(worker.grade_packed, packed, submission, self._scratch)
        except BrokenProcessPool as error:
            future: Future[Result] = Future()
            future.set_exception(error)
            return future

    def _end_workers(self) -> None:
        """End the workers now: what they have in hand is not wanted any more, or is graded again."""
        executor, self._executor = self._executor, None
        if executor is None:
            return
        for file in self._scratch.glob(f"{_PIDS}*"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(file.name.removeprefix(_PIDS)), signal.SIGKILL)
            file.unlink()
        executor.shutdown(cancel_futures=True)


def _begin(environment: dict[str, str], scratch: Path) -> None:
    """Make a fresh process a worker, which ends with the grader however that ends."""
    threading.Thread(target=_end_with_grader, daemon=True).start()
    # Ctrl-C is the grader's, which ends its workers; what they start may be interrupted.
    signal.signal(signal.SIGINT, lambda *_: None)
    os.environ.clear()
    os.environ.update(environment)
    (scratch / f"{_PIDS}{os.getpid()}").touch()


def _end_with_grader() -> None:
    """End this worker when its grader has ended, in whatever way; kernels end with their worker."""
    grader = multiprocessing.parent_process()
    multiprocessing.connection.wait([grader.sentinel])
    os._exit(1)


def _has_died(future: Future[Result]) -> bool:
    """Tell whether the worker is gone, rather than the submission done."""
    return future.cancelled() or isinstance(future.exception(), BrokenProcessPool)


def _result(future: Future[Result], submission: Submission) -> Result:
    """Return a future's result; whatever happened to one submission must not stop the others."""
    error = future.exception()
    if error is None:
        return future.result()
    if isinstance(error, SandboxError | ServerError):
        raise error
    return failed_result(submission, error)
