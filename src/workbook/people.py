"""The people of a course, as a roster file names them."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from workbook.errors import WorkbookError

COLUMNS = ("id", "first_name", "last_name", "email", "lms_user_id", "role")
ROLES = ("student", "instructor")

#: What is a login name on Linux, a user name in JupyterHub and a student's id in nbgrader alike.
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


@dataclass(frozen=True)
class Person:
    """One line of the roster."""

    id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    lms_user_id: str = ""
    role: str = "student"

    @property
    def is_instructor(self) -> bool:
        """Whether this person grades, instead of being graded."""
        return self.role == "instructor"


def read_people(path: Path) -> list[Person]:
    """The people of a roster, in its order.

    Raises:
        WorkbookError: the file can't be read, or names somebody in a way that can't work; every
            such line is named.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise WorkbookError(f"{path}: there is no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise WorkbookError(f"{path}: save it as CSV in UTF-8; it can't be read: {error}") from None
    lines = text.splitlines()
    delimiter = ";" if lines and ";" in lines[0] and "," not in lines[0] else ","
    reader = csv.DictReader(lines, delimiter=delimiter, restval="", skipinitialspace=True)
    names = [(name or "").strip().lower() for name in reader.fieldnames or []]
    if "id" not in names:
        raise WorkbookError(f"{path}: no column id; the first line names {', '.join(COLUMNS)}")
    reader.fieldnames = names
    people: dict[str, Person] = {}
    problems = []
    for row in reader:
        values = {name: (row.get(name) or "").strip() for name in COLUMNS}
        if not any(values.values()):
            continue
        values["role"] = values["role"].lower() or "student"
        person = Person(**values)
        problem = _problem(person, people)
        if problem:
            problems.append(f"{path}, line {reader.line_num}: {problem}")
        people[person.id] = person
    if problems:
        raise WorkbookError(*problems)
    if not people:
        raise WorkbookError(f"{path}: nobody is in it")
    return list(people.values())


def _problem(person: Person, others: dict[str, Person]) -> str | None:
    """What is wrong with a line, if anything is."""
    if not person.id:
        return "somebody without an id"
    if not _ID.fullmatch(person.id):
        return (
            f"the id {person.id!r} can't be a login name: at most 32 of a-z (in lower case), 0-9, "
            "and after the first also . _ -"
        )
    if person.id in others:
        return f"the id {person.id} is there twice"
    if person.role not in ROLES:
        return f"the role of {person.id} is {person.role!r}, which is neither {' nor '.join(ROLES)}"
    return None
