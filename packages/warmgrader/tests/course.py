"""A small course that needs nothing but NumPy, and students for it."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from warmgrader.trial import TrialCourse

ASSIGNMENT = "means"
MAXIMUM = 5.0
RIGHT = "def mean(values):\n    return np.sum(values) / np.size(values)"
RIGHT_IF_WARM = f"import sys\nassert 'warmgrader.kernels.kernel' in sys.modules\n{RIGHT}"
BIASED = "def mean(values):\n    return np.sum(values) / (np.size(values) - 1)"
VISIBLE_ONLY = "def mean(values):\n    return 2.0"
CONFIG = """
c = get_config()
c.CourseDirectory.root = {root!r}
c.CourseDirectory.db_url = {db_url!r}
c.CourseDirectory.course_id = "numpy"
c.Execute.timeout = 60
c.WarmProvisioner.preload = ["numpy"]
"""


def _cell(source: str, grade_id: str, **metadata: object) -> nbformat.NotebookNode:
    cell = new_code_cell(source, id=grade_id)
    nbgrader = {
        "grade_id": grade_id, "schema_version": 3, "grade": False, "solution": False,
        "locked": False, "task": False, **metadata,
    }  # fmt: skip
    cell.metadata["nbgrader"] = nbgrader
    return cell


def source_notebook() -> nbformat.NotebookNode:
    """Return the instructor's notebook: one answer, one visible and one hidden test, one essay."""
    answer = f"### BEGIN SOLUTION\n{RIGHT}\n### END SOLUTION"
    hidden = (
        "assert mean([1, 3]) == 2\n"
        "### BEGIN HIDDEN TESTS\nassert mean([[1, 2], [3, 6]]) == 3\n### END HIDDEN TESTS"
    )
    essay = new_markdown_cell("YOUR ANSWER HERE", id="essay")
    essay.metadata["nbgrader"] = {
        "grade_id": "essay", "schema_version": 3, "grade": True, "solution": True,
        "locked": False, "task": False, "points": 3,
    }  # fmt: skip
    notebook = new_notebook(
        cells=[
            new_markdown_cell("# Means", id="title"),
            new_code_cell("import numpy as np", id="imports"),
            _cell(answer, "mean", solution=True),
            _cell("assert mean([2, 2]) == 2", "check", grade=True, locked=True, points=1),
            _cell(hidden, "hidden", grade=True, locked=True, points=4),
            essay,
        ]
    )
    notebook.metadata["kernelspec"] = {
        "name": "python3", "display_name": "Python 3", "language": "python",
    }  # fmt: skip
    return notebook


class Course:
    """A course directory with a gradebook."""

    def __init__(self, root: Path, template: Course | None = None, db_url: str = "") -> None:
        """Write the course, or copy one that has been generated already."""
        self.root = root
        self.db_url = db_url or f"sqlite:///{root}/gradebook.db"
        folder = root / "source" / ASSIGNMENT
        if template is not None:
            shutil.copytree(template.root, root)
        else:
            folder.mkdir(parents=True)
            nbformat.write(source_notebook(), folder / "means.ipynb")
            (folder / "values.csv").write_text("1,3\n")
        config = CONFIG.format(root=str(root), db_url=self.db_url)
        (root / "nbgrader_config.py").write_text(config)

    def switch_over(self, kernel: str) -> None:
        """Add the line that makes nbgrader's commands and formgrader use warmgrader."""
        config = self.root / "nbgrader_config.py"
        line = f"from warmgrader.switch import use_warmgrader\nuse_warmgrader(c, {kernel!r})\n"
        config.write_text(config.read_text() + line)

    def generate(self) -> None:
        """Put the assignment into the gradebook, as `nbgrader generate_assignment` does."""
        TrialCourse(self.root, ASSIGNMENT).generate()

    def submit(self, student: str, answer: str, cells: tuple[str, ...] = ()) -> Path:
        """Hand in a notebook with an answer, and further code cells behind it."""
        path = self.root / "release" / ASSIGNMENT / "means.ipynb"
        notebook = nbformat.read(path, as_version=4)
        index = next(i for i, cell in enumerate(notebook.cells) if cell.id == "mean")
        notebook.cells[index].source = answer
        notebook.cells[index + 1 : index + 1] = [new_code_cell(source) for source in cells]
        folder = self.root / "submitted" / student / ASSIGNMENT
        folder.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, folder / "means.ipynb")
        return folder / "means.ipynb"

    def scores(self) -> dict[str, dict[str, float | None]]:
        """Return every automatic score, by student and cell."""
        with Gradebook(self.db_url) as gradebook:
            return {
                submission.student.id: {
                    grade.cell.name: grade.auto_score
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                }
                for submission in gradebook.assignment_submissions(ASSIGNMENT)
            }
