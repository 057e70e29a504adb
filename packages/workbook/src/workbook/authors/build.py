"""`workbook build`: chapters/ to notebooks/, solutions/ and exercises/, the same bytes every time."""

import hashlib
import logging
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from workbook.authors import coverage, outputs, placeholders, source, task_cells
from workbook.authors.counts import Counts
from workbook.common import paths
from workbook.common.errors import WorkbookError
from workbook.common.tasks import read_notebook

# Fixed, because the real values depend on who ran the notebook last. Nothing that JupyterLab or
# VS Code would add is missing but Python's version, which workbook.students.desk knows.
NOTEBOOK_METADATA = {
    "kernelspec": {
        "display_name": "Python 3 (ipykernel)",
        "language": "python",
        "name": "python3",
    },
    "language_info": {
        "codemirror_mode": {"name": "ipython", "version": 3},
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "nbconvert_exporter": "python",
        "pygments_lexer": "ipython3",
    },
}


@dataclass(eq=False)
class Source:
    """One source file, ``chapters/<chapter>/<kind>.py``, and what was read from it."""

    path: Path
    shown_path: str
    chapter: str
    cells: list[source.AuthoredCell] = field(default_factory=list)

    @property
    def is_assignment(self) -> bool:
        return self.path.stem == "exercises"

    @property
    def name(self) -> str:
        """What its notebook is called: ``05_losses`` or ``ex05_losses``."""
        return f"ex{self.chapter}" if self.is_assignment else self.chapter

    @property
    def notebook(self) -> Path:
        """What readers open, relative to the course: the chapter, or what students get."""
        place = paths.exercise_of if self.is_assignment else paths.notebook_of
        return place(Path(), self.name)


def build(root: Path, names: Sequence[str] = ()) -> list[str]:
    """Build the named notebooks, or all of them.

    With an assignment, the chapters that tell its counts are built.

    Everything is read, checked and converted before the first file is written, and only files
    whose content changes are written.

    Returns:
        The files that changed, relative to ``root``.

    Raises:
        WorkbookError: one line for every problem of every file.
    """
    sources = find_sources(root)
    problems = [] if names else _orphans(root, sources)
    sources = read_sources(root, sources, _with_tellers(sources, names), problems)
    assignments = [item for item in sources if item.is_assignment]

    files: dict[Path, bytes] = {}
    for item in sources:
        if not item.is_assignment:
            target = paths.notebook_of(root, item.name)
            notebook = notebook_from(item.cells)
            keep_outputs(notebook, target)
            files[target] = serialize(notebook)
    solutions = {item.name: serialize(notebook_from(item.cells)) for item in assignments}
    exercises = release(root, solutions)
    for item in assignments:
        problems += _stub_problems(item, exercises[item.name])
        files[paths.solution_of(root, item.name)] = solutions[item.name]
        files[paths.exercise_of(root, item.name)] = exercises[item.name]
    if problems:
        raise WorkbookError(*problems)

    changed = [path for path, content in files.items() if not _holds(path, content)]
    for path in changed:
        paths.write_atomically(path, files[path])
    return [str(path.relative_to(root)) for path in changed]


def find_sources(root: Path) -> list[Source]:
    """All source files of the course, in order, not yet read.

    Raises:
        WorkbookError: a folder in ``chapters/`` that is not a chapter.
    """
    sources = []
    problems = []
    for folder in sorted((root / "chapters").iterdir()):
        if not folder.is_dir() or folder.name.startswith((".", "__")):
            continue
        if not paths.CHAPTER_NAME.fullmatch(folder.name):
            problems.append(f"chapters/{folder.name}: not a chapter's name; call it like 05_losses")
        for stem in ("chapter", "exercises"):
            path = folder / f"{stem}.py"
            if path.is_file():
                sources.append(Source(path, str(path.relative_to(root)), folder.name))
    if problems:
        raise WorkbookError(*problems)
    return sources


def read_sources(
    root: Path, sources: list[Source], names: Sequence[str] = (), problems: Sequence[str] = ()
) -> list[Source]:
    """Read the sources that ``names`` mean, or all of them.

    Raises:
        WorkbookError: an unknown name, or all problems of all files beside those given.
    """
    assignments = {item.name: item for item in sources if item.is_assignment}
    sources = _named(sources, names)
    problems = list(problems)

    @cache
    def read(item: Source) -> list[source.AuthoredCell]:
        cells, its_problems = source.read(item.path, item.shown_path)
        problems.extend(its_problems)
        if item.is_assignment and not its_problems:
            task_cells.complete(cells)
            problems.extend(coverage.add_sections(root, item.chapter, cells))
        return cells

    def count(name: str) -> Counts | None:
        return Counts.of(read(assignments[name])) if name in assignments else None

    for item in sources:
        item.cells = read(item)
        for cell in item.cells:
            try:
                cell.source = placeholders.fill(cell.source, root, item.notebook, count)
            except ValueError as error:
                problems.append(f"{item.shown_path}:{cell.line}: {error}")
    if problems:
        raise WorkbookError(*problems)
    return sources


def _named(sources: list[Source], names: Sequence[str]) -> list[Source]:
    known = [item.name for item in sources]
    wanted = {hit for name in names for hit in paths.matching(name, known, "chapter")}
    return [item for item in sources if not names or item.name in wanted]


def _with_tellers(sources: list[Source], names: Sequence[str]) -> list[str]:
    """The names, and those of the chapters that have placeholders of the assignments among them."""
    changed = (
        {item.name for item in _named(sources, names) if item.is_assignment} if names else set()
    )
    tellers = [
        item.name
        for item in sources
        if placeholders.names(item.path.read_bytes().decode(errors="replace")) & changed
    ]
    return [*names, *tellers]


def _orphans(root: Path, sources: list[Source]) -> list[str]:
    """Built notebooks that no source makes any more, after a chapter was renamed, say."""
    names = {item.name for item in sources}
    built = [
        *(root / "notebooks").glob("*.ipynb"),
        *(root / "solutions").glob("*/*.ipynb"),
        *(root / "exercises").glob("*/*.ipynb"),
    ]
    return [
        f"{path.relative_to(root)}: nothing in chapters/ makes this notebook; delete it"
        for path in sorted(built)
        if path.stem not in names
    ]


def notebook_from(cells: list[source.AuthoredCell]) -> NotebookNode:
    """The notebook that a list of source cells stands for, without outputs."""
    seen: Counter[str] = Counter()
    notebook = nbformat.v4.new_notebook(metadata=NOTEBOOK_METADATA)
    for cell in cells:
        if cell.role:
            notebook.cells.append(_task_cell(cell))
            continue
        cell_id = hashlib.sha256(f"{cell.kind}\n{cell.source}".encode()).hexdigest()[:12]
        seen[cell_id] += 1
        if seen[cell_id] > 1:
            cell_id = f"{cell_id}-{seen[cell_id]}"
        new_cell = (
            nbformat.v4.new_code_cell if cell.kind == "code" else nbformat.v4.new_markdown_cell
        )
        metadata = {}
        if cell.alt:
            metadata["alt"] = cell.alt
        if cell.tags:
            # nbval would compare a fresh widget with the picture that is stored in its place.
            ignored = ["nbval-ignore-output"] if "playground" in cell.tags else []
            metadata["tags"] = cell.tags + ignored
        notebook.cells.append(new_cell(cell.source, id=cell_id, metadata=metadata))
    return notebook


def _task_cell(cell: source.AuthoredCell) -> NotebookNode:
    """A cell of a task, with the metadata that tells nbgrader what it is.

    The other cells of an assignment stay ordinary cells: locking them would give each a grade id,
    and a copied cell with a grade id stops nbgrader, while Colab ignores the lock anyhow.
    """
    is_answer = cell.role == "answer"
    grade_id = cell.task if is_answer else f"{cell.task}_{cell.role}"
    nbgrader = {
        "grade": not is_answer,
        "grade_id": grade_id,
        "locked": not is_answer,
        "schema_version": 3,
        "solution": is_answer,
        "task": False,
    }
    if not is_answer:
        nbgrader["points"] = cell.points
    text = cell.source
    if cell.role == "hidden":
        points = task_cells.points_in_words(cell.points)
        text = (
            f"# @title Hidden tests of {cell.task} ({points}): they run when your work is graded\n"
            f"### BEGIN HIDDEN TESTS\n{text}\n### END HIDDEN TESTS"
        )
    # With this tag "Run All" goes on after a task that is not solved yet, so that a student sees
    # the verdict on every task. nbgrader runs all cells in any case.
    metadata = {"nbgrader": nbgrader, "tags": ["raises-exception", *cell.tags]}
    if not is_answer:
        metadata |= task_cells.FOLDED
    elif cell.section:
        metadata["section"] = cell.section
    if cell.role == "check":  # the same on the website
        metadata["tags"].append("hide-input")
        metadata["mystnb"] = {"code_prompt_show": task_cells.title_of_check(cell)}
    return nbformat.v4.new_code_cell(text, id=grade_id, metadata=metadata)


def serialize(notebook: NotebookNode) -> bytes:
    """The bytes of a notebook file, as nbformat and JupyterLab write them."""
    nbformat.validate(notebook)
    return (nbformat.writes(notebook, indent=1) + "\n").encode()


def keep_outputs(notebook: NotebookNode, stored: Path) -> None:
    """Give the cells of ``notebook`` the outputs that cells of the same source have in a file."""
    if not stored.exists():
        return
    try:
        old_cells = read_notebook(stored).cells
    except WorkbookError as error:
        raise WorkbookError(f"{error}; delete it or restore it with git") from None
    # The id is a hash of the source: cells match however many were inserted between them.
    by_id = {cell.get("id"): cell for cell in old_cells if cell.cell_type == "code"}
    for cell in notebook.cells:
        old = by_id.get(cell.id)
        if cell.cell_type == "code" and old is not None and old.source == cell.source:
            cell.execution_count = old.execution_count
            cell.outputs = old.outputs
            outputs.describe_images(cell)  # the description may be new


def _holds(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def release(root: Path, solutions: dict[str, bytes]) -> dict[str, bytes]:
    """What nbgrader's generate_assignment makes of source notebooks.

    The course's own configuration holds; only its folders are throw-away ones, and as with
    nbgrader's ``--no-db`` no gradebook is written.
    """
    if not solutions:
        return {}
    from nbgrader.converters import GenerateAssignment  # takes 2 s to import
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from workbook.common.configuration import load_config

    released = {}
    with tempfile.TemporaryDirectory() as folder:
        course = Path(folder).resolve()
        for name, content in solutions.items():
            paths.write_atomically(paths.solution_of(course, name), content)
        config = load_config(root)
        config.merge(
            Config(
                CourseDirectory={
                    "root": str(course),
                    "source_directory": "solutions",
                    "release_directory": "exercises",
                },
                SaveCells={"enabled": False},
            )
        )
        log = logging.getLogger("workbook.authors.build")
        log.setLevel(logging.ERROR)
        for name in solutions:
            coursedir = CourseDirectory(config=config, assignment_id=name)
            converter = GenerateAssignment(
                coursedir=coursedir, config=config, log=log, no_database=True
            )
            converter.start()
            released[name] = paths.exercise_of(course, name).read_bytes()
    return released


def _stub_problems(item: Source, exercise: bytes) -> list[str]:
    """What students get must be Python too, once the stub has replaced the solution."""
    notebook = nbformat.reads(exercise.decode(), as_version=4)
    sources = {cell.id: cell.source for cell in notebook.cells}
    problems = []
    for cell in item.cells:
        if cell.role != "answer":
            continue
        problem = source.syntax_problem(sources[cell.task])
        if problem:
            problems.append(
                f"{item.shown_path}:{cell.line}: without its solution the answer of {cell.task} "
                f"is not Python ({problem[1]}); put whole statements between the marks"
            )
    return problems
