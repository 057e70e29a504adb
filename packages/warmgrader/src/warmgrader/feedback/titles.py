"""What test cells are called, where students read about them.

A cell whose first line is `# @title Check mean (2 points): …`, as Colab has it, is called by its title.
"""

from __future__ import annotations

import re

from nbgrader.validator import Validator

_TITLE = re.compile(r"# @title ([^:\n]*[^:\s])")


def title_of(source: str) -> str | None:
    """Return the title of a cell, up to the colon; None if it has none."""
    match = _TITLE.match(source)
    return match[1] if match else None


class TitledValidator(Validator):
    """Says of a failed cell its title and what is wrong; its code would come first and hide that."""

    def validate(self, filename: str) -> dict[str, list[dict[str, str]]]:
        """Validate a notebook; see nbgrader."""
        results = super().validate(filename)
        for cell in results.get("failed", []):
            cell["source"] = title_of(cell["source"]) or cell["source"]
        return results
