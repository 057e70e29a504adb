"""A course's nbgrader_config.py."""

from pathlib import Path

from traitlets.config import Config, PyFileConfigLoader

from warmgrader.errors import first_line
from workbook.common.errors import WorkbookError

CONFIG_FILE = "nbgrader_config.py"


def load_config(folder: Path) -> Config:
    """What the configuration in a folder says.

    Raises:
        WorkbookError: it fails.
    """
    try:
        return PyFileConfigLoader(CONFIG_FILE, path=str(folder)).load_config()
    except Exception as error:  # it is Python, and may raise anything
        reason = f"{type(error).__name__}: {first_line(error)}"
        raise WorkbookError(f"{folder / CONFIG_FILE}: {reason}") from error
