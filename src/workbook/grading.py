"""Notebooks scored by nbgrader's own autograder, in throw-away courses, several at a time.

A throw-away course holds one assignment and a gradebook of its own and reads the course's
`nbgrader_config.py`, so that a notebook is scored here exactly as a student's submission is.
"""

import logging
import os
import re
import shutil
import signal
import tempfile
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Self

import nbformat
from nbformat import NotebookNode
from nbgrader.api import Base, Gradebook
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import capture_log
from sqlalchemy import create_engine
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from warmgrader.engine import shared_engine
from warmgrader.schema import sound_schema
from workbook.environment import with_scripts
from workbook.errors import WorkbookError
from workbook.paths import solution_of

CONFIG_FILE = "nbgrader_config.py"
SUBMISSION_LIMIT = 300  # seconds; no assignment takes that long

_EXCEPTION_LINE = re.compile(r"^ *([\w.]*(?:Error|Exception|Exit)\w*(?:: .*)?)$", re.MULTILINE)


class GradingError(WorkbookError):
    """nbgrader could not work on a notebook; the message is its reason in one line."""


@dataclass(frozen=True)
class Graded:
    """What nbgrader made of one submission."""

    scores: dict[str, float] = field(default_factory=dict)  # grade id -> points
    notebook: NotebookNode | None = None  # as executed; None if grading failed
    seconds: float = 0.0
    error: str = ""  # why it could not be graded

    def score(self, *grade_ids: str) -> float:
        """Points of these test cells together."""
        return sum(self.scores.get(grade_id, 0.0) for grade_id in grade_ids)


class Course:
    """A throw-away nbgrader course around one assignment."""

    def __init__(self, directory: Path, assignment: str, kernel: str):
        self.directory = directory
        self.assignment = assignment
        self.kernel = kernel
        loader = PyFileConfigLoader(CONFIG_FILE, path=str(directory))
        self.config = loader.load_config()
        self.config.merge(Config({"ExecutePreprocessor": {
            "kernel_name": kernel,
            # Nobody looks at tracebacks here; IPython's own kind takes 40 ms for each failing test.
            "extra_arguments": ["--HistoryManager.hist_file=:memory:", "--InteractiveShell.xmode=Plain"],
        }}))  # fmt: skip

    @classmethod
    def create(cls, directory: Path, root: Path, assignment: str, kernel: str) -> "Course":
        """Set up a course in `directory` for an assignment of the course in `root`."""
        shutil.copy(root / CONFIG_FILE, directory / CONFIG_FILE)
        source = solution_of(root, assignment)
        if not source.is_file():
            raise WorkbookError(f"{source}: there is no such file; run `make build` first")
        shutil.copytree(source.parent, directory / "solutions" / assignment)
        course = cls(directory, assignment, kernel)
        course.generate()
        return course

    def generate(self) -> None:
        """Make the notebook that students get, and enter its cells into the gradebook."""
        # For a gradebook without tables, nbgrader starts a program that takes seconds, to note a
        # version that only its upgrade command reads.
        engine = create_engine(self.config.CourseDirectory.db_url)
        Base.metadata.create_all(engine)
        engine.dispose()
        self._convert(GenerateAssignment, student=".", create_assignment=True)

    @property
    def released(self) -> NotebookNode:
        """The notebook that students get."""
        return nbformat.read(self._notebook("exercises"), as_version=4)

    def grade(self, student: str, notebook: NotebookNode, limit: int) -> Graded:
        """Hand in `notebook` for `student` and have nbgrader run and score it in `limit` seconds."""
        submitted = self._notebook("grading/submitted", student)
        submitted.parent.mkdir(parents=True)
        nbformat.write(notebook, submitted)
        start = time.perf_counter()
        try:
            with _time_limit(limit):
                self._convert(Autograde, student=student)
        except (GradingError, TimeoutError) as error:
            return Graded(error=str(error), seconds=time.perf_counter() - start)
        seconds = time.perf_counter() - start
        with Gradebook(self.config.CourseDirectory.db_url, "keras") as gradebook:
            submission = gradebook.find_submission_notebook(
                self.assignment, self.assignment, student
            )
            scores = {grade.name: grade.score for grade in submission.grades}
        executed = nbformat.read(self._notebook("grading/autograded", student), as_version=4)
        return Graded(scores, executed, seconds)

    def _notebook(self, step: str, student: str = ".") -> Path:
        return self.directory / step / student / self.assignment / f"{self.assignment}.ipynb"

    def _convert(self, converter_class: type, student: str, **traits: object) -> None:
        """Run one of nbgrader's converters on the assignment of one student."""
        directory = CourseDirectory(config=self.config)
        directory.assignment_id, directory.student_id = self.assignment, student
        converter = converter_class(coursedir=directory, config=self.config)
        converter.force = True
        for name, value in traits.items():
            setattr(converter, name, value)
        converter.log.propagate = False
        converter.log.setLevel(logging.INFO)
        os.environ["PATH"] = with_scripts()  # notebooks start `dot` by its name
        with shared_engine(), sound_schema():
            result = capture_log(converter)
        if not result["success"]:
            log = result.get("log", "") + result["error"]
            reasons = _EXCEPTION_LINE.findall(log)
            raise GradingError(reasons[0] if reasons else log.strip().splitlines()[-1])


class Graders:
    """Processes that grade notebooks, each in its own copy of a course.

    `with Graders(jobs=2) as graders:` keeps them, so that nbgrader is imported once per process
    and not once per submission.
    """

    def __init__(self, jobs: int):
        self._folder = tempfile.TemporaryDirectory(prefix="workbook-grading-")
        self._pool = ProcessPoolExecutor(
            jobs, mp_context=get_context("spawn"), initializer=_start_grading
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(cancel_futures=True)
        self._folder.cleanup()

    def course(self, root: Path, assignment: str, kernel: str) -> Course:
        """A course from which the processes take their copies."""
        directory = Path(tempfile.mkdtemp(dir=self._folder.name))
        return Course.create(directory, root, assignment, kernel)

    def submit(
        self, course: Course, student: str, notebook: NotebookNode, limit: int = SUBMISSION_LIMIT
    ) -> "Future[Graded]":
        """Grade a notebook in one of the processes, in at most `limit` seconds."""
        return self._pool.submit(_grade_in_copy, course, student, notebook, limit)


_copies: dict[Path, Course] = {}  # of a grading process: folder of a course -> its own copy


def _start_grading() -> None:
    # nbgrader's gradebook makes SQLAlchemy warn at every submission; no one can act on it.
    warnings.simplefilter("ignore", SAWarning)
    # A submission that is given up leaves unfinished tasks, which asyncio reports at the end.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)


def _grade_in_copy(course: Course, student: str, notebook: NotebookNode, limit: int) -> Graded:
    if course.directory not in _copies:
        directory = Path(tempfile.mkdtemp(dir=course.directory.parent))
        shutil.copytree(course.directory, directory, dirs_exist_ok=True)
        _copies[course.directory] = Course(directory, course.assignment, course.kernel)
    return _copies[course.directory].grade(student, notebook, limit)


@contextmanager
def _time_limit(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in the main thread of a grading process after `seconds`."""

    def give_up(signum: int, frame: object) -> None:
        raise TimeoutError(f"given up after {seconds} s: a cell hangs and can't be interrupted")

    previous = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
