"""`workbook roster`: takes a class list into the gradebook.

It reads what Canvas exports from its gradebook, what Moodle exports from its list of participants or
from its grades, and the course's own columns. Nobody is ever removed, and an empty cell erases
nothing.
"""

import codecs
import csv
import io
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbgrader.api import Gradebook, Student

from workbook.environment import with_scripts
from workbook.errors import WorkbookError
from workbook.export import CanvasExporter
from workbook.gradebook import find_course, open_gradebook

#: Columns of a student in the gradebook, after its id.
DETAILS = ("first_name", "last_name", "email", "lms_user_id")
_LONGEST_ID = 128
_TEST_STUDENTS = ("Student, Test", "Test Student")
#: Columns of which a person has one at least; Canvas has lines of other things.
_OF_A_PERSON = (
    *("id", "student", "lastname", "firstname", "sis user id", "sis login id", "username"),
    *("id number", "first name", "last name", "surname", "full name", "email address"),
    *DETAILS,
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


def _own(row: dict[str, str]) -> dict[str, str]:
    return {name: row.get(name, "") for name in (*DETAILS, "role")}


def _canvas(row: dict[str, str]) -> dict[str, str]:
    last, _, first = row.get("student", "").partition(",")
    return {
        "first_name": row.get("firstname", first).strip(),
        "last_name": row.get("lastname", last).strip(),
        "lms_user_id": row["id"],
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
    Format("the course's own columns", (("id",), (*DETAILS, "role")), ("id",), _own),
)


@dataclass
class ClassList:
    """A class list that was read."""

    source: str  # which format, and which column has the ids
    people: list[Person]
    left_out: list[str] = field(default_factory=list)


def read_class_list(path: Path, id_column: str = "", preferred: str = "") -> ClassList:
    """Read a class list, whatever its encoding and separator.

    Args:
        path: the file.
        id_column: the column that has the ids, by its heading; else the first of the format's own
            that is filled in for everybody.
        preferred: a column that is tried first.

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
            "or ID number if possible), or id, first_name, last_name, email, lms_user_id, role."
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
    filled_in = [name for name in ids if all(row[name] for _, row in kept)]
    column = _plain(id_column) or [*filled_in, *ids][0]
    people = [Person(row[column], **format_.read(row), line=line) for line, row in kept]
    problems = [f"{path}, line {each.line}: {text}" for each in people if (text := _problem(each))]
    if not people:
        problems = [f"{path}: there is nobody in it"]
    if problems:
        raise WorkbookError(*problems)
    source = f"{format_.name}, ids from {header[known.index(column)]!r}"
    return ClassList(source, people, left_out)


def _plain(heading: str) -> str:
    return " ".join(heading.split()).casefold()


def _fits(format_: Format, known: list[str]) -> bool:
    return all(any(name in known for name in names) for names in format_.required)


def _problem(person: Person) -> str:
    """What is wrong with a row; empty if nothing is."""
    if not person.id:
        return "there is no id"
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
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        table = [(reader.line_num, [_clean(cell) for cell in row]) for row in reader if row]
    except csv.Error as error:
        raise WorkbookError(f"{path}, line {reader.line_num}: not CSV: {error}") from None
    (_, header), *rows = table
    for line, cells in rows:
        if len(cells) > len(header):
            raise WorkbookError(
                f"{path}, line {line}: {len(cells)} cells, but {len(header)} headings; a cell with "
                "the separator in it must be in quotes"
            )
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


# ---------------------------------------------------------------- the gradebook


@dataclass
class Plan:
    """What a class list does to a gradebook."""

    add: list[Person] = field(default_factory=list)
    namesakes: dict[str, str] = field(default_factory=dict)  # of those, by id
    change: list[tuple[Student, dict[str, str]]] = field(default_factory=list)
    same: list[Student] = field(default_factory=list)
    absent: list[Student] = field(default_factory=list)  # in the gradebook only

    def lines(self) -> list[str]:
        """The plan in words."""
        lines = []
        for person in self.add:
            number = f"number {person.lms_user_id}" if person.lms_user_id else ""
            twin = self.namesakes.get(person.id, "")
            namesake = f"has the name of {twin}, who is there already" if twin else ""
            details = ", ".join(filter(None, (person.email, number, namesake)))
            lines.append(f"add     {person.shown}" + (f" ({details})" if details else ""))
        for student, values in self.change:
            changes = [f"{k}: {getattr(student, k) or '–'} → {v}" for k, v in values.items()]
            lines.append(f"change  {student.id}: {'; '.join(changes)}")
        lines.append(f"leave   {len(self.same)} who are there already")
        if self.absent:
            names = ", ".join(student.id for student in self.absent)
            lines.append(f"leave   {len(self.absent)} who are not in the list: {names}")
        return lines

    def apply(self, gradebook: Gradebook) -> None:
        """Do it, all or nothing."""
        for person in self.add:
            details = {name: getattr(person, name) or None for name in DETAILS}
            gradebook.db.add(Student(id=person.id, **details))
        for student, values in self.change:
            for name, value in values.items():
                setattr(student, name, value)
        gradebook.db.commit()


class _Known:
    """The students of a gradebook, by all that may tell who somebody is."""

    def __init__(self, students: Iterable[Student]) -> None:
        students = list(students)
        self.by_id = {each.id: each for each in students}
        self.by_number = {each.lms_user_id: each for each in students if each.lms_user_id}
        self.by_address = {each.email.casefold(): each for each in students if each.email}
        self.by_name = {(each.first_name, each.last_name): each for each in students}
        self.without_zeros = {each.id.lstrip("0"): each.id for each in students}

    def find(self, person: Person) -> Student | None:
        """The student whom a row is about."""
        return (
            self.by_id.get(person.id)
            or self.by_number.get(person.lms_user_id)
            or self.by_address.get(person.email.casefold())
        )

    def contradiction(self, person: Person, student: Student | None) -> str:
        """What speaks against taking a row; empty if nothing does."""
        owner = self.by_number.get(person.lms_user_id)
        if owner and student is not owner:
            number = person.lms_user_id
            return f"the number {number} of {person.shown} is {owner.id}'s in the gradebook"
        twin = self.without_zeros.get(person.id.lstrip("0"))
        if student is None and twin is not None and person.id.isdigit():
            return (
                f"{person.id} may be {twin} of the gradebook: has a spreadsheet taken or added "
                f"zeros? If not, `nbgrader db student add {person.id}` enters it"
            )
        return ""


def make_plan(people: Iterable[Person], students: Iterable[Student]) -> Plan:
    """Compare a class list with the gradebook.

    Somebody is in the gradebook already by the id, else by the platform's number, else by the
    address. The id stays as it is there.

    Raises:
        WorkbookError: two rows or two students are one person, or may be.
    """
    known = _Known(students)
    plan, problems = Plan(), []
    seen: dict[str, Person] = {}
    numbers: dict[str, Person] = {}
    for person in people:
        student = known.find(person)
        key = student.id if student else person.id
        if earlier := seen.get(key):
            if replace(earlier, line=person.line) != person:
                problems.append(
                    f"lines {earlier.line} and {person.line} are both {key}, and differ: "
                    f"{earlier.shown} and {person.shown}"
                )
            continue
        seen[key] = person
        other = numbers.setdefault(person.lms_user_id, person) if person.lms_user_id else person
        if other is not person:
            problems.append(
                f"lines {other.line} and {person.line}: {other.shown} and {person.shown} have the "
                f"same number {person.lms_user_id}"
            )
        if text := known.contradiction(person, student):
            problems.append(f"line {person.line}: {text}")
        if student is None:
            plan.add.append(person)
            if named := known.by_name.get((person.first_name, person.last_name)):
                plan.namesakes[person.id] = named.id
            continue
        new = {name: getattr(person, name) for name in DETAILS}
        new = {k: v for k, v in new.items() if v and v != getattr(student, k)}
        if new:
            plan.change.append((student, new))
        else:
            plan.same.append(student)
    if problems:
        raise WorkbookError(*problems, "Nothing was changed.")
    plan.absent = [student for name, student in known.by_id.items() if name not in seen]
    return plan


def roster_command(path: Path, id_column: str, dry_run: bool) -> None:
    """Show what a class list would add, change and leave, then do it.

    Args:
        path: the class list.
        id_column: heading of the column with the ids, if it is not the usual one.
        dry_run: only show.
    """
    course, config = find_course(Path.cwd())
    # The ids are to be what the export writes for Canvas.
    preferred = CanvasExporter(config=config).student_id_column
    listed = read_class_list(path, id_column, preferred if preferred != "ID" else "id")
    os.environ["PATH"] = with_scripts()  # for a new gradebook, nbgrader starts a program
    print(f"{path}: {len(listed.people)} people; {listed.source}")
    with open_gradebook(course.db_url, course.course_id, create=True) as gradebook:
        students = [person for person in listed.people if person.is_student]
        plan = make_plan(students, gradebook.students)
        staff = [f"{each.shown} ({each.role})" for each in listed.people if not each.is_student]
        left_out = [f"skip    {text}" for text in [*staff, *listed.left_out]]
        print("\n".join([*plan.lines(), *left_out]))
        if not dry_run:
            plan.apply(gradebook)
            print(f"Done: the gradebook has {len(gradebook.students)} students.")
