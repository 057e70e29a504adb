"""What test cells are called, where students read about them.

A cell whose first line is `# @title Check mean (2 points): …`, as Colab has it, is called by its title.
"""

from __future__ import annotations

import re
import sys

import nbgrader.apps.validateapp
from nbgrader.validator import Validator

_TITLE = re.compile(r"# @title ([^:\n]*[^:\s])")
_BUTTON = "nbgrader.server_extensions.validate_assignment.handlers"


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


def use_for_validate() -> None:
    """Make `nbgrader validate` and JupyterLab's Validate button say titles."""
    nbgrader.apps.validateapp.Validator = TitledValidator
    if _BUTTON in sys.modules:
        sys.modules[_BUTTON].Validator = TitledValidator
