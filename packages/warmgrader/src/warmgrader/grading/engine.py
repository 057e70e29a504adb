"""One SQLAlchemy engine for all openings of one gradebook.

nbgrader opens a gradebook ten times for a submission. Each time it makes an engine, which compiles
every statement anew, and looks for all tables and the course: half of what it computes.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Iterator
from typing import Any

import nbgrader.api
from nbgrader.api import Gradebook
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import scoped_session, sessionmaker


@functools.lru_cache(maxsize=1)
def _engine(url: str, **options: bool) -> Engine:
    return create_engine(url, **options)


@contextlib.contextmanager
def shared_engine() -> Iterator[None]:
    """Let nbgrader, for the length of the block, take the engine of the last gradebook again.

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
