"""The command `python -m warmgrader.bench`."""

from __future__ import annotations

import argparse
import csv
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median

from warmgrader.bench import measure


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    what: str
    value: float
    unit: str
    goal: str = ""


def run(source: Path, size: int, repeats: int, sizes: list[int]) -> list[Line]:
    """Measure everything; compared values are taken in turns and their medians compared."""
    with tempfile.TemporaryDirectory(prefix="bench") as folder:
        course = measure.make_course(Path(folder), source)
        course.set_size(size)
        measure.stop_servers(course)
        cold, _ = measure.grade_warm(course, 2)
        times: dict[str, list[float]] = {}
        memory: dict[str, list[float]] = {}
        for _ in range(repeats):
            runs = {
                "stock": lambda: measure.grade_stock(course),
                "warm 1": lambda: measure.grade_warm(course, 1),
                "warm 2": lambda: measure.grade_warm(course, 2),
                "open 2": lambda: measure.grade_warm(course, 2, "--no-sandbox"),
                "bare 1": lambda: (measure.grade_bare(course, size, 1), []),
                "bare 2": lambda: (measure.grade_bare(course, size, 2), []),
                "validate stock": lambda: (measure.validate(course, "python3"), []),
                "validate warm": lambda: (measure.validate(course, "python3-warm"), []),
            }
            for name, run_once in runs.items():
                seconds, samples = run_once()
                print(f"{name}: {seconds:.1f} s", file=sys.stderr, flush=True)
                times.setdefault(name, []).append(seconds)
                memory.setdefault(name, []).append(measure.steady(samples))
        by_size = {}
        for count in sizes:
            course.set_size(count)
            by_size[count] = measure.grade_warm(course, 2)[0] / count
            print(f"{count} submissions: {by_size[count]:.2f} s each", file=sys.stderr, flush=True)
    typical = {name: median(values) for name, values in times.items()}
    megabytes = {name: median(values) for name, values in memory.items()}
    return _lines(size, typical, megabytes, cold, by_size)


def _lines(
    size: int,
    seconds: dict[str, float],
    megabytes: dict[str, float],
    cold: float,
    by_size: dict[int, float],
) -> list[Line]:
    smallest, largest = min(by_size), max(by_size)
    return [
        Line("nbgrader autograde, per submission", seconds["stock"] / size, "s"),
        Line("warmgrader, 1 worker, per submission", seconds["warm 1"] / size, "s"),
        Line("warmgrader, 2 workers, per submission", seconds["warm 2"] / size, "s"),
        Line("the same, fork server not yet running", cold / size, "s"),
        Line("bare cells, 1 process, per submission", seconds["bare 1"] / size, "s"),
        Line("bare cells, 2 processes, per submission", seconds["bare 2"] / size, "s"),
        Line("throughput against nbgrader", seconds["stock"] / seconds["warm 2"], "×", "≥ 10"),
        Line("wall time against bare cells", seconds["warm 2"] / seconds["bare 2"], "×", "≤ 1.2"),
        Line(f"the same, {largest} submissions",
             by_size[largest] / (seconds["bare 2"] / size), "×", "≤ 1.2"),
        Line("nbgrader validate, ordinary kernel", seconds["validate stock"], "s"),
        Line("nbgrader validate, warm kernel", seconds["validate warm"], "s", "≤ 2"),
        Line("memory of an nbgrader run (PSS)", megabytes["stock"], "MB"),
        Line("memory per additional worker (PSS)", megabytes["warm 2"] - megabytes["warm 1"],
             "MB", "≤ 250"),
        *(Line(f"per submission, {n} submissions", s, "s") for n, s in sorted(by_size.items())),
        Line(f"{largest} against {smallest} submissions", by_size[largest] / by_size[smallest],
             "×", "≤ 1.1"),
        Line("sandbox, per submission", (seconds["warm 2"] - seconds["open 2"]) / size,
             "s", "≤ 0.1"),
    ]  # fmt: skip


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
        f"{model}, {cores} cores, {memory:.0f} GB; Linux {platform.release()}; "
        f"Python {platform.python_version()}, {versions}"
    )


def write(lines: list[Line], folder: Path, title: str) -> None:
    """Write the table as CSV and Markdown, and the picture."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "table.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["what", "value", "unit", "goal"])
        table.writerows([line.what, f"{line.value:.3g}", line.unit, line.goal] for line in lines)
    rows = "\n".join(f"| {ln.what} | {ln.value:.3g} {ln.unit} | {ln.goal} |" for ln in lines)
    text = f"{title}\n\n{machine()}.\n\n| what | measured | goal |\n|---|---|---|\n{rows}\n"
    (folder / "table.md").write_text(text)
    _draw(lines, folder / "bench.svg")


def _draw(lines: list[Line], path: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    shown = [line for line in lines if line.what.endswith("per submission")][:6]
    figure, axes = pyplot.subplots(figsize=(8, 3), layout="constrained")
    axes.barh([line.what.removesuffix(", per submission") for line in shown][::-1],
              [line.value for line in shown][::-1], color="tab:blue")  # fmt: skip
    for index, line in enumerate(reversed(shown)):
        axes.annotate(f" {line.value:.2g} s", (line.value, index), va="center")
    axes.set_xlabel("seconds per submission")
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(prog="python -m warmgrader.bench", description=__doc__)
    parser.add_argument("source", type=Path, help="an assignment's folder of source notebooks")
    parser.add_argument("--submissions", type=int, default=12)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--sizes", default="12,48,192", help="class sizes, for the cost of each")
    parser.add_argument("--out", type=Path, default=Path("docs/bench"))
    arguments = parser.parse_args()
    source = arguments.source.resolve()
    if not list(source.glob("*.ipynb")):
        sys.exit(f"{arguments.source}: no notebook there")
    sizes = [int(size) for size in arguments.sizes.split(",")]
    lines = run(source, arguments.submissions, arguments.repeats, sizes)
    title = (
        f"{arguments.submissions} submissions of `{source.name}`, medians of "
        f"{arguments.repeats} runs taken in turns."
    )
    write(lines, arguments.out, title)
    print((arguments.out / "table.md").read_text())


if __name__ == "__main__":
    main()
