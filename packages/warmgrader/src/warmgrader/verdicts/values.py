"""Looks at the values that a test works with: may an object of the notebook's decide a comparison itself?

However a class came to its comparisons (by words that can be read, or by tricks that can't), here its
objects meet the test.
"""

from __future__ import annotations

import sys
from collections import UserDict, UserList, UserString, deque
from collections.abc import Callable, Collection, Iterable
from itertools import islice
from types import FunctionType
from typing import Any

from warmgrader.verdicts.messages import is_known

LOOK = "look (the grader's)"
DECIDING = frozenset(
    """
    __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __contains__ __add__ __radd__ __sub__ __rsub__ __mul__ __rmul__
    __truediv__ __rtruediv__ __floordiv__ __rfloordiv__ __mod__ __rmod__ __pow__ __rpow__ __matmul__ __rmatmul__
    __divmod__ __rdivmod__ __and__ __rand__ __or__ __ror__ __xor__ __rxor__ __lshift__ __rshift__ __getattribute__
    __array_ufunc__ __array_function__ __instancecheck__ __subclasscheck__ __class__
    """.split()
)
_MOST = 20  # parts of a container that are looked at
_DEEPEST = 2
_SAMPLES = 5_000
_PLAIN = frozenset({int, float, str, bool, type(None)})


class Values:
    """Remembers the methods by which objects that a test has worked with could decide it themselves."""

    def __init__(self, ordinary: Collection[str], is_notebooks: Callable[[str], bool]) -> None:
        """Start for one test.

        Args:
            ordinary: methods that the course's own classes have.
            is_notebooks: tells whether a file of code came with the notebook.
        """
        self.ordinary, self.is_notebooks = frozenset(ordinary), is_notebooks
        self.found: set[str] = set()
        self._seen: dict[type, Callable[[Any], Iterable[Any]] | None] = {}

    def look(self, value: Any, depth: int = 0) -> Any:
        """Look at a value, and return it."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind not in self._seen:  # what its parts are, if it has any
            known = is_known(kind)
            self._seen[kind] = _parts_of(kind) if known else None
            self.found |= set() if known else self._deciding(kind) - self.ordinary
        parts = self._seen[kind]
        if parts is not None and depth < _DEEPEST:
            for part in parts(value):
                if type(part) not in _PLAIN:
                    self.look(part, depth + 1)
        return value

    def _deciding(self, kind: type) -> set[str]:
        """Return the methods of a class by which it could decide a comparison."""
        spaces = [_space_of(base) for base in type.mro(kind) if base is not object]
        found = {name for space in spaces for name in DECIDING if self._is_own(space, name, spaces)}
        if any(self._is_code(part) for space in spaces for part in list(space.values())):
            # The comparison of a class above may call what this one has in another's place.
            asks = (isinstance(s.get("__eq__"), FunctionType) or "__array__" in s for s in spaces)
            return found | ({"__eq__"} if any(asks) and not _is_dataclass(spaces) else set())
        return found

    def _is_code(self, part: Any) -> bool:
        if type(part) in (staticmethod, classmethod):
            part = part.__func__
        elif type(part) is property:
            part = part.fget
        if not is_known(type(part)):
            return not isinstance(part, type)  # an object that can be called
        return type(part) is FunctionType and self.is_notebooks(part.__code__.co_filename)

    def _is_own(self, space: Any, name: str, spaces: list[Any]) -> bool:
        """Tell whether a method is the notebook's, whatever it is made of."""
        method = space.get(name)
        if type(method) is FunctionType and not self._is_code(method):
            # Another function, in the place of a comparison.
            return (
                space.get("__module__") == "__main__"
                and method.__name__ != name
                and (method.__code__.co_filename != "<string>")
            )
        if type(method) is FunctionType:
            made = method.__code__.co_filename == "<string>" and "__dataclass_fields__" in space
            return not made and self._is_code(method)
        if type(method) in _MADE_IN_C:
            return method.__name__ != name
        return method is not None and "__dataclass_fields__" not in space


_MADE_IN_C = (type(float.__eq__), type(list.append), type(len))


def _space_of(kind: type) -> Any:
    return type.__dict__["__dict__"].__get__(kind)


def _is_dataclass(spaces: list[Any]) -> bool:
    made = [s["__eq__"] for s in spaces if isinstance(s.get("__eq__"), FunctionType)]
    return all(method.__code__.co_filename == "<string>" for method in made) and not any(
        "__array__" in space for space in spaces
    )


def _parts_of(kind: type) -> Callable[[Any], Iterable[Any]] | None:
    """Return how to get at the parts of an object of this class."""
    if issubclass(kind, list | tuple | set | frozenset | deque):
        return lambda value: islice(value, _MOST)
    if issubclass(kind, dict):
        return lambda value: [part for pair in islice(value.items(), _MOST) for part in pair]
    if issubclass(kind, UserList | UserDict | UserString):
        return lambda value: [value.data]
    numpy = sys.modules.get("numpy")
    if numpy is not None and kind is numpy.ndarray:
        return lambda value: value.flat[:_MOST] if value.dtype == object else ()
    return None


def content_of(value: Any, deep: int = 4) -> Any:
    """Return what tells plain data from other data, of large ones by samples."""
    kind = type(value)
    if kind in _PLAIN:
        return repr(value)
    numpy = sys.modules.get("numpy")
    if numpy is not None and kind is numpy.ndarray and value.dtype != object:
        some = value.ravel()[:: max(1, value.size // _SAMPLES)]
        return value.shape, value.dtype.str, some.tobytes()
    if kind is dict and deep:
        return [
            (content_of(k), content_of(v, deep - 1)) for k, v in islice(value.items(), _SAMPLES)
        ]
    if kind in (list, tuple, set, frozenset, deque) and deep:
        return len(value), [content_of(part, deep - 1) for part in islice(value, _SAMPLES)]
    if kind.__module__ == "__main__" and deep and hasattr(value, "__dict__"):
        return kind.__name__, content_of(dict(vars(value)), deep - 1)
    return id(value)
