"""The measurements, each of a whole command in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import nbformat
import psutil
from nbgrader.api import Gradebook
from nbgrader.preprocessors import ClearOutput

CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = "sqlite:///{root}/gradebook.db"
c.Execute.timeout = 600
"""
_SAMPLE_SECONDS = 0.2
SWITCHED = """
c = get_config()
from warmgrader.switch import use_warmgrader
use_warmgrader(c)
"""
_MODULES = {"nbgrader": "nbgrader", "warmgrader": "warmgrader.cli", "bare": f"{__package__}.bare",
            "button": f"{__package__}.button", "profile": f"{__package__}.profile",
            "trust": f"{__package__}.trust"}  # fmt: skip


@dataclass(frozen=True)
class Memory:
    """Proportional set sizes in MB: memory that processes share is shared out among them.

    Attributes:
        graders: the command and its workers.
        kernels: the fork server and the kernels.
    """

    graders: float
    kernels: float

    @property
    def total(self) -> float:
        """All of it."""
        return self.graders + self.kernels


@dataclass(frozen=True)
class BenchCourse:
    """A temporary course with one assignment, whose submissions are the instructor's answers.

    Attributes:
        root: the course directory.
        runtime: where its fork servers meet, so that it uses nobody else's.
        assignment: the assignment.
    """

    root: Path
    runtime: Path
    assignment: str

    @classmethod
    def make(cls, root: Path, source: Path) -> BenchCourse:
        """Set up a course below `root` with the assignment in the folder `source`."""
        course = cls(root / "course", root / "run", source.name)
        course.runtime.mkdir(mode=0o700)
        shutil.copytree(source, course.root / "source" / source.name)
        config = CONFIG.format(root=str(course.root))
        (course.root / "nbgrader_config.py").write_text(config)
        course.switched.mkdir()
        (course.switched / "nbgrader_config.py").write_text(SWITCHED)
        course.command("nbgrader", "generate_assignment", source.name, "--force")
        shutil.copy(course.root / "gradebook.db", course.root / "pristine.db")
        answers = nbformat.read(course.notebook, as_version=4)
        answers, _ = ClearOutput().preprocess(answers, {})
        nbformat.write(answers, course.root / "answers.ipynb")
        return course

    @property
    def notebook(self) -> Path:
        """The instructor's notebook."""
        return next((self.root / "source" / self.assignment).glob("*.ipynb"))

    @property
    def switched(self) -> Path:
        """A folder whose nbgrader uses warmgrader."""
        return self.root / "switched"

    def set_size(self, size: int) -> None:
        """Have exactly so many students submit."""
        shutil.rmtree(self.root / "submitted", ignore_errors=True)
        for number in range(size):
            folder = self.root / "submitted" / f"student{number:04}" / self.assignment
            shutil.copytree(self.root / "release" / self.assignment, folder)
            shutil.copy(self.root / "answers.ipynb", folder / self.notebook.name)

    def forget(self) -> None:
        """Go back to before any grading."""
        for name in ("autograded", "report"):
            shutil.rmtree(self.root / name, ignore_errors=True)
        for name in ("gradebook.db-wal", "gradebook.db-shm"):
            (self.root / name).unlink(missing_ok=True)
        shutil.copy(self.root / "pristine.db", self.root / "gradebook.db")

    def scores(self) -> dict[str, dict[str, float | None]]:
        """Return all automatic scores, by student and cell."""
        with Gradebook(f"sqlite:///{self.root}/gradebook.db") as gradebook:
            return {
                submission.student.id: {
                    grade.cell.name: grade.auto_score
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                }
                for submission in gradebook.assignment_submissions(self.assignment)
            }

    # --- whole commands ---------------------------------------------------------------

    def command(self, program: str, *arguments: str, cwd: Path | None = None) -> str:
        """Run a command, in the course directory or in `cwd`, and return what it prints.

        Raises:
            RuntimeError: it failed.
        """
        process = self._start(program, *arguments, cwd=cwd)
        output, errors = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{program} {' '.join(arguments)} failed:\n{errors}")
        return output

    def _start(
        self, program: str, *arguments: str, cwd: Path | None = None
    ) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", _MODULES[program], *arguments],
            cwd=cwd or self.root,
            env={**os.environ, "XDG_RUNTIME_DIR": str(self.runtime)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def seconds(self, program: str, *arguments: str, cwd: Path | None = None) -> float:
        """Time a command."""
        start = time.perf_counter()
        self.command(program, *arguments, cwd=cwd)
        return time.perf_counter() - start

    def grade_stock(self) -> float:
        """Time `nbgrader autograde`."""
        self.forget()
        return self.seconds("nbgrader", "autograde", self.assignment)

    def grade_warm(self, workers: int, *options: str) -> float:
        """Time `warmgrader autograde`."""
        self.forget()
        return self.seconds(
            "warmgrader", "autograde", self.assignment, f"--workers={workers}", *options
        )

    def grade_bare(self, size: int, processes: int) -> float:
        """Time the bare execution of so many submissions, without the imports before it."""
        arguments = [str(self.root / "answers.ipynb"), str(size), str(processes)]
        return float(self.command("bare", *arguments).splitlines()[-1])

    def validate(self, *, warm: bool) -> float:
        """Time `nbgrader validate` of one notebook."""
        where = self.switched if warm else self.root
        return self.seconds("nbgrader", "validate", str(self.root / "answers.ipynb"), cwd=where)

    def press_validate(self) -> float:
        """Time what JupyterLab's server does when Validate is pressed, with warm kernels."""
        notebook = str(self.root / "answers.ipynb")
        return float(self.command("button", notebook, cwd=self.switched).splitlines()[-1])

    def profile(self, *options: str) -> dict[str, float]:
        """Return the seconds that the parts of grading one submission take."""
        self.forget()
        return json.loads(self.command("profile", self.assignment, *options).splitlines()[-1])

    def trust(self, times: int) -> dict[str, float]:
        """Return the processor time of a submission's cells, of the core and of reading."""
        return json.loads(self.command("trust", str(self.notebook), str(times)).splitlines()[-1])

    def memory(self, program: str, *arguments: str) -> Memory:
        """Run a command and return what it uses while it is busy.

        Not timed: to ask for the memory of a process takes time.
        """
        self.forget()
        process = self._start(program, "autograde", self.assignment, *arguments)
        with _sampled(process.pid, self.runtime) as samples:
            _, errors = process.communicate()
        if process.returncode:
            raise RuntimeError(f"{program} failed:\n{errors}")
        busy = sorted(samples, key=lambda sample: sample.total)[len(samples) // 2 :]
        return Memory(median(s.graders for s in busy), median(s.kernels for s in busy))


@contextmanager
def _sampled(pid: int, runtime: Path) -> Iterator[list[Memory]]:
    """Sample the memory of a command, and of the fork servers that meet in `runtime`."""
    sampler = _Sampler(pid, runtime)
    thread = threading.Thread(target=sampler.run)
    thread.start()
    try:
        yield sampler.samples
    finally:
        sampler.stop.set()
        thread.join()


@dataclass
class _Sampler:
    pid: int
    runtime: Path
    samples: list[Memory] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.stop.wait(_SAMPLE_SECONDS):
            with suppress(psutil.Error):
                kernels = {p for server in self._servers() for p in _family(server)}
                graders = set(_family(psutil.Process(self.pid))) - kernels
                self.samples.append(Memory(_megabytes(graders), _megabytes(kernels)))

    def _servers(self) -> list[psutil.Process]:
        return [
            process
            for process in psutil.process_iter(["cmdline"])
            if any(word.startswith(f"{self.runtime}/") for word in process.info["cmdline"] or [])
        ]


def _family(process: psutil.Process) -> list[psutil.Process]:
    return [process, *process.children(recursive=True)]


def _megabytes(processes: set[psutil.Process]) -> float:
    total = 0
    for process in processes:
        with suppress(OSError):
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
            total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total * 1024 / 1e6
