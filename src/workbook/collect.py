"""Who handed in what, by the names that learning platforms give to downloaded files.

A collector plugin for `nbgrader zip_collect`, in any nbgrader course. It knows

- Canvas: `lovelaceada_LATE_12345_67890_ps1-1.ipynb`,
- Moodle: `Ada Lovelace_1234567_assignsubmission_file_/ps1.ipynb`, or all of it in one file name,
- `<student>_<notebook>.ipynb`.

The platforms know students by numbers and names. The gradebook says which of its students that is:
by `lms_user_id` (`nbgrader db student import` fills it), else by first and last name.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from nbgrader.plugins.zipcollect import FileNameCollectorPlugin
from nbgrader.utils import find_all_notebooks

from workbook.errors import WorkbookError
from workbook.gradebook import open_gradebook

_CANVAS = re.compile(
    r"(?:(?P<name>.+?)_)??(?:LATE_)?(?P<number>\d+|anon_[A-Za-z0-9]+)_\d+_(?P<file>.+)"
)
_MOODLE = re.compile(r"(?P<name>.+)_(?P<number>\d+)_assignsubmission_file(?:_(?P<file>.*))?")

#: What a platform, a browser or JupyterLab adds to the name of a second copy.
_COPY_SUFFIX = re.compile(r"(?:-Copy\d+|-\d+| ?\(\d+\))+$")


@dataclass
class Roster:
    """The students of a gradebook, as platforms may call them."""

    by_number: dict[str, str] = field(default_factory=dict)
    by_name: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, student: str, number: str | None, first: str | None, last: str | None) -> None:
        """Add a student."""
        if number:
            self.by_number[number] = student
        if first or last:
            for name in (f"{first or ''}{last or ''}", f"{last or ''}{first or ''}"):
                self.by_name[_letters(name)].add(student)


def _letters(name: str) -> str:
    """`name` as far as platforms agree on it: no blanks or punctuation, no capitals."""
    return re.sub(r"[\W_]", "", name).casefold()


class DownloadCollector(FileNameCollectorPlugin):
    """Takes student and notebook from a downloaded file's name."""

    def __init__(self, **kwargs: object) -> None:
        """See `FileNameCollectorPlugin`."""
        super().__init__(**kwargs)
        self._collected: dict[tuple[str, str], str] = {}
        self._numbers: dict[str, str] = {}  # of students that only have a name

    def collect(self, submitted_file: str) -> dict[str, str] | None:
        """Student and notebook of a file; None, with a line that says why, if that isn't clear."""
        path = Path(submitted_file)
        if path.suffix not in self.valid_ext or path.name.startswith("._"):
            return None
        found = self._moodle(path) or self._plain(path) or self._canvas(path)
        if found is None:
            found = f"its name is not one of Canvas or Moodle, and not {self._plain_names()}"
        if isinstance(found, str):
            return self._skip(path, found)
        student, notebook = found
        if other := self._collected.get((student, notebook)):
            return self._skip(path, f"{student} has {notebook} already, from {other}")
        self._collected[student, notebook] = path.name
        return {"student_id": student, "file_id": notebook}

    def _moodle(self, path: Path) -> tuple[str, str] | str | None:
        for folder in path.parents:
            if match := _MOODLE.fullmatch(folder.name):
                return self._of_name(match["name"], match["number"], path.stem)
        match = _MOODLE.fullmatch(path.stem)
        if match and match["file"]:
            return self._of_name(match["name"], match["number"], match["file"])
        return None

    def _of_name(self, name: str, number: str, file: str) -> tuple[str, str] | str:
        """Moodle's numbers are other ones in every assignment, so that only the name counts."""
        students = self._roster.by_name.get(_letters(name), set())
        if len(students) > 1:
            return f"{name} may be any of {', '.join(sorted(students))}"
        student = next(iter(students), name)
        if self._numbers.setdefault(student, number) != number:
            return f"there are two participants named {name}"
        if not students:
            self._warn_unknown(name, student)
        return student, self._notebook(file)

    def _plain(self, path: Path) -> tuple[str, str] | None:
        canvas = _CANVAS.fullmatch(path.stem)
        if canvas and self._notebook(canvas["file"]) in self._released:
            return None
        for stem in (path.stem, _COPY_SUFFIX.sub("", path.stem)):
            for notebook in sorted(self._released, key=len, reverse=True):
                student = stem.removesuffix(f"_{notebook}")
                if student not in (stem, "") and not student.startswith("."):
                    return student, notebook
        return None

    def _plain_names(self) -> str:
        return " or ".join(f"<student>_{name}.ipynb" for name in sorted(self._released))

    def _canvas(self, path: Path) -> tuple[str, str] | str | None:
        match = _CANVAS.fullmatch(path.stem)
        if not match:
            return None
        number, name = match["number"], match["name"] or ""
        student = self._roster.by_number.get(number)
        if not student:
            students = self._roster.by_name.get(_letters(name), set())
            if len(students) > 1:
                return f"{name} may be any of {', '.join(sorted(students))}"
            student = next(iter(students), number)
            if not students:
                self._warn_unknown(f"{name} ({number})".strip(), student)
        return student, self._notebook(match["file"])

    def _notebook(self, stem: str) -> str:
        """The released notebook that a file is a copy of; else its own name."""
        original = _COPY_SUFFIX.sub("", stem)
        return original if stem not in self._released and original in self._released else stem

    @cached_property
    def _released(self) -> set[str]:
        course = self.parent.coursedir
        folder = course.format_path(course.release_directory, ".", course.assignment_id)
        return {Path(name).stem for name in find_all_notebooks(folder)}

    @cached_property
    def _roster(self) -> Roster:
        course, roster = self.parent.coursedir, Roster()
        try:
            with open_gradebook(course.db_url, course.course_id) as gradebook:
                for each in gradebook.students:
                    roster.add(each.id, each.lms_user_id, each.first_name, each.last_name)
        except WorkbookError as error:
            self.log.warning("No names of students: %s", error)
        return roster

    def _warn_unknown(self, name: str, student: str) -> None:
        self.log.warning("%s: not in the gradebook; collected as student %r", name, student)

    def _skip(self, path: Path, reason: str) -> None:
        self.log.warning(
            "%s was not collected: %s. It stays in the downloaded folder; name its copy in archive/ "
            "<student>_<notebook>.ipynb and run zip_collect --force.",
            "/".join(path.parts[-2:]),
            reason,
        )
