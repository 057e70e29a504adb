"""What a student may read of a failed test: the instructor's words, and plain values.

The code of a notebook learns of hidden tests when they call it, and whatever it returns may come back
in a message. Therefore each message of a test is put together twice: as it is, for the instructor, and
for the student, with those values only that can't carry a text: numbers, shapes, types, arrays of
numbers, and strings of the instructor's own.
"""

from __future__ import annotations

import sys
from typing import Any

SAY, KIND = "say (the grader's)", "kind (the grader's)"
NO, MAYBE, YES = 0, 1, 2  # whether a value may come from the notebook
_WITH_ARRAYS = ("numpy", "tensorflow", "keras", "jax", "jaxlib", "torch")
_MISSING = object()
_DEEPEST, _LONGEST = 3, 50
_SENTENCE = 8  # characters: what is shorter is found in any text
_CONVERSIONS = {-1: lambda value: value, 115: str, 114: repr, 97: ascii}
_NUMBERS = (bool, int, float, complex, type(None), range, type(...))
_class_names: dict[int, str] = {}
_packages: dict[int, str] = {}
_classes: list[type] = []  # so that their ids stay theirs


def remember_classes() -> None:
    """Remember, before any notebook runs, which classes there are: their names are known."""
    found, new = set(), [object]
    while new:
        kind = new.pop()
        if id(kind) not in found:
            found.add(id(kind))
            _classes.append(kind)
            new += type.__subclasses__(kind)
    _class_names.update((id(kind), kind.__name__) for kind in _classes)
    _packages.update((id(kind), str(kind.__module__).partition(".")[0]) for kind in _classes)


def is_known(kind: type) -> bool:
    """Tell whether a class was there before any notebook ran."""
    return id(kind) in _class_names


def known_name(kind: type) -> str:
    """Return the name, as it was before any notebook ran, of a class or the nearest above it."""
    return _class_names.get(id(known_class(kind)), "object")


def known_class(kind: type) -> type:
    """Return a class, or the nearest above it whose name is no invention of the notebook's."""
    return next(base for base in type.mro(kind) if base is object or id(base) in _class_names)


class Kind:
    """The name of a value's class: as it is, and as a student may read it."""

    def __init__(self, value: Any) -> None:
        self.name = type(value).__name__
        self.known = known_name(type(value))


class Untold:
    """Stands in a message for a value that is not shown."""

    def __init__(self, value: Any) -> None:
        kind = known_name(type(value))
        self.text = "(an object)" if kind == "object" else f"({kind})"

    def __repr__(self) -> str:
        return self.text

    def __format__(self, spec: str) -> str:
        return self.text


class Spoken:
    """The messages that tests have put together so far."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}
        self.constants: set[str] = set()
        self.sentences: set[str] = set()  # which no function of the notebook's is called with
        self.strict = False  # something that the instructor defines is the notebook's now

    def learn(self, sheet: dict[str, Any], pins: set[str]) -> None:
        """Get ready for a test (`warmgrader.grading.sheets`) in which these names mean what they should."""
        self.strict = not set(sheet["known"]) <= pins
        self.constants.update(sheet["texts"])
        self.sentences.update(() if self.strict else sheet["sentences"])

    def names(self) -> dict[str, Any]:
        """Return what tests call."""
        return {SAY: self.say, KIND: Kind}

    def say(self, *parts: Any) -> Any:
        """Return a message, and remember what a student may read of it.

        What is no text, and stands alone, stays what it is.

        Args:
            parts: texts, and tuples of a value, its conversion, its format and where it is from.
        """
        full, told = [], []
        for part in parts:
            if type(part) is str:
                full.append(part)
                told.append(part)
                continue
            value, conversion, spec, source = part
            value, known = (value.name, value.known) if type(value) is Kind else (value, _MISSING)
            full.append(format(_CONVERSIONS[conversion](value), spec))
            try:
                source = YES if self.strict else source
                shown = self.shown(value, source) if known is _MISSING else known
            except Exception:  # noqa: BLE001 - a message must not fail where the test does not
                shown = Untold(value)
            if shown is not value and type(shown) not in _NUMBERS:
                spec = ""
            told.append(format(_CONVERSIONS[conversion](shown), spec))
        text = "".join(full)
        self.said[text] = "".join(told)
        alone = len(parts) == 1 and type(parts[0]) is tuple and parts[0][1:3] == (-1, "")
        return parts[0][0] if alone and type(parts[0][0]) is not Kind else text

    def shown(self, value: Any, source: int = YES, depth: int = 0) -> Any:
        """Return a value that a student may read, or something that stands for it."""
        kind = type(value)
        if kind in _NUMBERS:
            return value
        if is_known(kind) and (numbers := _as_numbers(value)) is not None:
            return numbers
        if kind is str:
            if value in self.said:
                return self.said[value]
            fine = source == NO or (source == MAYBE and value in self.constants)
            fine = fine or value in self.sentences
            return value if fine or not value else Untold(value)
        if kind is type or isinstance(value, type):
            return f"<class '{_class_names[id(value)]}'>" if is_known(value) else Untold(value)
        if kind in (tuple, list, set, frozenset) and depth < _DEEPEST and len(value) <= _LONGEST:
            parts = [self.shown(part, source, depth + 1) for part in value]
            return value if all(map(_same, parts, value)) else kind(parts)
        if kind is dict and depth < _DEEPEST and len(value) <= _LONGEST:
            pairs = ((self.shown(k, source, depth + 1), v) for k, v in value.items())
            return {key: self.shown(v, source, depth + 1) for key, v in pairs if _hashable(key)}
        return Untold(value)

    def told(self, error: BaseException, text: str, by_test: bool) -> str | None:
        """Return what a student may read of an error's text, or None if nobody can tell.

        Args:
            error: the error.
            text: what it says.
            by_test: whether the test itself has raised it, and no function that it called.
        """
        if by_test:
            if text in self.said:
                return self.said[text]
            return text if text in self.constants or not error.args else None
        if not isinstance(error, AssertionError):
            return None
        parts = [told for full, told in self.said.items() if len(full) > _SENTENCE and full in text]
        parts += [c for c in self.constants if " " in c and len(c) > _SENTENCE and c in text]
        return " ".join(parts) or None


def _hashable(value: Any) -> bool:
    return not isinstance(value, list | dict | set)


def _same(one: Any, other: Any) -> bool:
    return one is other


def _as_numbers(value: Any) -> Any:
    """Return what is told of an array, a tensor, a shape or a dtype, or None for anything else.

    Not its own text: that has names in it, and is written as the notebook wishes.
    """
    kind, numpy = type(value), sys.modules.get("numpy")
    package = _packages.get(id(kind), "")
    if numpy is None or package not in _WITH_ARRAYS:
        return None
    if isinstance(value, numpy.dtype):
        return value.name if value.names is None and value.subdtype is None else None
    if known_name(kind) in ("DType", "TensorShape"):
        return str(value)
    shape = getattr(value, "shape", None)
    if shape is None or not hasattr(value, "dtype"):
        return None
    try:
        numbers = numpy.asarray(value)
        if numbers.dtype.kind in "biufc" and numbers.size <= _LONGEST:
            return numbers.tolist()
    except Exception:  # noqa: BLE001 - a tensor without a value, as Keras's
        pass
    sides = ", ".join(str(int(side)) if isinstance(side, int) else "None" for side in tuple(shape))
    return f"({known_name(kind)} of shape ({sides}))"
