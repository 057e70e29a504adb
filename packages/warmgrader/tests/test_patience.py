"""What runs too long ends, wherever it is when the time is over."""

from __future__ import annotations

import time
import weakref

import pytest

from warmgrader.reading.patience import TooSlowError, at_most


class _Thing:
    pass


def _busy(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_python_drops_is_raised_again() -> None:
    thing = _Thing()
    ref = weakref.ref(thing, lambda _: _busy(0.5))
    with pytest.raises(TooSlowError), at_most(0.1):
        del thing  # the time is over while the callback runs
        assert ref() is None
        _busy(60)


def test_an_error_that_comes_of_it_is_not_the_codes_own() -> None:
    with pytest.raises(TooSlowError), at_most(0.1):
        try:
            _busy(60)
        finally:
            raise SystemError


def test_what_ends_in_time_keeps_its_error() -> None:
    with pytest.raises(SystemError), at_most(0.2):
        raise SystemError
    _busy(0.5)
