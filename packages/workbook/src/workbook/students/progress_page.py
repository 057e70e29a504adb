"""The page that `workbook progress` writes: Markdown, whose links JupyterLab and VS Code follow."""

import html
import re

from workbook.students.check import State
from workbook.students.standing import SIGNS, Next, Standing, words_of

_BAR = 10  # characters


def render(found: list[Standing], missing: list[str], step: Next | None, summary: list[str]) -> str:
    """The page, as it stands in work/.

    Args:
        found: the fetched assignments.
        missing: names of the others.
        step: what to do next.
        summary: points so far, and what to do next, in words.
    """
    parts = ["# Your progress", f"{summary[0]} Hidden tests run when your work is graded."]
    parts.append(_lead(step) if step and step.task else f"**{escaped(summary[1])}**")
    for standing in found:
        parts.append(f"## {_link(standing.name)}")
        if standing.problem:
            parts.append(escaped(standing.problem))
        else:
            parts += [_bar(standing), _table(standing)]
    if missing:
        parts += ["## Not fetched yet", "A click on one in JupyterLab fetches it."]
        parts.append("\n".join(f"- {_link(name)}" for name in missing))
    return "\n\n".join(parts) + "\n"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, also in a table."""
    return re.sub(r"([\\`*_{}\[\]()#+!|~$-])", r"\\\1", html.escape(text, quote=False)).replace(
        "\n", "<br>"
    )


def _link(assignment: str) -> str:
    return f"[{assignment}]({assignment}/{assignment}.ipynb)"


def _lead(step: Next) -> str:
    """The next task, what its check says, and what to read; given that there is one."""
    assert step.task is not None
    lines = [f"**Next:** `{step.task.task.name}` in {_link(step.assignment)}"]
    if step.task.message:
        lines.append(f"It says: {escaped(step.task.message)}")
    if step.section:
        chapter = f"../notebooks/{step.chapter}.ipynb{step.anchor}"
        lines.append(f"Read [“{escaped(step.section)}”]({chapter})")
    return "<br>\n".join(lines)


def _bar(standing: Standing) -> str:
    full = round(_BAR * standing.reached / (standing.visible or 1))
    bar = "\N{FULL BLOCK}" * full + "\N{LIGHT SHADE}" * (_BAR - full)
    return f"{bar} {standing.reached:g} of {standing.visible:g} points from visible tests"


def _table(standing: Standing) -> str:
    rows = ["| | task | points | state |", "|---|---|---|---|"]
    for each in standing.results:
        state = words_of(each.state)
        if each.state is not State.PASSED and each.message:
            state += f"<br>{escaped(each.message)}"
        points = f"{each.task.check_points:g} + {each.task.hidden_points:g} hidden"
        rows.append(f"| {SIGNS[each.state]} | `{each.task.name}` | {points} | {state} |")
    return "\n".join(rows)
