"""Who handed in what on a learning platform: `nbgrader zip_collect`, in any nbgrader course.

The platforms know students by numbers and names (see `downloads`). The gradebook says which of its
students that is: by `lms_user_id`, else by first and last name. What is nobody's is held back: it
is graded once the gradebook has its student. Collecting again takes what is new.
"""

import hashlib
import json
import logging
import os
import shlex
import shutil
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from nbgrader.apps.zipcollectapp import ZipCollectApp
from nbgrader.coursedir import CourseDirectory
from nbgrader.plugins.zipcollect import FileNameCollectorPlugin
from nbgrader.utils import find_all_notebooks
from traitlets.config import Config

from warmgrader.feedback.folders import SECRET
from warmgrader.submissions.handed_in import TIMESTAMP, printable
from workbook.common.errors import WorkbookError
from workbook.common.paths import write_atomically
from workbook.instructors.downloads import Download, letters, understand, unpack
from workbook.instructors.gradebook import open_gradebook

COLLECTED, HELD_BACK, LEFT_OUT = "collected", "held back", "left out"
_RECORD = "collected.json"
_PLATFORMS = {"canvas": "Canvas", "moodle": "Moodle"}
#: What the exchange adds to a submission, and no platform does.
_OF_THE_EXCHANGE = (TIMESTAMP, SECRET)


@dataclass
class Roster:
    """The students of a gradebook, as platforms may call them."""

    ids: set[str] = field(default_factory=set)
    by_number: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, student: str, number: str | None, first: str | None, last: str | None) -> None:
        """Add a student."""
        self.ids.add(student)
        if number:
            self.by_number[number] = student
        if first or last:
            for name in (f"{first or ''}{last or ''}", f"{last or ''}{first or ''}"):
                self.by_name[letters(name)].add(student)

    def find(self, file: Download) -> set[str]:
        """Whom a file may be from.

        Who has a number in the gradebook is found by that in Canvas: another number with the same
        name is another person's. Moodle's numbers are other ones in every assignment.
        """
        if not file.platform:
            return {file.name}
        if file.platform == "canvas" and file.number in self.by_number:
            return {self.by_number[file.number]}
        named = self.by_name.get(letters(file.name), set()) if file.name else set()
        return named - set(self.by_number.values()) if file.platform == "canvas" else named


@dataclass(frozen=True)
class Entry:
    """What became of a downloaded file, as `collected.json` keeps it."""

    file: str
    status: str
    student: str = ""
    notebook: str = ""
    platform: str = ""
    late: bool = False
    entry: str = ""  # see `Download.entry`
    rank: tuple[int, ...] = ()  # see `Download.rank`
    checksum: str = ""
    reason: str = ""
    command: str = ""  # that enters the student


def read_entries(course: CourseDirectory, config: Config, assignment: str) -> list[Entry]:
    """What was downloaded for an assignment; nothing, if nobody has collected yet."""
    path = download_folder(course, config, assignment, _RECORD)
    if not path.is_file():
        return []
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [Entry(**{**row, "rank": tuple(row.get("rank", ()))}) for row in rows]
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise WorkbookError(f"{path}: damaged ({error}); remove it and collect again") from None


def remarks(entries: Iterable[Entry], assignment: str) -> list[str]:
    """Lines on the files that need a look, and what to do; those that are held back are last."""
    entries = list(entries)
    lines = [_say(entry) for entry in entries if entry.status != HELD_BACK and entry.reason]
    held: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.status == HELD_BACK:
            held[entry.command or entry.file].append(entry)
    if held:
        lines.append(f"{assignment}: held back, and not graded:")
    for group in held.values():
        lines += [f"  {_say(entry)}" for entry in group]
        lines += [f"    {group[0].command}"] if group[0].command else []
    if any(group[0].command for group in held.values()):
        lines.append(
            "  Enter the new class list with `make roster FILE=…`, or a student with the command "
            "below the file (choose the id: it is a proposal); then collect again."
        )
    return lines


def _say(entry: Entry) -> str:
    done = "collected" if entry.status == COLLECTED else "not collected"
    return f"{entry.file} was {done}: {entry.reason}"


def download_folder(course: CourseDirectory, config: Config, assignment: str, step: str) -> Path:
    """Where `nbgrader zip_collect` has the files of a step, as `archive` or `extracted`."""
    app = ZipCollectApp(config=config)
    path = app.collect_directory_structure.format(
        downloaded=app.downloaded_directory, assignment_id=assignment, collect_step=step
    )
    return Path(course.root, path)


class DownloadCollector(FileNameCollectorPlugin):
    """Makes `nbgrader zip_collect` collect as this module says.

    nbgrader asks its plugins for one file at a time, and empties a student's folder before it
    copies; so this one does both of its steps instead.
    """

    def __init__(self, **kwargs: object) -> None:
        """See `FileNameCollectorPlugin`."""
        super().__init__(**kwargs)
        self.parent.extract_archive_files = lambda: None
        self.parent.process_extracted_files = self._collect_all

    def _collect_all(self) -> None:
        course = self.parent.coursedir
        try:
            entries = Collection(course, self.parent.config, self.log).run()
        except (WorkbookError, OSError) as error:
            self.parent.fail(str(error))
        for line in remarks(entries, course.assignment_id):
            self.log.warning(line)


class Collection:
    """Collects the downloads of one assignment."""

    def __init__(self, course: CourseDirectory, config: Config, log: logging.Logger) -> None:
        """Read what the gradebook and an earlier collection know."""
        self.course, self.config, self.log = course, config, log
        self.assignment = course.assignment_id
        self.folder = download_folder(course, config, self.assignment, "extracted")
        released = course.format_path(course.release_directory, ".", self.assignment)
        self.released = {Path(name).stem for name in find_all_notebooks(released)}
        self.before = {
            (entry.student, entry.notebook): entry
            for entry in read_entries(course, config, self.assignment)
            if entry.status == COLLECTED
        }
        self.roster = self._read_roster()
        self.proposals: dict[str, str] = {}  # ids for the unknown, and their numbers
        self.entries: list[Entry] = []

    def run(self) -> list[Entry]:
        """Copy what is new into the submitted folder; returns what became of every file."""
        archive = download_folder(self.course, self.config, self.assignment, "archive")
        if not any(path.is_file() for path in archive.rglob("*")):
            self.log.warning("There are no files in %s", archive)
            return []
        problems = unpack(archive, self.folder, self.course.max_file_size * 1000)
        self.entries = [Entry(path, LEFT_OUT, reason=reason) for path, reason in problems]
        files = []
        for path in sorted(path for path in self.folder.rglob("*") if path.is_file()):
            if file := understand(path, self.folder, self.released, self.roster.ids):
                files.append(file)
            else:
                reason = f"its name is not one of Canvas or Moodle, and not {self._names()}"
                self._note(path, LEFT_OUT, reason)
        new = [self._take(*key, chosen) for key, chosen in self._sort(files).items()].count(True)
        self._finish(new)
        return self.entries

    def _sort(self, files: list[Download]) -> dict[tuple[str, str], list[Download]]:
        """The notebooks by student and name; the other files are noted."""
        numbers: dict[tuple[str, str], set[str]] = defaultdict(set)
        for file in files:
            if file.platform != "canvas" or file.number not in self.roster.by_number:
                numbers[file.platform, letters(file.name)].add(file.number)
        chosen: dict[tuple[str, str], list[Download]] = defaultdict(list)
        for file in files:
            student = self._student_of(file, numbers[file.platform, letters(file.name)])
            if student and file.path.suffix.lower() == ".ipynb":
                chosen[student, file.notebook].append(file)
            elif student:
                reason = f"it is no notebook; {student} handed it in"
                self._note(file.path, LEFT_OUT, reason, file, student=student)
        return chosen

    def _read_roster(self) -> Roster:
        roster = Roster()
        try:
            with open_gradebook(self.course.db_url, self.course.course_id) as gradebook:
                for each in gradebook.students:
                    roster.add(each.id, each.lms_user_id, each.first_name, each.last_name)
        except WorkbookError as error:
            self.log.warning("No names of students: %s", error)
        return roster

    def _student_of(self, file: Download, numbers: set[str]) -> str | None:
        """The student; None, and an entry that says why, if that isn't clear.

        Args:
            file: the file.
            numbers: those that people with its name have, and the gradebook does not.
        """
        students = self.roster.find(file)
        is_canvas = file.platform == "canvas"
        if file.number in numbers and len(numbers) > 1 and (students or not is_canvas):
            reason = f"there are two participants named {file.name}"
            if not students:
                reason += " (if Moodle hides the names, reveal them and download again)"
        elif len(students) == 1:
            return next(iter(students))
        elif students:
            reason = f"{file.name} may be any of {', '.join(sorted(students))}"
        else:
            number = file.number if is_canvas else ""
            who = f"{file.name} ({number})" if file.name and number else file.name or number
            reason = f"{_PLATFORMS[file.platform]}'s {who} is not in the gradebook"
            self._note(file.path, HELD_BACK, reason, file, self._command(file))
            return None
        reason += f"; name a copy of it in archive/ {self._names()}, and collect again"
        self._note(file.path, HELD_BACK, reason, file)
        return None

    def _command(self, file: Download) -> str:
        """Enters the student of a file; the id is only a proposal."""
        plain = unicodedata.normalize("NFKD", file.name).encode("ascii", "ignore").decode()
        proposal = letters(plain)
        if not proposal or proposal in self.roster.ids:
            proposal += file.number
        if self.proposals.setdefault(proposal, file.number) != file.number:
            proposal += file.number
        words = ["nbgrader", "db", "student", "add", proposal]
        if file.platform == "canvas":
            words.append(f"--lms-user-id={file.number}")
        else:
            first, _, last = file.name.rpartition(" ")
            words += [f"--first-name={first}"] if first else []
            words.append(f"--last-name={last}")
        return shlex.join(words)

    def _take(self, student: str, notebook: str, files: list[Download]) -> bool:
        """Take the one of a student's files that counts; tell whether it is new."""
        files.sort(key=lambda file: (file.platform == "", file.rank), reverse=True)
        first = files[0]
        for file in files[1:]:
            if file.path.read_bytes() != first.path.read_bytes():
                chosen = first.path.relative_to(self.folder).as_posix()
                reason = f"{student} has {notebook} already, from {chosen}"
                self._note(file.path, LEFT_OUT, reason, file, student=student)
        checksum = hashlib.sha256(first.path.read_bytes()).hexdigest()
        before = self.before.get((student, notebook))
        target = self._submitted(student, notebook)
        problem = _what_is_in_the_way(target, first, before)
        if problem:
            place = os.path.relpath(target.parent, self.course.root)
            reason = f"{student} {problem}; remove {place} if this is to count"
            status = LEFT_OUT if before else HELD_BACK
            self._note(first.path, status, reason, first, student=student)
            return False
        unknown = student not in self.roster.ids
        reason = f"as {student}, who is new to the gradebook" if unknown else ""
        is_new = before is None or checksum != before.checksum or not target.exists()
        if is_new:
            write_atomically(target, first.path.read_bytes())
            self._forget_grading(student)
        self._note(first.path, COLLECTED, reason, first, student=student, checksum=checksum)
        return is_new

    def _submitted(self, student: str, notebook: str) -> Path:
        folder = self.course.format_path(self.course.submitted_directory, student, self.assignment)
        return Path(folder, f"{notebook}.ipynb")

    def _forget_grading(self, student: str) -> None:
        """Have a submission graded that has changed; points by hand are in the gradebook."""
        for step in (self.course.autograded_directory, self.course.feedback_directory):
            shutil.rmtree(
                self.course.format_path(step, student, self.assignment), ignore_errors=True
            )

    def _note(
        self,
        path: Path,
        status: str,
        reason: str,
        file: Download | None = None,
        command: str = "",
        student: str = "",
        checksum: str = "",
    ) -> None:
        name = printable(path.relative_to(self.folder).as_posix())
        entry = Entry(name, status, reason=reason, command=command)
        if file is not None:
            entry = replace(
                entry,
                student=student,
                notebook=file.notebook,
                platform=file.platform,
                late=file.late,
                entry=file.entry,
                rank=file.rank,
                checksum=checksum,
            )
        self.entries.append(entry)

    def _finish(self, new: int) -> None:
        """Write down and tell what became of all files."""
        now = {(each.student, each.notebook) for each in self.entries if each.status == COLLECTED}
        for key, entry in self.before.items():
            # The download is gone; what was collected from it is not.
            if key not in now and self._submitted(*key).exists():
                self.entries.append(entry)
        rows = [asdict(entry) for entry in self.entries]
        content = json.dumps(rows, indent=1, ensure_ascii=False).encode("utf-8", "replace")
        write_atomically(self.folder.with_name(_RECORD), content)
        collected = sum(entry.status == COLLECTED for entry in self.entries)
        self.log.info("%s: %d files collected, %d of them new", self.assignment, collected, new)

    def _names(self) -> str:
        return " or ".join(f"<student>_{name}.ipynb" for name in sorted(self.released))


def _what_is_in_the_way(target: Path, file: Download, before: Entry | None) -> str:
    """Why a student's file can't be put at `target`; empty if it can.

    Args:
        target: a place in the submitted folder.
        file: what is to go there.
        before: what was collected there earlier.
    """
    if not target.parent.exists():
        return ""
    if any((target.parent / name).exists() for name in _OF_THE_EXCHANGE):
        return "has handed in on the exchange, too"
    if before is not None:
        is_earlier = before.platform == file.platform and before.rank > file.rank
        return "has a later one already" if is_earlier else ""
    if target.exists() and target.read_bytes() != file.path.read_bytes():
        return "has another file there already"
    return ""
