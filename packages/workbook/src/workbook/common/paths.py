"""Where things are in the repository of the course."""

import os
import re
import tempfile
from pathlib import Path

from workbook.common.errors import WorkbookError

#: What belongs to no place in the order is an appendix.
CHAPTER_NAME = re.compile(r"(\d\d|appendix)_[a-z][a-z0-9_]*")

#: What JupyterLab, a browser or Windows adds to the name of a second copy; platforms add a number, too.
_COPY = re.compile(r"(?:-Copy\d+| ?\(\d[\d .-]*\))+$")
_NUMBERED_COPY = re.compile(r"(?:-Copy\d+|-\d+| ?\(\d[\d .-]*\))+$")


def find_root(start: Path | None = None) -> Path:
    """The nearest folder from ``start`` (default: the working directory) upwards that is a course.

    A student's copy of the course has no ``chapters/``.

    Raises:
        WorkbookError: neither ``start`` nor a folder above it is one.
    """
    start = (start or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        has_notebooks = any((folder / name).is_dir() for name in ("chapters", "exercises"))
        if has_notebooks and (folder / "nbgrader_config.py").is_file():
            return folder
    raise WorkbookError(
        f"{start}: not inside the course (no exercises/ and nbgrader_config.py here or above); "
        "change to its folder first"
    )


def notebook_of(root: Path, chapter: str) -> Path:
    """The built notebook of a chapter such as ``05_losses``."""
    return root / "notebooks" / f"{chapter}.ipynb"


def solution_of(root: Path, assignment: str) -> Path:
    """nbgrader's source notebook of an assignment such as ``ex05_losses``."""
    return root / "solutions" / assignment / f"{assignment}.ipynb"


def exercise_of(root: Path, assignment: str) -> Path:
    """The notebook that students get."""
    return root / "exercises" / assignment / f"{assignment}.ipynb"


def work_of(root: Path, assignment: str) -> Path:
    """A student's own copy of an assignment."""
    return root / "work" / assignment / f"{assignment}.ipynb"


def assignments(root: Path) -> list[str]:
    """Names of the built assignments, such as ``ex05_losses``; a student's copy has no solutions."""
    built = [*root.glob("solutions/*/ex*.ipynb"), *root.glob("exercises/*/ex*.ipynb")]
    return sorted({path.stem for path in built})


def matching(name: str, candidates: list[str], kind: str) -> list[str]:
    """The candidates that ``name`` means.

    ``05_losses`` means itself, ``05`` or ``5`` whatever has this number, ``ex05`` the assignment
    that has it; a path means the notebook it leads to.

    Raises:
        WorkbookError: it means none of them.
    """
    stem = Path(name).name.removesuffix(".ipynb")
    found = [candidate for candidate in candidates if stem in {candidate, *_numbers(candidate)}]
    if not found:
        raise WorkbookError(
            f"{name}: no such {kind}; there are: {', '.join(candidates) or 'none yet'}"
        )
    return found


def _numbers(name: str) -> set[str]:
    """``05`` and ``5`` for ``05_losses``, ``05``, ``5`` and ``ex05`` for ``ex05_losses``."""
    prefix = name.partition("_")[0]
    number = prefix.removeprefix("ex")
    return {prefix, number, number.lstrip("0")} if number.isdigit() else set()


def original_name(stem: str, *, numbered: bool = False) -> str:
    """A file's name without what marks it as a copy: " (1)", "-Copy1" and, if `numbered`, "-1"."""
    return (_NUMBERED_COPY if numbered else _COPY).sub("", stem)


def write_atomically(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)  # mkstemp makes it private
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
