"""Right answers to a task beside a student's own, once that passes: `workbook solution`.

There are some only in a copy of the course that holds solutions.
"""

from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from rich.console import Console, Group
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

from workbook.authors.answers import Answer, answers_folder
from workbook.common.errors import WorkbookError
from workbook.common.kernels import default_kernel
from workbook.common.paths import find_root, matching
from workbook.common.tasks import (
    BEGIN_SOLUTION,
    END_SOLUTION,
    graded_cells,
    read_notebook,
    read_tasks,
)
from workbook.students.check import (
    State,
    assignment_of,
    check,
    find_notebook,
    find_released,
    find_solution,
)

#: From how many columns on a terminal has room for two answers beside each other.
_WIDE = 120
#: Readable on light and dark terminals, and in notebooks.
_THEME = "ansi_light"


def solution_command(target: str, task: str) -> None:
    """Print a student's own answer to a task and other right ones, if the own one passes.

    Args:
        target: a notebook, or the fetched assignment in ``work/``.
        task: the name of the task.

    Raises:
        WorkbookError: there are no solutions here, no such task, or the answer does not pass.
    """
    root = find_root()
    path = find_notebook(target, root)
    notebook, solution = read_notebook(path), find_solution(path, root)
    [task] = matching(task, [each.name for each in read_tasks(solution)], "task")
    console = Console()
    console.print(f"Trying your {task} ...")
    _refuse_unsolved(path, notebook, solution, task, root)
    own = _panel("your answer", graded_cells(notebook)[task].source)
    found = right_answers(root, assignment_of(path), solution, task)
    others = [_panel(title, code) for title, code in found]
    if console.width < _WIDE:
        console.print(own, *others)
        return
    beside = Table.grid(expand=True)
    beside.add_column(ratio=1)
    beside.add_column(ratio=1)
    beside.add_row(own, Group(*others))
    console.print(beside)


def right_answers(
    root: Path, assignment: str, solution: NotebookNode, task: str
) -> Iterator[tuple[str, str]]:
    """The official answer to a task, then the other right ones, each with what it is called."""
    lines = graded_cells(solution)[task].source.splitlines()
    marks = (BEGIN_SOLUTION, END_SOLUTION)
    yield "official answer", "\n".join(line for line in lines if line.strip() not in marks)
    for path in sorted((answers_folder(root, assignment) / task).glob("right_*.py")):
        name = path.stem.removeprefix("right_").replace("_", " ")
        yield f"another one: {name}", Answer.read(path).source


def _refuse_unsolved(
    path: Path, notebook: NotebookNode, solution: NotebookNode, task: str, root: Path
) -> None:
    folder = path.resolve().parent
    released = find_released(path, root)
    [result] = check(notebook, released, folder, default_kernel(), solution, only=task)
    if result.passed:
        return
    reason = result.message or result.hidden_message
    if result.state is State.NOT_ATTEMPTED:
        reason = "it is not attempted yet"
    raise WorkbookError(f"{task}: right answers are shown once your own passes all tests. {reason}")


def _panel(title: str, code: str) -> Panel:
    return Panel.fit(Syntax(code, "python", theme=_THEME, word_wrap=True), title=title)
