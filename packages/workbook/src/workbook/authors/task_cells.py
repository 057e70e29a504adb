"""What the build adds to the text of an assignment: counts, a table, headings, and the checks.

A check is folded when a notebook is opened: its first line says what it is. When it fails it shows
its message, and where the student's own code has failed, but not the test. Of an error that is no
message of the test, it says at which line of the test. Nothing of the course is imported for that,
and nothing but IPython ever calls it.
"""

import textwrap

from workbook.authors.counts import Counts, points_in_words
from workbook.authors.source import TASKS_PLACE, AuthoredCell, heading_of
from workbook.common.tasks import NOT_ATTEMPTED

#: Where the build writes how many tasks and points there are, as the beginning of a sentence.
COUNTS_PLACE = "{{ counts }}"
#: How JupyterLab, Notebook 7 and Colab keep a cell folded; VS Code has nothing for it in the file.
FOLDED = {"jupyter": {"source_hidden": True}, "cellView": "form"}

_CHECK = """\
# @title {title}: ▶ or Shift+Enter runs it, a click shows its tests
try:
{tests}
except Exception as _failed:
    # IPython shows what this returns: the message, and a student's own error, without the tests.
    def _show(failed=_failed, here=_failed.__traceback__):
        import linecache
        import textwrap

        told, kind, file = str(failed), type(failed), here.tb_frame.f_code.co_filename
        if "{not_attempted}" in told:
            return ["○ {not_attempted}: your answer to {task} goes into the cell above."]
        error = kind is AssertionError and failed.__cause__ or failed
        place, number = here if error is failed else error.__traceback__, 0
        while place and place.tb_frame.f_code.co_filename == file:
            place, number = place.tb_next, place.tb_lineno
        if kind is NameError:
            told += ". Run the imports and your answer above first, and put right what fails there."
        elif kind is not AssertionError or not told:
            told = f"{{kind.__name__}}: {{told.partition(chr(10))[0] if place else told}}"
            told += f"\\nThe check stopped at: {{linecache.getline(file, number).strip()}}"
        lines = [textwrap.fill(line, 80) for line in f"✗ {{told}}".splitlines()]
        own = get_ipython().InteractiveTB.structured_traceback
        return lines + (own(type(error), error, place, tb_offset=0) if place else [])

    _failed._render_traceback_ = _show
    raise
else:
    print({passed})"""


def complete(cells: list[AuthoredCell]) -> None:
    """Write into the cells of an assignment what follows from the metadata of its tasks."""
    answers = [cell for cell in cells if cell.role == "answer"]
    hidden = {cell.task: cell for cell in cells if cell.role == "hidden"}
    points: dict[str, list[int]] = {answer.task: [] for answer in answers}
    for cell in cells:
        if cell.points:
            points[cell.task].append(cell.points)
    told = Counts.of(cells).in_words
    filled = {COUNTS_PLACE: told[0].upper() + told[1:], TASKS_PLACE: _table(answers, points)}
    headings = {
        heading_of(answer.task): _heading(number, answer, points[answer.task])
        for number, answer in enumerate(answers, start=1)
    }
    for cell in cells:
        if cell.kind == "markdown":
            for place, text in filled.items():
                cell.source = cell.source.replace(place, text)
            lines = [headings.get(line, line) for line in cell.source.splitlines()]
            cell.source = "\n".join(lines)
        elif cell.role == "check":
            cell.source = _check(cell, hidden[cell.task])


def title_of_check(cell: AuthoredCell) -> str:
    """What the line of a folded check says first."""
    return f"Check {cell.task} ({points_in_words(cell.points)})"


def _heading(number: int, answer: AuthoredCell, points: list[int]) -> str:
    """The heading of a task, and below it how long and how hard it is."""
    told = " + ".join(map(str, points))
    return (
        f"## Task {number} · `{answer.task}` ({told} points)\n\n"
        f"*About {answer.minutes} minutes · difficulty {answer.difficulty} of 3*"
    )


def _table(answers: list[AuthoredCell], points: dict[str, list[int]]) -> str:
    """The tasks with points, minutes and difficulty, and their sums."""
    rows = [
        f"| `{answer.task}` | {answer.about} | {sum(points[answer.task])} | {answer.minutes} "
        f"| {answer.difficulty} of 3 |"
        for answer in answers
    ]
    minutes = sum(answer.minutes for answer in answers)
    difficulty = sum(answer.difficulty for answer in answers)
    total = sum(map(sum, points.values()))
    return "\n".join([
        "| task | about | points | minutes | difficulty |",
        "|---|---|---|---|---|",
        *rows,
        f"| **together** | {_duration(minutes)} | **{total}** | **{minutes}** "
        f"| **{difficulty} of {3 * len(answers)}** |",
    ])  # fmt: skip


def _duration(minutes: int) -> str:
    """``about 1.5 hours`` and the like, as nobody knows it better."""
    halves = max(round(minutes / 30), 1)
    return {1: "about half an hour", 2: "about an hour"}.get(halves, f"about {halves / 2:g} hours")


def _check(cell: AuthoredCell, hidden: AuthoredCell) -> str:
    """The source of a check cell, around the tests that the author has written."""
    more = f"Its hidden tests ({points_in_words(hidden.points)}) also try {hidden.tries}."
    passed = f"✓ {cell.task} passes this check.\n{textwrap.fill(more, 80)}".splitlines(
        keepends=True
    )
    return _CHECK.format(
        task=cell.task,
        title=title_of_check(cell),
        tests=textwrap.indent(cell.source, "    "),
        not_attempted=NOT_ATTEMPTED,
        passed="".join(f"\n        {line!r}" for line in passed) + "\n    ",
    )
