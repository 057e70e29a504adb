"""The tasks of an assignment notebook, and what its cells showed after a run."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from warmgrader.errors import first_line
from workbook.common.errors import WorkbookError

#: What the stub in place of a solution says (`ClearSolutions.code_stub` in nbgrader_config.py).
NOT_ATTEMPTED = "Not attempted yet"
#: nbgrader's marks around what students don't get.
BEGIN_SOLUTION = "### BEGIN SOLUTION"
END_SOLUTION = "### END SOLUTION"

_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_CELL_FILE = re.compile(r"\((?:<ipython-input-\S+>|\d+\.py), ")
_STACK_LINE = re.compile(r'\s*File ".*", line \d+, in ')


@dataclass(frozen=True)
class Task:
    """One graded task: the cell to fill in and the two cells that score it."""

    name: str
    check_points: float
    hidden_points: float

    @property
    def points(self) -> float:
        """Points of the visible and the hidden test cell together."""
        return self.check_points + self.hidden_points

    @property
    def check(self) -> str:
        """Grade id of the visible test cell."""
        return f"{self.name}_check"

    @property
    def hidden(self) -> str:
        """Grade id of the hidden test cell."""
        return f"{self.name}_hidden"


def read_notebook(path: Path) -> NotebookNode:
    """Read a notebook file, or raise `WorkbookError` with one line that names it."""
    if not path.is_file():
        raise WorkbookError(f"{path}: there is no such file")
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        notebook = nbformat.reads(json.dumps(content), as_version=4)
    except Exception as error:  # nbformat raises many kinds for what is only "not a notebook"
        raise WorkbookError(f"{path}: not a Jupyter notebook ({first_line(error)})") from error
    if not hasattr(notebook, "cells"):
        raise WorkbookError(f"{path}: not a Jupyter notebook (it has no cells)")
    return notebook


def graded_cells(notebook: NotebookNode) -> dict[str, NotebookNode]:
    """Code cells by grade id; of cells with the same id, the first."""
    cells: dict[str, NotebookNode] = {}
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if cell.cell_type == "code" and grade_id:
            cells.setdefault(grade_id, cell)
    return cells


def read_tasks(notebook: NotebookNode) -> list[Task]:
    """The tasks of an assignment, in the order of the notebook.

    A task is a solution cell `<task>` that has both test cells, `<task>_check` and
    `<task>_hidden`.
    """
    cells = graded_cells(notebook)
    tasks = []
    for name, cell in cells.items():
        tests = [cells.get(f"{name}_{kind}") for kind in ("check", "hidden")]
        if cell.metadata.nbgrader.get("solution") and None not in tests:
            tasks.append(Task(name, *(float(test.metadata.nbgrader["points"]) for test in tests)))
    return tasks


def answered(notebook: NotebookNode) -> list[str]:
    """Names of the tasks whose answer cells have something in place of the stub."""
    cells = graded_cells(notebook)
    return [
        task.name for task in read_tasks(notebook) if NOT_ATTEMPTED not in cells[task.name].source
    ]


def plain(text: str) -> str:
    """`text` without terminal colours."""
    return _ANSI.sub("", text)


def fold(text: str) -> str:
    """`text` without colours, any run of white space as one space: for comparing words."""
    return " ".join(plain(text).split())


def error_of(cell: NotebookNode) -> NotebookNode | None:
    """The first error among the outputs of a cell."""
    return next((output for output in cell.outputs if output.output_type == "error"), None)


def shown(cell: NotebookNode) -> str:
    """The words a cell showed: what it printed, then the message of its error.

    Tracebacks are left out, because they quote the lines around the failing one, and with them
    messages that were not meant.
    """
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append(f"{output.ename}: {output.evalue}")
    return plain("\n".join(parts)).strip()


def brief(text: str, lines: int = 8) -> str:
    """`text` without the quoted stack of a graph error and without most of what is too long."""
    kept = [line for line in text.splitlines() if line.strip() and not _STACK_LINE.match(line)]
    if len(kept) > lines:
        kept[lines // 2 : -lines // 2] = ["..."]
    return "\n".join(kept)


def not_attempted(cell: NotebookNode) -> bool:
    """Whether a cell failed only because the student has not answered yet."""
    error = error_of(cell)
    return error is not None and NOT_ATTEMPTED in error.evalue


def words(error: Mapping[str, str]) -> str:
    """The message of an error output; its kind as well, unless an assertion speaks for itself."""
    message = brief(_CELL_FILE.sub("(", plain(error["evalue"])))
    if error["ename"] == "AssertionError" and message:
        return message
    return f"{error['ename']}: {message}" if message else error["ename"]
