"""What is used of nbgrader's insides: its gradebook, its schema, and the names by which it finds its parts."""

from __future__ import annotations

import contextlib
import functools
import json
import sys
from collections.abc import Awaitable, Callable, Iterator
from types import SimpleNamespace
from typing import Any

import nbgrader.api
import nbgrader.apps.api
import nbgrader.apps.autogradeapp
import nbgrader.apps.generatefeedbackapp
import nbgrader.apps.validateapp
from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateFeedback
from nbgrader.nbgraderformat import common
from nbgrader.validator import Validator
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import scoped_session, sessionmaker

USES = {
    "nbgrader.api.create_engine": "replaced while gradebooks are opened again (0.9)",
    "nbgrader.api.Gradebook.__init__": "replaced by one that looks for nothing anew (0.9)",
    "nbgrader.nbgraderformat.common.jsonschema": "replaced: its schema is sound (0.9)",
    "nbgrader.apps.autogradeapp.Autograde": "replaced by another converter (0.9)",
    "nbgrader.apps.api.Autograde": "the same for formgrader and for Python (0.9)",
    "nbgrader.apps.generatefeedbackapp.GenerateFeedback": "replaced by another converter (0.9)",
    "nbgrader.apps.api.GenerateFeedback": "the same for formgrader and for Python (0.9)",
    "nbgrader.apps.validateapp.Validator": "replaced by one that says titles (0.9)",
    "nbgrader.server_extensions.validate_assignment.handlers.Validator": "the same (0.9)",
    "nbgrader.server_extensions.formgrader.formgrader.HTMLExporter": "replaced (0.9)",
    "nbgrader.server_extensions.formgrader.apihandlers.AutogradeHandler.post": "replaced (0.9)",
    "nbgrader.server_extensions.formgrader.base.check_xsrf": "as nbgrader's own handlers (0.9)",
    "nbgrader.server_extensions.formgrader.base.check_notebook_dir": "the same (0.9)",
}

_FORMGRADER = "nbgrader.server_extensions.formgrader.apihandlers"
_VALIDATE = "nbgrader.server_extensions.validate_assignment.handlers"


@functools.lru_cache(maxsize=1)
def _engine(url: str, **options: bool) -> Engine:
    return create_engine(url, **options)


@contextlib.contextmanager
def shared_engine() -> Iterator[None]:
    """Let nbgrader, for the length of the block, take the engine of the last gradebook again.

    It opens a gradebook ten times for a submission. Each time it makes an engine, which compiles
    every statement anew, and looks for all tables and the course: half of what it computes.

    To close a gradebook ends its connections, and does not harm the engine. What the first opening
    in the block has found or made, nbgrader does not look for again.
    """
    make_engine, open_first = nbgrader.api.create_engine, Gradebook.__init__
    opened = set()

    def open_again(
        self: Gradebook, db_url: str, course_id: str = "default_course", authenticator: Any = None
    ) -> None:
        if (db_url, course_id) not in opened:
            open_first(self, db_url, course_id, authenticator)
            opened.add((db_url, course_id))
            return
        self.engine = _engine(db_url, echo=False, future=True)
        self.db = scoped_session(sessionmaker(autoflush=True, bind=self.engine, future=True))
        self.course_id = course_id
        self.authenticator = authenticator

    nbgrader.api.create_engine, Gradebook.__init__ = _engine, open_again
    try:
        yield
    finally:
        nbgrader.api.create_engine, Gradebook.__init__ = make_engine, open_first


def _validate(instance: Any, schema: dict[str, Any]) -> None:
    """Do what `jsonschema.validate` does with a schema that is sound."""
    error = best_match(validator_for(schema)(schema).iter_errors(instance))
    if error is not None:
        raise error


@contextlib.contextmanager
def sound_schema() -> Iterator[None]:
    """Let nbgrader, for the length of the block, take its own schema of a cell's metadata for sound.

    `jsonschema.validate`, which it calls for each cell again and again, looks first whether the
    schema itself is one. That takes ten times as long as to validate a cell.
    """
    original = common.jsonschema
    common.jsonschema = SimpleNamespace(validate=_validate)
    try:
        yield
    finally:
        common.jsonschema = original


def use_for_autograde(converter: type[Autograde]) -> None:
    """Make nbgrader's command and its Python interface grade with another converter."""
    nbgrader.apps.autogradeapp.Autograde = converter
    nbgrader.apps.api.Autograde = converter


def use_for_feedback(converter: type[GenerateFeedback]) -> None:
    """Make nbgrader's command and its Python interface write feedback with another converter."""
    nbgrader.apps.generatefeedbackapp.GenerateFeedback = converter
    nbgrader.apps.api.GenerateFeedback = converter


def use_for_validate(validator: type[Validator]) -> None:
    """Make `nbgrader validate` and JupyterLab's Validate button use another validator."""
    nbgrader.apps.validateapp.Validator = validator
    if _VALIDATE in sys.modules:
        sys.modules[_VALIDATE].Validator = validator


def in_formgrader() -> bool:
    """Return whether this process serves formgrader."""
    return _FORMGRADER in sys.modules


def use_in_formgrader(
    exporter: type, autograde: Callable[[Any, str, str], Awaitable[dict[str, Any]]]
) -> None:
    """Let formgrader show pages by another exporter, and its button grade without holding it up.

    nbgrader grades in the event loop of the Jupyter server, which answers nobody meanwhile.

    Args:
        exporter: makes a page of a graded notebook.
        autograde: grades a submission; gets the course directory, the assignment and the student.
    """
    from nbgrader.server_extensions.formgrader import apihandlers, base, formgrader
    from tornado import web

    formgrader.HTMLExporter = exporter

    @web.authenticated
    @base.check_xsrf
    @base.check_notebook_dir
    async def post(self: Any, assignment_id: str, student_id: str) -> None:
        self.write(json.dumps(await autograde(self.coursedir, assignment_id, student_id)))

    apihandlers.AutogradeHandler.post = post
