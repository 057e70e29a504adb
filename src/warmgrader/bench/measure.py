"""The measurements, each of a whole command in a process of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import nbformat
import psutil
from nbgrader.preprocessors import ClearOutput

CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = "sqlite:///{root}/gradebook.db"
c.Execute.timeout = 600
"""


@dataclass(frozen=True)
class Course:
    """A temporary course with one assignment, whose submissions are the instructor's answers."""

    root: Path
    assignment: str

    @property
    def notebook(self) -> Path:
        """The instructor's notebook."""
        return next((self.root / "source" / self.assignment).glob("*.ipynb"))

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


def make_course(root: Path, source: Path) -> Course:
    """Set up a course with the assignment in the folder `source`."""
    course = Course(root, source.name)
    shutil.copytree(source, root / "source" / source.name)
    (root / "nbgrader_config.py").write_text(CONFIG.format(root=str(root)))
    command("nbgrader", "generate_assignment", source.name, "--force", cwd=root)
    shutil.copy(root / "gradebook.db", root / "pristine.db")
    answers = nbformat.read(course.notebook, as_version=4)
    answers, _ = ClearOutput().preprocess(answers, {})
    nbformat.write(answers, root / "answers.ipynb")
    return course


def command(program: str, *arguments: str, cwd: Path) -> tuple[float, list[int]]:
    """Run a Jupyter-like command; return its seconds and samples of its memory.

    Memory is the proportional set size (shared pages are shared out) of the command, what it
    started, and the fork servers, in bytes.
    """
    module = {"nbgrader": ["-m", "nbgrader"], "warmgrader": ["-m", "warmgrader.cli"]}[program]
    start = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, *module, *arguments],
        cwd=cwd,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    samples: list[int] = []
    watcher = threading.Thread(target=_sample, args=(process.pid, samples))
    watcher.start()
    errors = process.communicate()[1]
    seconds = time.perf_counter() - start
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{program} {' '.join(arguments)} failed:\n{errors}")
    return seconds, samples


def _sample(pid: int, samples: list[int], interval: float = 0.5) -> None:
    """Add up the memory of a command and its helpers until it ends."""
    while psutil.pid_exists(pid):
        with suppress(psutil.Error):
            main = psutil.Process(pid)
            if main.status() == psutil.STATUS_ZOMBIE:
                return
            family = [main, *main.children(recursive=True)]
            for process in psutil.process_iter(["cmdline", "uids"]):
                line = process.info["cmdline"] or []
                if "warmgrader.server" in line and process.info["uids"].real == os.getuid():
                    family.append(process)
            samples.append(sum(_pss(process) for process in set(family)))
        time.sleep(interval)


def _pss(process: psutil.Process) -> int:
    try:
        lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")), 0)


def grade_stock(course: Course) -> tuple[float, list[int]]:
    """Time `nbgrader autograde`."""
    course.forget()
    return command("nbgrader", "autograde", course.assignment, cwd=course.root)


def grade_warm(course: Course, workers: int, *options: str) -> tuple[float, list[int]]:
    """Time `warmgrader autograde`, with its fork server running already."""
    course.forget()
    return command(
        "warmgrader", "autograde", course.assignment, f"--workers={workers}", *options,
        cwd=course.root,
    )  # fmt: skip


def grade_bare(course: Course, size: int, workers: int) -> float:
    """Time the bare execution of so many submissions."""
    arguments = ["-m", "warmgrader.bench.bare", str(course.root / "answers.ipynb")]
    result = subprocess.run(
        [sys.executable, *arguments, f"--times={size}", f"--workers={workers}"],
        cwd=course.root,
        capture_output=True,
        text=True,
        check=True,
    )
    return float(result.stdout.strip().splitlines()[-1])


def validate(course: Course, kernel: str) -> float:
    """Time `nbgrader validate` of one notebook."""
    notebook = str(course.root / "answers.ipynb")
    option = f"--ExecutePreprocessor.kernel_name={kernel}"
    return command("nbgrader", "validate", notebook, option, cwd=course.root)[0]


def stop_servers(course: Course) -> None:
    """Let the next warm kernel start from nothing."""
    command("warmgrader", "stop", cwd=course.root)


def steady(samples: Sequence[int]) -> float:
    """Return the memory of the busy middle of a run, in MB."""
    busy = sorted(samples)[len(samples) // 2 :]
    return median(busy) / 1e6 if busy else float("nan")
