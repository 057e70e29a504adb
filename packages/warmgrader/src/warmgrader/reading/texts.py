"""Finds the code in a cell: Python, magics as calls, and the code inside of texts that is run as code."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from functools import cache, lru_cache

from IPython.core.inputtransformer2 import TransformerManager

from warmgrader.reading.lists import listed
from warmgrader.reading.names import nodes_of, once

_WITH_CODE = listed("magics_with_code")
_BUILT_IN, _METHODS = listed("run_texts"), listed("methods_that_run_texts")
_LONGEST = 200_000  # characters of a cell, or of a file
_LONGEST_LINE = 5_000  # of a cell with magics: IPython looks at each of its places again and again
# A line that IPython may change: magics, shell, help, and what it takes for the end of a line.
_PERHAPS_MAGIC = re.compile(
    r"^[^\S\n]*[%!?,;/]|=\s*[%!]|\?\s*$|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]", re.MULTILINE
)
# Without the module doctest: it takes hold of Python's debugger when it is imported, too early in a kernel.
_EXAMPLE = re.compile(r"^[ \t]*>>>.*(?:\n[ \t]*\.\.\..*)*", re.MULTILINE)
_OPTIONS = re.compile(r"^(?:\s*-\w+(?:[ =]\d+)?(?=\s))*\s*")


class UnreadableError(ValueError):
    """The text is not Python, or too deep to be read."""


@lru_cache(maxsize=1024)  # most cells are the same for a whole class
def parse(source: str) -> ast.Module | None:
    """Return a cell's syntax tree, magics as calls; None for a cell that cannot run.

    Raises:
        UnreadableError: it is too long or too deep to be read, and may run nevertheless.
    """
    if len(source) > _LONGEST:
        raise UnreadableError
    plain = _PERHAPS_MAGIC.search(source) is None
    if not plain and max(map(len, source.splitlines())) > _LONGEST_LINE:
        raise UnreadableError
    made = source if plain else _transformed(source)
    # As it stands, if it comes to the same: then lines are where they stand.
    same = made is not None and made.strip() == source.strip()
    for text in (source,) if same else (made, source):
        try:
            return _listed(ast.parse(text)) if text is not None else None
        except (SyntaxError, ValueError):
            if plain and (made := _transformed(source)) is not None and made != source:
                try:
                    return _listed(ast.parse(made))  # as with a prompt before each line
                except (SyntaxError, ValueError):
                    return None
        except (RecursionError, MemoryError):
            raise UnreadableError from None
    return None


def parse_if_readable(source: str) -> ast.Module | None:
    """Return a cell's syntax tree, if it has one."""
    try:
        return parse(source)
    except UnreadableError:
        return None


def _listed(tree: ast.Module) -> ast.Module:
    nodes_of(tree)
    return tree


def _transformed(source: str) -> str | None:
    try:
        return _transformer().transform_cell(source)
    except (SyntaxError, ValueError, RecursionError):
        return None


@cache
def _transformer() -> TransformerManager:
    return TransformerManager()


def literal(call: ast.Call, place: int) -> str | None:
    """Return an argument that is a text, by its place."""
    node = call.args[place] if place < len(call.args) else None
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def magic(node: ast.AST) -> tuple[str, str, str] | None:
    """Return name, line and cell of a magic, or nothing.

    Raises:
        UnreadableError: one of them is not a text that stands there.
    """
    kind = getattr(getattr(node, "func", None), "attr", "")
    if not isinstance(node, ast.Call) or kind not in ("run_line_magic", "run_cell_magic"):
        return None
    found = [literal(node, place) for place in range(len(node.args))]
    if None in found or node.keywords or not 1 <= len(found) <= 3:
        raise UnreadableError
    name, line, cell = (*found, "", "")[:3]
    return name, line, cell


@once
def inner(tree: ast.AST) -> list[tuple[ast.Module | None, int]]:
    """Return the code inside of texts, with the line before it; None for what can't be read."""
    return list(_inner(tree))


def _inner(tree: ast.AST) -> Iterator[tuple[ast.Module | None, int]]:
    for node in nodes_of(tree):
        line = getattr(node, "lineno", 1) - 1
        is_magic = getattr(getattr(node, "func", None), "attr", "").startswith("run_")
        try:
            found = list(_texts(node))
        except (UnreadableError, ValueError):
            yield None, line
            continue
        for text in found:
            try:
                part = parse(text)
            except UnreadableError:
                yield None, line
                continue
            if part is None and not is_magic:
                continue  # where it is run it is an error
            yield part, line
            if part is not None:
                yield from ((each, line + more) for each, more in inner(part))


def _texts(node: ast.AST) -> Iterator[str]:
    """Yield what a node runs as code."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and ">>>" in node.value:
        for block in _EXAMPLE.findall(node.value):
            yield "\n".join(line.strip()[4:] for line in block.splitlines())
    elif isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
        for part in ast.walk(node.annotation):
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.value
    elif isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        runs = _BUILT_IN if isinstance(node.func, ast.Name) else _METHODS
        if name in runs and (text := literal(node, 0)) is not None:
            yield text
        if (found := magic(node)) is not None:
            yield from _texts_of_magic(*found)
        elif name in ("system", "getoutput") and (text := literal(node, 0)) is not None:
            yield from _braces(text)


def _texts_of_magic(name: str, line: str, cell: str) -> Iterator[str]:
    yield from _braces(line)
    if name in _WITH_CODE:
        code = "" if name == "capture" else _OPTIONS.sub("", line, count=1)
        yield from (text for text in (code, cell) if text.strip())
    elif name == "config" and "=" in line:
        yield line.partition("=")[2].strip()


def _braces(text: str) -> Iterator[str]:
    """Yield what IPython puts into lines of magics and of the shell."""
    try:
        yield from (name for _, name, _, _ in string.Formatter().parse(text) if name)
    except ValueError:
        return  # IPython leaves such a line as it is
    yield from re.findall(r"\$(\w+)", text)


@once
def written(tree: ast.AST) -> list[tuple[str, str]]:
    """Return the Python files that `%%writefile` makes, also in the code inside of texts."""
    found = []
    for node in (n for part in [tree, *(t for t, _ in inner(tree) if t)] for n in nodes_of(part)):
        try:
            name, line, cell = magic(node) or ("", "", "")
        except UnreadableError:
            continue
        file = (line.split() or [""])[-1]
        if name in ("writefile", "file") and file.endswith(".py"):
            found.append((file, cell))
    return found
