"""`warmgrader autograde`: nbgrader's autograde, with submissions run warm, apart and in parallel."""

from __future__ import annotations

import fnmatch
import os
from copy import deepcopy
from pathlib import Path
from typing import Any

from nbgrader.apps.autogradeapp import AutogradeApp
from nbgrader.apps.autogradeapp import aliases as nbgrader_aliases
from nbgrader.apps.autogradeapp import flags as nbgrader_flags
from nbgrader.converters import Autograde, NbGraderException
from sqlalchemy.exc import SQLAlchemyError
from traitlets import Bool, Enum, Float, Integer, List, Unicode, default

from warmgrader.containment.limits import MEGABYTE
from warmgrader.containment.packages import hidden_folders
from warmgrader.containment.sandbox import SandboxError
from warmgrader.errors import first_line
from warmgrader.foreign.nbgrader import use_for_autograde
from warmgrader.grading.batch import BatchError
from warmgrader.grading.execute import WarmExecute
from warmgrader.grading.run import GradingRun, Job
from warmgrader.grading.writer import Writer
from warmgrader.kernels.client import ServerError
from warmgrader.kernels.kernelspec import KERNEL_NAME
from warmgrader.kernels.provisioner import WarmProvisioner
from warmgrader.submissions.handed_in import find_folders, timestamp_of


class WarmAutograde(Autograde):
    """nbgrader's `Autograde`: same course, same configuration, same gradebook.

    It decides what is to be graded and writes what came of it. Workers do the rest
    (`warmgrader.grading.worker`).
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
    keep = List(
        Unicode(),
        help="""Patterns of files that a notebook writes and the instructor wants (`*.png`): they come into
        the autograded folder, and never into feedback.""",
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
            with GradingRun(self) as course:
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
        text = first_line(error)
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

    def _jobs(self, writer: Writer) -> list[Job]:
        """Return what is to be graded: what is new, newer than its grades, or forced."""
        notebooks = {
            assignment_id: self._notebooks(writer, assignment_id)
            for assignment_id in {folder.assignment_id for folder in self.folders}
        }
        jobs = [
            Job(f.assignment_id, f.student_id, f.path, notebooks[f.assignment_id])
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

    def _should_grade(self, job: Job) -> bool:
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

    def target(self, job: Job) -> Path:
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
        provisioner.hidden = hidden_folders(self.coursedir)
        config.WarmExecute.suspicious = self.suspicious
        config.WarmExecute.keep = self.keep
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


def _is_text(name: str) -> bool:
    """Tell whether a folder's name can be written into a gradebook."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


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
