"""`workbook roster`: takes a class list into the gradebook.

Nobody is ever removed, and an empty cell erases nothing.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from nbgrader.api import Gradebook, Student

from workbook.common.environment import with_scripts
from workbook.common.errors import WorkbookError
from workbook.instructors.class_list import DETAILS, Person, read_class_list
from workbook.instructors.export import CanvasExporter
from workbook.instructors.gradebook import find_course, open_gradebook


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
    listed = read_class_list(path, id_column, preferred)
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
