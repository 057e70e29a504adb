"""Ends what runs too long in a thread that no signal reaches."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_AGAIN = 0.5  # seconds


class TooSlowError(BaseException):
    """Raised where the time is over; what catches errors does not catch it."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise `TooSlowError` in Python code that runs longer.

    It is raised again and again: Python drops what is raised in the callback of a weak reference.
    An error that comes of that is none of the code's own: `TooSlowError` replaces it.
    A call of C's ends first: give it texts that are short enough.
    """
    thread, lock = ctypes.c_ulong(threading.get_ident()), threading.Lock()
    ended, done, over = threading.Event(), [], []

    def end() -> None:
        wait = seconds
        while not ended.wait(wait):
            wait = _AGAIN
            with lock:
                if done:
                    return
                over.append(True)
                error = ctypes.py_object(TooSlowError)
                ctypes.pythonapi.PyThreadState_SetAsyncExc(thread, error)

    threading.Thread(target=end, daemon=True).start()
    try:
        yield
    except Exception:
        if over:
            raise TooSlowError from None
        raise
    finally:
        with lock:
            done.append(True)  # in one step of Python's, as it may be interrupted now
        ended.set()
