"""Fixtures that several test files share."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from places import copy_configuration

from warmgrader import client


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file in one process, because they share fixtures that take long."""
    for item in items:
        if not item.get_closest_marker("spread"):
            item.add_marker(pytest.mark.xdist_group(item.path.name))


@pytest.fixture
def course(tmp_path: Path) -> Callable[..., Path]:
    """Makes a course of given source files: ``course({"05_losses/chapter.py": text})``."""

    def make(sources: dict[str, str]) -> Path:
        copy_configuration(tmp_path)
        for name, text in sources.items():
            path = tmp_path / "chapters" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return make


@pytest.fixture(scope="session")
def runtime() -> Iterator[Path]:
    """Servers of the tests' own, in a directory with a short name because a socket's must be."""
    folder = Path(tempfile.mkdtemp(prefix="wg"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(folder))
        patch.setenv("JUPYTER_PATH", str(folder / "jupyter"))
        yield folder
        client.stop_servers()
    shutil.rmtree(folder)
