"""The benchmark's page: what was measured, whether the goals are met, and what bounds the rest."""

from __future__ import annotations

import csv
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from statistics import median

from warmgrader.bench import assignments
from warmgrader.bench.assignments import FEW, GOALS, MANY, THROUGHPUT, Assignment
from warmgrader.bench.measure import Memory

PICTURE, PAGE, RUNS = "bench.png", "README.md", "runs.csv"
WHOLE = "as graded"


@dataclass
class Results:
    """What was measured.

    Attributes:
        assignment: the assignment that was graded.
        size: how many submissions the repeated runs had.
        runs: seconds of each repeated run, by name.
        by_size: seconds of one run on two workers, by the number of submissions.
        cold: seconds of a run on two workers whose fork server had to be started.
        memory: by name of the run.
        trust: processor time of a submission's cells, and what reading it and the core add.
        parts: seconds of the parts of grading one submission, with one worker, by what is on.
        assignments: other assignments, which were measured as a whole.
    """

    assignment: str
    size: int
    runs: dict[str, list[float]] = field(default_factory=dict)
    by_size: dict[int, float] = field(default_factory=dict)
    cold: float = 0.0
    memory: dict[str, Memory] = field(default_factory=dict)
    trust: dict[str, float] = field(default_factory=dict)
    parts: dict[str, dict[str, float]] = field(default_factory=dict)
    assignments: list[Assignment] = field(default_factory=list)

    def typical(self, name: str) -> float:
        """Median seconds of a repeated run."""
        return median(self.runs[name])

    def each(self, name: str) -> float:
        """Median seconds of a repeated run, for each of its submissions."""
        return self.typical(name) / self.size

    def difference(self, one: str, other: str) -> float:
        """Median difference, of runs in the same turn, for each of their submissions."""
        pairs = zip(self.runs[one], self.runs[other], strict=True)
        return median(seconds - less for seconds, less in pairs) / self.size

    @property
    def largest(self) -> int:
        """The largest class."""
        return max(self.by_size)

    @property
    def cost(self) -> dict[int, float]:
        """Seconds for each submission, by the number of submissions."""
        return {size: seconds / size for size, seconds in self.by_size.items()}

    @property
    def marginal(self) -> float:
        """Seconds that one more submission takes on two workers."""
        few, many = min(self.by_size), self.largest
        return (self.by_size[many] - self.by_size[few]) / (many - few) if many > few else 0.0

    @property
    def start(self) -> float:
        """Seconds that a grading takes apart from its submissions."""
        return self.by_size[self.largest] - self.largest * self.marginal


@dataclass(frozen=True)
class Goal:
    """A goal, what became of it, and what bounds it."""

    what: str
    value: float
    unit: str
    limit: float
    at_least: bool
    bound: str

    @property
    def met(self) -> bool:
        """Whether it is reached."""
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    @property
    def text(self) -> str:
        """The goal in symbols."""
        return f"{'≥' if self.at_least else '≤'} {self.limit:g} {self.unit}"


def goals(results: Results) -> list[Goal]:
    """Compare the results with the goals."""
    trust = results.trust
    few, many, cost = min(results.by_size), results.largest, results.cost
    bare = results.each("bare 2")
    grading, in_cells = sum(results.parts[WHOLE].values()), results.parts[WHOLE]["cells"]
    start = (
        f"A grading takes {results.start:.1f} s before and after its submissions (imports, starting "
        f"workers), which are {results.start / few:.2f} s for each of {few} and "
        f"{results.start / many:.2f} s for each of {many}. "
    )
    cells = (
        f"Of the {grading:.2f} s of one submission, {in_cells:.2f} s are its cells (bare: "
        f"{results.each('bare 1'):.2f} s) and {grading - in_cells:.2f} s all else (the table of "
        "parts)."
    )
    ceiling = (
        f"Two processes that run nothing but the cells would reach "
        f"{results.each('stock') / bare:.1f} ×."
    )
    memory_1, memory_2 = results.memory["warm 1"], results.memory["warm 2"]
    return [
        Goal(f"throughput against nbgrader, {few} submissions",
             results.each("stock") / cost[few], "×", THROUGHPUT, True, f"{ceiling} {start}{cells}"),
        Goal(f"throughput, {many} submissions against nbgrader's time for each of {results.size}",
             results.each("stock") / cost[many], "×", THROUGHPUT, True, f"{ceiling} {cells}"),
        Goal(f"wall time against the bare cells, {few} submissions", cost[few] / bare, "×", GOALS[FEW],
             False, start + cells),
        Goal(f"wall time against the bare cells, {many} submissions", cost[many] / bare, "×", GOALS[MANY],
             False, start + cells),
        Goal("nbgrader validate, warm", results.typical("validate warm"), "s", 2, False,
             f"To import and start nbgrader takes {results.typical('nbgrader --version'):.1f} s of "
             f"it, before any kernel is asked for; the cells take {results.each('bare 1'):.1f} s."),
        Goal("Validate in JupyterLab, warm", results.typical("validate button"), "s", 2, False,
             f"The cells take {results.each('bare 1'):.1f} s."),
        Goal("memory of an additional worker (PSS)", memory_2.total - memory_1.total, "MB", 250,
             False,
             f"{memory_2.kernels - memory_1.kernels:.0f} MB are the second kernel, mostly what "
             f"TensorFlow allocates for this notebook; {memory_2.graders - memory_1.graders:.0f} MB "
             "are the second worker."),
        Goal(f"cost of a submission, {many} against {few} submissions", cost[many] / cost[few],
             "×", 1.05, False, "Something grows with the class; a profile of the command says what."),
        Goal("sandbox, for each submission", results.difference("warm 2", "open 2"),
             "s", 0.1, False, "Namespaces, mounts and the copy of the files; see the parts."),
        Goal("processor time of reading and core", 100 * (trust["reading"] + trust["core"]) /
             sum(trust.values()), "%", 3, False,
             f"Of {1000 * sum(trust.values()):.0f} ms, {1000 * trust['reading']:.1f} ms read a submission "
             f"that nobody has handed in before, and {1000 * trust['core']:.1f} ms are the core."),
    ]  # fmt: skip


def write(results: Results, folder: Path) -> None:
    """Write the page, the picture and the raw numbers into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    draw(results, folder / PICTURE)
    with (folder / RUNS).open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["run", "submissions", "seconds"])
        for name, runs in results.runs.items():
            table.writerows([name, results.size, f"{seconds:.3f}"] for seconds in runs)
        table.writerows(["warm 2", size, f"{s:.3f}"] for size, s in results.by_size.items())
        for assignment in results.assignments:
            for (what, size), runs in assignment.runs.items():
                name = f"{assignment.name}: {what}"
                table.writerows([name, size, f"{seconds:.3f}"] for seconds in runs)
    (folder / PAGE).write_text(_page(results))


def _page(results: Results) -> str:
    reached = goals(results)
    missed = [f"- **{goal.what}**: {goal.bound}" for goal in reached if not goal.met]
    repeats = len(next(iter(results.runs.values())))
    few = min(results.by_size)
    return "\n".join([
        "# Benchmark", "",
        f"`{results.assignment}`, graded with nbgrader and with warmgrader, sandbox on. Medians of "
        f"{repeats} repeated runs of {results.size} submissions, taken in turns; {machine()}.", "",
        f"![Seconds for each submission]({PICTURE})", "",
        "## Goals", "",
        *_table(["goal", "wanted", "measured", "met"],
                ([g.what, g.text, f"{g.value:.3g} {g.unit}", "yes" if g.met else "**no**"]
                 for g in reached)),
        *(["", "What bounds those that are not met:", "", *missed] if missed else []), "",
        *_assignments(results.assignments),
        "## Seconds for each submission", "",
        *_table(["", "s"], ([what, f"{seconds:.2f}"] for what, seconds in _costs(results))), "",
        "*Bare cells* run in a forked process that has imported everything, without Jupyter, sandbox "
        "or gradebook, scheduled as any process is (warm kernels are batch jobs). What a grader adds to them does not depend on the assignment: "
        f"{results.each('stock') - results.each('bare 1'):.2f} s with nbgrader, "
        f"{results.each('warm 1') - results.each('bare 1'):.2f} s with warmgrader. The more a "
        "submission computes, the closer the throughput comes to the number of processor cores.", "",
        "## Where the time of one submission goes", "",
        "In seconds, with one worker; the *core* runs tests, and submissions are read for it. "
        f"Bare, the cells take {results.each('bare 1'):.2f} s. To start and end the command and its "
        f"workers adds {results.start / few:.2f} s for each of {few} submissions.", "",
        *_table(["part", *results.parts], _parts(results)), "",
        "## Memory and validation", "",
        *_table(["", ""], _others(results)), "",
        f"All runs are in [{RUNS}]({RUNS}). `make bench` measures anew.", "",
    ])  # fmt: skip


def _assignments(measured: list[Assignment]) -> list[str]:
    if not measured:
        return []
    return [
        "## All assignments", "",
        "Seconds for each submission: with nbgrader, as bare cells in two processes, with warmgrader "
        f"on two workers and {FEW} or {MANY} submissions. *Ratio* is warmgrader's time against the "
        f"bare cells' (wanted: at most {GOALS[FEW]:g} with {FEW} and {GOALS[MANY]:g} with {MANY}), "
        f"*× nbgrader* the throughput with {MANY} (wanted: {THROUGHPUT} where the limit allows it), "
        "*limit* that of a grader which costs nothing.", "",
        *_table(assignments.HEAD, (assignment.row for assignment in measured)), "",
    ]  # fmt: skip


def _costs(results: Results) -> list[tuple[str, float]]:
    sizes = sorted(results.cost.items())
    return [
        ("nbgrader autograde", results.each("stock")),
        ("warmgrader autograde, 1 worker", results.each("warm 1")),
        ("warmgrader autograde, 2 workers", results.each("warm 2")),
        ("the same, fork server not yet running", results.cold / results.size),
        ("the same, no sandbox", results.each("open 2")),
        ("bare cells, 1 process", results.each("bare 1")),
        ("bare cells, 2 processes", results.each("bare 2")),
        *((f"warmgrader, 2 workers, {size} submissions", cost) for size, cost in sizes),
    ]


def _parts(results: Results) -> list[list[str]]:
    rows = [
        [part, *(f"{variant[part]:.3f}" for variant in results.parts.values())]
        for part in results.parts[WHOLE]
    ]
    sums = [f"{sum(variant.values()):.3f}" for variant in results.parts.values()]
    return [*rows, ["together", *sums]]


def _others(results: Results) -> list[list[str]]:
    memory = results.memory
    rows = [
        ["`nbgrader validate`, ordinary kernel", f"{results.typical('validate stock'):.1f} s"],
        ["`nbgrader validate`, warm kernel", f"{results.typical('validate warm'):.1f} s"],
        ["of it: `nbgrader --version`", f"{results.typical('nbgrader --version'):.1f} s"],
        ["Validate in JupyterLab, warm kernel", f"{results.typical('validate button'):.1f} s"],
        ["memory (PSS) of `nbgrader autograde` and its kernel", f"{memory['stock'].total:.0f} MB"],
    ]
    for workers in (1, 2):
        used = memory[f"warm {workers}"]
        rows.append([
            f"memory (PSS) of `warmgrader autograde --workers={workers}`",
            f"{used.graders:.0f} MB, fork server and kernels {used.kernels:.0f} MB",
        ])  # fmt: skip
    return rows


def _table(head: list[str], rows: Iterable[Iterable[str]]) -> list[str]:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(line)} |" for line in lines]


def machine() -> str:
    """Describe the machine and the versions in a line."""
    model = platform.processor() or platform.machine()
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    packages = ("nbgrader", "ipykernel", "nbclient", "distributed")
    versions = ", ".join(f"{package} {version(package)}" for package in packages)
    cores = len(os.sched_getaffinity(0))
    return (
        f"{model}, {cores} cores, {memory:.0f} GB; Linux {platform.release().partition('-')[0]}; "
        f"Python {platform.python_version()}, {versions}"
    )


def draw(results: Results, path: Path) -> None:
    """Draw the costs of a submission, and how they depend on the size of the class."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shown = _costs(results)
    shown = [shown[index] for index in (0, 1, 2, 5, 6)]
    colours = ["tab:gray", "tab:blue", "tab:blue", "tab:green", "tab:green"]
    # A ground of its own: the page may be read in a light or in a dark theme.
    figure, (bars, lines) = pyplot.subplots(
        1, 2, figsize=(11, 3.2), width_ratios=(2, 1), layout="constrained", facecolor="white"
    )
    names = [what for what, _ in shown]
    bars.barh(names, [seconds for _, seconds in shown], color=colours)
    for index, (_, seconds) in enumerate(shown):
        bars.annotate(f" {seconds:.2f} s", (seconds, index), va="center")
    bars.invert_yaxis()
    bars.margins(x=0.15)
    bars.set(xlabel="seconds for each submission", title=f"{results.size} submissions")
    sizes = sorted(results.cost)
    lines.plot(sizes, [results.cost[size] for size in sizes], marker="o", color="tab:blue")
    lines.axhline(results.each("bare 2"), color="tab:green", linestyle="--")
    lines.annotate("bare cells, 2 processes", (sizes[0], results.each("bare 2")),
                   xytext=(0, 4), textcoords="offset points", color="tab:green")  # fmt: skip
    lines.set(
        xscale="log", xticks=sizes, xticklabels=sizes, xlabel="submissions in the class",
        ylabel="seconds for each", title="warmgrader, 2 workers", ylim=(0, None),
    )  # fmt: skip
    lines.minorticks_off()
    for axes in (bars, lines):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=120, metadata={"Software": None})
