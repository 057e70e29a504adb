"""What is told of an error."""

from __future__ import annotations


def first_line(error: object) -> str:
    """Return what an error, or a text, says first; its kind if it says nothing.

    Of an error of SQLAlchemy's, what the database itself says.
    """
    lines = str(getattr(error, "orig", None) or error).strip().splitlines()
    return lines[0].strip() if lines else type(error).__name__
