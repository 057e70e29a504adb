"""Many assignments in one table: what their cells cost alone, and what the grader adds."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from warmgrader.bench.measure import BenchCourse

FEW, MANY = 12, 48
#: How many times the bare cells' time a submission may take, by the size of the class.
GOALS = {FEW: 1.4, MANY: 1.25}
THROUGHPUT = 10
HEAD = ["assignment", "nbgrader", "bare", f"with {FEW}", "ratio", f"with {MANY}", "ratio",
        "× nbgrader", "limit", "met"]  # fmt: skip
_STOCK = 3
_RUNS = [("bare", FEW), ("warm", FEW), ("warm", MANY), ("nbgrader", 1), ("nbgrader", _STOCK)]


@dataclass
class Assignment:
    """Seconds of repeated runs of one assignment, on two processes or workers.

    Attributes:
        name: the assignment.
        runs: seconds of each run, by what was run and with how many submissions.
    """

    name: str
    runs: dict[tuple[str, int], list[float]] = field(default_factory=dict)

    def each(self, what: str, size: int) -> float:
        """Median seconds for one of so many submissions."""
        return median(self.runs[what, size]) / size

    @property
    def stock(self) -> float:
        """Seconds that one more submission takes with nbgrader."""
        pairs = zip(self.runs["nbgrader", _STOCK], self.runs["nbgrader", 1], strict=True)
        return median(many - one for many, one in pairs) / (_STOCK - 1)

    def ratio(self, size: int) -> float:
        """Time of a graded submission against its bare cells, of runs in the same turn."""
        pairs = zip(self.runs["warm", size], self.runs["bare", FEW], strict=True)
        return median(warm / size / (bare / FEW) for warm, bare in pairs)

    @property
    def throughput(self) -> float:
        """How many times as many submissions as nbgrader are graded in the same time."""
        return self.stock / self.each("warm", MANY)

    @property
    def limit(self) -> float:
        """What a grader that costs nothing would reach."""
        return self.stock / self.each("bare", FEW)

    @property
    def met(self) -> bool:
        """Whether the goals are reached; the throughput's only where a free grader would."""
        ratios = all(self.ratio(size) <= goal for size, goal in GOALS.items())
        return ratios and (self.throughput >= THROUGHPUT or self.limit < THROUGHPUT)

    @property
    def row(self) -> list[str]:
        """The line of the table, in the order of `HEAD`."""
        return [
            self.name, f"{self.stock:.2f}", f"{self.each('bare', FEW):.2f}",
            f"{self.each('warm', FEW):.2f}", f"{self.ratio(FEW):.2f} ×",
            f"{self.each('warm', MANY):.2f}", f"{self.ratio(MANY):.2f} ×",
            f"{self.throughput:.1f} ×", f"{self.limit:.1f} ×", "yes" if self.met else "**no**",
        ]  # fmt: skip


def measure(
    sources: Iterable[Path], repeats: int, progress: Callable[[str, Callable[[], float]], float]
) -> list[Assignment]:
    """Measure assignments, one after the other; what is compared runs in turns.

    Raises:
        RuntimeError: a command failed.
    """
    return [_measure(source, repeats, progress) for source in sources]


def steps(sources: list[Path], repeats: int) -> int:
    """Return how many runs `measure` makes."""
    return len(sources) * repeats * len(_RUNS)


def _measure(
    source: Path, repeats: int, progress: Callable[[str, Callable[[], float]], float]
) -> Assignment:
    result = Assignment(source.name)
    with tempfile.TemporaryDirectory(prefix="wb") as folder:
        course = BenchCourse.make(Path(folder), source)
        graders: dict[str, Callable[[], float]] = {
            "bare": lambda: course.grade_bare(FEW, 2),
            "warm": lambda: course.grade_warm(2),
            "nbgrader": course.grade_stock,
        }
        try:
            course.set_size(1)
            course.grade_warm(1)  # starts the fork server
            for _ in range(repeats):
                for what, size in _RUNS:
                    course.set_size(size)
                    told = f"{source.name}: {what}, {size} submissions"
                    seconds = progress(told, graders[what])
                    result.runs.setdefault((what, size), []).append(seconds)
        finally:
            course.command("warmgrader", "stop")
    return result
