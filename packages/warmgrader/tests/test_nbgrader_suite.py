"""nbgrader's own tests of `nbgrader autograde`, run against `warmgrader autograde`.

A test in `DEVIATIONS` must fail: where warmgrader differs, it does so on purpose, and
docs/warmgrader.md explains it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbgrader.api
import nbgrader.apps.nbgraderapp
import pytest
from nbgrader.tests.apps import test_nbgrader_autograde as suite
from nbgrader.tests.apps.conftest import course_dir, db, temp_cwd  # noqa: F401 - fixtures

from warmgrader.grading import run as grading_run
from warmgrader.grading.autograde import WarmAutogradeApp
from warmgrader.grading.batch import Here

pytestmark = pytest.mark.slow

DEVIATIONS = {
    "test_grade_empty_timestamp": "an invalid time stamp is ignored with a warning",
    "test_missing_files": "a student without a notebook gets 0 points and a row, with the reason",
    "test_no_execute": "outputs that were handed in are dropped: anybody can write them",
    "test_side_effects": "files that a notebook writes are not kept: they could hold hidden tests",
}


# Each new gradebook starts a program to ask for it.
_alembic_version = functools.cache(nbgrader.api.get_alembic_version)


@pytest.fixture(autouse=True)
def _autograde_is_warm(monkeypatch: pytest.MonkeyPatch, runtime: Path) -> None:
    """Let `nbgrader autograde` in the tests mean `warmgrader autograde`."""
    subcommands = dict(nbgrader.apps.nbgraderapp.NbGraderApp.subcommands)
    subcommands["autograde"] = (WarmAutogradeApp, "Autograde a notebook by running it")
    monkeypatch.setattr(nbgrader.apps.nbgraderapp.NbGraderApp, "subcommands", subcommands)
    # Workers would take longer to start than the one or two submissions to grade; they have tests
    # of their own.
    monkeypatch.setattr(grading_run, "Pool", lambda workers: Here())
    monkeypatch.setattr(nbgrader.api, "get_alembic_version", _alembic_version)
    original: Callable[..., str] = suite.run_nbgrader

    def run(arguments: list[str], **kwargs: Any) -> str:
        if arguments[0] == "autograde" and "--help-all" not in arguments:
            arguments = [*arguments, "--WarmProvisioner.preload=numpy"]
        return original(arguments, **kwargs)

    monkeypatch.setattr(suite, "run_nbgrader", run)


class TestNbgraderSuite(suite.TestNbGraderAutograde):
    """All tests of nbgrader 0.9.6, each with the instructor's files that it brings."""

    def test_side_effects_where_files_are_kept(self, request: pytest.FixtureRequest) -> None:
        """What `c.WarmAutograde.keep` names is in the autograded folder, as with nbgrader."""
        monkeypatch, original = request.getfixturevalue("monkeypatch"), suite.run_nbgrader

        def run(arguments: list[str], **kwargs: Any) -> str:
            more = ["--WarmAutograde.keep=*.txt"] if arguments[0] == "autograde" else []
            return original([*arguments, *more], **kwargs)

        monkeypatch.setattr(suite, "run_nbgrader", run)
        places = request.getfixturevalue("db"), request.getfixturevalue("course_dir")
        suite.TestNbGraderAutograde.test_side_effects(self, *places)


for _name, _reason in DEVIATIONS.items():
    _test = getattr(suite.TestNbGraderAutograde, _name)
    setattr(TestNbgraderSuite, _name, pytest.mark.xfail(reason=_reason, strict=True)(_test))
