"""A small course with one NumPy assignment, for tests of the tools: it grades in a second."""

import shutil
from copy import deepcopy
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from warmgrader.trial import TrialCourse
from workbook.common.tasks import graded_cells

ROOT = Path(__file__).resolve().parents[1]
NAME = "ex01_sample"

SOLUTIONS = {
    "double": "return 2 * x",
    "mean": "return float(np.mean(values))",
}
CHECKS = {
    "double": 'assert double(3) == 6, f"double(3) is 6, yours gives {double(3)}"',
    "mean": 'assert mean([1, 2]) == 1.5, "The mean of 1 and 2\\n  is 1.5"',
}
HIDDEN = {
    "double": 'assert double(-1) == -2, "Negative numbers are doubled too"',
    "mean": 'assert mean([[1, 2], [3, 4]]) == 2.5, "The mean is over all elements"',
}
SIGNATURES = {"double": "def double(x):", "mean": "def mean(values):"}
POINTS = {"double": (4, 6), "mean": (5, 5)}

ANSWERS = {
    "double/right_times.py": "def double(x):\n    return x * 2\n",
    "double/right_plus.py": "def double(x):\n    return x + x\n",
    "double/wrong_triple.py": "# message: double(3) is 6, yours gives 9\ndef double(x):\n"
    "    return 3 * x\n",
    "double/wrong_square.py": "# message: yours gives 9\ndef double(x):\n    return x**2\n",
    "double/wrong_abs.py": "# message: Negative numbers are doubled too\ndef double(x):\n"
    "    return 2 * abs(x)\n",
    "double/wrong_same.py": "# message: yours gives 3\ndef double(x):\n    return x\n",
    "mean/right_sum.py": "def mean(values):\n    values = np.ravel(values)\n"
    "    return sum(values) / len(values)\n",
    "mean/right_method.py": "def mean(values):\n    return np.asarray(values).mean()\n",
    "mean/wrong_median.py": "# message: The mean of 1 and 2 is 1.5\ndef mean(values):\n"
    "    return max(values)\n",
    "mean/wrong_first.py": "# message: The mean of 1 and 2 is 1.5\ndef mean(values):\n"
    "    return values[0]\n",
    "mean/wrong_sum.py": "# message: is 1.5\ndef mean(values):\n    return sum(values)\n",
    "mean/wrong_axis.py": "# message: The mean is over all elements\ndef mean(values):\n"
    "    m = np.mean(values, axis=0)\n    return m if np.ndim(m) == 0 else m[0]\n",
}


def _graded(source: str, grade_id: str, points: float | None = None) -> nbformat.NotebookNode:
    meta = {
        "grade": points is not None,
        "grade_id": grade_id,
        "locked": points is not None,
        "schema_version": 3,
        "solution": points is None,
        "task": False,
    }
    if points is not None:
        meta["points"] = points
    return new_code_cell(source, id=grade_id, metadata={"nbgrader": meta})


def _notebook() -> nbformat.NotebookNode:
    cells = [new_markdown_cell("# Sample", id="title"), new_code_cell("import numpy as np", id="s")]
    for task, points in POINTS.items():
        answer = f"{SIGNATURES[task]}\n    ### BEGIN SOLUTION\n    {SOLUTIONS[task]}\n"
        hidden = f"# Hidden tests run here.\n### BEGIN HIDDEN TESTS\n{HIDDEN[task]}\n"
        cells += [
            _graded(answer + "    ### END SOLUTION", task),
            _graded(CHECKS[task], f"{task}_check", points[0]),
            _graded(hidden + "### END HIDDEN TESTS", f"{task}_hidden", points[1]),
        ]
    kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernelspec})


def make_course(directory: Path) -> Path:
    """Write the course, with its answers, into `directory`; nothing is released yet."""
    shutil.copy(ROOT / "nbgrader_config.py", directory)
    (directory / "work").mkdir()
    shutil.copy(ROOT / "work" / "nbgrader_config.py", directory / "work")
    source = directory / "solutions" / NAME / f"{NAME}.ipynb"
    source.parent.mkdir(parents=True)
    nbformat.write(_notebook(), source)
    for name, text in ANSWERS.items():
        path = directory / "chapters" / "01_sample" / "answers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


def release(course: Path) -> nbformat.NotebookNode:
    """Make the notebook that students get, and return it."""
    generated = TrialCourse(course, NAME)
    generated.generate()
    return generated.released


def with_answers(notebook: nbformat.NotebookNode, **answers: str) -> nbformat.NotebookNode:
    """A copy of a released notebook with these sources in the answer cells."""
    notebook = deepcopy(notebook)
    cells = graded_cells(notebook)
    for task, source in answers.items():
        cells[task].source = source
    return notebook
