"""Every assignment of the course through the programs that students save notebooks with.

Whatever comes back must be equal in what is graded, and in what runs before it, to what was saved.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from places import ROOT, copy_configuration
from traitlets.config import Config

from warmgrader.grading.extract import extract_assignment
from warmgrader.submissions.repair import repair
from warmgrader.submissions.source import SourceNotebook, read_outline, source_notebooks
from workbook.common.grading import make_course

ASSIGNMENTS = sorted(path.name for path in (ROOT / "solutions").iterdir() if path.is_dir())
EXECUTED = ("ex01_sequential", "ex06_metrics")
Trip = Callable[[NotebookNode, str], dict[str, str]]
TRIPS: dict[str, Trip] = {}


def trip(save: Trip) -> Trip:
    """Register a way that a notebook takes: from the notebook to files, by name."""
    TRIPS[save.__name__] = save
    return save


def edited(edit: Callable[[NotebookNode], None]) -> None:
    """Register a way on which a notebook is edited and keeps its name."""

    def save(notebook: NotebookNode, name: str) -> dict[str, str]:
        edit(notebook)
        return {f"{name}.ipynb": as_json(notebook)}

    TRIPS[edit.__name__] = save


def as_json(notebook: NotebookNode) -> str:
    """Write a notebook as it is, valid or not."""
    return nbformat.v4.nbjson.writes(notebook)


def answers(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the answer cells."""
    return [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("solution")]


def insert_after(notebook: NotebookNode, cell: NotebookNode, *others: NotebookNode) -> None:
    """Insert cells behind a cell."""
    at = next(i for i, other in enumerate(notebook.cells) if other is cell) + 1
    notebook.cells[at:at] = others


def in_colab(notebook: NotebookNode) -> None:
    """Save as Colab does: with its own metadata and, if it is on GitHub, a badge."""
    badge = new_markdown_cell('<a href="https://colab.research.google.com/github/a/b">Colab</a>')
    badge.metadata.update(id="view-in-github", colab_type="text")
    badge.id = "view-in-github"
    notebook.cells.insert(0, badge)
    notebook.metadata["colab"] = {"provenance": [], "include_colab_link": True, "toc_visible": True}
    notebook.metadata["accelerator"] = "GPU"
    for number, cell in enumerate(notebook.cells[1:]):
        cell.metadata["id"] = f"rT4x{number}"
        if cell.cell_type == "code":
            cell.metadata["colab"] = {"base_uri": "https://localhost:8080/", "height": 35}
            cell.metadata["outputId"] = f"6f2c-{number}"
            cell.execution_count = number
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text="1\n")]


@edited
def colab(notebook: NotebookNode) -> None:
    in_colab(notebook)


@edited
def colab_without_cell_ids(notebook: NotebookNode) -> None:
    in_colab(notebook)
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        del cell["id"]


@edited
def colab_without_nbgrader(notebook: NotebookNode) -> None:
    in_colab(notebook)
    notebook.nbformat_minor = 0
    for cell in notebook.cells:
        del cell["id"]
        cell.metadata.pop("nbgrader", None)


@edited
def jupyterlab_copied_answers(notebook: NotebookNode) -> None:
    for number, cell in enumerate(answers(notebook)):
        copy = deepcopy(cell)
        copy.id = f"copy-{number}"
        insert_after(notebook, cell, copy)


@edited
def jupyterlab_copied_tests(notebook: NotebookNode) -> None:
    for number, cell in enumerate(list(notebook.cells)):
        if cell.metadata.get("nbgrader", {}).get("grade"):
            copy = deepcopy(cell)
            copy.id = f"copy-{number}"
            notebook.cells.append(copy)


@edited
def jupyterlab_split_answers(notebook: NotebookNode) -> None:
    for number, cell in enumerate(answers(notebook)):
        first = deepcopy(cell)
        first.id = f"first-{number}"
        first.source = f"# My {number}. answer"
        insert_after(notebook, cell, first)
        first.source, cell.source = cell.source, first.source


@edited
def jupyterlab_pasted_answers(notebook: NotebookNode) -> None:
    for number, cell in enumerate(answers(notebook)):
        cell.metadata.clear()
        cell.id = f"pasted-{number}"


@edited
def jupyterlab_tests_cut_and_pasted_at_the_top(notebook: NotebookNode) -> None:
    tests = [c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("locked")]
    notebook.cells = tests + [c for c in notebook.cells if c not in tests]


@edited
def jupyterlab_tests_deleted(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if not c.metadata.get("nbgrader", {}).get("locked")]


@edited
def jupyterlab_notes_added(notebook: NotebookNode) -> None:
    for cell in answers(notebook):
        insert_after(notebook, cell, new_markdown_cell("A note"), new_code_cell(""))


@edited
def vs_code(notebook: NotebookNode) -> None:
    notebook.nbformat_minor = 2
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {
                "display_name": ".venv (3.12.3)",
                "language": "python",
                "name": "python3",
            },
            "language_info": {"name": "python", "version": "3.12.3"},
        }
    )
    for cell in notebook.cells:
        del cell["id"]
        if cell.cell_type == "code":
            cell.metadata["vscode"] = {"languageId": "python"}


@edited
def vs_code_new_ids(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{number:08x}"
        if cell.cell_type == "code":
            cell.metadata["vscode"] = {"languageId": "python"}


def renamed(pattern: str) -> Trip:
    """Return a way on which a file gets another name."""
    return lambda notebook, name: {pattern.format(name): as_json(notebook)}


TRIPS["browser_download"] = renamed("{} (1).ipynb")
TRIPS["moodle"] = renamed("Mia Berg_1234567_assignsubmission_file_{}.ipynb")
TRIPS["canvas"] = renamed("bergmia_LATE_98765_43210_{}-2.ipynb")
TRIPS["folder_in_a_zip"] = renamed("Mia Berg_1234567_assignsubmission_file/{0}/{0}.ipynb")


@trip
def copy_beside_the_released_notebook(notebook: NotebookNode, name: str) -> dict[str, str]:
    released = nbformat.read(ROOT / "exercises" / name / f"{name}.ipynb", as_version=4)
    return {f"{name}.ipynb": as_json(released), f"{name}-Copy1.ipynb": as_json(notebook)}


@trip
def windows_editor(notebook: NotebookNode, name: str) -> dict[str, str]:
    for cell in notebook.cells:
        cell.source = cell.source.replace("\n", "\r\n")
    text = json.dumps(json.loads(as_json(notebook)), ensure_ascii=False)
    return {f"{name}.ipynb": "\ufeff" + text}


def solved(assignment: str) -> NotebookNode:
    """Return the released notebook with the instructor's answers in it."""
    notebook = nbformat.read(ROOT / "exercises" / assignment / f"{assignment}.ipynb", as_version=4)
    source = nbformat.read(ROOT / "solutions" / assignment / f"{assignment}.ipynb", as_version=4)
    by_id = {
        c.metadata.nbgrader.grade_id: c.source for c in source.cells if "nbgrader" in c.metadata
    }
    for cell in answers(notebook):
        cell.source = by_id[cell.metadata.nbgrader.grade_id]
    return notebook


def repaired(files: dict[str, str], source: SourceNotebook) -> NotebookNode:
    """Repair what was handed in, and return its notebook."""
    result = repair({name: text.encode() for name, text in files.items()}, [source])
    assert not result.missing
    notebook = nbformat.reads(result.files[f"{source.name}.ipynb"].decode(), as_version=4)
    nbformat.validate(notebook)
    return notebook


def graded(notebook: NotebookNode) -> list[tuple[dict[str, Any], str, str]]:
    """Return the instructor's cells, and the students' without their text."""
    return [
        (dict(c.metadata.nbgrader), c.cell_type, c.source * bool(c.metadata.nbgrader.locked))
        for c in notebook.cells
        if "nbgrader" in c.metadata
    ]


def program(notebook: NotebookNode) -> str:
    """Return all code, tests included, in the order in which it runs."""
    lines = "\n".join(c.source for c in notebook.cells if c.cell_type == "code").splitlines()
    return "\n".join(line for line in lines if line.strip() and not line.startswith("# My "))


@dataclass(frozen=True)
class Saved:
    """An assignment that a student has solved, as it is graded without any way between."""

    source: SourceNotebook
    notebook: NotebookNode
    original: NotebookNode


@pytest.fixture(scope="session")
def saved(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Saved]:
    """Returns a solved assignment."""
    directory = tmp_path_factory.mktemp("course")

    @cache
    def find(assignment: str) -> Saved:
        course = make_course(directory, ROOT, assignment)
        outline = read_outline(
            (ROOT / "solutions" / assignment / f"{assignment}.ipynb").read_bytes()
        )
        with Gradebook(course.config.CourseDirectory.db_url, "keras") as gradebook:
            rows = extract_assignment(gradebook.db(), assignment)
        (source,) = source_notebooks(rows, {assignment: outline}, Config())
        notebook = solved(assignment)
        original = repaired({f"{assignment}.ipynb": as_json(notebook)}, source)
        return Saved(source, notebook, original)

    return find


@pytest.mark.parametrize("name", TRIPS)
@pytest.mark.parametrize("assignment", ASSIGNMENTS)
def test_notebook_is_graded_as_it_was_saved(
    saved: Callable[[str], Saved], assignment: str, name: str
) -> None:
    way = saved(assignment)
    points = [nbgrader["points"] for nbgrader, _, _ in graded(way.original) if nbgrader["grade"]]
    assert sum(points) == 20
    found = repaired(TRIPS[name](deepcopy(way.notebook), assignment), way.source)
    assert graded(found) == graded(way.original)
    assert program(found) == program(way.original)


@pytest.mark.slow
@pytest.mark.parametrize("assignment", EXECUTED)
def test_notebook_gets_the_same_score(assignment: str, runtime: Path, tmp_path: Path) -> None:
    copy_configuration(tmp_path)
    course = make_course(tmp_path, ROOT, assignment)
    notebook = solved(assignment)
    for name, save in TRIPS.items():
        for file, text in save(deepcopy(notebook), assignment).items():
            path = tmp_path / "grading" / "submitted" / name / assignment / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "warmgrader.cli", "autograde", assignment]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=1800)
    with Gradebook(course.config.CourseDirectory.db_url, "keras") as gradebook:
        scores = {s.student.id: s.score for s in gradebook.assignment_submissions(assignment)}
    assert scores == dict.fromkeys(TRIPS, 20)
