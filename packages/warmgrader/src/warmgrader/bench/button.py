"""JupyterLab's button Validate, without the browser: `python -m warmgrader.bench.button NOTEBOOK`.

Prints the seconds that the server takes to answer. It has imported nbgrader when it started.
"""

from __future__ import annotations

import sys
import time

from nbgrader.server_extensions.validate_assignment.handlers import ValidateAssignmentHandler
from nbgrader.validator import Validator


def press(notebook: str) -> float:
    """Do what the handler of the button does; return the seconds."""
    start = time.perf_counter()
    config = ValidateAssignmentHandler.load_config(None)
    results = Validator(config=config).validate(notebook)
    seconds = time.perf_counter() - start
    if results:  # it tells of problems only
        sys.exit(f"{notebook} is not valid: {results}")
    return seconds


if __name__ == "__main__":
    press(sys.argv[1])  # the first one reads the configuration's own imports
    print(press(sys.argv[1]))
