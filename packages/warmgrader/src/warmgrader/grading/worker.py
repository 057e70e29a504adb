"""Grades one submission, with nbgrader's own converters, in a private copy of the course.

This runs in worker processes, perhaps on another machine. It needs neither the course directory nor
the gradebook.
"""

from __future__ import annotations

import functools
import gc
import logging
import os
import pickle
import shutil
import sys
import tempfile
import threading
import time
from copy import deepcopy
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from traitlets.config import Config
from traitlets.utils.importstring import import_item

from warmgrader.errors import first_line
from warmgrader.foreign.nbgrader import shared_engine, sound_schema
from warmgrader.grading.execute import NOTE, REVIEW, Carried, WarmExecute
from warmgrader.grading.extract import add_rows, create_gradebook
from warmgrader.grading.payload import CellGrade, Parcel, Result, Submission
from warmgrader.grading.plan import Plan
from warmgrader.kernels import client
from warmgrader.submissions.repair import repair
from warmgrader.submissions.source import read_outline, source_notebooks

# nbgrader changes the directory and the environment of its process.
_one_at_a_time = threading.Lock()
_NOTES_SHOWN = 30

# Dask gives it to its workers, for the sake of its own keys. A kernel that had it would not come
# out of the fork server that all others come out of.
_DASK_HASH_SEED = "6640"


@functools.lru_cache(maxsize=1)
def unpack(packed: bytes) -> Parcel:
    """Return the parcel that was pickled for the workers."""
    return pickle.loads(packed)


def grade_packed(packed: bytes, submission: Submission, scratch: Path) -> Result:
    """Grade a submission with a parcel that was pickled; see `grade`."""
    return grade(unpack(packed), submission, scratch)


def grade(parcel: Parcel, submission: Submission, scratch: Path | None = None) -> Result:
    """Grade a submission.

    Args:
        parcel: what it shares with the others.
        submission: the student's work.
        scratch: a folder for temporary files; by default the Dask worker's own.

    Raises:
        SandboxError: this machine does not allow the sandbox.
        ServerError: this machine has no fork server, and the sandbox needs one.
    """
    if scratch is None:
        scratch = Path(sys.modules["distributed"].get_worker().local_directory)
        if os.environ.get("PYTHONHASHSEED") == _DASK_HASH_SEED:
            del os.environ["PYTHONHASHSEED"]
    with _one_at_a_time, tempfile.TemporaryDirectory(prefix="wg", dir=scratch) as folder:
        start = time.perf_counter()
        root = Path(folder)
        here = os.getcwd()
        try:
            with shared_engine(), sound_schema():
                result = _grade(root, parcel, submission)
        finally:
            os.chdir(here)
        gc.collect()  # nbgrader leaves cycles that hold much more than Python counts
        _freeze_once()
        result.seconds = time.perf_counter() - start
        return result


@functools.cache
def _freeze_once() -> None:
    """Have what stays from the first submission on not looked through again for garbage."""
    gc.freeze()


class _Assignment:
    """What is the same for all submissions of a parcel, worked out once.

    Attributes:
        config: the configuration without what belongs to the real course directory.
        sources: the instructor's notebooks, as far as submissions are compared with them.
        plans: by name of the notebook, how submissions of it are run.
    """

    def __init__(self, parcel: Parcel) -> None:
        self.parcel = parcel
        self.config = _private_config(parcel)
        notebooks = {_stem(name): content for name, content in parcel.source_notebooks.items()}
        outlines = {name: read_outline(content) for name, content in notebooks.items()}
        self.sources = source_notebooks(parcel.rows, outlines, self.config)
        self.plans = {
            name: Plan.read(content, self.config, parcel.source_files)
            for name, content in notebooks.items()
        }
        self._template: Path | None = None

    def gradebook(self, root: Path, submission: Submission) -> Path:
        """Create a submission's own gradebook, from a template that is made once."""
        # Of one name in this process, for the sake of `shared_engine`.
        path = root.parent / f"gradebook-{os.getpid()}.db"
        if self._template is None or not self._template.exists():
            self._template = Path(tempfile.mkdtemp(prefix="wg", dir=root.parent)) / "template.db"
            create_gradebook(self._template, self.parcel.rows)
        shutil.copyfile(self._template, path)
        add_rows(path, submission.rows)
        return path


_assignments: list[_Assignment] = []


def _assignment(parcel: Parcel) -> _Assignment:
    """Return what was worked out for the last parcel, if it is the same."""
    if not _assignments or _assignments[0].parcel != parcel:
        _assignments[:] = [_Assignment(parcel)]
    return _assignments[0]


class _SubmissionAutograde(Autograde):
    """nbgrader's autograding of a single submission, remembering what went wrong."""

    submission: Submission
    completed: set[str]
    failure: Exception | None = None

    def init_notebooks(self) -> None:
        """Take the submission's notebooks, not what a pattern of names happens to match."""
        source = self._format_source(self.submission.assignment_id, self.submission.student_id)
        self.assignments = {source: [os.path.join(source, n) for n in self.submission.notebooks]}

    def convert_single_notebook(self, notebook_filename: str) -> None:
        """Grade one notebook."""
        try:
            super().convert_single_notebook(notebook_filename)
        except (client.ServerError, client.SandboxError) as error:
            self.failure = error
            raise
        except Exception as error:
            name = os.path.basename(notebook_filename)
            self.failure = NbGraderException(f"{name}: {_one_line(error)}")
            raise
        self.completed.add(Path(notebook_filename).stem)


class _Records(logging.Handler):
    """Keeps log records as plain data."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[int, str]] = []
        self.notes: list[str] = []
        self.review: list[tuple[str, str, str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelno, record.getMessage()))
        if note := getattr(record, NOTE, None):
            self.notes.append(note)
        if review := getattr(record, REVIEW, None):
            self.review.append(review)


def _grade(root: Path, parcel: Parcel, submission: Submission) -> Result:
    sys.path += [entry for entry in parcel.sys_path if entry not in sys.path]
    assignment = _assignment(parcel)
    database = assignment.gradebook(root, submission)
    coursedir = _private_course(root, parcel, database)
    source = coursedir.format_path("source", ".", parcel.assignment_id)
    submitted = coursedir.format_path("submitted", submission.student_id, parcel.assignment_id)
    autograded = coursedir.format_path("autograded", submission.student_id, parcel.assignment_id)
    _write_files(Path(source), parcel.source_files)
    repaired = repair(submission.files, assignment.sources, parcel.source_files)
    _write_files(Path(submitted), repaired.files)

    records = _Records()
    log = logging.Logger("warmgrader.grading.worker", logging.INFO)
    log.addHandler(records)
    private = _private_config(parcel)
    private.WarmProvisioner.notebooks = submitted
    converter = _SubmissionAutograde(coursedir=coursedir, config=private)
    converter.log = coursedir.log = log
    found = [name for name in submission.notebooks if name in repaired.files]
    stems = map(_stem, submission.notebooks)
    missing = [repaired.missing[name] for name in stems if name in repaired.missing]
    converter.submission, converter.completed = replace(submission, notebooks=found), set()
    own = {n: content for n, content in repaired.files.items() if n not in parcel.source_files}
    carried = Carried()
    more = {
        "plans": assignment.plans,
        "files": own,
        "carried": carried,
        "last": _stem(found[-1]) if found else "",
    }
    converter.autograde_preprocessors = [
        _warm(preprocessor, more) for preprocessor in converter.autograde_preprocessors
    ]
    result = Result(submission.assignment_id, submission.student_id, submission.notebooks)
    try:
        if "\n" in submission.student_id:  # nbgrader would not find the folder
            raise NbGraderException("The name of the student's folder has a line break in it.")
        if missing and not found:
            raise NbGraderException(" ".join(missing))
        converter.start()
    except NbGraderException as error:
        if isinstance(converter.failure, client.ServerError | client.SandboxError):
            raise converter.failure from None  # not the submission's fault, so not its failure
        result.failure = _one_line(converter.failure or _last_error(records) or error)
    result.log, result.review = records.lines, records.review
    result.notes = _first(
        [*submission.notes, *repaired.notes, *(missing if found else ()), *records.notes]
    )
    result.timestamp = coursedir.get_existing_timestamp(submitted)
    _read_grades(database, parcel, converter.completed, result)
    if result.failure is None:
        result.files = _read_files(Path(autograded))
        for name in carried.files & {*result.files}:
            del result.files[name]
        result.files |= {n: repaired.files[n] for n in carried.files & {*repaired.files}}
    return result


def _stem(name: str) -> str:
    return name.removesuffix(".ipynb")


def _private_course(root: Path, parcel: Parcel, database: Path) -> CourseDirectory:
    coursedir = CourseDirectory(config=_private_config(parcel))
    coursedir.root = str(root)
    coursedir.db_url = f"sqlite:///{database}"
    coursedir.course_id = parcel.course_id
    coursedir.assignment_id = parcel.assignment_id
    for name in ("source", "release", "submitted", "autograded", "feedback"):
        setattr(coursedir, f"{name}_directory", name)
    return coursedir


def _private_config(parcel: Parcel) -> Any:
    """Return the configuration without what belongs to the real course directory."""
    config = deepcopy(parcel.config)
    ignore = config.CourseDirectory.get("ignore")
    del config["CourseDirectory"]
    if ignore is not None:
        config.CourseDirectory.ignore = ignore
    # Each notebook once it is ready, not after each of nine steps.
    config.setdefault("Exporter", Config()).setdefault("optimistic_validation", True)
    return config


def _warm(preprocessor: Any, more: dict[str, Any]) -> Any:
    """Replace nbgrader's `Execute`, and what is derived from it, by the warm one."""
    if isinstance(preprocessor, str):
        preprocessor = import_item(preprocessor)
    if not isinstance(preprocessor, type) or not issubclass(preprocessor, Execute):
        return preprocessor
    bases = (WarmExecute,)
    if preprocessor is not Execute:
        already = issubclass(preprocessor, WarmExecute)
        bases = (preprocessor,) if already else (WarmExecute, preprocessor)
    return type(preprocessor.__name__, bases, more)


def _write_files(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / PurePosixPath(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    folder.mkdir(parents=True, exist_ok=True)


def _read_files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def _read_grades(database: Path, parcel: Parcel, completed: set[str], result: Result) -> None:
    """Take the grades out of the private gradebook; what was not graded gets 0 and a look."""
    with Gradebook(f"sqlite:///{database}", parcel.course_id) as gradebook:
        try:
            submission = gradebook.find_submission(parcel.assignment_id, result.student_id)
        except MissingEntry:
            return  # it failed before there was a submission
        flagged = {(notebook, cell): words for notebook, cell, words in result.review}
        for notebook in submission.notebooks:
            if f"{notebook.name}.ipynb" not in result.notebooks:
                continue
            failed = result.failure is not None and notebook.name not in completed
            result.penalties[notebook.name] = None if failed else notebook.late_submission_penalty
            for item in notebook.grades:
                score, look = (0.0, True) if failed else (item.auto_score, item.needs_manual_grade)
                look = look or (notebook.name, item.cell.name) in flagged
                result.grades.append(CellGrade(notebook.name, item.cell.name, score, look))
            for item in notebook.comments:
                comment = flagged.get((notebook.name, item.cell.name)) or item.auto_comment
                result.comments[notebook.name, item.cell.name] = comment


def _first(notes: list[str]) -> list[str]:
    """Return as many notes as somebody reads."""
    more = len(notes) - _NOTES_SHOWN
    return [*notes[:_NOTES_SHOWN], f"And {more} more of such notes."] if more > 0 else notes


def _last_error(records: _Records) -> Exception | None:
    """Return what nbgrader logged last before it gave up on the submission."""
    errors = [
        text
        for level, text in records.lines
        if level >= logging.ERROR and not text.startswith(("There was an error", "Please see"))
    ]
    return NbGraderException(errors[-1].strip().splitlines()[-1]) if errors else None


def _one_line(error: Exception) -> str:
    """Return an error's text in one line."""
    text = first_line(error)
    return text if isinstance(error, NbGraderException) else f"{type(error).__name__}: {text}"
