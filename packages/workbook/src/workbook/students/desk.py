"""What JupyterLab shows of the course's files, by `workbook lab`.

Notebooks open unmodified, links to assignments lead to the student's own copies, and what students
get stays as it is.
"""

import platform
import re
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado import web
from traitlets import Bool

from workbook.common.errors import WorkbookError
from workbook.common.paths import assignments, work_of
from workbook.students.fetch import fetch

_MINE = re.compile(r"work/(?P<name>[^/]+)/(?P=name)\.ipynb")
_TO_RELEASED = re.compile(r"(\]\((?:\.\./)*)exercises(/(?P<name>[^/()]+)/(?P=name)\.ipynb)")
_TO_MINE = re.compile(r"(\]\((?:\.\./)*)work(/(?P<name>[^/()]+)/(?P=name)\.ipynb)")


class Desk(AsyncLargeFileManager):
    """JupyterLab's files."""

    is_students = Bool(True, help="Whether assignments are a student's to solve.").tag(config=True)

    async def get(self, path: str, content: bool = True, **options: Any) -> dict[str, Any]:
        """A file as JupyterLab shows it; an assignment in work/ is fetched on the way."""
        if self.is_students:
            self._fetch(path.strip("/"))
        model = await super().get(path, content, **options)
        if content and model["type"] == "notebook":
            # JupyterLab writes the kernel's into the notebook, which makes it modified.
            model["content"].metadata.get("language_info", {})["version"] = (
                platform.python_version()
            )
        if self.is_students:
            if content:
                _replace_links(model, path, _TO_RELEASED, "work")
            if _is_released(path):
                model["writable"] = False
        return model

    async def save(self, model: dict[str, Any], path: str = "") -> dict[str, Any]:
        """Write a file as it is without JupyterLab."""
        if self.is_students and _is_released(path):
            raise web.HTTPError(403, f"{path.strip('/')} stays as it is; your own copy is in work/")
        if model.get("type") == "notebook" and model.get("content"):
            model["content"].get("metadata", {}).get("language_info", {}).pop("version", None)
        if self.is_students:
            _replace_links(model, path, _TO_MINE, "exercises")
        return await super().save(model, path)

    def should_list(self, name: str) -> bool:
        """Students see their own copies of the assignments only."""
        return not (self.is_students and name == "exercises") and super().should_list(name)

    def _fetch(self, path: str) -> None:
        root = Path(self.root_dir)
        match = _MINE.fullmatch(path)
        if match and not work_of(root, match["name"]).exists():
            if match["name"] in assignments(root):
                try:
                    fetch(root, match["name"])
                except WorkbookError as error:
                    raise web.HTTPError(500, str(error)) from None


def _is_released(path: str) -> bool:
    return path.strip("/").startswith("exercises/")


def _replace_links(model: dict[str, Any], path: str, links: re.Pattern[str], folder: str) -> None:
    """Let the links to assignments in a notebook or page lead to another folder."""
    content = model.get("content")
    if model.get("type") == "notebook" and content:
        for cell in content["cells"]:
            if cell["cell_type"] == "markdown":
                cell["source"] = links.sub(rf"\1{folder}\2", cell["source"])
    elif isinstance(content, str) and path.endswith(".md"):
        model["content"] = links.sub(rf"\1{folder}\2", content)
