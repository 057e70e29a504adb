"""What the instructor's own notebook says about how a submission is to be run."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import lru_cache

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade, is_solution
from traitlets.config import Config

_TELLING_WORDS = ("__array_function__", "__array_ufunc__", "mock")


@dataclass(frozen=True)
class Plan:
    """The instructor's notebook, as far as running a submission needs it.

    Attributes:
        tags: the tags of cells, by grade id.
        trusted: sources of code cells that the instructor has written, tests excepted.
        bound: names that the instructor's code gives a meaning to.
        packages: the packages that the instructor's code imports.
        hidden: the grade ids of cells with hidden tests.
        uses: words in the notebook that make something honest which would otherwise be suspicious.
    """

    tags: dict[str, list[str]] = field(default_factory=dict)
    trusted: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    packages: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    uses: tuple[str, ...] = ()

    @classmethod
    def read(cls, content: bytes, config: Config) -> Plan:
        """Make a plan from the source notebook; `config` has nbgrader's marks of hidden tests."""
        return cls._read(content, ClearHiddenTests(config=config).begin_test_delimeter)

    @classmethod
    @lru_cache(maxsize=64)  # it is the same for a whole class
    def _read(cls, content: bytes, mark: str) -> Plan:
        notebook = nbformat.reads(content.decode("utf-8-sig"), as_version=4)
        tags, trusted, hidden = {}, set(), set()
        bound: set[str] = set()
        packages: set[str] = set()
        for cell in notebook.cells:
            grade_id = grade_id_of(cell)
            if grade_id:
                tags[grade_id] = list(cell.metadata.get("tags", []))
            if cell.cell_type != "code":
                continue
            bound |= names_bound(cell.source)
            packages |= packages_imported(cell.source)
            if is_grade(cell):
                if mark in cell.source:
                    hidden.add(grade_id)
            elif not is_solution(cell):
                trusted.add(cell.source.strip())
        text = content.decode("utf-8", "replace")
        uses = tuple(word for word in _TELLING_WORDS if word in text)
        return cls(
            tags,
            frozenset(trusted),
            frozenset(bound),
            frozenset(packages),
            frozenset(hidden),
            uses,
        )


def grade_id_of(cell: NotebookNode) -> str:
    """Return a cell's id in the gradebook, or nothing."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_test(cell: NotebookNode) -> bool:
    """Tell whether a cell is graded by running it."""
    return bool(cell.cell_type == "code" and is_grade(cell) and not is_solution(cell))


def names_bound(source: str) -> set[str]:
    """Return the names that a cell imports, defines or assigns at its top level."""
    names = set()
    for statement in _parse(source).body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.alias):
                names.add((node.asname or node.name).partition(".")[0])
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return names


def packages_imported(source: str) -> set[str]:
    """Return the top-level packages that a cell imports."""
    packages = set()
    for node in ast.walk(_parse(source)):
        if isinstance(node, ast.Import):
            packages |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            packages.add(node.module.partition(".")[0])
    return packages


def _parse(source: str) -> ast.Module:
    try:
        return ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError):
        return ast.Module([], [])
