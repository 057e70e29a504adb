"""Repairing submissions, without running them; `tests/submissions` runs them too."""

from __future__ import annotations

import json
import os
import random
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.coursedir import CourseDirectory

from warmgrader.submissions.handed_in import find_folders, read_folder, read_timestamp
from warmgrader.submissions.repair import Repaired, repair
from warmgrader.submissions.source import SourceCell, SourceNotebook, marked
from warmgrader.submissions.text import UnreadableError, read_notebook

STUB = "def {}(x):\n    raise NotImplementedError"
ANSWER = "def {}(x):\n    return 2 * x"


def source_cell(index: int, name: str, cell_type: str, text: str, **flags: object) -> SourceCell:
    """Return one of nbgrader's cells."""
    metadata = {
        "schema_version": 3, "grade_id": name, "grade": False, "solution": False, "locked": False,
        "task": False, "cell_type": cell_type, "checksum": "0" * 32, **flags,
    }  # fmt: skip
    hidden = f"{text}\n# hidden" if flags.get("locked") else text
    return SourceCell(index, f"id-{name}", name, cell_type, hidden, text, metadata)


def make_source(
    name: str = "ps", tasks: tuple[str, ...] = ("one", "two", "three")
) -> SourceNotebook:
    """Return an instructor's notebook: an import, some tasks, an essay."""
    cells = [SourceCell(0, "id-import", None, "code", "import math", "import math", {})]
    for task in tasks:
        text = f"## {task}"
        cells.append(
            SourceCell(len(cells), f"id-{text[3:]}-text", None, "markdown", text, text, {})
        )
        cells.append(source_cell(len(cells), task, "code", STUB.format(task), solution=True))
        for kind in ("check", "hidden"):
            cells.append(
                source_cell(
                    len(cells),
                    f"{task}_{kind}",
                    "code",
                    f"assert {task}({len(kind)})",
                    grade=True,
                    locked=True,
                    points=1,
                )  # fmt: skip
            )
    essay = source_cell(
        len(cells), "essay", "markdown", "YOUR ANSWER", grade=True, solution=True, points=3
    )
    return SourceNotebook(name, [*cells, essay])


SOURCE = make_source()
TESTS = [cell.grade_id for cell in SOURCE.cells if cell.locked]


def submitted(source: SourceNotebook = SOURCE) -> NotebookNode:
    """Return a notebook with an answer to every task."""
    cells = []
    for cell in source.cells:
        new = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        text = cell.released
        if cell.is_answer:
            text = ANSWER.format(cell.grade_id) if cell.cell_type == "code" else "It depends."
        metadata = marked(cell) if cell.grade_id else {}
        cells.append(new(text, id=cell.cell_id, metadata=metadata))
    return new_notebook(cells=cells)


def hand_in(notebook: NotebookNode, name: str = "ps.ipynb") -> Repaired:
    """Repair a notebook."""
    return repair({name: nbformat.v4.nbjson.writes(notebook).encode()}, [SOURCE])


def read(result: Repaired, name: str = "ps.ipynb") -> NotebookNode:
    """Return a repaired notebook, which must be valid."""
    notebook = nbformat.reads(result.files[name].decode(), as_version=4)
    nbformat.validate(notebook)
    return notebook


def ids(notebook: NotebookNode) -> list[str]:
    """Return the ids of nbgrader's cells, in their order."""
    return [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]


def test_nothing_is_repaired_where_nothing_is_wrong() -> None:
    result = hand_in(submitted())
    assert result.notes == []
    assert ids(read(result)) == [cell.grade_id for cell in SOURCE.cells if cell.grade_id]


def test_tests_need_not_be_marked_as_locked() -> None:
    notebook = submitted()
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            cell.metadata.nbgrader.update(locked=False)
            del cell.metadata.nbgrader["task"]
    assert hand_in(notebook).notes == []


@pytest.mark.parametrize("is_folded", [True, False])
def test_folding_and_unfolding_a_test_is_no_damage(is_folded: bool) -> None:
    notebook = submitted()
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade"):
            if is_folded:
                cell.metadata.jupyter = {"source_hidden": True}
            cell.metadata.update(cellView="form" if is_folded else "code", collapsed=not is_folded)
    result = hand_in(notebook)
    assert result.notes == []
    assert ids(read(result)) == [cell.grade_id for cell in SOURCE.cells if cell.grade_id]


def damage(notebook: NotebookNode, draw: random.Random) -> None:
    """Do to a notebook, at random, what students and their programs do."""
    for _ in range(draw.randrange(1, 12)):
        at = draw.randrange(len(notebook.cells))
        cell = notebook.cells[at]
        kind = draw.randrange(8)
        if kind == 0 and len(notebook.cells) > 1 and not is_answer(cell):
            del notebook.cells[at]
        elif kind == 1:
            notebook.cells.insert(draw.randrange(len(notebook.cells)), deepcopy(cell))
        elif kind == 2:
            notebook.cells.insert(draw.randrange(len(notebook.cells)), notebook.cells.pop(at))
        elif kind == 3:
            cell.metadata.clear()
        elif kind == 4 and "nbgrader" in cell.metadata:
            cell.metadata.nbgrader[draw.choice(list(cell.metadata.nbgrader))] = draw.choice(
                [None, 7, "x", [], {}, True]
            )
        elif kind == 5:
            cell.id = f"new{draw.random()}".replace(".", "")
        elif kind == 6:
            notebook.cells.insert(at, new_code_cell(f"own = {draw.random()}"))
        elif cell.metadata.get("nbgrader", {}).get("locked") is True:
            cell.source += "\n# changed"


def is_answer(cell: NotebookNode) -> bool:
    """Tell whether a student wrote a cell."""
    return "return 2 * x" in cell.source


@pytest.mark.parametrize("seed", range(150))
def test_any_damage_leaves_a_notebook_that_can_be_graded(seed: int) -> None:
    notebook, draw = submitted(), random.Random(seed)
    damage(notebook, draw)
    result = hand_in(notebook)
    repaired = read(result)
    found = ids(repaired)
    assert sorted(name for name in found if name in TESTS) == sorted(TESTS)
    assert len(found) == len(set(found))
    places = {name: found.index(name) for name in found}
    known = {cell.grade_id: cell for cell in SOURCE.cells}
    for cell in repaired.cells:
        if "nbgrader" in cell.metadata:
            source = known[cell.metadata.nbgrader.grade_id]
            assert cell.metadata == marked(source)
            assert not source.locked or cell.source == source.source
    for task in ("one", "two", "three"):
        assert places[task] < places[f"{task}_check"]
        assert places[task] < places[f"{task}_hidden"]
    code = "\n".join(c.source for c in repaired.cells if c.cell_type == "code")
    for cell in notebook.cells:
        if is_answer(cell) or cell.source.startswith("own"):
            assert cell.source in code
    # What has been repaired needs no further repair.
    again = repair(result.files, [SOURCE])
    assert again.notes == []
    assert again.files == result.files


@pytest.mark.parametrize("seed", range(150))
def test_any_bytes_are_repaired_or_refused_with_a_reason(seed: int) -> None:
    draw = random.Random(seed)
    content = bytearray(nbformat.v4.nbjson.writes(submitted()).encode())
    for _ in range(draw.randrange(1, 4)):
        at = draw.randrange(len(content))
        kind = draw.randrange(3)
        if kind == 0:
            content[at] = draw.randrange(256)
        elif kind == 1:
            del content[at : at + draw.randrange(1, 60)]
        else:
            content[at:at] = content[draw.randrange(len(content)) :][: draw.randrange(200)]
    result = repair({"ps.ipynb": bytes(content)}, [SOURCE])
    if "ps" in result.missing:
        assert result.missing["ps"].startswith("ps.ipynb ")
    else:
        assert set(TESTS) <= set(ids(read(result)))


@pytest.mark.parametrize("value", [None, True, 7, 1.5, "text", [], {}, [None], {"a": None}])
def test_any_value_in_any_place_is_survived(value: object) -> None:
    def places(node: object, path: tuple = ()) -> list[tuple]:
        if isinstance(node, dict):
            entries = list(node.items())
        elif isinstance(node, list):
            entries = list(enumerate(node))
        else:
            return [path]
        return [path, *(p for key, child in entries for p in places(child, (*path, key)))]

    data = json.loads(nbformat.v4.nbjson.writes(submitted(make_source(tasks=("one",)))))
    for path in places(data)[1:]:
        changed = deepcopy(data)
        node = changed
        for key in path[:-1]:
            node = node[key]
        node[path[-1]] = value
        result = repair({"ps.ipynb": json.dumps(changed).encode()}, [SOURCE])
        assert result.missing or set(TESTS) <= set(ids(read(result))), path


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\0\0 \n", "empty"),
        (b"PK\x03\x04", "zip"),
        (b"%PDF-1.4", "PDF"),
        (b"<html>", "web page"),
        (b'{"cells": [', "cut off"),
        (b'{"cells": [{"source": "abc', "cut off"),
        (b"{} trailing", "no cells"),
        (b"{,}", "line 1"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"nbformat": ' + b"9" * 5000 + b"}", "digits"),
        (b'{"worksheets": 3, "nbformat": 3}', "format"),
    ],
)
def test_unreadable_files_are_named_in_words(content: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        read_notebook(content)


def test_each_notebook_of_an_assignment_finds_its_file() -> None:
    sources = [make_source("ps1a", ("one",)), make_source("ps1b", ("one", "two"))]
    files = {
        "ps1b (1).ipynb": nbformat.v4.nbjson.writes(submitted(sources[1])).encode(),
        "PS1A.ipynb": nbformat.v4.nbjson.writes(submitted(sources[0])).encode(),
    }
    result = repair(files, sources)
    assert result.missing == {}
    assert "two" in ids(read(result, "ps1b.ipynb"))
    assert "two" not in ids(read(result, "ps1a.ipynb"))
    del files["PS1A.ipynb"]
    result = repair(files, sources)
    assert list(result.missing) == ["ps1a"]


def test_time_stamps() -> None:
    assert read_timestamp(b"2026-01-02 03:04:05 UTC\n") == datetime(2026, 1, 2, 3, 4, 5)
    assert read_timestamp(b"2026-01-02 03:04:05 Europe/Berlin") == datetime(2026, 1, 2, 2, 4, 5)
    future = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%d %H:%M:%S UTC").encode()
    for content in (
        b"",
        b"noon",
        b"\xff\xfe",
        b"9" * 30,
        b"1970-01-01",
        future,
        b"2026-01-01 " * 999,
    ):
        with pytest.raises(ValueError, match=r"^is "):
            read_timestamp(content)


STUDENTS = ["mia", "mia[1]", ".mia", "m*", "o'brien", "a b", "{x}", "ü"]


@pytest.mark.parametrize(
    "structure",
    [
        "{nbgrader_step}/{student_id}/{assignment_id}",
        "{nbgrader_step}/{assignment_id}/{student_id}",
        "{assignment_id}/{nbgrader_step}-{student_id}",
    ],
)
def test_students_are_found_whatever_their_ids(tmp_path: Path, structure: str) -> None:
    course = CourseDirectory(root=str(tmp_path), directory_structure=structure)
    for student in STUDENTS:
        path = Path(course.format_path("submitted", student, "ps1"))
        path.mkdir(parents=True)
        Path(course.format_path("submitted", student, "ps2")).mkdir(parents=True)

    def find(assignment: str, student: str) -> list[tuple[str, str]]:
        folders = find_folders(course, "submitted", assignment, student)
        assert all(Path(f.path).is_dir() for f in folders)
        return sorted((f.assignment_id, f.student_id) for f in folders)

    assert find("ps1", "*") == sorted(("ps1", student) for student in STUDENTS)
    assert find("ps1", "mia[1]") == [("ps1", "mia[1]")]
    assert find("ps1", "m*") == [("ps1", "m*")]
    assert find("ps?", "mia") == [("ps1", "mia"), ("ps2", "mia")]
    assert find("ps3", "*") == []


def test_only_ordinary_files_of_a_reasonable_size_are_read(tmp_path: Path) -> None:
    folder = tmp_path / "ps1"
    (folder / "data").mkdir(parents=True)
    (folder / "__pycache__").mkdir()
    (tmp_path / "secret").write_text("secret")
    for name in ("ps.ipynb", "data/values.csv", "__pycache__/x.pyc", "line\nbreak"):
        (folder / name).write_text("x")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    (folder / "large").write_bytes(bytes(3000))
    files = read_folder(str(folder), CourseDirectory(max_file_size=2))
    assert sorted(files.content) == ["data/values.csv", "line\nbreak", "ps.ipynb"]
    assert sorted(note.split()[2] for note in files.notes) == ["folder", "large", "link", "pipe"]
    (tmp_path / "linked").symlink_to(folder)
    assert read_folder(str(tmp_path / "linked"), CourseDirectory()).content == {}
