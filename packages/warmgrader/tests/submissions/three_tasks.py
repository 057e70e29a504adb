"""A course with three tasks that needs nothing but NumPy, and grades in a moment."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from warmgrader.trial import TrialCourse

ASSIGNMENT = "ps1"
NOTEBOOK = "ex01"
MAXIMUM = 6
"""Points that tests give; three more are for the essay, by hand."""

SECRETS = ("secret_7351", "8147.25", "MARK-HIDDEN", hex(int(4 * 8147.25)))
"""Words of the hidden tests, and a number of theirs in disguise, that no student may ever see."""

FACTS = """
ZERO = 0
EXAMPLES = {"mean": 2}


class Checker:
    closeness = 1e-7
"""
"""What the instructor's tests rely on."""

RIGHT = {
    "mean": "def mean(values):\n    return np.sum(values) / np.size(values)",
    "scale": "def scale(values, factor):\n    return np.asarray(values) * factor",
    "total": "def total(values):\n    return float(np.sum(values))",
    "essay": "The mean follows outliers, the median does not.",
}
WRONG = {
    "mean": "def mean(values):\n    return -1.0",
    "scale": "def scale(values, factor):\n    return -np.ones(len(values))",
    "total": "def total(values):\n    return -1.0",
    "essay": "I don't know.",
}
HIDDEN = "# Hidden tests run here.\n### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"
TESTS = {
    "mean_check": (1, 'assert mean([1, 3]) == EXAMPLES["mean"], "The mean of 1 and 3 is 2"'),
    "mean_hidden": (
        1,
        HIDDEN.format(
            "secret_7351 = [16294.5, 0]  # MARK-HIDDEN\n"
            "np.testing.assert_allclose(float(mean(secret_7351)), 8147.25, Checker.closeness)"
        ),
    ),
    "scale_check": (
        1,
        "np.testing.assert_allclose(scale([1, 2], 3), [3, 6])",
    ),
    "scale_hidden": (
        1,
        HIDDEN.format(
            "secret_7351 = scale([8147.25], 0)  # MARK-HIDDEN\n"
            'assert list(secret_7351) == [ZERO], "Nothing is left after scaling by 0"'
        ),
    ),
    # One point for each of two right answers.
    "total_score": (
        2,
        "points = int(total([1, 2]) == 3)\n### BEGIN HIDDEN TESTS\n"
        "points += int(total([8147.25, -1]) == 8146.25)  # MARK-HIDDEN\n"
        "### END HIDDEN TESTS\npoints",
    ),
}
CONFIG = """
from pathlib import Path

from warmgrader.switch import use_warmgrader

c = get_config()
c.CourseDirectory.root = str(Path(__file__).resolve().parent)
c.CourseDirectory.course_id = "numpy"
c.CourseDirectory.db_url = f"sqlite:///{c.CourseDirectory.root}/gradebook.db"
c.WarmProvisioner.preload = ["numpy", "pandas"]
c.ExecutePreprocessor.timeout = 3
c.WarmAutograde.wall_limit = 30
c.WarmAutograde.cpu_limit = 20
c.WarmAutograde.memory_limit = 400
c.WarmAutograde.disk_limit = 64
c.WarmAutograde.file_limit = 32
c.WarmAutograde.task_limit = 64
c.WarmExecute.output_limit = 1_000_000
use_warmgrader(c)
"""


def _marked(
    cell: nbformat.NotebookNode, grade_id: str, **nbgrader: object
) -> nbformat.NotebookNode:
    cell.metadata["nbgrader"] = {
        "grade_id": grade_id, "schema_version": 3, "grade": False, "solution": False,
        "locked": False, "task": False, **nbgrader,
    }  # fmt: skip
    return cell


def _task(name: str, text: str) -> list[nbformat.NotebookNode]:
    signature, body = RIGHT[name].split("\n", 1)
    answer = f"{signature}\n    ### BEGIN SOLUTION\n{body}\n    ### END SOLUTION"
    cells = [
        new_markdown_cell(f"## {name}\n\n{text}", id=f"{name}-text"),
        _marked(new_code_cell(answer, id=f"{name}-cell"), name, solution=True),
    ]
    for grade_id, (points, source) in TESTS.items():
        if grade_id.startswith(name):
            cell = new_code_cell(source, id=f"{grade_id}-cell")
            cells.append(_marked(cell, grade_id, grade=True, locked=True, points=points))
    return cells


def source_notebook() -> nbformat.NotebookNode:
    """Return the instructor's notebook."""
    essay = new_markdown_cell("YOUR ANSWER HERE", id="essay-cell")
    cells = [
        new_markdown_cell("# Three tasks", id="title"),
        new_code_cell("import numpy as np", id="imports"),
        new_code_cell(FACTS.strip(), id="facts"),
        *_task("mean", "Return the mean of the values."),
        *_task("scale", "Return all values times the factor, as an array."),
        *_task("total", "Return the sum of the values."),
        new_markdown_cell("## essay\n\nMean or median: which one follows outliers?", id="ask"),
        _marked(essay, "essay", grade=True, solution=True, points=3),
    ]
    kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernelspec})


def make_course(root: Path) -> Path:
    """Write the course directory and generate its assignment."""
    folder = root / "source" / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(source_notebook(), folder / f"{NOTEBOOK}.ipynb")
    (folder / "values.csv").write_text("1,3\n")
    (root / "nbgrader_config.py").write_text(CONFIG)
    TrialCourse(root, ASSIGNMENT).generate()
    return root


def released(root: Path) -> nbformat.NotebookNode:
    """Return the notebook that students get."""
    return nbformat.read(root / "release" / ASSIGNMENT / f"{NOTEBOOK}.ipynb", as_version=4)


def find(notebook: nbformat.NotebookNode, grade_id: str) -> nbformat.NotebookNode:
    """Return a cell by its grade id."""
    return notebook.cells[position(notebook, grade_id)]


def position(notebook: nbformat.NotebookNode, grade_id: str) -> int:
    """Return where a cell is, by its grade id."""
    for index, cell in enumerate(notebook.cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id:
            return index
    raise LookupError(grade_id)


def answered(notebook: nbformat.NotebookNode, answers: dict[str, str]) -> nbformat.NotebookNode:
    """Return a copy of the released notebook with answers in it."""
    notebook = deepcopy(notebook)
    for grade_id, source in answers.items():
        find(notebook, grade_id).source = source
    return notebook
