"""The instructor's report as one HTML page, and its findings in a few sentences."""

import io
import re
from collections.abc import Callable

import matplotlib
import numpy as np
from markupsafe import Markup
from matplotlib.figure import Figure

from workbook.instructors import report_data
from workbook.instructors.pages import render_page
from workbook.instructors.report_data import AssignmentReport, ClassReport, TaskReport

#: Mistakes of a task, and of the whole course, on the page; the table has all.
SHOWN_MISTAKES = 8
TOP_MISTAKES = 10
SHOWN_STUDENTS = 100
#: Tasks named in the picture of all tasks.
NAMED_TASKS = 6

# Matplotlib draws with these, the page replaces them, so that pictures follow light and dark.
_COLOURS = {
    "#010101": "currentColor",
    "#010102": "var(--good)",
    "#010103": "var(--part)",
    "#010104": "var(--bad)",
    "#010105": "var(--none)",
    "#010106": "var(--grid)",
    "#010107": "var(--quiet)",
}
_TEXT, _GOOD, _PART, _BAD, _NONE, _GRID, _QUIET = _COLOURS
_STYLE = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 10,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.edgecolor": _QUIET,
    "axes.labelcolor": _TEXT,
    "axes.titlecolor": _TEXT,
    "axes.titlesize": 10,
    "axes.titleweight": "bold",
    "grid.color": _GRID,
    "text.color": _TEXT,
    "xtick.color": _QUIET,
    "ytick.color": _QUIET,
    "xtick.labelcolor": _TEXT,
    "ytick.labelcolor": _TEXT,
}


def findings(report: ClassReport) -> list[str]:
    """What matters most, one sentence each."""
    lines = []
    last = report.assignments[-1]
    lines.append(
        f"{len(last.scores)} of {report.students} students have a score in {last.name}; "
        f"the median is {last.median_score:.3g} of {last.max_score:.3g} points."
    )
    if last.late:
        penalties = sum(row.penalty > 0 for row in last.late)
        lines.append(f"{len(last.late)} of them handed in late, {penalties} with a penalty.")
    hardest = sorted(report.tasks, key=lambda task: task.solved_share)[:3]
    for task in hardest:
        if task.solved_share < 1:
            lines.append(f"{_named(task)} is solved by {task.solved_share:.0%}{_mistake(task)}.")
    weak = [task for task in report.tasks if task.weak]
    if weak:
        worst = min(weak, key=lambda task: task.discrimination)
        lines.append(
            f"{len(weak)} {_plural(weak, 'task does', 'tasks do')} not tell strong from weak "
            f"students, least of all {_named(worst, capital=False)} "
            f"(discrimination {worst.discrimination:.2f})."
        )
    if report.looks:
        nothing = sum("has handed in nothing" in look.reasons for look in report.looks)
        lines.append(
            f"{len(report.looks)} {_plural(report.looks, 'student needs', 'students need')} a look"
            + (f", {nothing} of them handed in nothing." if nothing else ".")
        )
    if report.change:
        new = sum(row[1] for row in report.change.assignments)
        lines.append(
            f"Since {report.change.since}: {new:+d} submissions, "
            f"{report.change.students} students with another score."
        )
    if report.remarks:
        lines.append("Some downloaded files need a look; they are named at the end.")
    return lines


def _named(task: TaskReport, capital: bool = True) -> str:
    return f"{'T' if capital else 't'}ask {task.name} ({task.assignment})"


def _mistake(task: TaskReport) -> str:
    if not task.mistakes:
        return ""
    first = task.mistakes[0]
    students = "student" if first.students == 1 else "students"
    text = first.message if len(first.message) <= 160 else f"{first.message[:157]}..."
    return f"; the most frequent mistake ({first.students} {students}): “{text}”"


def _plural(items: list, one: str, many: str) -> str:
    return one if len(items) == 1 else many


def render(report: ClassReport) -> str:
    """The page."""
    with matplotlib.rc_context(_STYLE):
        pictures = {
            "course": _course(report) if len(report.assignments) > 1 else "",
            "discrimination": _discrimination(report),
            "scores": [_distribution(each) for each in report.assignments],
            "tasks": {each.name: _tasks(each) for each in report.assignments},
        }
    return render_page(
        "report.html",
        report=report,
        findings=findings(report),
        pictures=pictures,
        mistakes=sorted(
            ((mistake, task) for task in report.tasks for mistake in task.mistakes),
            key=lambda row: -row[0].students,
        )[:TOP_MISTAKES],
        weak=report_data.WEAK,
        missing=report_data.MISSING,
        shown_mistakes=SHOWN_MISTAKES,
        shown_students=SHOWN_STUDENTS,
        least=report_data.MIN_FOR_DISCRIMINATION,
        low=report_data.LOW,
        fall=report_data.FALL,
        expected=report_data.EXPECTED,
    )


# ---------------------------------------------------------------- pictures


def _picture(description: str, width: float, height: float, draw: Callable) -> Markup:
    """An SVG in the page's colours, with a description for those who can't see it."""
    figure = Figure(figsize=(width, height), layout="constrained")
    draw(figure.add_subplot())
    file = io.StringIO()
    figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
    svg = file.getvalue()
    svg = re.sub(r"<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    svg = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", svg, count=1)
    svg = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", svg, count=1)
    for colour, replacement in _COLOURS.items():
        svg = svg.replace(colour, replacement)
    label = Markup('<svg role="img" aria-label="{}"').format(description)
    return label + Markup(svg.removeprefix("<svg"))


def _distribution(assignment: AssignmentReport) -> Markup:
    top = assignment.max_score or 1.0

    def draw(axes) -> None:
        axes.hist(
            np.clip(list(assignment.scores.values()), 0, top),
            bins=np.linspace(0, top, 11),
            color=_GOOD,
            rwidth=0.9,
        )
        axes.axvline(assignment.median_score, color=_BAD, linewidth=2)
        axes.set(
            title=assignment.name,
            xlabel=f"points of {top:.3g} (line: median)",
            ylabel="students",
            xlim=(0, top),
        )
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.grid(axis="x", visible=False)

    return _picture(f"How many students have which score in {assignment.name}", 3.4, 2.4, draw)


def _tasks(assignment: AssignmentReport) -> Markup:
    tasks = assignment.tasks[::-1]  # the first one at the top

    def draw(axes) -> None:
        left = np.zeros(len(tasks))
        for kind, colour in {
            "solved": _GOOD,
            "partly": _PART,
            "failed": _BAD,
            "not_attempted": _NONE,
        }.items():
            width = np.array([100 * getattr(task, kind) / task.submissions for task in tasks])
            axes.barh([task.name for task in tasks], width, left=left, color=colour, height=0.7)
            left += width
        axes.set(xlabel="submissions, %", xlim=(0, 100))
        axes.grid(axis="y", visible=False)

    height = 0.8 + 0.32 * len(tasks)
    return _picture(f"How many solve each task of {assignment.name}", 5.5, height, draw)


def _course(report: ClassReport) -> Markup:
    names = [assignment.name for assignment in report.assignments]
    quartiles = np.array(
        [
            np.percentile([100 * each.share(student) for student in each.scores], [25, 50, 75])
            for each in report.assignments
        ]
    ).T

    def draw(axes) -> None:
        x = np.arange(len(names))
        axes.fill_between(x, quartiles[0], quartiles[2], color=_PART, alpha=0.5, linewidth=0)
        axes.plot(x, quartiles[1], color=_GOOD, marker="o", linewidth=2)
        axes.set(ylabel="score, % of the points", ylim=(0, 102))
        axes.set_xticks(x, names, rotation=30, ha="right", rotation_mode="anchor")

    return _picture("Median score and quartiles of every assignment", 9, 3.2, draw)


def _discrimination(report: ClassReport) -> Markup | str:
    tasks = [task for task in report.tasks if task.discrimination is not None]
    if not tasks:
        return ""
    named: list[TaskReport] = []
    for task in sorted(tasks, key=lambda task: min(task.solved_share, task.discrimination)):
        if len(named) < NAMED_TASKS and not any(_is_near(task, other) for other in named):
            named.append(task)

    def draw(axes) -> None:
        axes.scatter(
            [100 * task.solved_share for task in tasks],
            [task.discrimination for task in tasks],
            color=[_BAD if task.weak else _GOOD for task in tasks],
            s=30,
        )
        axes.axhline(report_data.WEAK, color=_BAD, linewidth=1, linestyle="--")
        for task in named:
            right = task.solved_share > 0.75
            axes.annotate(
                task.name,
                (100 * task.solved_share, task.discrimination),
                xytext=(-6 if right else 6, 4),
                textcoords="offset points",
                ha="right" if right else "left",
                fontsize=9,
            )
        low = min(-0.05, *(task.discrimination - 0.05 for task in tasks))
        axes.set(
            xlabel="submissions that solve the task, %",
            ylabel="discrimination",
            xlim=(-2, 102),
            ylim=(low, 1.02),
        )

    return _picture("Discrimination of every task against how many solve it", 9, 3.6, draw)


def _is_near(task: TaskReport, other: TaskReport) -> bool:
    """Whether the names of two tasks would cover each other."""
    return (
        abs(task.solved_share - other.solved_share) < 0.2
        and abs(task.discrimination - other.discrimination) < 0.06
    )
