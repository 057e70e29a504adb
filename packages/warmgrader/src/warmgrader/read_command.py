"""`warmgrader read`: lists the reaches of one notebook, for an instructor who wants to know."""

from __future__ import annotations

import sys
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from warmgrader.errors import first_line
from warmgrader.grading.plan import Plan
from warmgrader.submissions.text import UnreadableError, read_notebook


def read_command(notebook: str, assignment: str | None) -> int:
    """Print what a notebook reaches for beyond its course.

    Args:
        notebook: its path; the Python files beside it are read too.
        assignment: an assignment of the course in the current directory, or a folder of source
            notebooks; without one, nothing but the harmless is ordinary.

    Returns:
        0 if there is nothing, 1 if there is something, 2 for wrong usage.
    """
    path = Path(notebook)
    try:
        cells, _ = read_notebook(path.read_bytes())
        plan, given = _plan(assignment, path.stem) if assignment else (Plan(), {})
    except (OSError, UnreadableError, ValueError) as error:
        text = getattr(error, "strerror", None) or first_line(error)
        print(f"{getattr(error, 'filename', None) or path}: {text}", file=sys.stderr)
        return 2
    beside = {p.name: p.read_bytes() for p in sorted(path.parent.glob("*.py"))}
    own = {name: content for name, content in beside.items() if given.get(name) != content}
    reaches = plan.reaches(cells, own)
    for reach in reaches:
        print(f"{path.name}, {reach}")
    if not reaches:
        print(f"{path.name} reaches for nothing beyond its course.")
    return 1 if reaches else 0


def _plan(assignment: str, stem: str) -> tuple[Plan, dict[str, bytes]]:
    """Read the instructor's notebook of that name, or the only one, and the files beside it.

    Raises:
        ValueError: there is none; the message says where.
    """
    config, folder = Config(), Path(assignment)
    if not folder.is_dir():
        app = NbGrader()
        app.initialize([])
        config, course = app.config, CourseDirectory(parent=app)
        folder = Path(course.format_path(course.source_directory, ".", assignment))
    sources = sorted(folder.glob("*.ipynb"))
    chosen = [s for s in sources if s.stem == stem] or (sources if len(sources) == 1 else [])
    if not chosen:
        raise ValueError(f"the course has no notebook {folder / stem}.ipynb to compare it with")
    files = {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file() and p not in sources}
    return Plan.read(chosen[0].read_bytes(), config, files), files
