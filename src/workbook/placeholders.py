"""Fills `{{ colab_badge }}` and `{{ data }}` in cells: what depends on where the course is published.

Repository and branch stand once, in pyproject.toml; a fork changes them there and builds again. A
course that is not public has neither, and its students are told what to do.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

PLACEHOLDER = re.compile(r"\{\{ *(\w+) *\}\}")
COLAB = "https://colab.research.google.com"


def fill(text: str, root: Path, notebook: Path) -> str:
    """Replace the placeholders of one cell.

    Args:
        text: the cell's source.
        root: the course.
        notebook: where the notebook will be, relative to ``root``.

    Raises:
        ValueError: an unknown placeholder, or no setting to fill in.
    """

    def value(match: re.Match[str]) -> str:
        name, where = match[1], published(root)
        if name == "data":
            return f"https://raw.githubusercontent.com/{where}/data/" if where else ""
        if name == "colab_badge":
            return badge(root, notebook)
        raise ValueError(
            f"unknown placeholder {match[0]}; known: {{{{ colab_badge }}}}, {{{{ data }}}}"
        )

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
