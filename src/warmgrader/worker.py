"""Grades one submission, with nbgrader's own converters, in a private copy of the course.

This runs in worker processes, perhaps on another machine. It needs neither the course directory nor
the gradebook.
"""

from __future__ import annotations

import logging
import os
import pickle
import shutil
import sys
import tempfile
import threading
import time
from copy import deepcopy
from pathlib import Path, PurePosixPath
from typing import Any

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import Execute
from traitlets.utils.importstring import import_item

from warmgrader import client
from warmgrader.execute import NOTE, WarmExecute
from warmgrader.extract import add_rows, create_gradebook
from warmgrader.payload import Bundle, CellGrade, Result, Submission

# nbgrader changes the directory and the environment of its process.
_one_at_a_time = threading.Lock()
_templates: dict[bytes, Path] = {}


def unpack(packed: bytes) -> Bundle:
    """Return the bundle that was pickled for the workers."""
    return pickle.loads(packed)


def grade(bundle: Bundle, submission: Submission, scratch: Path | None = None) -> Result:
    """Grade a submission.

    Args:
        bundle: what it shares with the others.
        submission: the student's work.
        scratch: a folder for temporary files; by default the Dask worker's own.

    Raises:
        SandboxError: this machine does not allow the sandbox.
        ServerError: this machine has no fork server, and the sandbox needs one.
    """
    if scratch is None:
        scratch = Path(sys.modules["distributed"].get_worker().local_directory)
    with _one_at_a_time, tempfile.TemporaryDirectory(prefix="wg", dir=scratch) as folder:
        start = time.perf_counter()
        root = Path(folder)
        here = os.getcwd()
        try:
            result = _grade(root, bundle, submission)
        finally:
            os.chdir(here)
        result.seconds = time.perf_counter() - start
        return result


class _SubmissionAutograde(Autograde):
    """nbgrader's autograding of a single submission, remembering what went wrong."""

    submission: Submission
    failure: Exception | None = None

    def init_notebooks(self) -> None:
        """Take the submission's notebooks, not what a pattern of names happens to match."""
        source = self._format_source(self.submission.assignment_id, self.submission.student_id)
        self.completed: set[str] = set()
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

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append((record.levelno, record.getMessage()))
        if note := getattr(record, NOTE, None):
            self.notes.append(note)


def _grade(root: Path, bundle: Bundle, submission: Submission) -> Result:
    sys.path += [entry for entry in bundle.sys_path if entry not in sys.path]
    database = _private_gradebook(root, bundle, submission)
    coursedir = _private_course(root, bundle, database)
    source = coursedir.format_path("source", ".", bundle.assignment_id)
    submitted = coursedir.format_path("submitted", submission.student_id, bundle.assignment_id)
    autograded = coursedir.format_path("autograded", submission.student_id, bundle.assignment_id)
    _write_files(Path(source), bundle.source_files)
    _write_files(Path(submitted), submission.files)

    records = _Records()
    log = logging.Logger("warmgrader.worker", logging.INFO)
    log.addHandler(records)
    converter = _SubmissionAutograde(coursedir=coursedir, config=_private_config(bundle))
    converter.log = coursedir.log = log
    converter.submission = submission
    converter.autograde_preprocessors = [_warm(p) for p in converter.autograde_preprocessors]
    result = Result(bundle.assignment_id, submission.student_id)
    try:
        converter.start()
    except NbGraderException as error:
        if isinstance(converter.failure, client.ServerError | client.SandboxError):
            raise converter.failure from None  # not the submission's fault, so not its failure
        result.failure = _one_line(converter.failure or _last_error(records) or error)
    result.log, result.notes = records.lines, records.notes
    result.timestamp = coursedir.get_existing_timestamp(submitted)
    _read_grades(database, bundle, converter.completed, result)
    if result.failure is None:
        result.files = _read_files(Path(autograded))
    return result


def _private_gradebook(root: Path, bundle: Bundle, submission: Submission) -> Path:
    """Create the submission's own gradebook, from a template that is made once per bundle."""
    path = root / "gradebook.db"
    key = pickle.dumps(bundle.rows)
    template = _templates.get(key)
    if template is None or not template.exists():
        template = Path(tempfile.mkdtemp(prefix="wg", dir=root.parent)) / "template.db"
        create_gradebook(template, bundle.rows)
        _templates.clear()
        _templates[key] = template
    shutil.copyfile(template, path)
    add_rows(path, submission.rows)
    return path


def _private_course(root: Path, bundle: Bundle, database: Path) -> CourseDirectory:
    coursedir = CourseDirectory(config=_private_config(bundle))
    coursedir.root = str(root)
    coursedir.db_url = f"sqlite:///{database}"
    coursedir.course_id = bundle.course_id
    coursedir.assignment_id = bundle.assignment_id
    for name in ("source", "release", "submitted", "autograded", "feedback"):
        setattr(coursedir, f"{name}_directory", name)
    return coursedir


def _private_config(bundle: Bundle) -> Any:
    """Return the configuration without what belongs to the real course directory."""
    config = deepcopy(bundle.config)
    ignore = config.CourseDirectory.get("ignore")
    del config["CourseDirectory"]
    if ignore is not None:
        config.CourseDirectory.ignore = ignore
    return config


def _warm(preprocessor: Any) -> Any:
    """Replace nbgrader's `Execute`, and what is derived from it, by the warm one."""
    if isinstance(preprocessor, str):
        preprocessor = import_item(preprocessor)
    if preprocessor is Execute:
        return WarmExecute
    is_class = isinstance(preprocessor, type)
    if is_class and issubclass(preprocessor, Execute) and not issubclass(preprocessor, WarmExecute):
        return type(f"Warm{preprocessor.__name__}", (WarmExecute, preprocessor), {})
    return preprocessor


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


def _read_grades(database: Path, bundle: Bundle, completed: set[str], result: Result) -> None:
    """Take the grades out of the private gradebook; what was not graded gets 0 and a look."""
    with Gradebook(f"sqlite:///{database}", bundle.course_id) as gradebook:
        try:
            submission = gradebook.find_submission(bundle.assignment_id, result.student_id)
        except MissingEntry:
            return  # it failed before there was a submission
        for notebook in submission.notebooks:
            failed = result.failure is not None and notebook.name not in completed
            result.penalties[notebook.name] = None if failed else notebook.late_submission_penalty
            for item in notebook.grades:
                score, look = (0.0, True) if failed else (item.auto_score, item.needs_manual_grade)
                result.grades.append(CellGrade(notebook.name, item.cell.name, score, look))
            for item in notebook.comments:
                result.comments[notebook.name, item.cell.name] = item.auto_comment


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
    lines = str(error).strip().splitlines()
    text = lines[0].strip() if lines else ""
    return text if isinstance(error, NbGraderException) else f"{type(error).__name__}: {text}"
