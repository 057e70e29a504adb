"""Class lists: the people of a class, as a file names them.

It reads what Canvas exports from its gradebook, what Moodle exports from its list of participants or
from its grades, and the course's own columns.
"""

import codecs
import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from workbook.common.errors import WorkbookError

#: Columns of a student in the gradebook, after its id.
DETAILS = ("first_name", "last_name", "email", "lms_user_id")
#: The course's own columns of a class list.
COLUMNS = ("id", *DETAILS, "role")
_LONGEST_ID = 128
_TEST_STUDENTS = ("Student, Test", "Test Student")
#: Columns of which a person has one at least; Canvas has lines of other things.
_OF_A_PERSON = (
    *("student", "lastname", "firstname", "sis user id", "sis login id", "username"),
    *("id number", "first name", "last name", "surname", "full name", "email address"),
    *COLUMNS,
)
_STAFF = re.compile(
    r"teacher|manager|instructor|assistant|tutor|grader|designer|observer|\bta\b", re.I
)


@dataclass(frozen=True)
class Person:
    """A row of a class list."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""
    role: str = ""
    line: int = 0

    @property
    def is_student(self) -> bool:
        """Whether the gradebook is to have this person."""
        return "student" in self.role.casefold() or not _STAFF.search(self.role)

    @property
    def is_instructor(self) -> bool:
        """Whether this person grades: an instructor or, as Moodle says, a teacher."""
        return self.role.casefold() in ("instructor", "teacher")

    @property
    def shown(self) -> str:
        """The id and the name."""
        return " ".join(filter(None, (self.id, self.first_name, self.last_name)))


@dataclass(frozen=True)
class Format:
    """A kind of class list: the columns that it must have, those that may be an id, the reader."""

    name: str
    required: tuple[tuple[str, ...], ...]  # one of each, in small letters
    ids: tuple[str, ...]
    read: Callable[[dict[str, str]], dict[str, str]]
    without: tuple[str, ...] = ()  # columns that another kind has


def _own(row: dict[str, str]) -> dict[str, str]:
    return {name: row.get(name, "") for name in COLUMNS[1:]}


def _canvas(row: dict[str, str]) -> dict[str, str]:
    last, _, first = row.get("student", "").partition(",")
    return {
        "first_name": row.get("firstname", first).strip(),
        "last_name": row.get("lastname", last).strip(),
        "lms_user_id": row["id"],
        "role": row.get("role", ""),
    }


def _moodle(row: dict[str, str]) -> dict[str, str]:
    first, _, last = row.get("full name", "").rpartition(" ")
    return {
        "first_name": row.get("first name", first),
        "last_name": row.get("last name", row.get("surname", last)),
        "email": row.get("email address", ""),
        "role": row.get("roles", ""),
    }


FORMATS = (
    Format(
        "Canvas's gradebook export",
        (("student", "lastname"), ("id",), ("section",)),
        ("sis login id", "sis user id", "id"),
        _canvas,
    ),
    Format(
        "Moodle's export",
        (("first name", "full name"), ("email address", "username", "id number")),
        ("username", "id number", "email address"),
        _moodle,
    ),
    Format(
        "the course's own columns",
        (("id",),),
        ("id",),
        _own,
        without=("student", "full name", "first name", "last name", "surname"),
    ),
)


@dataclass
class ClassList:
    """A class list that was read."""

    source: str  # which format, and which column has the ids
    people: list[Person]
    left_out: list[str] = field(default_factory=list)


def read_class_list(
    path: Path,
    id_column: str = "",
    preferred: str = "",
    lasting: bool = False,
    check: Callable[[Person], str] = lambda _: "",
) -> ClassList:
    """Read a class list, whatever its encoding and separator.

    Args:
        path: the file.
        id_column: the column that has the ids, by its heading; else the first of the format's own
            that is filled in for everybody.
        preferred: a column that is tried first.
        lasting: take the first column in which anybody has an id, so that nobody's changes with who
            else is in the list; who has none there is a problem.
        check: says what else is wrong with somebody; empty if nothing is.

    Raises:
        WorkbookError: it can't be read; all that is wrong with it, with lines.
    """
    header, rows = _read_table(path)
    known = [_plain(name) for name in header]
    format_ = next((each for each in FORMATS if _fits(each, known)), None)
    if format_ is None:
        raise WorkbookError(
            f"{path}: not a class list that is known. Its first line has: {', '.join(header)}. "
            "Needed is Canvas's gradebook export (Student, ID, SIS Login ID, Section), Moodle's "
            "list of participants or grades (First name, Last name, Email address; with Username "
            f"or ID number if possible), or {', '.join(COLUMNS)}."
        )
    if id_column and _plain(id_column) not in known:
        raise WorkbookError(f"{path}: no column {id_column}; there are: {', '.join(header)}")
    left_out, kept = [], []
    for line, cells in rows:
        row = dict.fromkeys(known, "") | dict(zip(known, cells))
        if row.get("student") in _TEST_STUDENTS:
            left_out.append("Canvas's test student")
        elif any(row.get(name) for name in _OF_A_PERSON) and "Points Possible" not in cells[0]:
            kept.append((line, row))
    ids = [name for name in (preferred.casefold(), *format_.ids) if name in known]
    enough = any if lasting else all
    filled_in = [name for name in ids if enough(row[name] for _, row in kept)]
    column = _plain(id_column) or [*filled_in, *ids][0]
    people = [Person(row[column], **format_.read(row), line=line) for line, row in kept]
    problems = [
        f"{path}, line {each.line}: {text}"
        for each in people
        if (text := _problem(each, header[known.index(column)]) or check(each))
    ]
    if not people:
        problems = [f"{path}: there is nobody in it"]
    if problems:
        raise WorkbookError(*problems)
    source = f"{format_.name}, ids from {header[known.index(column)]!r}"
    return ClassList(source, people, left_out)


def _plain(heading: str) -> str:
    return " ".join(heading.split()).casefold()


def _fits(format_: Format, known: list[str]) -> bool:
    needed = all(any(name in known for name in names) for names in format_.required)
    return needed and not any(name in known for name in format_.without)


def _problem(person: Person, heading: str) -> str:
    """What is wrong with a row; empty if nothing is."""
    if not person.id:
        return f"there is no id in the column {heading}"
    if "/" in person.id or person.id in (".", "..") or not person.id.isprintable():
        return f"{person.id!r} can't be an id, because it names a folder, too"
    if len(person.id) > _LONGEST_ID:
        return f"an id has at most {_LONGEST_ID} characters"
    return ""


def _read_table(path: Path) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and the other lines with their numbers."""
    try:
        text = _decode(path)
    except OSError as error:
        raise WorkbookError(f"{path}: can't be read: {error.strerror}") from None
    if not text.strip():
        raise WorkbookError(f"{path}: the file is empty")
    first = text.lstrip().splitlines()[0]
    separator = max(",;\t:", key=lambda each: len(next(csv.reader([first], delimiter=each))))
    file = io.StringIO(text, newline="")
    reader = csv.reader(file, delimiter=separator, strict=True, skipinitialspace=True)
    try:
        table = [(reader.line_num, [_clean(cell) for cell in row]) for row in reader if row]
    except csv.Error as error:
        raise WorkbookError(f"{path}, line {reader.line_num}: not CSV: {error}") from None
    (_, header), *rows = table
    problems = [
        f"{path}, line {line}: {len(cells)} cells, but {len(header)} headings; a cell with the "
        "separator in it must be in quotes"
        for line, cells in rows
        if any(cells[len(header) :])
    ]
    if problems:
        raise WorkbookError(*problems)
    return header, rows


def _decode(path: Path) -> str:
    content = path.read_bytes()
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise WorkbookError(f"{path}: a spreadsheet; save it as CSV (UTF-8) first")
    encoding = "utf-8-sig"
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise WorkbookError(f"{path}: neither UTF-8 nor UTF-16; save it as CSV (UTF-8)")
    return text


def _clean(cell: str) -> str:
    """A cell without what spreadsheets are told with: `="007"` keeps its zeros."""
    cell = cell.strip()
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') else cell
