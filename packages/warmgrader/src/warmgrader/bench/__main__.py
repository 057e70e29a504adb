"""The command `python -m warmgrader.bench`."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from warmgrader.bench import assignments, page
from warmgrader.bench.measure import BenchCourse
from warmgrader.bench.profile import NO_CORE

_PAIRS = 9
_MEMORY_SUBMISSIONS = 2  # of stock nbgrader, which takes one after the other
# What is left away in which profile; the first one is of what users have.
_VARIANTS = {
    page.WHOLE: (),
    "no core": (NO_CORE,),
    "no sandbox": ("--no-sandbox",),
    "neither": (NO_CORE, "--no-sandbox"),
}
_T = TypeVar("_T")


class _Progress:
    """Says what is done, on stderr."""

    def __init__(self, steps: int) -> None:
        self.steps, self.step, self.start = steps, 0, time.monotonic()

    def __call__(self, name: str, measure: Callable[[], _T]) -> _T:
        """Measure something and say what came of it."""
        result = measure()
        self.step += 1
        minutes, seconds = divmod(int(time.monotonic() - self.start), 60)
        text = f"{result:.1f} s" if isinstance(result, float) else "done"
        clock = f"[{self.step}/{self.steps}, {minutes}:{seconds:02}]"
        print(f"{clock} {name}: {text}", file=sys.stderr, flush=True)
        return result


def run(
    source: Path, size: int, repeats: int, sizes: list[int], others: list[Path]
) -> page.Results:
    """Measure one assignment in parts, and others as a whole; what is compared runs in turns.

    Raises:
        RuntimeError: a command failed, or both graders do not give the same scores.
    """
    results = page.Results(source.name, size)
    with tempfile.TemporaryDirectory(prefix="wb") as folder:
        course = BenchCourse.make(Path(folder), source)
        runs = _repeated(course, size)
        steps = 1 + repeats * len(runs) + len(_VARIANTS) + len(sizes) + 4
        progress = _Progress(steps + assignments.steps(others, repeats))
        try:
            _measure(course, results, runs, repeats, sizes, progress)
        finally:
            course.command("warmgrader", "stop")
    results.assignments = assignments.measure(others, repeats, progress)
    return results


def _repeated(course: BenchCourse, size: int) -> dict[str, Callable[[], float]]:
    """Return the runs that are made in turns."""
    return {
        "stock": course.grade_stock,
        "warm 1": lambda: course.grade_warm(1),
        "warm 2": lambda: course.grade_warm(2),
        "open 2": lambda: course.grade_warm(2, "--no-sandbox"),
        "bare 1": lambda: course.grade_bare(size, 1),
        "bare 2": lambda: course.grade_bare(size, 2),
        "validate stock": lambda: course.validate(warm=False),
        "validate warm": lambda: course.validate(warm=True),
        "validate button": course.press_validate,
        "nbgrader --version": lambda: course.seconds("nbgrader", "--version"),
    }


def _measure(
    course: BenchCourse,
    results: page.Results,
    runs: dict[str, Callable[[], float]],
    repeats: int,
    sizes: list[int],
    progress: _Progress,
) -> None:
    course.set_size(results.size)
    results.cold = progress("warm 2, fork server not running", lambda: course.grade_warm(2))
    scores = {}
    for _ in range(repeats):
        for name, run_once in runs.items():
            results.runs.setdefault(name, []).append(progress(name, run_once))
            if name in ("stock", "warm 2"):
                scores[name] = course.scores()
        if scores["stock"] != scores["warm 2"]:
            raise RuntimeError("nbgrader and warmgrader do not give the same scores")
    for variant, options in _VARIANTS.items():
        results.parts[variant] = progress(
            f"parts of one submission, {variant}",
            lambda: course.profile(*options),  # noqa: B023
        )
    results.trust = progress("reading and core, in pairs", lambda: course.trust(_PAIRS))
    for workers in (1, 2):
        results.memory[f"warm {workers}"] = progress(
            f"memory, {workers} workers",
            lambda: course.memory("warmgrader", f"--workers={workers}"),  # noqa: B023
        )
    course.set_size(_MEMORY_SUBMISSIONS)
    results.memory["stock"] = progress("memory, stock", lambda: course.memory("nbgrader"))
    for count in sorted(sizes):
        course.set_size(count)
        seconds = progress(f"warm 2, {count} submissions", lambda: course.grade_warm(2))
        results.by_size[count] = seconds


def main() -> None:
    """Measure and write the page."""
    parser = argparse.ArgumentParser(prog="python -m warmgrader.bench", description=__doc__)
    parser.add_argument("source", type=Path, help="an assignment's folder of source notebooks")
    parser.add_argument("others", type=Path, nargs="*", help="more of them, for the table")
    parser.add_argument("--submissions", type=int, default=12, help="of each repeated run")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--sizes", default="12,48,192", help="class sizes, for the cost of each")
    parser.add_argument("--out", type=Path, default=Path("docs/bench"))
    arguments = parser.parse_args()
    source, *others = (path.resolve() for path in (arguments.source, *arguments.others))
    for folder in (source, *others):
        if not list(folder.glob("*.ipynb")):
            sys.exit(f"{folder}: no notebook there")
    sizes = [int(size) for size in arguments.sizes.split(",")]
    try:
        results = run(source, arguments.submissions, arguments.repeats, sizes, others)
    except RuntimeError as error:
        sys.exit(str(error))
    page.write(results, arguments.out)
    print(f"See {arguments.out / page.PAGE}")


if __name__ == "__main__":
    main()
