"""What the instructor's own notebook says about how a submission is to be run."""

from __future__ import annotations
import __future__

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from os.path import basename
from typing import Any

import nbformat
from nbformat.notebooknode import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearSolutions
from nbgrader.utils import is_grade, is_solution
from traitlets.config import Config

from warmgrader.grading.sheets import make_sheet
from warmgrader.reading.names import DEFINING, names_bound, names_given, names_loaded
from warmgrader.reading.page import Measure, Reach
from warmgrader.reading.patience import TooSlowError, at_most
from warmgrader.reading.read import Cell, measure, read
from warmgrader.reading.texts import parse_if_readable, written
from warmgrader.verdicts.orders import digest_of

_MOST_STUDIES = 64
_PATIENCE = 20.0  # seconds


UNREADABLE = Reach(
    "the notebook", 1, "…", "takes too long, or is too deep, to be read", "unreadable"
)


@dataclass(frozen=True)
class Study:
    """A submission that has been read.

    Attributes:
        reaches: what it reaches for beyond its course.
        digests: what is in the files that are imported, or that tests name, when it starts.
        pins: names to which cells give the meaning that the instructor's cells give them, by position.
        instructors: the positions of cells that are the instructor's.
    """

    reaches: list[Reach]
    digests: dict[str, str]
    pins: dict[int, list[str]]
    instructors: frozenset[int]


@dataclass(frozen=True)
class Plan:
    """The instructor's notebook, as far as running a submission needs it.

    Attributes:
        tags: the tags of cells, by grade id.
        released: sources of answers as students get them.
        hidden: the grade ids of cells with hidden tests.
        free: names that answers define.
        names: attributes of packages that tests use, as `numpy.testing.assert_allclose`.
        course: what is ordinary in this notebook.
        loaded: files that the instructor's cells name, and answers don't.
        files: the instructor's files beside it.
    """

    tags: dict[str, list[str]] = field(default_factory=dict)
    released: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    free: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    course: Measure = field(default_factory=Measure)
    loaded: frozenset[str] = frozenset()
    files: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    _sheets: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    _studies: dict[tuple, Study] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, content: bytes, config: Config, files: Mapping[str, bytes]) -> Plan:
        """Make a plan from the source notebook.

        Args:
            content: the notebook.
            config: has nbgrader's marks of solutions and of hidden tests.
            files: the instructor's files beside it, by relative path.
        """
        notebook = nbformat.reads(content.decode("utf-8-sig"), as_version=4)
        mark = ClearHiddenTests(config=config).begin_test_delimeter
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        cells = [Cell(cell.source, kind_of(cell)) for cell in code]
        course = measure(cells, files)
        kinds = ("instructor", "answer", "test")
        said = {kind: "\n".join(c.source for c in cells if c.kind == kind) for kind in kinds}
        return cls(
            tags={
                id_: list(c.metadata.get("tags", []))
                for c in notebook.cells
                if (id_ := grade_id_of(c))
            },
            released=_released(notebook, config),
            hidden=frozenset(grade_id_of(c) for c in code if is_test(c) and mark in c.source),
            free=tuple(sorted(course.answered)),
            names=tuple(sorted(course.paths - course.changed)),
            course=course,
            loaded=frozenset(
                n
                for n in files
                if basename(n) in said["instructor"] + said["test"]
                and basename(n) not in said["answer"]
            ),
            files=files,
        )

    def study(
        self, notebook: NotebookNode, files: Mapping[str, bytes], review: bool = True
    ) -> Study:
        """Read a submission before it runs: with patience, as it may be made to be read for ever.

        Args:
            notebook: the notebook.
            files: what was handed in beside it.
            review: whether anybody wants to know what it reaches for.
        """
        key = (tuple((c.cell_type, c.source) for c in notebook.cells), tuple(files.items()), review)
        if key in self._studies:  # as handed in by somebody else, or by a benchmark
            return self._studies[key]
        try:
            with at_most(_PATIENCE):
                found = self._study(notebook, files, review)
        except (TooSlowError, RecursionError, MemoryError):
            found = Study([UNREADABLE] if review else [], {}, {}, frozenset())
        self._studies.clear() if len(self._studies) > _MOST_STUDIES else None
        self._studies[key] = found
        return found

    def _study(self, notebook: NotebookNode, files: Mapping[str, bytes], review: bool) -> Study:
        whose = [self.whose(cell) if cell.cell_type == "code" else "" for cell in notebook.cells]
        cells = [
            Cell(cell.source if cell.cell_type == "code" else "", kind or "instructor")
            for cell, kind in zip(notebook.cells, whose, strict=True)
        ]
        code = [i for i, kind in enumerate(whose) if kind not in ("", "test")]
        return Study(
            read(cells, files, self.course) if review else [],
            self.digests(notebook, files),
            {index: pins for index in code if (pins := self.pins(notebook.cells[index]))},
            frozenset(index for index in code if whose[index] == "instructor"),
        )

    def reaches(self, notebook: NotebookNode, files: Mapping[str, bytes]) -> list[Reach]:
        """Read a submission; the reaches' `index` is that of the notebook's cells."""
        return self.study(notebook, files).reaches

    def sheet(self, test: str) -> dict[str, Any]:
        """Return what kernels need to run a test; it is made once."""
        if test not in self._sheets:
            course = self.course
            future = [p.removeprefix("__future__.") for ps in course.aliases.values() for p in ps]
            flags = [getattr(getattr(__future__, p, None), "compiler_flag", 0) for p in future]
            bound = course.bound | course.code | course.tested
            self._sheets[test] = make_sheet(test, self.free, course.code, bound, sum({*flags}))
        return self._sheets[test]

    def data_for(self, test: str) -> dict[str, bool]:
        """Return the instructor's variables that a test comes to use, and whether it gives them away."""
        tree = parse_if_readable(test) or ast.Module([], [])
        used = self.course.data & (names_loaded(tree) | self.course.helped)
        given = names_given(tree) | names_bound(tree)
        return {name: name in given for name in sorted(used)}

    def digests(self, notebook: NotebookNode, files: Mapping[str, bytes]) -> dict[str, str]:
        """Return what is in the files that are imported, or that tests name, when a notebook starts."""
        found = {**files, **self.files}
        for cell in notebook.cells:
            if cell.cell_type == "code" and "file" in cell.source:
                tree = parse_if_readable(cell.source)
                for name, text in written(tree) if tree else ():
                    found[f"written/{len(found)}/{name}"] = text.encode()
        tests = "\n".join(cell.source for cell in notebook.cells if is_test(cell))
        named = (n for n in found if n.endswith(".py") or basename(n) in tests or n in self.loaded)
        return {name: digest_of(found[name]) for name in named}

    def whose(self, cell: NotebookNode) -> str:
        """Tell whether a cell of a submission is a test, another of the instructor's, or the student's."""
        if is_test(cell):
            return "test"
        if cell.source.strip() in self.released:
            return "instructor"
        tree = parse_if_readable(cell.source)
        own = tree is None or not all(map(self.course.has, tree.body))
        return "student" if own else "instructor"

    def pins(self, cell: NotebookNode) -> list[str]:
        """Return the names to which a cell gives the meaning that the instructor's cells give them.

        In a cell that a student has changed, these are what is imported and defined there as the
        instructor does.
        """
        tree = parse_if_readable(cell.source)
        if tree is None:
            return []
        kinds = ast.Import | ast.ImportFrom | DEFINING
        taken = [s for s in tree.body if self.course.has(s)]
        if len(taken) < len(tree.body):
            taken = [s for s in taken if isinstance(s, kinds)]
        others = ast.Module([s for s in tree.body if s not in taken], [])
        names = names_bound(ast.Module(taken, [])) - names_bound(others)
        # A star import, or `%pylab`, brings names that the instructor means, too.
        brought = {"*"} if not others.body else set()
        return sorted(names - self.course.answered | brought)


def kind_of(cell: NotebookNode) -> str:
    """Tell what a code cell of the instructor's notebook is."""
    if is_test(cell):
        return "test"
    return "answer" if is_solution(cell) else "instructor"


def _released(notebook: NotebookNode, config: Config) -> frozenset[str]:
    """Return the answer cells as nbgrader releases them."""
    clear = ClearSolutions(config=config)
    clear.enforce_metadata = False
    found = set()
    for cell in notebook.cells:
        if cell.cell_type == "code" and is_solution(cell):
            copy = nbformat.from_dict(dict(cell))
            clear.preprocess_cell(copy, {"language": "python"}, 0)
            found.add(copy.source.strip())
    return frozenset(found)


def grade_id_of(cell: NotebookNode) -> str:
    """Return a cell's id in the gradebook, or nothing."""
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def is_test(cell: NotebookNode) -> bool:
    """Tell whether a cell is graded by running it."""
    return bool(cell.cell_type == "code" and is_grade(cell) and not is_solution(cell))
