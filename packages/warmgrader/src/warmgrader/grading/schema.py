"""nbgrader's schema of a cell's metadata, not checked anew for every cell.

`jsonschema.validate`, which nbgrader calls for each cell again and again, looks first whether the
schema itself is one. That takes ten times as long as to validate a cell.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from jsonschema.exceptions import best_match
from jsonschema.validators import validator_for
from nbgrader.nbgraderformat import common


def _validate(instance: Any, schema: dict[str, Any]) -> None:
    """Do what `jsonschema.validate` does with a schema that is sound."""
    error = best_match(validator_for(schema)(schema).iter_errors(instance))
    if error is not None:
        raise error


@contextlib.contextmanager
def sound_schema() -> Iterator[None]:
    """Let nbgrader, for the length of the block, take its own schema for sound."""
    original = common.jsonschema
    common.jsonschema = SimpleNamespace(validate=_validate)
    try:
        yield
    finally:
        common.jsonschema = original
