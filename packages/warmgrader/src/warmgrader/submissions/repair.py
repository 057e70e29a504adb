"""Repairs what happened to a submission on its way, and says what it did.

Where the intent is clear (ids, metadata, encoding, file name), a student must not lose points; where
there is nothing to grade, the reason is said in words for the instructor.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath

import nbformat
from nbformat import NotebookNode

from warmgrader.submissions.cells import count_known, is_untouched, repair_cells
from warmgrader.submissions.handed_in import TIMESTAMP, printable, read_timestamp
from warmgrader.submissions.source import SourceNotebook
from warmgrader.submissions.text import UnreadableError, read_notebook

_SUFFIX = ".ipynb"
_FILES_SHOWN = 3


@dataclass
class Repaired:
    """A submission as it is graded.

    Attributes:
        files: by relative path; each notebook has the name that it should have.
        notes: what was repaired, one plain line each.
        missing: by notebook, why there is nothing to grade.
    """

    files: dict[str, bytes]
    notes: list[str] = field(default_factory=list)
    missing: dict[str, str] = field(default_factory=dict)


@dataclass
class _Candidate:
    """A file that may be an assignment's notebook."""

    path: str
    notebook: NotebookNode
    notes: list[str]


def repair(
    files: dict[str, bytes], sources: list[SourceNotebook], given: Iterable[str] = ()
) -> Repaired:
    """Repair a submission.

    Args:
        files: what was handed in, by relative path.
        sources: the assignment's notebooks.
        given: the paths of the assignment's other files, which replace the student's.
    """
    names = {source.name + _SUFFIX for source in sources} | {TIMESTAMP} | set(given)
    others = {path: content for path, content in files.items() if not path.endswith(_SUFFIX)}
    result = Repaired(others)
    readable, unreadable = _read_all(files)
    for source in sources:
        name = source.name + _SUFFIX
        chosen = _choose(source, sources, readable)
        if chosen is None:
            result.missing[source.name] = _why_missing(name, files, unreadable)
            continue
        readable.remove(chosen)
        _lift(result.files, chosen.path)
        extra = [c.path for c in readable if _fits(c, source) and _may_be(c, source, sources)]
        instead = f", and not {_some(extra)}" if extra else ""
        if chosen.path != name:
            result.notes.append(f"{name}: taken from {printable(chosen.path)}{instead}.")
        elif extra:
            result.notes.append(f"{name}: graded{instead}.")
        chosen.notes += repair_cells(chosen.notebook, source)
        result.notes += [f"{name}: {note}." for note in chosen.notes]
        # In one line, which is written in a tenth of the time.
        result.files[name] = nbformat.writes(chosen.notebook, version=4, indent=None).encode()
    _drop_clashes(result, names)
    _check_timestamp(result)
    return result


def _drop_clashes(result: Repaired, names: set[str]) -> None:
    """Leave out what can't be written because another file has the name of its folder."""
    taken = names | set(result.files)
    for path in sorted(result.files):
        if any(str(parent) in taken for parent in PurePosixPath(path).parents):
            del result.files[path]
            result.notes.append(
                f"The file {printable(path)} is in a folder with the name of a file; "
                "it was left out."
            )


def _lift(files: dict[str, bytes], path: str) -> None:
    """Move what is beside a notebook in a subfolder to where the notebook will be."""
    files.pop(path, None)
    folder = PurePosixPath(path).parent
    for other in [name for name in files if folder in PurePosixPath(name).parents]:
        files.setdefault(str(PurePosixPath(other).relative_to(folder)), files[other])


def _read_all(files: dict[str, bytes]) -> tuple[list[_Candidate], dict[str, str]]:
    """Read all files that look like notebooks."""
    readable, unreadable = [], {}
    for path in sorted(files, key=lambda path: (path.count("/"), path)):
        if not _looks_like_a_notebook(path, files[path]):
            continue
        try:
            readable.append(_Candidate(path, *read_notebook(files[path])))
        except UnreadableError as error:
            unreadable[path] = str(error)
    return readable, unreadable


def _looks_like_a_notebook(path: str, content: bytes) -> bool:
    if re.search(r"\.ipynb\b|\.json$", PurePosixPath(path).name, re.IGNORECASE):
        return True
    return content.lstrip()[:1] == b"{" and b'"cells"' in content


def _choose(
    source: SourceNotebook, sources: list[SourceNotebook], readable: list[_Candidate]
) -> _Candidate | None:
    """Choose the file for a notebook: the right name, unless only a copy of it was edited."""
    name = source.name + _SUFFIX
    candidates = [c for c in readable if _may_be(c, source, sources)]
    exact = next((c for c in candidates if c.path == name), None)
    fitting = [c for c in candidates if c is not exact and _fits(c, source)]
    # A name that is almost right says more than content, of which notebooks may share some.
    fitting.sort(key=lambda c: (not _is_named(c, source), c.path.count("/")))
    if exact is not None:
        fitting.insert(0, exact)
    edited = (c for c in fitting if not is_untouched(c.notebook, source))
    return next(edited, fitting[0] if fitting else None)


def _may_be(candidate: _Candidate, source: SourceNotebook, sources: list[SourceNotebook]) -> bool:
    """Tell whether a file has a notebook's name, or at least not another notebook's."""
    if _is_named(candidate, source):
        return True
    return not any(_is_named(candidate, other) for other in sources)


def _fits(candidate: _Candidate, source: SourceNotebook) -> bool:
    """Tell whether a file is meant to be a notebook: by its cells, or by its name."""
    known = sum(cell.grade_id is not None for cell in source.cells)
    if 2 * count_known(candidate.notebook, source) >= max(known, 1):
        return True
    return _is_named(candidate, source)


def _is_named(candidate: _Candidate, source: SourceNotebook) -> bool:
    """Tell whether a notebook's name is in a file's name."""
    pattern = rf"(?<![0-9a-z]){re.escape(_folded(source.name))}(?![0-9a-z])"
    return re.search(pattern, _folded(PurePosixPath(candidate.path).name)) is not None


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _why_missing(name: str, files: dict[str, bytes], unreadable: dict[str, str]) -> str:
    """Say why there is nothing to grade."""
    if name in unreadable:
        return f"{name} {unreadable[name]}."
    if unreadable:
        path, problem = next(iter(unreadable.items()))
        return f"{name}: there is no notebook that can be read; {printable(path)} {problem}."
    rest = [path for path in sorted(files) if path != TIMESTAMP]
    if not rest:
        return f"{name}: no notebook was handed in, nor anything else."
    return f"{name}: no notebook was handed in, only {_some(rest)}."


def _check_timestamp(result: Repaired) -> None:
    """Drop a time stamp that can't be true, which nbgrader would stop at; an empty one it ignores."""
    content = result.files.get(TIMESTAMP)
    if content is None:
        return
    try:
        read_timestamp(content)
    except ValueError as error:
        if content.strip():
            del result.files[TIMESTAMP]
        result.notes.append(f"{TIMESTAMP} {error}; it was ignored, so nothing counts as late.")


def _some(paths: list[str]) -> str:
    shown = ", ".join(printable(path) for path in paths[:_FILES_SHOWN])
    more = len(paths) - _FILES_SHOWN
    return f"{shown} and {more} more" if more > 0 else shown
