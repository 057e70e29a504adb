"""Looks at the values that a test works with: may an object of the notebook's decide a comparison itself?

However a class came to its comparisons (by words that can be read, or by tricks that can't), here its
objects meet the test.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Collection
from itertools import islice
from types import FunctionType
from typing import Any

from warmgrader.messages import is_known

LOOK = "look (the grader's)"
_DECIDING = frozenset(
    """
    __eq__ __ne__ __lt__ __le__ __gt__ __ge__ __contains__ __add__ __radd__ __sub__ __rsub__ __mul__ __rmul__
    __truediv__ __rtruediv__ __floordiv__ __rfloordiv__ __mod__ __rmod__ __pow__ __rpow__ __matmul__ __rmatmul__
    __divmod__ __rdivmod__ __and__ __rand__ __or__ __ror__ __xor__ __rxor__ __lshift__ __rshift__ __getattribute__
    __array_ufunc__ __array_function__ __instancecheck__ __subclasscheck__ __class__
    """.split()
)
_MOST = 20  # parts of a container that are looked at
_DEEPEST = 2


class Values:
    """Remembers the notebook's classes whose objects a test has worked with and that decide themselves."""

    def __init__(self, ordinary: Collection[str], is_instructors: Callable[[str], bool]) -> None:
        """Start for one test.

        Args:
            ordinary: methods that the course's own classes have.
            is_instructors: tells whether a file of code is the instructor's.
        """
        self.ordinary, self.is_instructors = frozenset(ordinary), is_instructors
        self.found: set[str] = set()
        self._seen: set[type] = set()

    def look(self, value: Any, depth: int = 0) -> Any:
        """Look at a value, and return it."""
        kind = type(value)
        if not is_known(kind):
            if kind not in self._seen:
                self._seen.add(kind)
                self.found |= {name for base in type.mro(kind) for name in self._deciding(base)}
        elif depth < _DEEPEST:
            for part in _parts(value):
                self.look(part, depth + 1)
        return value

    def _deciding(self, base: type) -> list[str]:
        """Return the methods of a class by which it could decide a comparison."""
        space = type.__dict__["__dict__"].__get__(base)
        if is_known(base):
            # Its comparison may call what the notebook's class has in another's place.
            asks = isinstance(space.get("__eq__"), FunctionType) or "__array__" in space
            return ["__eq__"] if asks and "__eq__" not in self.ordinary else []
        return [name for name in _DECIDING - self.ordinary if self._is_notebooks(space, name)]

    def _is_notebooks(self, space: Any, name: str) -> bool:
        method = space.get(name)
        if method is None:
            return False
        file = method.__code__.co_filename if type(method) is FunctionType else ""
        made = file == "<string>" and "__dataclass_fields__" in space
        return not made and not self.is_instructors(file) and file != _TOTAL_ORDERING


_TOTAL_ORDERING = sys.modules["functools"].__file__


def _parts(value: Any) -> list[Any]:
    if isinstance(value, list | tuple | set | frozenset):
        return list(islice(value, _MOST))
    if isinstance(value, dict):
        return [part for pair in islice(value.items(), _MOST) for part in pair]
    numpy = sys.modules.get("numpy")
    if numpy is not None and type(value) is numpy.ndarray and value.dtype == object:
        return list(value.flat[:_MOST])
    return []


def mark_values(tree: ast.Module) -> None:
    """Make a test look at what it compares, calculates with, asserts, and gives to functions."""
    _Marker().visit(tree)
    ast.fix_missing_locations(tree)


class _Marker(ast.NodeTransformer):
    def visit_Compare(self, node: ast.Compare) -> ast.AST:  # noqa: N802 - as ast names it
        self.generic_visit(node)
        node.left, node.comparators = _looked_at(node.left), [*map(_looked_at, node.comparators)]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:  # noqa: N802
        self.generic_visit(node)
        node.left, node.right = _looked_at(node.left), _looked_at(node.right)
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:  # noqa: N802
        self.generic_visit(node)
        node.test = _looked_at(node.test)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:  # noqa: N802
        self.generic_visit(node)
        node.args = [a if isinstance(a, ast.Starred) else _looked_at(a) for a in node.args]
        for keyword in node.keywords:
            if keyword.arg:
                keyword.value = _looked_at(keyword.value)
        return node


def _looked_at(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Constant | ast.Lambda | ast.JoinedStr | ast.GeneratorExp):
        return node
    return ast.copy_location(ast.Call(ast.Name(LOOK, ast.Load()), [node], []), node)
