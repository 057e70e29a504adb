"""Grades notebooks of this course as warmgrader grades submissions; see `warmgrader.trial`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from nbformat import NotebookNode

from warmgrader import trial
from warmgrader.trial import Graded, TrialCourse
from workbook.common.environment import with_scripts
from workbook.common.errors import WorkbookError
from workbook.common.paths import solution_of


class Ungradable(WorkbookError):
    """This machine cannot run submissions as it should."""


def make_course(directory: Path, root: Path, assignment: str) -> TrialCourse:
    """A throw-away course in `directory` for an assignment of the course in `root`.

    Raises:
        WorkbookError: there is no such assignment, or nbgrader can't work on it.
    """
    source = solution_of(root, assignment)
    if not source.is_file():
        raise WorkbookError(f"{source}: there is no such file; run `make build` first")
    try:
        return TrialCourse.create(directory, root / trial.CONFIG_FILE, source.parent)
    except trial.GenerateError as error:
        raise WorkbookError(str(error)) from None


class Graders(trial.Graders):
    """What grades notebooks of this course, several at a time."""

    def __init__(self, jobs: int, *, sandbox: bool = True) -> None:
        os.environ["PATH"] = with_scripts()  # notebooks start `dot` by its name
        super().__init__(jobs, sandbox=sandbox)

    def course(self, root: Path, assignment: str) -> TrialCourse:
        """A throw-away course for an assignment of the course in `root`."""
        return make_course(self.new_folder(), root, assignment)

    def grade(
        self, course: TrialCourse, notebooks: Mapping[str, NotebookNode]
    ) -> Iterator[tuple[str, Graded]]:
        """Grade the notebooks of students; yields each student with what came of it.

        Raises:
            Ungradable: this machine can't grade as it should.
        """
        try:
            yield from super().grade(course, notebooks)
        except trial.UngradableError as error:
            raise Ungradable(str(error)) from None
