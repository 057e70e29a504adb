"""Finds and reads what students handed in: by listing folders, and without following links."""

from __future__ import annotations

import fnmatch
import os
import re
import stat
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from nbgrader.coursedir import CourseDirectory
from nbgrader.utils import full_split, parse_utc

TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 100
_EARLIEST_YEAR = 2000
_KILOBYTE = 1000
_LONGEST_PATH = 1000
"""In bytes; the system's limit is four times that, and the autograded folder's path comes first."""
_SHOWN_OF_A_NAME = 100


@dataclass(frozen=True)
class Folder:
    """A student's folder of an assignment."""

    assignment_id: str
    student_id: str
    path: str


@dataclass
class Files:
    """What is in such a folder.

    Attributes:
        content: the ordinary files, by relative path.
        notes: what was left out, one plain line each.
    """

    content: dict[str, bytes] = field(default_factory=dict, repr=False)
    notes: list[str] = field(default_factory=list)


def find_folders(
    coursedir: CourseDirectory, step: str, assignment: str, student: str
) -> list[Folder]:
    """Find the folders of an assignment.

    Args:
        coursedir: the course.
        step: nbgrader's name for the directory, as `coursedir.submitted_directory`.
        assignment: the assignment's name or a pattern (`ps*`).
        student: the student's id or a pattern. An id that looks like a pattern is an id first.
    """
    structure = full_split(coursedir.directory_structure)
    found: list[tuple[dict[str, str], str]] = [({}, coursedir.root)]
    for part in structure:
        found = [(names, path) for start in found for names, path in _descend(part, step, *start)]
    folders = [
        Folder(names.get("assignment_id", assignment), names.get("student_id", student), path)
        for names, path in found
    ]
    exact = [folder for folder in folders if folder.student_id == student]
    chosen = exact or [f for f in folders if fnmatch.fnmatchcase(f.student_id, student)]
    return [f for f in chosen if fnmatch.fnmatchcase(f.assignment_id, assignment)]


def _descend(
    part: str, step: str, names: dict[str, str], path: str
) -> list[tuple[dict[str, str], str]]:
    """Return the entries of a directory that fit one part of nbgrader's directory structure."""
    pattern = ""
    for literal, name, _, _ in string.Formatter().parse(part):
        pattern += re.escape(literal)
        if name == "nbgrader_step":
            pattern += re.escape(step)
        elif name in names:
            pattern += re.escape(names[name])
        elif name is not None:
            pattern += f"(?P<{name}>.+)"
    if "(?P<" not in pattern:
        path = os.path.join(path, part.format(nbgrader_step=step, **names))
        return [(names, path)] if os.path.lexists(path) else []
    if not os.path.isdir(path):
        return []
    found = []
    for entry in sorted(os.listdir(path)):
        if match := re.fullmatch(pattern, entry, re.DOTALL):
            found.append(({**names, **match.groupdict()}, os.path.join(path, entry)))
    return found


def read_folder(path: str, coursedir: CourseDirectory) -> Files:
    """Read a folder; a link could lead to anybody's files, a pipe to nothing.

    Sizes are limited by nbgrader's own `CourseDirectory.max_file_size` and `max_dir_size`.
    """
    files = Files()
    if os.path.islink(path):
        files.notes.append(
            f"The folder {os.path.basename(path)} is a symbolic link; nothing in it was read."
        )
        return files
    left = coursedir.max_dir_size * _KILOBYTE
    for folder, subfolders, names in os.walk(path):
        here = os.path.relpath(folder, path)
        links = [name for name in subfolders if os.path.islink(os.path.join(folder, name))]
        subfolders[:] = [
            n for n in sorted(subfolders) if not _ignored(n, coursedir) and n not in links
        ]
        for name in sorted([*names, *links]):
            if _ignored(name, coursedir):
                continue
            relative = os.path.normpath(os.path.join(here, name))
            shown = printable(relative[-_SHOWN_OF_A_NAME:])
            try:
                status = os.lstat(os.path.join(folder, name))
                if problem := _problem(relative, status, coursedir, left):
                    files.notes.append(f"The file {shown} {problem}; it was left out.")
                    continue
                left -= status.st_size
                files.content[relative] = Path(folder, name).read_bytes()
            except OSError as error:
                files.notes.append(f"The file {shown} can't be read: {error.strerror}.")
    return files


def _ignored(name: str, coursedir: CourseDirectory) -> bool:
    return any(fnmatch.fnmatch(name, pattern) for pattern in coursedir.ignore)


def _problem(
    path: str, status: os.stat_result, coursedir: CourseDirectory, left: int
) -> str | None:
    if len(os.fsencode(path)) > _LONGEST_PATH:
        return "is in too many folders"
    if stat.S_ISLNK(status.st_mode):
        return "is a symbolic link"
    if not stat.S_ISREG(status.st_mode):
        return "is not an ordinary file"
    if status.st_size > coursedir.max_file_size * _KILOBYTE:
        return f"is larger than {coursedir.max_file_size} kB"
    if status.st_size > left:
        return f"makes the submission larger than {coursedir.max_dir_size} kB"
    return None


def printable(text: str) -> str:
    """Return a file's name as it can be written into a report: in one line, in UTF-8."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else "?" for c in text)


def read_timestamp(content: bytes) -> datetime:
    """Read a time stamp.

    Raises:
        ValueError: it is not one, or can't be true; the message says so.
    """
    text = content.decode("utf-8", "replace").strip()
    if not text:
        raise ValueError("is empty")
    try:
        moment = parse_utc(text) if len(text) <= _LONGEST_TIMESTAMP else None
    except (ValueError, OverflowError, TypeError):
        moment = None
    if moment is None:
        raise ValueError("is not a date and time")
    if moment.year < _EARLIEST_YEAR:
        raise ValueError(f"is from before {_EARLIEST_YEAR}")
    if moment > datetime.now(UTC).replace(tzinfo=None) + timedelta(days=1):
        raise ValueError("is in the future")
    return moment


def timestamp_of(folder: Path) -> datetime | None:
    """Return when a submission was made, as far as its folder says so credibly."""
    path = folder / TIMESTAMP
    if path.is_symlink() or not path.is_file():
        return None
    with path.open("rb") as file:
        try:
            return read_timestamp(file.read(_LONGEST_TIMESTAMP + 1))
        except ValueError:
            return None
