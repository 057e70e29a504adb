"""Makes a notebook of the current format out of bytes that were meant to be one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import nbformat
from nbformat import NotebookNode

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "had a byte order mark"),
    (b"\xff\xfe\x00\x00", "utf-32", "was in UTF-32"),
    (b"\x00\x00\xfe\xff", "utf-32", "was in UTF-32"),
    (b"\xff\xfe", "utf-16", "was in UTF-16"),
    (b"\xfe\xff", "utf-16", "was in UTF-16"),
)
_OTHER_KINDS = (
    ("PK\x03\x04", "is a zip archive or an office document"),
    ("%PDF", "is a PDF document"),
    ("<", "is a web page"),
    ("{\\rtf", "is a text document (RTF)"),
    ("\x1f\u2039", "is a compressed file (gzip)"),
    ("Rar!", "is a compressed archive (RAR)"),
    ("\u2030PNG", "is a picture"),
    ("\u00ff\u00d8\u00ff", "is a picture"),
    ("\u00d0\u00cf\x11\u00e0", "is an office document"),
)
"""By how a file begins; bytes that are not UTF-8 have been read as Windows-1252."""
_CELL_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_CELL_TYPES = ("code", "markdown", "raw")
_FORMAT = 4
_MOST_CELLS = 5000
_MOST_VALUES = 10_000_000
"""Each takes some 60 bytes of the worker's memory when it is read."""


class UnreadableError(ValueError):
    """The bytes are not a notebook; the message says what they are."""


def read_notebook(content: bytes) -> tuple[NotebookNode, list[str]]:
    """Read a notebook of any format.

    Returns:
        The notebook, without outputs and with valid cells only, and what had to be repaired.

    Raises:
        UnreadableError: it can't be read.
    """
    notes: list[str] = []
    data = _parse(_decode(content, notes), notes)
    if not isinstance(data, dict):
        raise UnreadableError("is not a notebook")
    data = _convert(data, notes)
    if not isinstance(data.get("cells"), list):
        raise UnreadableError("has no cells")
    if len(data["cells"]) > _MOST_CELLS:
        raise UnreadableError(f"has more than {_MOST_CELLS} cells")
    metadata = data.get("metadata")
    kernelspec = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    notebook = nbformat.v4.new_notebook(cells=_cells(data["cells"], notes))
    if isinstance(kernelspec, dict) and isinstance(kernelspec.get("name"), str):
        keys = ("name", "display_name", "language")
        notebook.metadata["kernelspec"] = {key: str(kernelspec.get(key, "")) for key in keys}
    return notebook, notes


def _decode(content: bytes, notes: list[str]) -> str:
    """Turn bytes into text; only UTF-8 is right for a notebook."""
    if not content.strip(b"\0 \t\r\n"):
        raise UnreadableError("is empty")
    for mark, encoding, note in _MARKS:
        if content.startswith(mark):
            notes.append(note)
            return content.decode(encoding, "replace")
    for encoding, zeros in (("utf-16-le", content[1:200:2]), ("utf-16-be", content[0:200:2])):
        if len(zeros) > 1 and not any(zeros):
            notes.append("was in UTF-16")
            return content.decode(encoding, "replace")
    try:
        return content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        notes.append("was not UTF-8 and was read as Windows-1252")
        return content.decode("cp1252", "replace")


def _parse(text: str, notes: list[str]) -> Any:
    text = text.strip("\0 \t\r\n\ufeff")
    if sum(text.count(mark) for mark in ",[{") > _MOST_VALUES:
        raise UnreadableError("has too many values in it")
    try:
        data, end = json.JSONDecoder(strict=False).raw_decode(text)
    except RecursionError:
        raise UnreadableError("is not a notebook: its data are nested too deeply") from None
    except json.JSONDecodeError as error:
        raise UnreadableError(_describe(text, error)) from None
    except ValueError:
        raise UnreadableError("is not a notebook: it has a number with too many digits") from None
    if end < len(text):
        notes.append("had something behind its end, which was left out")
    return data


def _describe(text: str, error: json.JSONDecodeError) -> str:
    """Say what a file is that is not JSON."""
    for start, kind in _OTHER_KINDS:
        if text.startswith(start):
            return f"{kind}, not a notebook"
    if re.search(r"^(<<<<<<<|>>>>>>>) ", text, re.MULTILINE):
        return "has the marks of a merge conflict in it"
    if text.startswith("{") and (error.pos >= len(text) - 1 or "Unterminated" in error.msg):
        return "is cut off: its end is missing"
    return f"is not a notebook ({error.msg}, line {error.lineno})"


def _convert(data: dict[str, Any], notes: list[str]) -> dict[str, Any]:
    """Bring the notebook formats 1 to 3 up to 4; a format that does not exist yet is read as 4."""
    version = data.get("nbformat")
    if "worksheets" in data and "cells" not in data:
        notes.append(f"had the old notebook format {version}")
        try:
            old = nbformat.reader.reads(json.dumps({**data, "nbformat": 3}))
            return nbformat.convert(old, _FORMAT)
        except Exception:  # the converter trusts its input
            raise UnreadableError("can't be brought up to the current notebook format") from None
    if version != _FORMAT or isinstance(version, bool):
        notes.append(f"had the notebook format {version!r:.20}, read as {_FORMAT}")
    return data


def _cells(items: list[Any], notes: list[str]) -> list[NotebookNode]:
    cells: list[NotebookNode] = []
    ids: set[str] = set()
    problems: dict[str, list[int]] = {}
    for number, item in enumerate(items, start=1):
        if not isinstance(item, dict):
            problems.setdefault("was not a cell and was left out", []).append(number)
            continue
        cell, found = _cell(item)
        cell["id"] = _free_id(item, number, ids)
        ids.add(cell["id"])
        cells.append(cell)
        for problem in found:
            problems.setdefault(problem, []).append(number)
    for problem, numbers in problems.items():
        notes.append(f"cell {_some(numbers)} {problem}")
    return cells


def _cell(item: dict[str, Any]) -> tuple[NotebookNode, list[str]]:
    """Keep of a cell what matters to a grader."""
    problems = []
    kind, source, metadata = item.get("cell_type"), item.get("source"), item.get("metadata")
    if kind not in _CELL_TYPES:
        problems.append("had an unknown type, read as text")
        kind = "markdown"
    if isinstance(source, list):
        lines = [part for part in source if isinstance(part, str)]
        # Some programs leave out the ends of lines.
        source = ("" if any("\n" in line for line in lines) else "\n").join(lines)
    if not isinstance(source, str):
        problems.append("was without source")
        source = ""
    if "\0" in source:
        problems.append("had a NUL character, now removed")
        source = source.replace("\0", "")
    clean = source.encode("utf-8", "replace").decode()
    if clean != source:
        problems.append("had half a character (a lone surrogate), now `?`")
    cell = NotebookNode(cell_type=kind, source=clean.replace("\r\n", "\n").replace("\r", "\n"))
    # All else could only harm, as a tag that keeps a cell from being run.
    marked = isinstance(metadata, dict) and "nbgrader" in metadata
    cell["metadata"] = nbformat.from_dict({"nbgrader": metadata["nbgrader"]} if marked else {})
    if kind == "code":
        cell.update(outputs=[], execution_count=None)
    elif kind == "markdown" and _are_attachments(item.get("attachments")):
        cell["attachments"] = item["attachments"]
    return cell, problems


def _are_attachments(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(bundle, dict) and all(isinstance(content, str) for content in bundle.values())
        for bundle in value.values()
    )


def _free_id(item: dict[str, Any], number: int, taken: set[str]) -> str:
    """Return the cell's id, or that of Colab's metadata, or a new one."""
    metadata = item.get("metadata")
    for found in (item.get("id"), metadata.get("id") if isinstance(metadata, dict) else None):
        if isinstance(found, str) and _CELL_ID.fullmatch(found) and found not in taken:
            return found
    while f"cell-{number}" in taken:
        number += 1
    return f"cell-{number}"


def _some(numbers: Iterable[int]) -> str:
    numbers = list(numbers)
    text = ", ".join(str(number) for number in numbers[:5])
    return f"{text} and {len(numbers) - 5} others" if len(numbers) > 5 else text
