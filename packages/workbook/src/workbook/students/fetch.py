"""A student's own copy of an assignment: `workbook fetch`, and links in JupyterLab.

What students get is in exercises/ and stays as it is; their work is in work/. Nothing in work/ is
ever overwritten.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from pathlib import Path

from workbook.common.commands import command
from workbook.common.errors import WorkbookError
from workbook.common.paths import assignments, exercise_of, find_root, matching, work_of
from workbook.common.tasks import answered, read_notebook


def fetch_command(target: str, again: bool) -> None:
    """What `workbook fetch` does.

    Raises:
        WorkbookError: there is no such assignment, or it is in work/ already.
    """
    root = find_root()
    [name] = matching(target, assignments(root), "assignment")
    mine = work_of(root, name)
    shown = mine.relative_to(root)
    if mine.exists() and not again:
        fetch(root, name)  # a file beside the notebook may be missing
        raise WorkbookError(
            f"{shown}: fetched already, and left as it is. For a new one, with yours kept beside "
            f"it: {command('fetch', name, 'again')}"
        )
    kept = fetch(root, name, again)
    if kept:
        print(f"Kept what you had as {kept.relative_to(root)}")
    print(f"Fetched {shown}: work in there")
    if tasks := misplaced(root, name):
        print(
            f"It has the answers that you wrote into exercises/ ({', '.join(tasks)}). "
            f"{_whole_again(root)}"
        )


def misplaced(root: Path, name: str) -> list[str]:
    """The tasks that a student has answered in exercises/, where no answer counts."""
    path = exercise_of(root, name)
    return answered(read_notebook(path)) if path.is_file() else []


def about_misplaced(root: Path, name: str, tasks: list[str]) -> str:
    """What to say of such answers, and what to do with them."""
    source, mine = exercise_of(root, name), work_of(root, name)
    advice = (
        "copy there what it lacks"
        if mine.exists()
        else f"it gets there with {command('fetch', name)}"
    )
    return (
        f"{source.relative_to(root)}: has answers of yours ({', '.join(tasks)}), but what counts is "
        f"{mine.relative_to(root)}: {advice}. {_whole_again(root)}"
    )


def _whole_again(root: Path) -> str:
    way = "git checkout -- exercises" if (root / ".git").exists() else "unpacking the course again"
    return f"After that, {way} makes exercises/ whole again."


def fetch(root: Path, name: str, again: bool = False) -> Path | None:
    """Copy what is missing of an assignment into work/.

    Args:
        root: the course.
        name: such as `ex05_losses`.
        again: take the notebook anew, and keep the one that is there beside it.

    Returns:
        Where the notebook that was there is now; None if it is where it was.

    Raises:
        WorkbookError: a file cannot be read or written.
    """
    source = exercise_of(root, name)
    read_notebook(source)
    kept = None
    try:
        for path in sorted(source.parent.rglob("*")):
            relative = path.relative_to(source.parent)
            if path.is_dir() or any(part.startswith(".") for part in relative.parts):
                continue
            target = work_of(root, name).parent / relative
            if path == source and again and target.exists():
                kept = put(path, target)
            elif not target.exists():
                put(path, target)
    except OSError as error:
        raise WorkbookError(f"work/{name}: could not be written ({error})") from None
    return kept


def put(source: Path, target: Path) -> Path | None:
    """Copy a file, whole or not at all; what is at its place is kept beside it.

    Returns:
        Where that is now; None if there was nothing.
    """
    with _copy_beside(source, target) as new:
        kept = _keep(target)
        os.rename(new, target)
    return kept


@contextmanager
def _copy_beside(source: Path, target: Path) -> Iterator[Path]:
    """A copy of a file in the folder that it is for, gone at the end if it was not moved."""
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(descriptor)
    try:
        shutil.copyfile(source, name)
        os.chmod(name, 0o644)  # mkstemp makes it private
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _keep(path: Path) -> Path | None:
    """Name a file by when it was last changed: `a (2027-01-31 09.30.00).ipynb`."""
    if not path.exists():
        return None
    changed = datetime.fromtimestamp(path.stat().st_mtime)
    stem = f"{path.stem} ({changed:%Y-%m-%d %H.%M.%S})"
    names = (f"{stem}{f' ({number})' if number else ''}" for number in count())
    kept = next(name for name in map(path.with_stem, names) if not name.exists())
    os.rename(path, kept)
    return kept
