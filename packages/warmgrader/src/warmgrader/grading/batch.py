"""Runs submissions: in this process, in others (`warmgrader.grading.pool`), or on Dask (`warmgrader.grading.cluster`)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from typing import Protocol

from warmgrader.containment.sandbox import SandboxError
from warmgrader.grading import worker
from warmgrader.grading.payload import Parcel, Result, Submission
from warmgrader.grading.scratch import scratch_folder
from warmgrader.kernels.client import ServerError


class Batch(Protocol):
    """Something that grades submissions."""

    def run(self, parcel: Parcel, submissions: Iterable[Submission]) -> Iterator[Result]:
        """Grade submissions; yield results as they come."""

    def close(self) -> None:
        """Let go of all that was used."""


class BatchError(RuntimeError):
    """The workers can't be reached or have all gone; the message is one line."""


class Here:
    """Grades in this process: for one submission, workers would take longer to start."""

    def __init__(self) -> None:
        """Make a folder for temporary files."""
        self._stack = contextlib.ExitStack()
        self._scratch = self._stack.enter_context(scratch_folder())

    def run(self, parcel: Parcel, submissions: Iterable[Submission]) -> Iterator[Result]:
        """Grade submissions one after the other.

        Raises:
            SandboxError, ServerError: this machine can't run kernels as it should.
        """
        for submission in submissions:
            try:
                yield worker.grade(parcel, submission, self._scratch)
            except (SandboxError, ServerError):
                raise
            except Exception as error:
                yield failed_result(submission, error)

    def close(self) -> None:
        """Remove the temporary files."""
        self._stack.close()


def failed_result(submission: Submission, error: Exception) -> Result:
    """Return a result for an error that nobody foresaw."""
    text = (str(error).strip().splitlines() or [""])[0]
    return failed(submission, f"{type(error).__name__}: {text}")


def failed(submission: Submission, failure: str) -> Result:
    """Return the result of a submission that could not be graded."""
    return Result(submission.assignment_id, submission.student_id, submission.notebooks, failure)
