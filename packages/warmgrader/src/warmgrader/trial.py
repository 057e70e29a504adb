"""Tries an assignment: grades notebooks as submissions are graded, in a throw-away course.

A throw-away course holds one assignment and a gradebook of its own and reads a course's
`nbgrader_config.py`. Beside the scores there is what the student would read in the feedback::

    with Graders(jobs=1) as graders:
        folder = graders.new_folder()
        course = TrialCourse.create(folder, Path("nbgrader_config.py"), Path("source/ps1"))
        for student, graded in graders.grade(course, {"right": notebook}):
            print(student, graded.scores, graded.error)
"""

from __future__ import annotations

import logging
import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Base
from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from sqlalchemy import create_engine
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from warmgrader.containment.sandbox import SandboxError
from warmgrader.feedback.pages import StudentView
from warmgrader.foreign.nbgrader import shared_engine, sound_schema
from warmgrader.grading.autograde import WarmAutograde
from warmgrader.grading.batch import Batch, Here
from warmgrader.grading.payload import Parcel, Result, Submission
from warmgrader.grading.pool import Pool
from warmgrader.grading.run import GradingRun
from warmgrader.kernels.client import ServerError

CONFIG_FILE = "nbgrader_config.py"

_EXCEPTION_LINE = re.compile(r"^ *([\w.]*(?:Error|Exception|Exit)\w*(?:: .*)?)$", re.MULTILINE)


class UngradableError(Exception):
    """This machine cannot run submissions as it should; the message is why, in one line."""


class GenerateError(Exception):
    """nbgrader cannot make the released notebook; the message is its reason in one line."""


@dataclass(frozen=True)
class Graded:
    """What came of one submission."""

    scores: dict[str, float] = field(default_factory=dict)  # grade id -> points
    notebook: NotebookNode | None = None  # as executed; None if grading failed
    feedback: NotebookNode | None = None  # the same as its student sees it
    seconds: float = 0.0
    error: str = ""  # why it could not be graded

    def score(self, *grade_ids: str) -> float:
        """Points of these test cells together."""
        return sum(self.scores.get(grade_id, 0.0) for grade_id in grade_ids)


class TrialCourse:
    """A throw-away nbgrader course around one assignment."""

    def __init__(self, directory: Path, assignment: str):
        self.directory = directory
        self.assignment = assignment
        loader = PyFileConfigLoader(CONFIG_FILE, path=str(directory))
        self.config: Config = loader.load_config()

    @classmethod
    def create(cls, directory: Path, config: Path, source: Path) -> Self:
        """Set up a course in an empty directory, and make its assignment.

        Args:
            directory: the throw-away course's own.
            config: the course's `nbgrader_config.py`.
            source: the folder of the instructor's source notebook; both have the assignment's name.
        """
        shutil.copy(config, directory / CONFIG_FILE)
        course = cls(directory, source.name)
        course._keep_apart()
        folder = course.config.CourseDirectory.get("source_directory", "source")
        shutil.copytree(source, directory / folder / source.name)
        course.generate()
        return course

    def _keep_apart(self) -> None:
        """Lead all that the configuration names into this directory, and nothing to the real course."""
        section, here = self.config.CourseDirectory, str(self.directory)
        section.root = here
        if here not in str(section.get("db_url", "")):
            section.db_url = f"sqlite:///{here}/gradebook.db"
        for name in ("source", "release", "submitted", "autograded", "feedback"):
            if Path(section.get(f"{name}_directory", name)).is_absolute():
                section[f"{name}_directory"] = name

    def generate(self) -> None:
        """Make the notebook that students get, and enter its cells into the gradebook."""
        # For a gradebook without tables, nbgrader starts a program that takes seconds, to note a
        # version that only its upgrade command reads.
        engine = create_engine(self.config.CourseDirectory.db_url)
        Base.metadata.create_all(engine)
        engine.dispose()
        converter = GenerateAssignment(coursedir=self._coursedir("."), config=self.config)
        converter.force = converter.create_assignment = True
        converter.log.propagate = False
        converter.log.setLevel(logging.INFO)
        with shared_engine(), sound_schema():
            result = capture_log(converter)
        if not result["success"]:
            log = result.get("log", "") + result["error"]
            reasons = _EXCEPTION_LINE.findall(log)
            raise GenerateError(reasons[0] if reasons else log.strip().splitlines()[-1])

    @property
    def released(self) -> NotebookNode:
        """The notebook that students get."""
        folder = self.config.CourseDirectory.get("release_directory", "release")
        path = self.directory / folder / self.assignment / f"{self.assignment}.ipynb"
        return nbformat.read(path, as_version=4)

    def parcel(self, sandbox: bool) -> Parcel:
        """What the grader gives its workers for this assignment."""
        grader = WarmAutograde(coursedir=self._coursedir("*"), config=self.config)
        grader.sandbox = sandbox
        with GradingRun(grader) as run:
            return run.parcel(self.assignment, run.writer.assignment(self.assignment))

    def submission(self, student: str, notebook: NotebookNode) -> Submission:
        """The notebook as it is handed in."""
        name = f"{self.assignment}.ipynb"
        files = {name: nbformat.writes(notebook).encode()}
        return Submission(self.assignment, student, files, [name], {})

    def graded(self, result: Result) -> Graded:
        """What a worker has found, and how the student sees it."""
        if result.failure is not None:
            return Graded(error=result.failure, seconds=result.seconds)
        content = result.files[f"{self.assignment}.ipynb"].decode()
        notebook = nbformat.reads(content, as_version=4)
        view = StudentView(config=self.config)
        feedback, _ = view.preprocess(deepcopy(notebook), {})
        scores = {grade.cell: grade.auto_score or 0.0 for grade in result.grades}
        return Graded(scores, notebook, feedback, result.seconds)

    def _coursedir(self, student: str) -> CourseDirectory:
        directory = CourseDirectory(config=self.config)
        directory.assignment_id, directory.student_id = self.assignment, student
        return directory


class Graders:
    """What grades notebooks, several at a time.

    `with Graders(jobs=2) as graders:` keeps its processes, so that nbgrader is imported once for all
    of them, and not once per submission. They import the script that starts them: it needs
    `if __name__ == "__main__":`.
    """

    def __init__(self, jobs: int, *, sandbox: bool = True):
        self._folder = tempfile.TemporaryDirectory(prefix="warmgrader-trial-")
        self._sandbox = sandbox
        # nbgrader's gradebook makes SQLAlchemy warn at every submission; no one can act on it.
        warnings.simplefilter("ignore", SAWarning)
        self._batch: Batch = Here() if jobs == 1 else Pool(jobs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._batch.close()
        self._folder.cleanup()

    def new_folder(self) -> Path:
        """Make a folder for a throw-away course, for as long as the graders are there."""
        return Path(tempfile.mkdtemp(dir=self._folder.name))

    def grade(
        self, course: TrialCourse, notebooks: Mapping[str, NotebookNode]
    ) -> Iterator[tuple[str, Graded]]:
        """Grade the notebooks of students; yields each student with what came of it.

        Raises:
            UngradableError: this machine can't grade as it should.
        """
        submissions = (course.submission(*handed_in) for handed_in in notebooks.items())
        try:
            for result in self._batch.run(course.parcel(self._sandbox), submissions):
                yield result.student_id, course.graded(result)
        except (SandboxError, ServerError) as error:
            raise UngradableError(
                f"{error}; see `warmgrader doctor`, or try --no-sandbox"
            ) from None
