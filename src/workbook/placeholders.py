"""Fills `{{ colab_badge }}` and `{{ repository }}` in cells: what depends on where the course is.

The address stands once, in pyproject.toml; a fork changes it there and builds again.
"""

import re
import tomllib
from functools import cache
from pathlib import Path

PLACEHOLDER = re.compile(r"\{\{ *(\w+) *\}\}")
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"


def fill(text: str, root: Path, notebook: Path) -> str:
    """Replace the placeholders of one cell.

    Args:
        text: the cell's source.
        root: the course.
        notebook: where the notebook will be, relative to ``root``.

    Raises:
        ValueError: an unknown placeholder, or no address to fill in.
    """

    def value(match: re.Match[str]) -> str:
        name = match[1]
        if name == "repository":
            return repository(root)
        if name == "colab_badge":
            address = f"https://colab.research.google.com/github/{repository(root)}/blob/main"
            return f"[![Open in Colab]({BADGE})]({address}/{notebook.as_posix()})"
        raise ValueError(
            f"unknown placeholder {match[0]}; known: {{{{ colab_badge }}}}, {{{{ repository }}}}"
        )

    return PLACEHOLDER.sub(value, text)


@cache
def repository(root: Path) -> str:
    """Owner and name on GitHub, ``repository`` of ``[tool.workbook]`` in pyproject.toml.

    Raises:
        ValueError: it is not there.
    """
    path = root / "pyproject.toml"
    settings = tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    try:
        return settings["tool"]["workbook"]["repository"]
    except KeyError:
        raise ValueError(
            'no address to fill in; write repository = "owner/name" under [tool.workbook] in '
            "pyproject.toml"
        ) from None
