"""`warmgrader autograde`: nbgrader's autograde, with submissions run warm, apart and in parallel."""

from __future__ import annotations

import contextlib
import fnmatch
import logging
import os
import stat
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nbgrader.apps.autogradeapp import AutogradeApp
from nbgrader.apps.autogradeapp import aliases as nbgrader_aliases
from nbgrader.apps.autogradeapp import flags as nbgrader_flags
from nbgrader.converters import Autograde, NbGraderException
from nbgrader.utils import find_all_files
from sqlalchemy.exc import SQLAlchemyError
from tqdm import tqdm
from traitlets import Bool, Enum, Float, Integer, Unicode, default

from warmgrader.batch import Batch, BatchError, Here
from warmgrader.client import ServerError
from warmgrader.execute import WarmExecute
from warmgrader.handed_in import find_folders, read_folder, timestamp_of
from warmgrader.kernelspec import KERNEL_NAME
from warmgrader.limits import MEGABYTE
from warmgrader.payload import Bundle, Result, Rows, Submission
from warmgrader.provisioner import WarmProvisioner
from warmgrader.report import Report, Row, number
from warmgrader.sandbox import SandboxError
from warmgrader.switch import use_for_autograde
from warmgrader.writer import Change, Writer, remove_folder, replaced_folder


@dataclass(frozen=True)
class _Job:
    """A submission that is to be graded."""

    assignment_id: str
    student_id: str
    folder: str
    notebooks: list[str]


class WarmAutograde(Autograde):
    """nbgrader's `Autograde`: same course, same configuration, same gradebook.

    It decides what is to be graded and writes what came of it. Workers do the rest
    (`warmgrader.worker`).
    """

    workers = Integer(
        0, help="Number of local worker processes; 0 means one per processor core."
    ).tag(config=True)
    scheduler = Unicode(
        "", help="Address of a Dask scheduler, as tcp://host:8786, whose workers do the grading."
    ).tag(config=True)
    sandbox = Bool(True, help="Run submissions in a sandbox; without one, refuse to grade.").tag(
        config=True
    )
    memory_limit = Integer(2048, help="Memory of a submission, in MB.").tag(config=True)
    cpu_limit = Float(1800.0, help="Processor time of a notebook, in seconds.").tag(config=True)
    wall_limit = Float(1800.0, help="Time that a notebook may take, in seconds.").tag(config=True)
    task_limit = Integer(512, help="Processes and threads of a submission.").tag(config=True)
    file_limit = Integer(256, help="Size of a file that is written, in MB.").tag(config=True)
    disk_limit = Integer(512, help="Size of all files that are written, in MB.").tag(config=True)
    suspicious = Enum(
        ["review", "withhold", "ignore"],
        default_value="review",
        help="""What to do with a test that passes in a notebook which reaches for something that could
        have made it pass: mark it for a person, give no points until one has looked, or nothing.""",
    ).tag(config=True)
    report_directory = Unicode(
        "", help="Where reports go; by default `report`, beside the autograded directory."
    ).tag(config=True)

    def convert_notebooks(self) -> None:
        """Grade everything that `init_notebooks` has found.

        Raises:
            NbGraderException: some or all could not be graded; the log says which and why.
        """
        failed = len(self.unusable)
        try:
            with _Course(self) as course:
                jobs = self._jobs(course.writer)
                for assignment_id in sorted({job.assignment_id for job in jobs}):
                    chosen = [job for job in jobs if job.assignment_id == assignment_id]
                    failed += course.grade(assignment_id, chosen)
        except (BatchError, SandboxError, ServerError, SQLAlchemyError, OSError) as error:
            self._stop(error)
        if failed:
            message = f"{failed} submissions could not be graded; the report says why."
            self.log.error(message)
            raise NbGraderException(message)

    def _stop(self, error: Exception) -> None:
        """Log in one line why nothing more can be graded."""
        text = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        if isinstance(error, SandboxError):
            text = (
                f"This machine can't run submissions in a sandbox ({text}); see `warmgrader "
                "doctor`. Nothing was graded. `warmgrader autograde --no-sandbox` runs them "
                "unprotected."
            )
        elif isinstance(error, SQLAlchemyError):
            text = (
                f"The gradebook {self.coursedir.db_url} can't be used: {text}. If nbgrader was "
                "upgraded, make a copy of it and run `nbgrader db upgrade`."
            )
        elif isinstance(error, OSError):
            text = (
                f"{error.filename or 'A file'} can't be written or read: {error.strerror or text}. "
                "The same command, without --force, grades what is not graded yet."
            )
        self.log.error(text)
        raise NbGraderException(text) from None

    def init_notebooks(self) -> None:
        """Find submissions by listing folders: a student's id may look like a pattern."""
        coursedir = self.coursedir
        self.folders = find_folders(
            coursedir, self._input_directory, coursedir.assignment_id, coursedir.student_id
        )
        self.unusable = [f for f in self.folders if not _is_text(f.student_id)]
        self.folders = [f for f in self.folders if f not in self.unusable]
        for folder in self.unusable:
            self.log.error("%r is not a student's id: its letters are not UTF-8", folder.path)
        if not self.folders:
            folder = self._format_source(coursedir.assignment_id, coursedir.student_id)
            message = f"No submissions were found: there is no folder {folder}"
            self.log.error(message)
            raise NbGraderException(message)

    def _jobs(self, writer: Writer) -> list[_Job]:
        """Return what is to be graded: what is new, newer than its grades, or forced."""
        notebooks = {
            assignment_id: self._notebooks(writer, assignment_id)
            for assignment_id in {folder.assignment_id for folder in self.folders}
        }
        jobs = [
            _Job(f.assignment_id, f.student_id, f.path, notebooks[f.assignment_id])
            for f in self.folders
        ]
        return [job for job in jobs if self._should_grade(job)]

    def _notebooks(self, writer: Writer, assignment_id: str) -> list[str]:
        """Return the files of an assignment that are to be graded."""
        names = [row["name"] for row in writer.assignment(assignment_id)["notebook"]]
        chosen = [n for n in names if fnmatch.fnmatchcase(n, self.coursedir.notebook_id)]
        if names and not chosen:
            message = f"The assignment {assignment_id} has no notebook {self.coursedir.notebook_id}"
            self.log.error(message)
            raise NbGraderException(message)
        return [f"{name}.ipynb" for name in chosen]

    def _should_grade(self, job: _Job) -> bool:
        """Decide as `BaseConverter.init_destination` does, but without removing anything yet."""
        if job.student_id in self.coursedir.student_id_exclude.split(","):
            return False
        target = self.target(job)
        if self.whole:
            missing = not target.exists()
        else:
            missing = not all((target / name).exists() for name in job.notebooks)
        if missing or self.force:
            return True
        new, old = timestamp_of(Path(job.folder)), timestamp_of(target)
        if new is not None and old is not None and new > old:
            self.log.warning("Updating existing assignment: %s", target)
            return True
        self.log.info("Skipping existing assignment: %s", target)
        return False

    @property
    def whole(self) -> bool:
        """Whether all notebooks of an assignment are graded, rather than some of them."""
        return self.coursedir.notebook_id == "*"

    def target(self, job: _Job) -> Path:
        """Return the folder of a student's autograded files."""
        path = self.coursedir.format_path(
            self.coursedir.autograded_directory, job.student_id, job.assignment_id
        )
        return Path(os.path.normpath(path))

    def worker_config(self) -> Any:
        """Return the configuration that workers get."""
        config = deepcopy(self.config)
        if config.ExecutePreprocessor.get("kernel_name") == KERNEL_NAME:
            # Graded kernels are warm by whatever name; another machine may not know this one.
            config.ExecutePreprocessor.kernel_name = "python3"
        for section in ("BaseConverter", "Autograde", "WarmAutograde"):
            for hook in ("pre_convert_hook", "post_convert_hook"):
                config[section].pop(hook, None)  # run here
        provisioner = config.WarmProvisioner
        provisioner.sandbox = self.sandbox
        provisioner.graded = True
        config.WarmExecute.suspicious = self.suspicious
        config.WarmExecute.time_limit = self.wall_limit
        provisioner.limits = {
            "memory": self.memory_limit * MEGABYTE,
            "cpu": self.cpu_limit,
            "wall": self.wall_limit,
            "tasks": self.task_limit,
            "file_size": self.file_limit * MEGABYTE,
            "disk": self.disk_limit * MEGABYTE,
            # More than enough to be noticed as too much.
            "output": 4 * WarmExecute(parent=self).output_limit,
        }
        return config


class _Course:
    """The course directory and gradebook during one run."""

    def __init__(self, app: WarmAutograde) -> None:
        self.app = app
        self.log = app.log
        self.batch: Batch | None = None

    def __enter__(self) -> _Course:
        self.writer = Writer(self.app.coursedir.db_url, self.app.coursedir.course_id)
        return self

    def __exit__(self, *exception: object) -> None:
        if self.batch is not None:
            self.batch.close()
        self.writer.close()

    def grade(self, assignment_id: str, jobs: list[_Job]) -> int:
        """Grade the submissions of an assignment; return how many could not be graded."""
        rows = self.writer.assignment(assignment_id)
        if not rows["assignment"]:
            raise NbGraderException(self._say_missing(assignment_id))
        unknown = [
            job
            for job in jobs
            if not self.app.create_student and not self.writer.has_student(job.student_id)
        ]
        for job in unknown:
            self.log.error("No student with ID '%s' exists in the database", job.student_id)
        jobs = [job for job in jobs if job not in unknown]
        if not jobs:
            return len(unknown)
        if self.batch is None:
            self.batch = self._start_batch(len(jobs))
        by_student = {job.student_id: job for job in jobs}
        report = Report(self._report_path(assignment_id))
        failed = len(unknown)
        results = self.batch.run(self._bundle(assignment_id, rows), self._submissions(rows, jobs))
        progress = tqdm(
            total=len(jobs), desc=assignment_id, unit="submission", disable=None, file=sys.stderr
        )
        try:
            for result in results:
                with tqdm.external_write_mode():
                    change = self._write(by_student[result.student_id], result)
                    failed += result.failure is not None
                    self._report(report, result, change)
                progress.set_postfix(failed=failed, refresh=False)
                progress.update()
        finally:
            progress.close()
            results.close()
        self.log.info(
            "%s: %d submissions graded, %d failed; see %s",
            assignment_id, len(jobs) + len(unknown) - failed, failed, report.path,
        )  # fmt: skip
        return failed

    def _start_batch(self, submissions: int) -> Batch:
        if submissions == 1 and not self.app.scheduler:
            return Here()
        workers = self.app.workers or os.cpu_count() or 1
        # Importing Dask takes a second, which one submission from formgrader need not wait for.
        from warmgrader.cluster import Cluster

        return Cluster(min(workers, submissions), self.app.scheduler)

    def _say_missing(self, assignment_id: str) -> str:
        message = (
            f"No assignment with ID '{assignment_id}' exists in the database; make it with: "
            f"nbgrader generate_assignment {assignment_id}"
        )
        self.log.error(message)
        return message

    def _report_path(self, assignment_id: str) -> Path:
        coursedir = self.app.coursedir
        folder = Path(self.app.report_directory or "report")
        if not self.app.report_directory:
            folder = Path(coursedir.root, coursedir.autograded_directory).parent / folder
        return Path(coursedir.root, folder) / f"{assignment_id}.csv"

    def _bundle(self, assignment_id: str, rows: Rows) -> Bundle:
        coursedir = self.app.coursedir
        source = coursedir.format_path(coursedir.source_directory, ".", assignment_id)
        kept = {
            os.path.join(source, name)
            for name in self.app.exclude_overwriting.get(assignment_id, [])
        }
        return Bundle(
            assignment_id,
            coursedir.course_id,
            rows,
            self._read(source, [f for f in self._others(source) if f not in kept]),
            self._read(source, [str(path) for path in Path(source).glob("*.ipynb")]),
            self.app.worker_config(),
            list(sys.path),
        )

    def _submissions(self, rows: Rows, jobs: list[_Job]) -> Iterator[Submission]:
        """Read submissions when workers are about to need them."""
        for job in jobs:
            self._run_hook("pre", job)
            files = read_folder(job.folder, self.app.coursedir)
            yield Submission(
                job.assignment_id,
                job.student_id,
                files.content,
                job.notebooks,
                self.writer.submission(rows, job.student_id),
                files.notes,
            )

    def _others(self, folder: str) -> list[str]:
        return find_all_files(folder, [*self.app.coursedir.ignore, "*.ipynb"])

    def _read(self, folder: str, paths: list[str]) -> dict[str, bytes]:
        """Read ordinary files; a link could lead to anybody's."""
        files = {}
        for path in paths:
            if stat.S_ISREG(os.lstat(path).st_mode):
                files[os.path.relpath(path, folder)] = Path(path).read_bytes()
            else:
                self.log.warning("Ignoring %s: not an ordinary file", path)
        return files

    def _write(self, job: _Job, result: Result) -> Change:
        """Put a result into the autograded folder and the gradebook: into both or neither."""
        for level, text in result.log:
            # What nbgrader says about every submission would hide what is worth reading.
            self.log.log(level if level >= logging.ERROR else logging.DEBUG, text)
        for note in result.notes:
            self.log.warning("%s: %s", result.student_id, note)
        target = self.app.target(job)
        if result.failure is not None:
            change = self.writer.write(result)
            self._remove_stale(job, target)
            self.log.error(
                "There was an error processing assignment '%s' for student '%s': %s",
                result.assignment_id,
                result.student_id,
                result.failure,
            )
            return change
        with replaced_folder(target, result.files, self.app.whole):
            change = self.writer.write(result)
        with _less_talk(self.log):
            self.app.set_permissions(job.assignment_id, job.student_id)
        self._run_hook("post", job)
        return change

    def _remove_stale(self, job: _Job, target: Path) -> None:
        """Remove the files of an earlier grading, which the score no longer belongs to."""
        if self.app.whole:
            remove_folder(target)
        else:
            target.mkdir(parents=True, exist_ok=True)
            for name in job.notebooks:
                (target / name).unlink(missing_ok=True)

    def _run_hook(self, which: str, job: _Job) -> None:
        """Run the course's hook for one submission, as nbgrader does."""
        coursedir = self.app.coursedir
        before = coursedir.assignment_id, coursedir.student_id
        coursedir.assignment_id, coursedir.student_id = job.assignment_id, job.student_id
        self.app.notebooks = job.notebooks
        try:
            getattr(self.app, f"run_{which}_convert_hook")()
        finally:
            coursedir.assignment_id, coursedir.student_id = before

    def _report(self, report: Report, result: Result, change: Change) -> None:
        changed = change.before is not None and change.before != change.after
        if changed:
            self.log.warning(
                "%s: %s → %s points", result.student_id, number(change.before), number(change.after)
            )
        report.add(
            Row(
                student=result.student_id,
                status="graded" if result.failure is None else "failed",
                score=number(change.after),
                maximum=number(change.maximum),
                score_before=number(change.before) if changed else "",
                seconds=f"{result.seconds:.1f}",
                sandbox="yes" if self.app.sandbox else "NO",
                review="needs review" if result.review else "",
                reason=" ".join(filter(None, [result.failure, *result.notes])),
            )
        )
        report.save()


def _is_text(name: str) -> bool:
    """Tell whether a folder's name can be written into a gradebook."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


@contextlib.contextmanager
def _less_talk(log: logging.Logger) -> Iterator[None]:
    """Show with --debug only, for the length of the block, what nbgrader says of each submission."""

    def demote(record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            record.levelno, record.levelname = logging.DEBUG, "DEBUG"
        return True

    log.addFilter(demote)
    try:
        yield
    finally:
        log.removeFilter(demote)


aliases = {
    **nbgrader_aliases,
    "workers": "WarmAutograde.workers",
    "scheduler": "WarmAutograde.scheduler",
    "memory-limit": "WarmAutograde.memory_limit",
    "cpu-limit": "WarmAutograde.cpu_limit",
    "wall-limit": "WarmAutograde.wall_limit",
    "task-limit": "WarmAutograde.task_limit",
    "file-limit": "WarmAutograde.file_limit",
    "disk-limit": "WarmAutograde.disk_limit",
}
flags = {
    **nbgrader_flags,
    "no-sandbox": (
        {"WarmAutograde": {"sandbox": False}},
        "Run submissions unprotected; every report says so.",
    ),
}


class WarmAutogradeApp(AutogradeApp):
    """`warmgrader autograde`: the command line of `nbgrader autograde`, and more."""

    name = "warmgrader-autograde"
    description = "Autograde submissions in warm, sandboxed kernels, several at a time"
    examples = AutogradeApp.examples.replace("nbgrader autograde", "warmgrader autograde")
    aliases = aliases
    flags = flags

    @default("classes")
    def _classes_default(self) -> list[type]:
        return [*super()._classes_default(), WarmAutograde, WarmProvisioner, WarmExecute]

    def start(self) -> None:
        """Run the command."""
        use_for_autograde(WarmAutograde)
        super().start()
