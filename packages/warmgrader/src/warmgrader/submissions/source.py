"""What an instructor's notebook looks like, as far as submissions are compared with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme
from traitlets.config import Config

Rows = dict[str, list[dict[str, Any]]]
"""Rows of a gradebook, by table."""


@dataclass(frozen=True)
class Slot:
    """A cell's place in the instructor's notebook.

    Attributes:
        cell_id: the notebook format's id of the cell.
        grade_id: nbgrader's id, or None for a cell that nbgrader has no interest in.
        cell_type: code or markdown.
        source: the text of a cell without nbgrader's id; it has no secrets.
    """

    cell_id: str
    grade_id: str | None
    cell_type: str
    source: str


@dataclass(frozen=True)
class SourceCell:
    """A cell of the instructor's notebook.

    Attributes:
        index: its place.
        cell_id: the notebook format's id, if known.
        grade_id: nbgrader's id, or None for a cell that nbgrader has no interest in.
        cell_type: code or markdown.
        source: the text that is graded.
        released: the text that students got.
        metadata: nbgrader's metadata.
    """

    index: int
    cell_id: str
    grade_id: str | None
    cell_type: str
    source: str
    released: str
    metadata: dict[str, Any]

    @property
    def locked(self) -> bool:
        """Whether the text is the instructor's: students have nothing to change in it."""
        return bool(self.metadata.get("locked"))

    @property
    def is_answer(self) -> bool:
        """Whether students write into it."""
        return bool(self.metadata.get("solution"))

    @property
    def is_graded(self) -> bool:
        """Whether there are points for it."""
        return bool(self.metadata.get("grade") or self.metadata.get("task"))


@dataclass(frozen=True)
class SourceNotebook:
    """An instructor's notebook; nbgrader names it without `.ipynb`."""

    name: str
    cells: list[SourceCell]


def read_outline(content: bytes) -> list[Slot]:
    """Return the cells of an instructor's notebook, without what students may not see.

    The gradebook knows neither the order of its cells for certain nor the cells between them.
    """
    try:
        notebook = nbformat.reads(content.decode(), as_version=4)
    except Exception:  # whatever is wrong with it, grading can do without
        return []
    slots = []
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        source = "" if grade_id else cell.source
        slots.append(Slot(cell.get("id", ""), grade_id, cell.cell_type, source))
    return slots


def source_notebooks(
    rows: Rows, outlines: dict[str, list[Slot]], config: Config
) -> list[SourceNotebook]:
    """Return the notebooks of an assignment.

    Args:
        rows: the assignment in the gradebook.
        outlines: by notebook, what `read_outline` returned; without one, the gradebook's order.
        config: nbgrader's configuration: the marks of hidden tests can be chosen.
    """
    clear = _Clear(config)
    found = []
    for notebook in rows["notebook"]:
        cells = {row["name"]: row for row in rows["source_cell"] if _in(row, notebook)}
        base = {row["id"]: row["name"] for row in rows["base_cell"] if _in(row, notebook)}
        kinds = {
            table: {base[row["id"]]: row for row in rows[table] if row["id"] in base}
            for table in ("grade_cells", "solution_cells", "task_cells")
        }
        slots = [slot for slot in outlines.get(notebook["name"], []) if _is_known(slot, cells)]
        named = {slot.grade_id for slot in slots}
        slots += [Slot("", name, "", "") for name in cells if name not in named]
        found.append(
            SourceNotebook(
                notebook["name"],
                [
                    _source_cell(index, slot, cells, kinds, clear)
                    for index, slot in enumerate(slots)
                ],
            )
        )
    return found


def _in(row: dict[str, Any], notebook: dict[str, Any]) -> bool:
    return row["notebook_id"] == notebook["id"]


def _is_known(slot: Slot, cells: Iterable[str]) -> bool:
    return slot.grade_id is None or slot.grade_id in cells


def _source_cell(
    index: int,
    slot: Slot,
    cells: dict[str, dict[str, Any]],
    kinds: dict[str, dict[str, dict[str, Any]]],
    clear: _Clear,
) -> SourceCell:
    if slot.grade_id is None:
        return SourceCell(index, slot.cell_id, None, slot.cell_type, slot.source, slot.source, {})
    row, name = cells[slot.grade_id], slot.grade_id
    graded = kinds["grade_cells"].get(name)
    task = kinds["task_cells"].get(name)
    metadata = {
        "schema_version": 3,
        "grade_id": name,
        "grade": graded is not None,
        "solution": name in kinds["solution_cells"],
        "locked": bool(row["locked"]),
        "task": task is not None,
        "cell_type": row["cell_type"],
        "checksum": row["checksum"],
    }
    if points := graded or task:
        metadata["points"] = points["max_score"]
    source = row["source"] or ""
    return SourceCell(index, slot.cell_id, name, row["cell_type"], source, clear(source), metadata)


class _Clear:
    """Removes what students do not get, with nbgrader's own code."""

    def __init__(self, config: Config) -> None:
        self.tests = ClearHiddenTests(config=config)
        self.marks = ClearMarkScheme(config=config)

    def __call__(self, source: str) -> str:
        cell = NotebookNode(source=source)
        try:
            self.tests._remove_hidden_test_region(cell)
            self.marks._remove_mark_scheme_region(cell)
        except RuntimeError:  # unbalanced marks: nbgrader would not have released it
            return source
        return cell.source


def as_cell(cell: SourceCell, cell_id: str) -> NotebookNode:
    """Return a cell as it is in the instructor's notebook."""
    node = NotebookNode(
        id=cell_id, cell_type=cell.cell_type, source=cell.source, metadata=marked(cell)
    )
    if cell.cell_type == "code":
        node.update(outputs=[], execution_count=None)
    return node


def marked(cell: SourceCell) -> NotebookNode:
    """Return the metadata that a cell must have."""
    return nbformat.from_dict({"nbgrader": cell.metadata} if cell.grade_id else {})
