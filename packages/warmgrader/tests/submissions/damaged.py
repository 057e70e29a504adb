"""What happens to the files of honest students on their way."""

from __future__ import annotations

import base64
import gzip
import json
import os
import stat
from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import nbformat
from case import Desk, case
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from three_tasks import RIGHT, find, position, released


def change(name: str, says: str = "", **answers: str) -> Callable:
    """Register a function that changes a notebook with right answers before it is handed in."""

    def register(edit: Callable[[NotebookNode], None]) -> None:
        def write(desk: Desk) -> None:
            notebook = desk.notebook(**answers)
            edit(notebook)
            desk.write(notebook)

        case(name, says)(write)

    return register


def graded(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the cells that nbgrader knows."""
    return [cell for cell in notebook.cells if "nbgrader" in cell.metadata]


# Nothing is damaged.


@change("honest-all-right-gets-6")
def _(notebook: NotebookNode) -> None:
    pass


@case("honest-not-attempted-gets-0")
def _(desk: Desk) -> None:
    desk.write(released(desk.course))


@case("honest-all-wrong-gets-0")
def _(desk: Desk) -> None:
    desk.write(desk.wrong())


@case("honest-one-task-right-gets-2")
def _(desk: Desk) -> None:
    desk.write(desk.wrong(scale=RIGHT["scale"]))


@case("honest-visible-tests-only-gets-5")
def _(desk: Desk) -> None:
    desk.write(desk.notebook(mean="def mean(values):\n    return 2"))


@case("honest-half-of-the-partial-credit-gets-5")
def _(desk: Desk) -> None:
    desk.write(desk.notebook(total="def total(values):\n    return 3"))


@case("honest-syntax-error-in-one-task-gets-4")
def _(desk: Desk) -> None:
    desk.write(desk.notebook(mean="def mean(values"))


@change("honest-cells-of-their-own-gets-6")
def _(notebook: NotebookNode) -> None:
    at = position(notebook, "mean")
    notebook.cells[at:at] = [
        new_markdown_cell("My notes"),
        new_code_cell("print('trying')"),
        new_code_cell("1 / 0"),
    ]


@change("honest-answer-uses-own-cell-gets-6", mean="def mean(values):\n    return helper(values)")
def _(notebook: NotebookNode) -> None:
    notebook.cells.insert(
        position(notebook, "mean") + 1,
        new_code_cell("def helper(values):\n    return np.mean(values)"),
    )


# Cells are deleted, copied, split, merged, moved.


@change("honest-visible-test-deleted-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    del notebook.cells[position(notebook, "mean_check")]


@change("honest-hidden-test-deleted-gets-6", "mean_hidden")
def _(notebook: NotebookNode) -> None:
    del notebook.cells[position(notebook, "mean_hidden")]


@change("honest-all-tests-deleted-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    notebook.cells = [
        cell for cell in notebook.cells if not cell.metadata.get("nbgrader", {}).get("locked")
    ]


@change("honest-test-deleted-before-own-cell-gets-6", mean="def mean(v):\n    return helper(v)")
def _(notebook: NotebookNode) -> None:
    at = position(notebook, "mean_check")
    notebook.cells[at : at + 2] = [new_code_cell("def helper(v):\n    return np.mean(v)")]


@change("honest-essay-deleted-gets-6", "essay")
def _(notebook: NotebookNode) -> None:
    del notebook.cells[position(notebook, "essay")]


@change("honest-answer-cell-deleted-gets-4", "mean")
def _(notebook: NotebookNode) -> None:
    del notebook.cells[position(notebook, "mean")]


@case("honest-answer-below-the-emptied-cell-gets-6", "mean")
def _(desk: Desk) -> None:
    notebook = desk.notebook(mean="")
    notebook.cells.append(new_code_cell(RIGHT["mean"]))
    desk.write(notebook)


IMPORTS_NUMPY = {
    "mean": "import numpy\n\n\ndef mean(values):\n    return numpy.mean(values)",
    "scale": "def scale(values, factor):\n    return numpy.array(values) * factor",
    "total": "def total(values):\n    return sum(values)",
}


@change("honest-imports-deleted-gets-6", "import numpy as np", **IMPORTS_NUMPY)
def _(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell.source != "import numpy as np"]


@case("honest-notebook-of-their-own-gets-6", "put back")
def _(desk: Desk) -> None:
    cells = [new_code_cell(IMPORTS_NUMPY[name]) for name in ("mean", "total", "scale")]
    desk.write(nbformat.v4.new_notebook(cells=cells))


@change("honest-answer-moved-to-a-new-cell-gets-6")
def _(notebook: NotebookNode) -> None:
    at = position(notebook, "mean")
    notebook.cells[at] = new_code_cell(notebook.cells[at].source)


@change("honest-texts-deleted-gets-6")
def _(notebook: NotebookNode) -> None:
    notebook.cells = [
        cell for cell in notebook.cells if cell.cell_type == "code" or "nbgrader" in cell.metadata
    ]


def copy_of(notebook: NotebookNode, grade_id: str, source: str | None = None) -> NotebookNode:
    """Return a copy of a cell, as JupyterLab makes it: with its metadata, and another id."""
    cell = deepcopy(find(notebook, grade_id))
    cell.id = f"{cell.id[:40]}-copy"
    if source is not None:
        cell.source = source
    return cell


@change("honest-answer-copied-gets-6", "mean")
def _(notebook: NotebookNode) -> None:
    notebook.cells.insert(position(notebook, "mean") + 1, copy_of(notebook, "mean"))


@case("honest-untouched-copy-after-the-answer-gets-6", "mean")
def _(desk: Desk) -> None:
    notebook = desk.notebook()
    stub = copy_of(released(desk.course), "mean")
    notebook.cells.insert(position(notebook, "mean") + 1, stub)
    desk.write(notebook)


@case("honest-untouched-copy-before-the-answer-gets-6", "mean")
def _(desk: Desk) -> None:
    notebook = desk.notebook()
    stub = copy_of(released(desk.course), "mean")
    notebook.cells.insert(position(notebook, "mean"), stub)
    desk.write(notebook)


@case("honest-untouched-copy-at-the-end-gets-6", "mean")
def _(desk: Desk) -> None:
    notebook = desk.notebook()
    notebook.cells.append(copy_of(released(desk.course), "mean"))
    desk.write(notebook)


@change("honest-second-answer-counts-gets-6", "mean")
def _(notebook: NotebookNode) -> None:
    wrong = copy_of(notebook, "mean", "def mean(values):\n    return 0")
    notebook.cells.insert(position(notebook, "mean"), wrong)


@change("honest-second-answer-is-wrong-gets-4", "mean")
def _(notebook: NotebookNode) -> None:
    wrong = copy_of(notebook, "mean", "def mean(values):\n    return 0")
    notebook.cells.insert(position(notebook, "mean") + 1, wrong)


@change("honest-visible-test-copied-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    notebook.cells.insert(position(notebook, "mean_check"), copy_of(notebook, "mean_check"))


@change("honest-test-copied-above-the-answer-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    notebook.cells.insert(position(notebook, "mean"), copy_of(notebook, "mean_check"))


@change("honest-test-copied-and-edited-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    copy = copy_of(notebook, "mean_check", "print(mean([5, 7]))")
    notebook.cells.insert(position(notebook, "mean_check") + 1, copy)


@change("honest-hidden-test-copied-gets-6", "mean_hidden")
def _(notebook: NotebookNode) -> None:
    notebook.cells.append(copy_of(notebook, "mean_hidden"))


@change("honest-partial-credit-test-copied-gets-6", "total_score")
def _(notebook: NotebookNode) -> None:
    notebook.cells.insert(position(notebook, "total"), copy_of(notebook, "total_score"))


@change("honest-essay-copied-gets-6", "essay")
def _(notebook: NotebookNode) -> None:
    notebook.cells.append(copy_of(notebook, "essay", "YOUR ANSWER HERE"))


@change("honest-everything-twice-gets-6", "mean")
def _(notebook: NotebookNode) -> None:
    again = deepcopy(notebook.cells)
    for cell in again:
        cell.id = f"{cell.id[:40]}-again"
    notebook.cells += again


@change("honest-answer-split-gets-6", "mean")
def _(notebook: NotebookNode) -> None:
    at = position(notebook, "mean")
    first = copy_of(notebook, "mean", "def helper(values):\n    return np.sum(values)")
    notebook.cells.insert(at, first)
    notebook.cells[at + 1].source = "def mean(values):\n    return helper(values) / np.size(values)"


@change("honest-answer-split-helper-below-gets-6", "mean")
def _(notebook: NotebookNode) -> None:
    at = position(notebook, "mean")
    notebook.cells[at].source = "def mean(values):\n    return helper(values) / np.size(values)"
    below = copy_of(notebook, "mean", "def helper(values):\n    return np.sum(values)")
    notebook.cells.insert(at + 1, below)


@change("honest-visible-test-split-gets-6", "scale_check")
def _(notebook: NotebookNode) -> None:
    at = position(notebook, "scale_check")
    source = notebook.cells[at].source
    notebook.cells[at].source = source[:26]
    notebook.cells.insert(at + 1, copy_of(notebook, "scale_check", source[26:]))


@change("honest-answer-and-test-merged-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    at = position(notebook, "mean_check")
    notebook.cells[at - 1].source += "\n\n" + notebook.cells[at].source
    del notebook.cells[at]


@change("honest-test-merged-into-the-answer-gets-6", "mean")
def _(notebook: NotebookNode) -> None:
    at = position(notebook, "mean")
    answer = notebook.cells.pop(at)
    notebook.cells[at].source = answer.source + "\n\n" + notebook.cells[at].source


@change("honest-two-answers-merged-gets-6", "scale")
def _(notebook: NotebookNode) -> None:
    find(notebook, "mean").source += "\n\n\n" + find(notebook, "scale").source
    del notebook.cells[position(notebook, "scale")]


@change("honest-everything-merged-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[0].source = "\n\n".join(cell.source for cell in code)
    notebook.cells = [cell for cell in notebook.cells if cell not in code[1:]]


@change("honest-test-above-the-answer-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    test = notebook.cells.pop(position(notebook, "mean_check"))
    notebook.cells.insert(position(notebook, "mean"), test)


@change("honest-test-at-the-top-gets-6", "mean_hidden")
def _(notebook: NotebookNode) -> None:
    test = notebook.cells.pop(position(notebook, "mean_hidden"))
    notebook.cells.insert(0, test)


@change("honest-test-at-the-end-gets-6")
def _(notebook: NotebookNode) -> None:
    notebook.cells.append(notebook.cells.pop(position(notebook, "mean_check")))


@change("honest-tasks-in-another-order-gets-6")
def _(notebook: NotebookNode) -> None:
    at = [position(notebook, name) - 1 for name in ("mean", "scale", "total")]
    mean, scale = notebook.cells[at[0] : at[1]], notebook.cells[at[1] : at[2]]
    notebook.cells[at[0] : at[2]] = scale + mean


@change("honest-cells-reversed-gets-6", "order")
def _(notebook: NotebookNode) -> None:
    notebook.cells.reverse()


# nbgrader's metadata is lost or wrong.


@change("honest-stripped-metadata-gets-6", "nbgrader")
def _(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.metadata = NotebookNode()


@change("honest-stripped-metadata-and-ids-gets-6", "nbgrader")
def _(notebook: NotebookNode) -> None:
    notebook.nbformat_minor = 4
    for cell in notebook.cells:
        cell.metadata = NotebookNode()
        del cell["id"]


@change("honest-stripped-metadata-and-new-ids-gets-6", "nbgrader")
def _(notebook: NotebookNode) -> None:
    for index, cell in enumerate(notebook.cells):
        cell.metadata = NotebookNode()
        cell.id = f"x{index}"


@change("honest-stripped-and-one-task-deleted-gets-4", "nbgrader")
def _(notebook: NotebookNode) -> None:
    at = position(notebook, "mean")
    del notebook.cells[at : at + 3]
    for index, cell in enumerate(notebook.cells):
        cell.metadata = NotebookNode()
        cell.id = f"x{index}"


@change("honest-stripped-and-split-gets-6", "nbgrader")
def _(notebook: NotebookNode) -> None:
    at = position(notebook, "mean")
    notebook.cells[at].source = "def helper(values):\n    return np.sum(values)"
    second = "def mean(values):\n    return helper(values) / np.size(values)"
    notebook.cells.insert(at + 1, new_code_cell(second))
    for index, cell in enumerate(notebook.cells):
        cell.metadata = NotebookNode()
        cell.id = f"x{index}"


@change("honest-answer-without-metadata-gets-6", "mean")
def _(notebook: NotebookNode) -> None:
    del find(notebook, "mean").metadata["nbgrader"]


@change("honest-test-without-metadata-gets-6", "mean_hidden")
def _(notebook: NotebookNode) -> None:
    del find(notebook, "mean_hidden").metadata["nbgrader"]


@change("honest-ids-renamed-gets-6", "mean")
def _(notebook: NotebookNode) -> None:
    for number, cell in enumerate(graded(notebook)):
        cell.metadata.nbgrader.grade_id = f"cell-{number}"


@change("honest-ids-swapped-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    mean, scale = find(notebook, "mean_check"), find(notebook, "scale_check")
    mean.metadata.nbgrader.grade_id = "scale_check"
    scale.metadata.nbgrader.grade_id = "mean_check"


@change("honest-invalid-id-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    find(notebook, "mean_check").metadata.nbgrader.grade_id = "mean check ü"


@change("honest-empty-id-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    find(notebook, "mean_check").metadata.nbgrader.grade_id = ""


@case("honest-id-with-half-a-character-gets-6", "mean_check")
def _(desk: Desk) -> None:
    text = desk.text().replace('"grade_id": "mean_check"', '"grade_id": "=\\ud800\\n\\u202e<b>"')
    desk.path.write_text(text)


@change("honest-id-is-a-number-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    find(notebook, "mean_check").metadata.nbgrader.grade_id = 7


@change("honest-ids-in-upper-case-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    for cell in graded(notebook):
        cell.metadata.nbgrader.grade_id = cell.metadata.nbgrader.grade_id.upper()


@change("honest-missing-id-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    del find(notebook, "mean_check").metadata.nbgrader["grade_id"]


@change("honest-cells-of-another-assignment-gets-6", "other_check")
def _(notebook: NotebookNode) -> None:
    other = copy_of(notebook, "mean_check", "assert True")
    other.metadata.nbgrader.grade_id = "other_check"
    notebook.cells.append(other)


def schema(version: object, word: str) -> None:
    """Register a case with another version of nbgrader's metadata."""

    @change(f"honest-schema-version-{word}-gets-6", "schema")
    def _(notebook: NotebookNode) -> None:
        for cell in graded(notebook):
            cell.metadata.nbgrader.schema_version = version


for version, word in [(0, "0"), (1, "1"), (2, "2"), (99, "99"), ("3", "text"), (None, "null")]:
    schema(version, word)


@change("honest-schema-version-missing-gets-6", "schema")
def _(notebook: NotebookNode) -> None:
    for cell in graded(notebook):
        del cell.metadata.nbgrader["schema_version"]


def metadata(value: object, word: str) -> None:
    """Register a case where nbgrader's metadata is something else."""

    @change(f"honest-metadata-is-{word}-gets-6", "mean_check")
    def _(notebook: NotebookNode) -> None:
        find(notebook, "mean_check").metadata["nbgrader"] = value


for value, word in [(None, "null"), ([], "a-list"), ("x", "text"), ({}, "empty")]:
    metadata(value, word)


@change("honest-points-as-text-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    find(notebook, "mean_check").metadata.nbgrader.points = "one"


@change("honest-points-negative-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    find(notebook, "mean_check").metadata.nbgrader.points = -1


@change("honest-points-missing-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    del find(notebook, "mean_check").metadata.nbgrader["points"]


@change("honest-unknown-keys-gets-6")
def _(notebook: NotebookNode) -> None:
    for cell in graded(notebook):
        cell.metadata.nbgrader["colour"] = "blue"


@change("honest-checksum-broken-gets-6")
def _(notebook: NotebookNode) -> None:
    for cell in graded(notebook):
        cell.metadata.nbgrader["checksum"] = "nonsense"


@change("honest-answer-marked-as-test-gets-6", "mean")
def _(notebook: NotebookNode) -> None:
    find(notebook, "mean").metadata.nbgrader.update(grade=True, locked=True, points=4)


@change("honest-test-edited-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    cell = find(notebook, "mean_check")
    cell.source = cell.source.replace("[1, 3]", "[1, 9]")


@change("honest-test-emptied-gets-6", "mean_check")
def _(notebook: NotebookNode) -> None:
    find(notebook, "mean_check").source = ""


def retype(name: str, grade_id: str, cell_type: str) -> None:
    """Register a case where a cell has another type."""

    @change(name, grade_id)
    def _(notebook: NotebookNode) -> None:
        cell = find(notebook, grade_id)
        cell.cell_type = cell_type
        for key in ("outputs", "execution_count"):
            cell.pop(key, None)
        if cell_type == "code":
            cell.update(outputs=[], execution_count=None)


retype("honest-answer-became-markdown-gets-6", "mean", "markdown")
retype("honest-answer-became-raw-gets-6", "mean", "raw")
retype("honest-test-became-raw-gets-6", "mean_check", "raw")
retype("honest-test-became-markdown-gets-6", "mean_hidden", "markdown")
retype("honest-essay-became-code-gets-6", "essay", "code")


@change("honest-all-cells-became-markdown-gets-6", "import numpy as np")
def _(notebook: NotebookNode) -> None:
    notebook.cells = [
        NotebookNode(id=c.id, cell_type="markdown", metadata=c.metadata, source=c.source)
        for c in notebook.cells
    ]


# The notebook's format.


@change("honest-duplicate-cell-ids-gets-6")
def _(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.id = "same"


@change("honest-invalid-cell-ids-gets-6")
def _(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        cell.id = "not a valid id! " * 10


@change("honest-no-cell-ids-gets-6")
def _(notebook: NotebookNode) -> None:
    for cell in notebook.cells:
        del cell["id"]


@change("honest-minor-format-99-gets-6")
def _(notebook: NotebookNode) -> None:
    notebook.nbformat_minor = 99


@change("honest-format-5-gets-6", "format")
def _(notebook: NotebookNode) -> None:
    notebook.nbformat = 5


@change("honest-format-as-text-gets-6", "format")
def _(notebook: NotebookNode) -> None:
    notebook.nbformat = "4"


@change("honest-format-missing-gets-6", "format")
def _(notebook: NotebookNode) -> None:
    del notebook["nbformat"], notebook["nbformat_minor"]


@case("honest-format-3-gets-6", "format 3")
def _(desk: Desk) -> None:
    old = nbformat.convert(desk.notebook(), 3)
    (desk.path).write_text(nbformat.v3.nbjson.writes(old), encoding="utf-8")


@change("honest-other-kernel-gets-6")
def _(notebook: NotebookNode) -> None:
    notebook.metadata = {
        "kernelspec": {"name": "ir", "display_name": "R", "language": "R"},
        "language_info": {"name": "R"},
    }


@change("honest-no-metadata-of-the-notebook-gets-6")
def _(notebook: NotebookNode) -> None:
    notebook.metadata = NotebookNode()


@change("honest-odd-values-in-cells-gets-6")
def _(notebook: NotebookNode) -> None:
    for number, cell in enumerate(notebook.cells):
        cell.metadata.update(collapsed="yes", tags="hide", scrolled=[], editable="no", deletable=1)
        if cell.cell_type == "code":
            cell["execution_count"] = ("1", 10**30, -5, 1.5, True, {})[number % 6]


@change("honest-broken-widget-state-gets-6")
def _(notebook: NotebookNode) -> None:
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}


def raw(name: str, says: str = "") -> Callable:
    """Register a function that changes a right notebook's JSON data."""

    def register(edit: Callable[[dict[str, Any]], None]) -> None:
        def write(desk: Desk) -> None:
            data = json.loads(desk.text())
            edit(data)
            desk.path.write_text(json.dumps(data), encoding="utf-8")

        case(name, says)(write)

    return register


@raw("honest-no-notebook-metadata-gets-6")
def _(data: dict[str, Any]) -> None:
    del data["metadata"]


@raw("honest-sources-as-text-gets-6")
def _(data: dict[str, Any]) -> None:
    for cell in data["cells"]:
        cell["source"] = "".join(cell["source"])


@raw("honest-lines-without-ends-gets-6")
def _(data: dict[str, Any]) -> None:
    for cell in data["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines()


@raw("honest-cell-without-source-gets-6", "without source")
def _(data: dict[str, Any]) -> None:
    data["cells"][0].pop("source")


@raw("honest-source-is-null-gets-6", "without source")
def _(data: dict[str, Any]) -> None:
    data["cells"][0]["source"] = None


@raw("honest-cell-is-null-gets-6", "not a cell")
def _(data: dict[str, Any]) -> None:
    data["cells"].insert(1, None)


@raw("honest-cell-is-text-gets-6", "not a cell")
def _(data: dict[str, Any]) -> None:
    data["cells"].insert(1, "text")


@raw("honest-unknown-cell-type-gets-6", "type")
def _(data: dict[str, Any]) -> None:
    data["cells"][0]["cell_type"] = "heading"


@raw("honest-cell-metadata-null-gets-6")
def _(data: dict[str, Any]) -> None:
    for cell in data["cells"]:
        if "nbgrader" not in cell["metadata"]:
            cell["metadata"] = None


@raw("honest-cells-without-outputs-gets-6")
def _(data: dict[str, Any]) -> None:
    for cell in data["cells"]:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


@raw("honest-odd-outputs-gets-6")
def _(data: dict[str, Any]) -> None:
    for cell in data["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = "seven"
            cell["outputs"] = [
                None,
                "text",
                {"output_type": "hologram", "data": 3},
                {"output_type": "stream"},
                {"output_type": "display_data", "data": {"image/png": 5}, "metadata": None},
                {"output_type": "error", "ename": 1, "evalue": None, "traceback": "text"},
            ]


@raw("honest-outputs-null-gets-6")
def _(data: dict[str, Any]) -> None:
    for cell in data["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"] = None


@raw("honest-attachment-broken-gets-6")
def _(data: dict[str, Any]) -> None:
    data["cells"][0]["attachments"] = {"x.png": {"image/png": 7}, "y": None}


@change("honest-attachment-lost-gets-6")
def _(notebook: NotebookNode) -> None:
    notebook.cells.append(new_markdown_cell("![picture](attachment:1a2b-3c.png)"))


@raw("honest-unknown-cell-keys-gets-6")
def _(data: dict[str, Any]) -> None:
    for cell in data["cells"]:
        cell.update(collapsed=True, prompt_number=3, extra={"a": 1})


@change("honest-large-outputs-gets-6")
def _(notebook: NotebookNode) -> None:
    picture = base64.b64encode(os.urandom(6_000_000)).decode()
    output = new_output("display_data", {"image/png": picture})
    notebook.cells.insert(0, new_code_cell("1", outputs=[output]))


# Encodings.


def encoded(name: str, encode: Callable[[str], bytes], says: str = "") -> None:
    """Register a case with other bytes for the same text."""

    @case(name, says)
    def _(desk: Desk) -> None:
        mean = RIGHT["mean"] + "  # Größe"
        desk.path.write_bytes(
            encode(json.dumps(json.loads(desk.text(mean=mean)), ensure_ascii=False))
        )


encoded("honest-byte-order-mark-gets-6", lambda text: text.encode("utf-8-sig"), "byte order mark")
encoded("honest-utf-16-gets-6", lambda text: text.encode("utf-16"), "UTF-16")
encoded(
    "honest-utf-16-big-endian-gets-6", lambda text: b"\xfe\xff" + text.encode("utf-16-be"), "16"
)
encoded("honest-utf-16-without-mark-gets-6", lambda text: text.encode("utf-16-le"), "UTF-16")
encoded("honest-utf-32-gets-6", lambda text: text.encode("utf-32"), "UTF-32")
encoded("honest-latin-1-gets-6", lambda text: text.encode("latin-1"), "not UTF-8")
encoded("honest-spaces-around-gets-6", lambda text: f"\n\n  {text}\n\x00\x00".encode())
encoded("honest-windows-lines-gets-6", lambda text: text.replace("\\n", "\\r\\n").encode())


@case("honest-lone-surrogate-gets-6", "surrogate")
def _(desk: Desk) -> None:
    desk.path.write_text(desk.text(mean=RIGHT["mean"] + "  # @@").replace("@@", "\\ud83d"))


@case("honest-null-character-gets-6", "NUL")
def _(desk: Desk) -> None:
    desk.path.write_text(desk.text(mean=RIGHT["mean"] + "  # @@").replace("@@", "\\u0000"))


@case("honest-control-characters-gets-6")
def _(desk: Desk) -> None:
    desk.path.write_text(desk.text(mean=RIGHT["mean"] + "  # @@").replace("@@", "\\u0007\\u001b"))


@case("honest-line-separators-gets-6")
def _(desk: Desk) -> None:
    desk.path.write_text(desk.text(essay="one @@ two").replace("@@", "\\u2028 \\u0085"))


@case("honest-not-a-number-gets-6")
def _(desk: Desk) -> None:
    text = desk.text().replace('"execution_count": null', '"execution_count": NaN')
    desk.path.write_text(text)


# Names of files, other files, no notebook at all.


def named(name: str, file: str, says: str = "") -> None:
    """Register a case where the notebook has another name."""

    @case(name, says or file)
    def _(desk: Desk) -> None:
        path = desk.folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(desk.text(), encoding="utf-8")


named("honest-name-from-browser-gets-6", "ex01 (1).ipynb")
named("honest-name-copy-of-gets-6", "Copy of ex01.ipynb")
named("honest-name-copy-of-german-gets-6", "Kopie von ex01.ipynb")
named("honest-name-jupyterlab-copy-gets-6", "ex01-Copy1.ipynb")
named("honest-name-upper-case-gets-6", "EX01.IPYNB")
named("honest-name-with-txt-gets-6", "ex01.ipynb.txt")
named("honest-name-with-json-gets-6", "ex01.ipynb.json")
named("honest-name-json-only-gets-6", "ex01.json")
named("honest-name-with-txt-only-gets-6", "ex01.txt")
named("honest-name-without-ending-gets-6", "ex01_ipynb")
named("honest-name-with-two-endings-gets-6", "ex01.ipynb.ipynb")
named("honest-name-windows-copy-gets-6", "ex01 - Kopie (2).ipynb")
named("honest-name-with-own-name-gets-6", "Müller_ex01_final.ipynb")
named("honest-name-other-gets-6", "homework.ipynb")
named("honest-name-with-space-gets-6", " ex01 .ipynb")
named("honest-name-in-folder-gets-6", "ps1/ex01.ipynb")
named("honest-name-in-deep-folder-gets-6", "home/work/ps1/ex01.ipynb")


@case("honest-untouched-and-edited-copy-gets-6", "ex01-Copy1.ipynb")
def _(desk: Desk) -> None:
    desk.write(released(desk.course))
    desk.write(desk.notebook(), "ex01-Copy1.ipynb")


@case("honest-two-downloads-the-edited-counts-gets-6", "ex01 (2).ipynb, and not ex01 (1).ipynb")
def _(desk: Desk) -> None:
    desk.write(released(desk.course), "ex01 (1).ipynb")
    desk.write(desk.notebook(), "ex01 (2).ipynb")


@case("honest-two-notebooks-the-right-name-counts-gets-6", "ex01-Copy1.ipynb")
def _(desk: Desk) -> None:
    desk.write(desk.notebook())
    desk.write(desk.wrong(), "ex01-Copy1.ipynb")


@case("honest-checkpoint-too-gets-6")
def _(desk: Desk) -> None:
    desk.write(desk.notebook())
    (desk.folder / ".ipynb_checkpoints").mkdir()
    desk.write(desk.wrong(), ".ipynb_checkpoints/ex01-checkpoint.ipynb")


@case("honest-other-files-too-gets-6")
def _(desk: Desk) -> None:
    desk.write(desk.notebook())
    (desk.folder / "values.csv").write_text("changed")
    (desk.folder / "data.bin").write_bytes(os.urandom(3_000_000))
    (desk.folder / ".DS_Store").write_bytes(b"\x00\x01")
    (desk.folder / "feedback").mkdir()
    (desk.folder / "feedback" / "ex01.html").write_text("old")
    (desk.folder / "empty").mkdir()


@case("honest-files-of-a-mac-gets-6")
def _(desk: Desk) -> None:
    (desk.folder / "__MACOSX" / "ps1").mkdir(parents=True)
    (desk.folder / "ps1").mkdir()
    (desk.folder / "__MACOSX" / "ps1" / "._ex01.ipynb").write_bytes(b"\x00\x05\x16\x07 Mac OS X")
    desk.write(desk.notebook(), "ps1/ex01.ipynb")


@case("honest-odd-file-names-gets-6")
def _(desk: Desk) -> None:
    desk.write(desk.notebook())
    for name in (b"\xff\xfe.txt", b"line\nbreak.txt", b"back\\slash.txt", b"-rf", "ü.txt".encode()):
        with open(os.fsencode(desk.folder) + b"/" + name, "w") as file:
            file.write("x")


@case("honest-named-pipe-too-gets-6", "pipe")
def _(desk: Desk) -> None:
    desk.write(desk.notebook())
    os.mkfifo(desk.folder / "pipe")


@case("honest-socket-and-many-files-gets-6", "own.sock is not an ordinary file")
def _(desk: Desk) -> None:
    desk.write(desk.notebook())
    os.mknod(desk.folder / "own.sock", stat.S_IFSOCK | 0o600)
    (desk.folder / "data").mkdir()
    for number in range(500):
        (desk.folder / "data" / f"{number}.csv").write_text("1")


@case("honest-folder-with-data-gets-6", "ps1/ex01.ipynb")
def _(desk: Desk) -> None:
    (desk.folder / "ps1").mkdir()
    (desk.folder / "ps1" / "own.txt").write_text("2")
    mean = "with open('own.txt') as file:\n    assert file.read() == '2'\n" + RIGHT["mean"]
    desk.write(desk.notebook(mean=mean), "ps1/ex01.ipynb")


@case("honest-folders-named-like-files-gets-6", "in a folder with the name of a file")
def _(desk: Desk) -> None:
    for name in ("ex01.ipynb", "timestamp.txt", "values.csv"):
        (desk.folder / name).mkdir()
        (desk.folder / name / "own.txt").write_text("1")
    desk.write(desk.notebook(), "ex01.ipynb/ex01.ipynb")


def nothing_usable(name: str, content: bytes | None, says: str, file: str = "ex01.ipynb") -> None:
    """Register a case where no notebook can be read."""

    @case(name, says)
    def _(desk: Desk) -> None:
        if content is not None:
            (desk.folder / file).write_bytes(content)


nothing_usable("honest-empty-folder-gets-0", None, "no notebook")
nothing_usable("honest-empty-file-gets-0", b"", "empty")
nothing_usable("honest-blank-file-gets-0", b" \n\n", "empty")
nothing_usable("honest-zeros-only-gets-0", bytes(2000), "empty")
nothing_usable("honest-not-json-gets-0", b"Dear teacher, here it is.", "not a notebook")
nothing_usable("honest-web-page-gets-0", b"<!DOCTYPE html><html></html>", "web page")
nothing_usable("honest-empty-object-gets-0", b"{}", "no cells")
nothing_usable("honest-null-gets-0", b"null", "not a notebook")
nothing_usable("honest-a-list-gets-0", b"[1, 2]", "not a notebook")
nothing_usable("honest-cells-null-gets-0", b'{"cells": null, "nbformat": 4}', "no cells")
nothing_usable(
    "honest-cells-empty-gets-0", b'{"cells": [], "metadata": {}, "nbformat": 4}', "cells"
)
nothing_usable("honest-random-bytes-gets-0", bytes(range(256)) * 40, "not a notebook")
nothing_usable("honest-zip-gets-0", b"PK\x03\x04" + bytes(100), "zip")
nothing_usable("honest-pdf-gets-0", b"%PDF-1.7\n" + bytes(100), "PDF")
nothing_usable("honest-compressed-gets-0", gzip.compress(b"{}"), "gzip", "ex01.ipynb.gz")
nothing_usable("honest-text-document-gets-0", rb"{\rtf1\ansi {}}", "RTF")
nothing_usable("honest-screenshot-gets-0", b"\x89PNG\r\n\x1a\n" + bytes(100), "picture")
nothing_usable("honest-python-only-gets-0", RIGHT["mean"].encode(), "ex01.py", "ex01.py")
nothing_usable("honest-pdf-only-gets-0", b"%PDF-1.7\n", "ex01.pdf", "ex01.pdf")
nothing_usable("honest-document-only-gets-0", b"PK\x03\x04", "answers.docx", "answers.docx")


@case("honest-truncated-gets-0", "cut off")
def _(desk: Desk) -> None:
    text = desk.text()
    desk.path.write_text(text[: len(text) // 2])


@case("honest-merge-conflict-gets-0", "merge conflict")
def _(desk: Desk) -> None:
    lines = desk.text().splitlines()
    lines[3:3] = ["<<<<<<< HEAD", lines[3], "=======", lines[3], ">>>>>>> theirs"]
    desk.path.write_text("\n".join(lines))


@case("honest-notebook-is-a-folder-gets-0", "no notebook")
def _(desk: Desk) -> None:
    desk.path.mkdir()


@case("honest-other-assignment-gets-0", "no cell")
def _(desk: Desk) -> None:
    desk.write(nbformat.v4.new_notebook(cells=[new_code_cell("print('Hello')")]))


# Students, time stamps.


def student(name: str, student_id: str) -> None:
    """Register a case with an unusual student id."""

    @case(name, student=student_id)
    def _(desk: Desk) -> None:
        desk.write(desk.notebook())


student("honest-id-with-brackets-gets-6", "mia[1]")
student("honest-id-with-leading-dot-gets-6", ".mia")
student("honest-id-with-spaces-gets-6", "mia van  der Berg")
student("honest-id-unicode-gets-6", "mïa 李 🙂")
student("honest-id-decomposed-gets-6", "mi\u0308a")
student("honest-id-with-star-gets-6", "mia*")
student("honest-id-with-question-mark-gets-6", "m?a")
student("honest-id-regular-expression-gets-6", "mia+(x|y).$^")
student("honest-id-with-quote-gets-6", "o'brien\"; drop table student")
student("honest-id-like-an-option-gets-6", "--force")
student("honest-id-with-braces-gets-6", "{student_id}")
student("honest-id-with-percent-gets-6", "mia%20%s")
student("honest-id-mail-address-gets-6", "mia@example.org")
student("honest-id-with-comma-gets-6", "berg, mia")
student("honest-id-formula-gets-6", "=1+2")
student("honest-id-like-the-assignment-gets-6", "ps1")


def stamped(name: str, stamp: bytes, says: str = "timestamp") -> None:
    """Register a case with a time stamp."""

    @case(name, says)
    def _(desk: Desk) -> None:
        desk.write(desk.notebook())
        (desk.folder / "timestamp.txt").write_bytes(stamp)


tomorrow = datetime.now(UTC) + timedelta(days=400)
stamped("honest-timestamp-good-gets-6", b"2026-01-02 03:04:05 UTC", "")
stamped("honest-timestamp-unreadable-gets-6", b"yesterday at noon")
stamped("honest-timestamp-empty-gets-6", b"")
stamped("honest-timestamp-binary-gets-6", b"\xff\xfe\x00\x81")
stamped("honest-timestamp-future-gets-6", tomorrow.strftime("%Y-%m-%d %H:%M:%S UTC").encode())
stamped("honest-timestamp-too-early-gets-6", b"1970-01-01 00:00:00 UTC")
stamped("honest-timestamp-year-0-gets-6", b"0000-00-00 00:00:00 UTC")
stamped("honest-timestamp-overflow-gets-6", b"99999999999999999999999999")
stamped("honest-timestamp-unknown-zone-gets-6", b"2026-01-02 03:04:05 XYZT", "")
stamped("honest-timestamp-long-gets-6", b"2026-01-02 " * 100_000)


@case("honest-timestamp-is-a-folder-gets-6")
def _(desk: Desk) -> None:
    desk.write(desk.notebook())
    (desk.folder / "timestamp.txt").mkdir()


# Colab.


def colab(notebook: NotebookNode) -> None:
    """Add what Colab adds to a notebook that it opened and saved."""
    badge = '<a href="https://colab.research.google.com/x"><img alt="Open In Colab"/></a>'
    first = new_markdown_cell(badge)
    first.metadata = NotebookNode(id="view-in-github", colab_type="text")
    notebook.cells.insert(0, first)
    notebook.metadata["colab"] = {"provenance": [], "include_colab_link": True}
    for number, cell in enumerate(notebook.cells):
        cell.pop("id", None)
        cell.metadata.setdefault("id", f"aB{number}")
        if cell.cell_type == "code":
            cell.metadata["colab"] = {"base_uri": "https://localhost:8080/"}
            cell.metadata["outputId"] = f"0a1b-{number}"


@change("honest-colab-gets-6")
def _(notebook: NotebookNode) -> None:
    colab(notebook)
    notebook.nbformat_minor = 0


@change("honest-colab-with-cell-ids-gets-6")
def _(notebook: NotebookNode) -> None:
    ids = [cell.id for cell in notebook.cells]
    colab(notebook)
    for cell, cell_id in zip(notebook.cells[1:], ids, strict=True):
        cell["id"] = cell_id
    notebook.cells[0]["id"] = "view-in-github"


@change("honest-colab-without-nbgrader-gets-6", "nbgrader")
def _(notebook: NotebookNode) -> None:
    for cell in graded(notebook):
        del cell.metadata["nbgrader"]
    colab(notebook)
    notebook.nbformat_minor = 0
