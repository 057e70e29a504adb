"""Fixtures that several test files share."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from places import copy_configuration
from xdist.scheduler import LoadScopeScheduling

from warmgrader.kernels import client


class Scheduling(LoadScopeScheduling):
    """Keeps the tests of a file in one process, because they share fixtures that take long."""

    # Long ones that share nothing, and may run anywhere.
    APART = (
        "test_assignment_judges_right[",
        "test_chapter_shows_what_is_stored[",
        "test_the_smallest_parameters_are_enough[",
        "test_claims_hold_for_other_seeds_which_count[",
    )

    def _split_scope(self, nodeid: str) -> str:
        file, _, test = nodeid.partition("::")
        return nodeid if test.startswith(self.APART) else file


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """One more process than cores: tests often wait, for a kernel or for a command."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> Scheduling:
    """Distribute tests over the processes of `pytest -n`."""
    return Scheduling(config, log)


@pytest.fixture(autouse=True)
def not_started_by_make(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages advise what was typed; that it was `make test` should not count."""
    monkeypatch.delenv("MAKELEVEL", raising=False)


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
