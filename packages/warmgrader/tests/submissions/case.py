"""A case is a submission; its name says who hands it in and how many points it is worth.

`honest-stripped-metadata-gets-6` is the work of an honest student that deserves all 6 points, and
`attack-skip-tag-gets-0` tries to get points that it has not earned, or to do damage.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell
from three_tasks import NOTEBOOK, RIGHT, WRONG, answered, position, released

NAME = re.compile(r"(?P<kind>honest|attack)-[a-z0-9-]+-gets-(?P<points>\d)")


@dataclass(frozen=True)
class Desk:
    """Where a student writes what is handed in.

    Attributes:
        course: the course directory.
        folder: what is handed in.
        neighbour: what an honest student hands in.
        port: where somebody listens on this machine's own network.
    """

    course: Path
    folder: Path
    neighbour: Path
    port: int

    @property
    def path(self) -> Path:
        """Where the notebook belongs."""
        return self.folder / f"{NOTEBOOK}.ipynb"

    def notebook(self, **answers: str) -> nbformat.NotebookNode:
        """Return the released notebook with right answers, but for the given ones."""
        return answered(released(self.course), {**RIGHT, **answers})

    def wrong(self, **answers: str) -> nbformat.NotebookNode:
        """Return the released notebook with wrong answers, but for the given ones."""
        return answered(released(self.course), {**WRONG, **answers})

    def write(self, notebook: nbformat.NotebookNode, name: str = f"{NOTEBOOK}.ipynb") -> None:
        """Hand in a notebook, valid or not."""
        (self.folder / name).write_text(nbformat.v4.nbjson.writes(notebook), encoding="utf-8")

    def text(self, **answers: str) -> str:
        """Return a right notebook as text."""
        return nbformat.v4.nbjson.writes(self.notebook(**answers))


@dataclass(frozen=True)
class Case:
    """A submission and what it is worth.

    Attributes:
        name: who hands it in and the points.
        write: writes the submission.
        student: the student's id; by default the name.
        says: what the report must say about it.
        stopped_by: what keeps an attack from its aim: `points` that it does not get, a `review` of those that it
            gets, or the `machine`, which it can't harm.
        marked: whether honest work is to be looked at, because it does what could decide a test.
    """

    name: str
    write: Callable[[Desk], None]
    student: str
    says: str
    stopped_by: str = "points"
    marked: bool = False

    @property
    def honest(self) -> bool:
        """Whether it is the work of an honest student."""
        return self.name.startswith("honest-")

    @property
    def wants_feedback(self) -> bool:
        """Whether the page that the student gets is looked at; making one takes long."""
        return re.search("script|hidden|expected|attachment|-id-with-", self.name) is not None

    @property
    def points(self) -> int:
        """The points that it must get."""
        match = NAME.fullmatch(self.name)
        assert match, self.name
        return int(match["points"])


CASES: dict[str, Case] = {}
TASKS = ("mean", "scale", "total")


def case(name: str, says: str = "", student: str = "", **more: object) -> Callable:
    """Register the function that writes a submission."""

    def register(write: Callable[[Desk], None]) -> Callable[[Desk], None]:
        assert NAME.fullmatch(name) and name not in CASES, name
        CASES[name] = Case(name, write, student or name, says, **more)
        return write

    return register


def add_code_cases(folder: Path) -> None:
    """Register a case for each file of code.

    An honest student's file is the answer to the task that it defines, or to the first one; the
    other answers are right. An
    attacker's file is a cell before the first task, and all answers that it does not have itself are
    wrong. What follows a line `# %%` is a cell at the end. Lines at the top may say what the report must
    (`# says: …`), what stops an attack (`# stopped by: review`), and that honest work is marked (`# marked: …`
    with the reason).
    """
    for path in sorted(folder.glob("*.py")):
        code = path.read_text(encoding="utf-8")
        head = dict(re.findall(r"^# (says|stopped by|marked): (.*)$", code, re.MULTILINE))
        more = {"stopped_by": head.get("stopped by", "points"), "marked": "marked" in head}
        register = case(path.stem, head.get("says", ""), **more)
        register(_honest(code) if path.stem.startswith("honest-") else _attacker(code))


def _honest(code: str) -> Callable[[Desk], None]:
    def write(desk: Desk) -> None:
        first, _, last = _with_places(code, desk).partition("# %%\n")
        (task, *_) = [*_defined(first), TASKS[0]]
        notebook = desk.notebook(**{task: first})
        if last:
            notebook.cells.append(new_code_cell(last))
        desk.write(notebook)

    return write


def _attacker(code: str) -> Callable[[Desk], None]:
    def write(desk: Desk) -> None:
        first, _, last = _with_places(code, desk).partition("# %%\n")
        notebook = desk.wrong(**{task: "# see above" for task in _defined(first)})
        notebook.cells.insert(position(notebook, "mean"), new_code_cell(first))
        if last:
            notebook.cells.append(new_code_cell(last))
        desk.write(notebook)

    return write


def _defined(code: str) -> list[str]:
    """Return the tasks that a cell answers."""
    pattern = r"^(def {0}\(|.*\b{0} = )"
    return [task for task in TASKS if re.search(pattern.format(task), code, re.MULTILINE)]


def _with_places(code: str, desk: Desk) -> str:
    """Put in what an attacker may know."""
    code = code.replace("__COURSE__", str(desk.course))
    code = code.replace("__NEIGHBOUR__", str(desk.neighbour))
    return code.replace("__PORT__", str(desk.port))
