"""Reads `chapters/*/{chapter,exercises}.py` (jupytext py:percent) and refuses what is malformed.

Whatever an author gets wrong is reported here, with file and line, before anything is written.
"""

import ast
import re
import textwrap
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from IPython.core.inputtransformer2 import TransformerManager
from jupytext.cell_reader import DoublePercentScriptCellReader
from jupytext.formats import long_form_one_format
from nbformat import NotebookNode
from nbformat.validator import NotebookValidationError

from workbook.common.tasks import BEGIN_SOLUTION, END_SOLUTION

ROLES = ("answer", "check", "hidden")
ASSIGNMENT_POINTS = 20
# "parameters" is papermill's, "nbval-ignore-output" nbval's; "playground" says that the cell ends in
# a widget; the others hide parts on the website.
TAGS = ("parameters", "nbval-ignore-output", "playground", "hide-input", "hide-output")
#: Where in the text the build writes the table of the tasks.
TASKS_PLACE = "{{ tasks }}"
METADATA_HINT = 'write it as key="value", points=1, tags=["name"]'

#: What a cell of each role says beside its task, and how.
_ROLE_METADATA = {
    "answer": {
        "about": 'about="what the task is about"',
        "minutes": "minutes=15, what it takes a student who has read the chapter",
        "difficulty": "difficulty=1, 2 or 3",
    },
    "check": {"points": "points=1 or more"},
    "hidden": {"points": "points=1 or more", "tries": 'tries="what the check does not try"'},
}
_DETAILS = sorted({key for keys in _ROLE_METADATA.values() for key in keys})
_METADATA_KEYS = {
    "chapter": {"alt", "tags"},
    "exercises": {"alt", "tags", "task", "role", *_DETAILS},
}
# Looks like a cell marker, but a blank is missing and jupytext takes it for a comment.
_BROKEN_MARKER = re.compile(r"#\s*%%(\[|task\b|role\b|points\b|tags\b)")
_FIRST_MARKER = re.compile(r"# %%( |$)")
_MARKER_WORDS = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS)", re.IGNORECASE)


@dataclass
class AuthoredCell:
    """One cell of a source file.

    Attributes:
        kind: ``"code"`` or ``"markdown"``.
        source: the text as the notebook will have it (magics and markdown uncommented).
        line: where its ``# %%`` marker stands in the file, from 1.
        tags: cell tags.
        alt: what the cell's figure shows, for readers who cannot see it.
        task, role, points: what an exercise cell is; None elsewhere.
        about, minutes, difficulty: what the task of an answer is about, how long it takes, and how
            hard it is, from 1 to 3.
        tries: what a hidden test tries that the check does not.
        section: which section of the chapter to read for the task of an answer, see `coverage`.
    """

    kind: str
    source: str
    line: int
    tags: list[str] = field(default_factory=list)
    alt: str | None = None
    task: str | None = None
    role: str | None = None
    points: int | None = None
    about: str | None = None
    minutes: int | None = None
    difficulty: int | None = None
    tries: str | None = None
    section: str | None = None


class Problems:
    """Collects what is wrong in one file as ``file:line: reason; what to do``."""

    def __init__(self, shown_path: str) -> None:
        self.shown_path = shown_path
        self.found: list[tuple[int, str]] = []

    def add(self, line: int, text: str) -> None:
        self.found.append((line, text))

    def lines(self) -> list[str]:
        return [f"{self.shown_path}:{line}: {text}" for line, text in sorted(self.found)]


def read(path: Path, shown_path: str) -> tuple[list[AuthoredCell], list[str]]:
    """Parse one source file.

    Args:
        path: a ``chapter.py`` or ``exercises.py``; the name decides whether tasks are allowed.
        shown_path: the path to show in messages.

    Returns:
        The cells, and one line per problem; the cells are of use only if there is none.
    """
    problems = Problems(shown_path)
    text = _decode(path.read_bytes(), problems)
    if text is None:
        return [], problems.lines()
    cells = []
    for line, raw_lines, jupytext_cell in _split(text.splitlines(), problems):
        cells.append(_cell(path.stem, line, raw_lines, jupytext_cell, problems))
    if path.stem == "exercises":
        _check_tasks(cells, problems)
    _check_parameters(cells, problems)
    return cells, problems.lines()


def _decode(content: bytes, problems: Problems) -> str | None:
    """The text of a file, or None if there is no sense in looking further."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problems.add(line, "not UTF-8; save the file as UTF-8")
        return None
    if text.startswith("\N{BYTE ORDER MARK}"):
        problems.add(1, "starts with a byte order mark; save the file as UTF-8 without BOM")
        return None
    for number, line in enumerate(text.split("\n"), start=1):
        if "\r" in line:
            problems.add(number, "Windows line end; save the file with Unix line ends")
            return None
        if "\t" in line:
            problems.add(number, "a tab; write spaces (in a string: \\t)")
        if _BROKEN_MARKER.match(line):
            problems.add(number, "not a cell marker; write a blank after # %%")
    return text


def _header_length(lines: list[str], problems: Problems) -> int:
    """How many lines of jupytext's header (``# ---`` to ``# ---``) stand before the first cell.

    The header makes editors open the file as a notebook; nothing of it gets into the build.
    """
    start = 0
    if lines[:1] == ["# ---"]:
        if "# ---" not in lines[1:]:
            problems.add(1, "the header has no end; close it with # ---")
            return len(lines)
        start = lines.index("# ---", 1) + 1
    while start < len(lines) and not lines[start].strip():
        start += 1
    if start == len(lines):
        problems.add(1, "no cells; write # %% [markdown] and a title")
    elif not _FIRST_MARKER.match(lines[start]):
        problems.add(start + 1, "text before the first cell; write # %% [markdown] above it")
    return start


def _split(lines: list[str], problems: Problems) -> Iterable[tuple[int, list[str], NotebookNode]]:
    """Yield line number, raw lines and jupytext's reading of each cell."""
    # jupytext.reads() runs this same loop, but tells no line numbers.
    start = _header_length(lines, problems)
    while start < len(lines):
        reader = DoublePercentScriptCellReader(long_form_one_format("py:percent"))
        try:
            cell, length = reader.read(lines[start:])
        except (NotebookValidationError, AttributeError, TypeError):
            # How jupytext fails on metadata that notebooks cannot have, such as tags=1.
            problems.add(start + 1, f"cannot read the cell's metadata; {METADATA_HINT}")
            return
        yield start + 1, lines[start : start + length], cell
        start += length


def _cell(
    stem: str, line: int, raw_lines: list[str], read_cell: NotebookNode, problems: Problems
) -> AuthoredCell:
    """Turn jupytext's reading of one cell into ours, noting what is wrong with it."""
    metadata = dict(read_cell.metadata)
    metadata.pop("lines_to_next_cell", None)  # jupytext's memory of blank lines
    cell = AuthoredCell(kind=read_cell.cell_type, source=read_cell.source, line=line)

    def refuse(text: str) -> None:
        problems.add(line, text)

    if cell.kind == "raw":
        refuse("raw cells are not used here; write # %% [markdown]")
    if "title" in metadata:
        refuse(
            f"unexpected text {metadata.pop('title')!r} in the cell marker; "
            'write # %%, # %% [markdown], or # %% with metadata such as tags=["parameters"]'
        )
    if "incorrectly_encoded_metadata" in metadata:
        refuse(f"cannot read {metadata.pop('incorrectly_encoded_metadata')!r}; {METADATA_HINT}")
    for key in metadata.keys() - _METADATA_KEYS[stem]:
        if key in _METADATA_KEYS["exercises"]:
            refuse(f"{key}= in a chapter; tasks belong in exercises.py")
        else:
            refuse(f"unknown metadata {key!r}; known: {', '.join(sorted(_METADATA_KEYS[stem]))}")

    cell.tags = metadata.get("tags", [])
    for tag in cell.tags:
        if tag not in TAGS:
            refuse(f"unknown tag {tag!r}; known: {', '.join(TAGS)}")
    if "alt" in metadata:
        cell.alt = metadata["alt"]
        if cell.kind != "code" or not isinstance(cell.alt, str) or not cell.alt.strip():
            refuse('alt describes the figure of a code cell; write # %% alt="what it shows"')
    if stem == "exercises":
        _read_role(cell, metadata, refuse)

    if not cell.source.strip():
        refuse("empty cell; remove it")
    elif cell.kind == "markdown":
        _check_markdown(line, raw_lines, problems)
    elif cell.kind == "code":
        _check_syntax(cell, problems)
        _check_strings(cell, problems)
    _check_regions(cell, raw_lines, problems)
    return cell


def _read_role(cell: AuthoredCell, metadata: dict, refuse: Callable[[str], None]) -> None:
    """Take over what a cell is in its task; a cell whose role is unsound gets none."""
    task, role = metadata.get("task"), metadata.get("role")
    if "task" not in metadata and "role" not in metadata:
        if "points" in metadata:
            refuse('points without a task; add task="..." role="check" or role="hidden"')
        return
    if "task" not in metadata:
        refuse(f'role={role!r} without a task; add task="..."')
        return
    if "role" not in metadata:
        refuse(f'task={task!r} without a role; add role="answer", "check" or "hidden"')
        return
    if not isinstance(task, str) or not task.isidentifier():
        refuse(f"task={task!r} is not a Python name; write the name of the function or class")
        return
    if role not in ROLES:
        refuse(f"unknown role {role!r}; write one of {', '.join(ROLES)}")
        return
    if cell.kind != "code":
        refuse(f"the {role} of {task} is not a code cell; write # %% without [{cell.kind}]")
        return
    cell.task, cell.role = task, role
    _read_details(cell, metadata, refuse)


def _read_details(cell: AuthoredCell, metadata: dict, refuse: Callable[[str], None]) -> None:
    """Take over what the role of a cell asks for, and nothing else."""
    wanted = _ROLE_METADATA[cell.role]
    for key in _DETAILS:
        value = metadata.get(key)
        if key not in wanted:
            if key in metadata:
                places = [role for role, keys in _ROLE_METADATA.items() if key in keys]
                refuse(
                    f"{key} on the {cell.role} of {cell.task}; "
                    f"write it on the task's {' and '.join(places)} cell"
                )
        elif _is_sound(key, value):
            setattr(cell, key, value)
        else:
            refuse(f"the {cell.role} cell of {cell.task} needs {key}; write {wanted[key]}")


def _is_sound(key: str, value: object) -> bool:
    if key in ("about", "tries"):
        return isinstance(value, str) and bool(value.strip())
    return type(value) is int and 1 <= value <= (3 if key == "difficulty" else 999)


def _check_markdown(line: int, raw_lines: list[str], problems: Problems) -> None:
    """A forgotten # %% would turn code into prose, without a word from jupytext."""
    body = raw_lines[1:]
    if body and body[0].startswith(('"""', "r'''", "'''", 'r"""')):
        return
    for number, text in enumerate(body, start=line + 1):
        if text.strip() and not text.startswith("#"):
            problems.add(
                number, "uncommented line in a markdown cell; start it with # or add # %% above"
            )
            return


def _check_syntax(cell: AuthoredCell, problems: Problems) -> None:
    problem = syntax_problem(cell.source)
    if problem:
        line, reason = problem
        problems.add(cell.line + line, f"syntax error: {reason}; fix the cell")


def _check_strings(cell: AuthoredCell, problems: Problems) -> None:
    """A check is indented by the build, which would change what is in a string, and is no magic."""
    if cell.role != "check" or syntax_problem(cell.source):
        return
    try:
        [block] = ast.parse(f"if True:\n{textwrap.indent(cell.source, '    ')}").body
        is_same = ast.dump(ast.Module(block.body, [])) == ast.dump(ast.parse(cell.source))
    except SyntaxError:
        problems.add(cell.line, f"a magic in the check of {cell.task}; write plain Python")
        return
    if not is_same:
        problems.add(
            cell.line,
            f"a string of several lines in the check of {cell.task}, which the build indents; "
            r"write each line in quotes of its own, with \n at its end",
        )


def syntax_problem(source: str) -> tuple[int, str] | None:
    """Line within the source (from 1) and reason of a syntax error in a code cell, else None."""
    try:
        compile(TransformerManager().transform_cell(source), "cell", "exec")
    except SyntaxError as error:
        return error.lineno or 1, error.msg
    return None


def _check_regions(cell: AuthoredCell, raw_lines: list[str], problems: Problems) -> None:
    """Solution marks stand in answer cells only, in pairs, at the right indentation."""
    is_answer = cell.role == "answer"
    begin: int | None = None
    regions = 0
    for offset, text in enumerate(raw_lines):
        number = cell.line + offset
        if not _MARKER_WORDS.search(text):
            continue
        if "HIDDEN TESTS" in text.upper():
            problems.add(number, "hidden-test marks are added by the build; remove the line")
        elif not is_answer:
            problems.add(
                number,
                'solution mark outside an answer; remove it or add role="answer" to the cell',
            )
        elif text.strip() == BEGIN_SOLUTION and begin is None:
            begin = offset
        elif text.strip() == END_SOLUTION and begin is not None:
            _check_region(number, raw_lines[begin:offset], problems)
            begin = None
            regions += 1
        else:
            problems.add(
                number,
                f"stray solution mark; write pairs of {BEGIN_SOLUTION} and {END_SOLUTION} "
                "on lines of their own",
            )
    if begin is not None:
        problems.add(cell.line + begin, f"no {END_SOLUTION} for this mark; add it")
    elif is_answer and not regions:
        problems.add(
            cell.line,
            f"the answer of {cell.task} has no {BEGIN_SOLUTION} ... {END_SOLUTION}; "
            "put them around what students must not see",
        )


def _check_region(end_line: int, region: list[str], problems: Problems) -> None:
    """The student's stub is indented as the begin mark, so that must be the code's indentation."""
    body = [text for text in region[1:] if text.strip()]
    if not body:
        problems.add(end_line, "empty solution; put the answer between the marks")
    elif _indentation(body[0]) != _indentation(region[0]):
        problems.add(
            end_line - len(region),
            f"{BEGIN_SOLUTION} is not indented like the line after it; align them",
        )


def _indentation(text: str) -> int:
    return len(text) - len(text.lstrip(" "))


def _check_tasks(cells: list[AuthoredCell], problems: Problems) -> None:
    """Every task has its three cells, once and in order; the points add up."""
    tasks: dict[str, list[AuthoredCell]] = {}
    for cell in cells:
        if cell.task:
            tasks.setdefault(cell.task, []).append(cell)
    for task, its_cells in tasks.items():
        first_lines: dict[str, int] = {}
        for cell in its_cells:
            if cell.role in first_lines:
                problems.add(
                    cell.line,
                    f"{task} has its {cell.role} cell twice (first in line "
                    f"{first_lines[cell.role]}); remove or rename one",
                )
            first_lines.setdefault(cell.role, cell.line)
        missing = [role for role in ROLES if role not in first_lines]
        if missing:
            problems.add(
                its_cells[0].line, f"{task} has no {' and no '.join(missing)} cell; add it"
            )
        elif sorted(first_lines, key=first_lines.get) != list(ROLES):
            problems.add(
                its_cells[0].line, f"the cells of {task} are not in order: {', '.join(ROLES)}"
            )
        _check_statement(task, its_cells[0], cells, problems)
    if tasks and not any(TASKS_PLACE in cell.source for cell in cells if cell.kind == "markdown"):
        problems.add(1, f"no table of the tasks; write {TASKS_PLACE} where it is to be")
    if not problems.found:  # else the sum is no news
        total = sum(cell.points or 0 for cell in cells)
        if total != ASSIGNMENT_POINTS:
            problems.add(
                1, f"the points add up to {total}, not {ASSIGNMENT_POINTS}; change some points="
            )


def _check_statement(
    task: str, first: AuthoredCell, cells: list[AuthoredCell], problems: Problems
) -> None:
    """A task has one heading, to which the build adds number, points, minutes and difficulty."""
    heading, name = heading_of(task), f"`{task}`"
    lines = [
        (cell, line)
        for cell in cells
        if cell.kind == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("## ") and name in line
    ]
    for cell, line in lines:
        if line != heading:
            problems.add(cell.line, f"{line}; write {heading}, to which the build adds the rest")
    if [line for _, line in lines].count(heading) > 1:
        problems.add(lines[1][0].line, f"a second heading {heading}; remove one")
    if not any(cell.line < first.line for cell, _ in lines):
        problems.add(first.line, f"no heading of {task} above it; write {heading}")


def heading_of(task: str) -> str:
    """The heading of a task's statement, as its author writes it."""
    return f"## `{task}`"


def _check_parameters(cells: list[AuthoredCell], problems: Problems) -> None:
    """papermill takes the first cell tagged so and ignores the others without a word."""
    tagged = [cell for cell in cells if "parameters" in cell.tags]
    for cell in tagged[1:]:
        problems.add(
            cell.line,
            f"a second cell tagged parameters (first in line {tagged[0].line}); remove one tag",
        )
