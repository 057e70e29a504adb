"""Builds a notebook whenever its source is saved: `workbook watch`, which `make watch` calls."""

from collections.abc import Iterable
from pathlib import Path

from watchfiles import Change, watch

from workbook.authors.build import build
from workbook.common.errors import WorkbookError
from workbook.common.paths import find_root


def watch_command() -> None:
    """Build what changes in chapters/ until Ctrl-C; what is wrong is said and waited for."""
    root = find_root()
    rebuild(root, [])
    print("Watching chapters/ (Ctrl-C ends it)", flush=True)
    for changes in watch(root / "chapters", watch_filter=is_source, raise_interrupt=False):
        rebuild(root, sorted({name_of(Path(path)) for _, path in changes}))


def is_source(change: Change, path: str) -> bool:
    """Whether a change concerns a notebook's source."""
    return change != Change.deleted and Path(path).name in ("chapter.py", "exercises.py")


def name_of(path: Path) -> str:
    """The name under which `build` knows a source file."""
    chapter = path.parent.name
    return chapter if path.stem == "chapter" else f"ex{chapter}"


def rebuild(root: Path, names: Iterable[str]) -> None:
    """Build notebooks and print what was written, or what is wrong."""
    try:
        lines = [f"wrote {path}" for path in build(root, list(names))]
    except WorkbookError as error:
        lines = list(error.problems)
    for line in lines:
        print(line, flush=True)
