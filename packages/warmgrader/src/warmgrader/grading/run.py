"""One run of the grader over a course: submissions out to workers, results into gradebook and report."""

from __future__ import annotations

import contextlib
import logging
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from nbgrader.converters import NbGraderException
from nbgrader.utils import find_all_files
from tqdm import tqdm

from warmgrader.grading.batch import Batch, Here
from warmgrader.grading.payload import Parcel, Result, Submission
from warmgrader.grading.pool import Pool
from warmgrader.grading.review import NEEDS_REVIEW
from warmgrader.grading.run_report import ReportRow, RunReport, number
from warmgrader.grading.writer import Change, Writer, remove_folder, replaced_folder
from warmgrader.submissions.handed_in import read_folder
from warmgrader.submissions.source import Rows

if TYPE_CHECKING:
    from warmgrader.grading.autograde import WarmAutograde


@dataclass(frozen=True)
class Job:
    """A submission that is to be graded."""

    assignment_id: str
    student_id: str
    folder: str
    notebooks: list[str]


class GradingRun:
    """The course directory and gradebook during one run."""

    def __init__(self, app: WarmAutograde) -> None:
        self.app = app
        self.log = app.log
        self.batch: Batch | None = None

    def __enter__(self) -> GradingRun:
        self.writer = Writer(self.app.coursedir.db_url, self.app.coursedir.course_id)
        return self

    def __exit__(self, *exception: object) -> None:
        if self.batch is not None:
            self.batch.close()
        self.writer.close()

    def grade(self, assignment_id: str, jobs: list[Job]) -> int:
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
        report = RunReport(self._report_path(assignment_id))
        failed = len(unknown)
        results = self.batch.run(self.parcel(assignment_id, rows), self._submissions(rows, jobs))
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
        if self.app.scheduler:
            from warmgrader.grading.cluster import Cluster  # Dask takes a second to import

            return Cluster(self.app.scheduler)
        workers = min(self.app.workers or os.cpu_count() or 1, submissions)
        return Pool(workers) if submissions > 1 else Here()

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

    def parcel(self, assignment_id: str, rows: Rows) -> Parcel:
        """Put together what workers need to grade submissions of an assignment."""
        coursedir = self.app.coursedir
        source = coursedir.format_path(coursedir.source_directory, ".", assignment_id)
        kept = {
            os.path.join(source, name)
            for name in self.app.exclude_overwriting.get(assignment_id, [])
        }
        return Parcel(
            assignment_id,
            coursedir.course_id,
            rows,
            self._read(source, [f for f in self._others(source) if f not in kept]),
            self._read(source, [str(path) for path in Path(source).glob("*.ipynb")]),
            self.app.worker_config(),
            list(sys.path),
        )

    def _submissions(self, rows: Rows, jobs: list[Job]) -> Iterator[Submission]:
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

    def _write(self, job: Job, result: Result) -> Change:
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

    def _remove_stale(self, job: Job, target: Path) -> None:
        """Remove the files of an earlier grading, which the score no longer belongs to."""
        if self.app.whole:
            remove_folder(target)
        else:
            target.mkdir(parents=True, exist_ok=True)
            for name in job.notebooks:
                (target / name).unlink(missing_ok=True)

    def _run_hook(self, which: str, job: Job) -> None:
        """Run the course's hook for one submission, as nbgrader does."""
        coursedir = self.app.coursedir
        before = coursedir.assignment_id, coursedir.student_id
        coursedir.assignment_id, coursedir.student_id = job.assignment_id, job.student_id
        self.app.notebooks = job.notebooks
        try:
            getattr(self.app, f"run_{which}_convert_hook")()
        finally:
            coursedir.assignment_id, coursedir.student_id = before

    def _report(self, report: RunReport, result: Result, change: Change) -> None:
        changed = change.before is not None and change.before != change.after
        if changed:
            self.log.warning(
                "%s: %s → %s points", result.student_id, number(change.before), number(change.after)
            )
        report.add(
            ReportRow(
                student=result.student_id,
                status="graded" if result.failure is None else "failed",
                score=number(change.after),
                maximum=number(change.maximum),
                score_before=number(change.before) if changed else "",
                seconds=f"{result.seconds:.1f}",
                sandbox="yes" if self.app.sandbox else "NO",
                late="late" if change.late else "",
                review=NEEDS_REVIEW if result.review else "",
                reason=" ".join(filter(None, [result.failure, *result.notes])),
            )
        )
        report.save()


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
