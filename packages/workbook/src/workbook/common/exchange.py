"""The exchange of a class on one server, through which students submit; alone, one has none."""

import sys
from pathlib import Path
from typing import Any

from workbook.common.errors import WorkbookError


class SharedExchange:
    """nbgrader's exchange, in a folder that student and instructor both see."""

    def __init__(self, config: Any) -> None:
        """Takes the configuration of nbgrader_config.py."""
        self._config = config

    def submit(self, name: str) -> None:
        """What *Submit* in JupyterLab's Assignment List does.

        Raises:
            WorkbookError: nbgrader refuses; its reason.
        """
        from nbgrader.auth import Authenticator
        from nbgrader.coursedir import CourseDirectory
        from nbgrader.exchange import ExchangeError
        from nbgrader.exchange.default import ExchangeSubmit

        try:
            ExchangeSubmit(
                coursedir=CourseDirectory(config=self._config, assignment_id=name),
                authenticator=Authenticator(config=self._config),
                config=self._config,
            ).start()
        except ExchangeError as error:
            raise WorkbookError(f"{name}: not submitted: {error}") from None


def shared_exchange(root: Path) -> SharedExchange | None:
    """The exchange of a course, if it leads to anybody.

    One inside of the student's own copy of the course leads nowhere. nbgrader has none on Windows.
    """
    if sys.platform == "win32":
        return None
    from nbgrader.exchange.default import Exchange

    from workbook.common.configuration import load_config

    config = load_config(root)
    folder = Path(Exchange(config=config).root).resolve()
    return None if folder.is_relative_to(root.resolve()) else SharedExchange(config)
