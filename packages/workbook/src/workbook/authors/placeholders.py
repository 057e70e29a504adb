"""Fills in what stands once elsewhere: addresses, and how many tasks and points an assignment has.

`{{ colab_badge }}` and `{{ data }}` depend on where the course is published. Repository and branch
stand in pyproject.toml; a fork changes them there and builds again. A course that is not public has
neither, and its students are told what to do.

`{{ ex05_losses }}` is a link to an assignment with its counts, `{{ ex05_losses.tasks }}` "six tasks".
"""

import posixpath
import re
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from workbook.authors.counts import Counts
from workbook.common.paths import exercise_of

PLACEHOLDER = re.compile(r"\{\{ *(\w+)((?:\.\w+)?) *\}\}")
COLAB = "https://colab.research.google.com"


def names(text: str) -> set[str]:
    """The names in the placeholders of a source."""
    return {name for name, _ in PLACEHOLDER.findall(text)}


def fill(text: str, root: Path, notebook: Path, count: Callable[[str], Counts | None]) -> str:
    """Replace the placeholders of one cell.

    Args:
        text: the cell's source.
        root: the course.
        notebook: where the notebook will be, relative to ``root``.
        count: the counts of an assignment, by its name; None if there is no such assignment.

    Raises:
        ValueError: an unknown placeholder, or no setting to fill in.
    """

    def value(match: re.Match[str]) -> str:
        name, part = match.groups()
        if name == "data" and not part:
            where = published(root)
            return f"https://raw.githubusercontent.com/{where}/data/" if where else ""
        if name == "colab_badge" and not part:
            return badge(root, notebook)
        counts = count(name) if part in ("", ".tasks") else None
        if counts is None:
            raise ValueError(
                f"unknown placeholder {match[0]}; known: {{{{ colab_badge }}}}, {{{{ data }}}}, and of "
                "each assignment such as {{ ex05_losses }} and {{ ex05_losses.tasks }}"
            )
        if part:
            return counts.tasks_in_words
        target = exercise_of(Path(), name).as_posix()
        address = posixpath.relpath(target, notebook.parent.as_posix())
        return f"[{name}]({address}): {counts.in_words}"

    return PLACEHOLDER.sub(value, text)


def badge(root: Path, notebook: Path) -> str:
    """What opens a notebook in Colab, or says how: no picture, which would need a network."""
    if not published(root):
        return (
            f"To work in [Colab]({COLAB}), upload this notebook there (*File → Upload notebook*)."
        )
    repository, branch = settings(root)
    address = f"{COLAB}/github/{repository}/blob/{branch}/{notebook.as_posix()}"
    return f"[<kbd>Open in Colab</kbd>]({address})"


def published(root: Path) -> str:
    """`owner/name/branch` of the course on GitHub; empty if it is not public."""
    repository, branch = settings(root)
    return f"{repository}/{branch}" if repository else ""


@cache
def settings(root: Path) -> tuple[str, str]:
    """``repository`` (owner and name, or nothing) and ``branch`` (``main`` if not given) in ``[tool.workbook]``.

    Raises:
        ValueError: they are not in pyproject.toml.
    """
    path = root / "pyproject.toml"
    file = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    try:
        section = file["tool"]["workbook"]
        return section["repository"], section.get("branch", "main")
    except KeyError:
        raise ValueError(
            'no address to fill in; write repository = "owner/name" and branch = "main" under '
            "[tool.workbook] in pyproject.toml"
        ) from None
