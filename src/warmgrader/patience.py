"""Ends what runs too long in a thread that no signal reaches."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class TooSlowError(BaseException):
    """Raised where the time is over; what catches errors does not catch it."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise `TooSlowError` in Python code that runs longer.

    A call of C's ends first: give it texts that are short enough.
    """
    thread, lock, done = threading.get_ident(), threading.Lock(), []

    def end() -> None:
        with lock:
            if not done:
                error = ctypes.py_object(TooSlowError)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), error)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        with lock:
            done.append(True)
        timer.cancel()
