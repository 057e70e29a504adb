"""What is everyday: uses of things that are listed which every notebook may have."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator

from warmgrader.reading.lists import ATTRIBUTES, LISTS, listed
from warmgrader.reading.names import NESTED, is_inside, paths_of
from warmgrader.reading.page import Ground
from warmgrader.reading.texts import literal

_BY_NAME, _AT_ONCE = listed("by_name"), listed("at_once")
_INSIDES = ("f_", "tb_", "gi_", "cr_", "ag_", "co_", "func_", "cell_")


def is_fine_call(call: ast.Call, kind: str, ground: Ground) -> bool:
    """Tell whether a call of something that is listed is an everyday one."""
    first = call.args[0] if call.args else None
    above = call.parent  # type: ignore[attr-defined]
    if (
        call.args
        and isinstance(call.args[-1], ast.Starred)
        or any(not k.arg for k in call.keywords)
    ):
        return False  # who knows what is in there
    if kind == "attribute":
        return bool(first) and _names_attribute(call, first, ground)
    if kind == "text":  # which is read like any code
        return literal(call, 0) is not None
    if kind == "texts":
        return bool(call.args) and all(literal(call, n) is not None for n in range(len(call.args)))
    if kind == "type":
        return len(call.args) == 1 and not (
            isinstance(above, ast.Call) and above.func is call and len(above.args) > 2
        )
    if kind == "vars":
        return (
            len(call.args) == 1 and isinstance(first, ast.Name) and not ground.aliases.get(first.id)
        )
    if kind == "load":
        return len(call.args) < 3
    if kind == "asked":
        return _is_only_asked(call, ground)
    if kind == "module":
        return literal(call, 0) is not None
    return kind == "shell" and _is_fine_shell(call, ground)


def _names_attribute(call: ast.Call, first: ast.expr, ground: Ground) -> bool:
    """Tell whether `getattr`, or the like, can't name what nobody should touch."""
    if literal(call, 1) is not None or len(call.args) < 2:
        return len(call.args) > 1
    name = call.args[1]
    if isinstance(name, ast.BinOp):
        name = name.left
    parts = name.values if isinstance(name, ast.JoinedStr) else [name]
    begins = parts[0].value if parts and isinstance(parts[0], ast.Constant) else ""
    paths = paths_of(first, ground.aliases)
    if isinstance(begins, str) and begins[:1].isalpha() and not paths:
        # `f"layer_{number}"` is no name of Python's; `"f_" + part` may be.
        inside = (*ATTRIBUTES, *_INSIDES)
        return not any(word.startswith(begins) or begins.startswith(word) for word in inside)
    reads = getattr(call.func, "id", "") == "getattr"
    return bool(paths) and paths <= _BY_NAME if reads else is_self(first)


def _is_fine_shell(call: ast.Call, ground: Ground) -> bool:
    """Tell whether `get_ipython()` is a magic, a shell line, or only looked at."""
    above = call.parent  # type: ignore[attr-defined]
    if isinstance(above, ast.Attribute):
        further = above.parent  # type: ignore[attr-defined]
        if above.attr == "__class__":
            return getattr(further, "attr", "") == "__name__"
        if not (isinstance(further, ast.Call) and further.func is above):
            return False
        if above.attr == "magic":
            words = (literal(further, 0) or "").lstrip("%").split() or [""]
            return words[0] in LISTS["magics"] and not set("{$") & set(" ".join(words))
        if above.attr in ("system", "getoutput", "run_cell", "set_next_input"):
            return literal(further, 0) is not None
        return above.attr in ("run_line_magic", "run_cell_magic")  # which are judged as magics
    called = getattr(getattr(above, "func", None), "id", "")
    return isinstance(above, ast.Compare) or called in {"str", "repr", "print"} - ground.own


def is_used_at_once(node: ast.AST, own: Collection[str]) -> bool:
    """Tell whether a generator goes on where it stands, and never later.

    Args:
        node: what may be a generator.
        own: names that the notebook defines.
    """
    function = getattr(getattr(node, "parent", None), "func", None)
    name = getattr(function, "id", getattr(function, "attr", ""))
    at_once = name == "join" or (name in _AT_ONCE and name not in own)
    return isinstance(node, ast.GeneratorExp) and at_once


def is_own_check(node: ast.AST) -> bool:
    """Tell whether something stands in an `assert` of the student's own, or in an import."""
    return isinstance(node, ast.ImportFrom) or (
        is_inside(node, ast.Assert) and not is_inside(node, NESTED)
    )


def is_self(node: ast.AST) -> bool:
    """Tell whether an expression is the object of the method that it stands in."""
    function = node
    while (function := getattr(function, "parent", None)) is not None:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = [*function.args.posonlyargs, *function.args.args]
            method = isinstance(function.parent, ast.ClassDef)  # type: ignore[attr-defined]
            first = arguments[0].arg if method and arguments else ""
            return isinstance(node, ast.Name) and node.id == first != "cls"
    return False


def is_asked_for(node: ast.expr) -> bool:
    """Tell whether a class that is listed is only compared with, annotates, or is a metaclass."""
    parent = node.parent  # type: ignore[attr-defined]
    called = getattr(getattr(parent, "func", None), "id", "")
    if isinstance(parent, ast.keyword) and parent.arg == "key":
        return True
    if isinstance(parent, ast.keyword):
        return parent.arg == "metaclass" and isinstance(parent.parent, ast.ClassDef)  # type: ignore[attr-defined]
    if isinstance(parent, ast.Compare) or called in ("isinstance", "issubclass", "hasattr"):
        return True
    method = getattr(getattr(parent, "func", None), "attr", "")
    if method in ("apply", "applymap", "map") and len(parent.args) == 1:
        return True
    return (called == "map" and len(parent.args) == 2) or _is_annotation(node)


def _is_only_asked(call: ast.Call, ground: Ground) -> bool:
    """Tell whether variables are only looked through, or put into a text."""
    above = call.parent  # type: ignore[attr-defined]
    if isinstance(above, ast.Compare):
        return is_right_of_in(call)
    if isinstance(above, ast.keyword):
        called = paths_of(getattr(above.parent, "func", above), ground.aliases)  # type: ignore[attr-defined]
        if above.arg == "globals":
            return any(path.startswith(("timeit.", "doctest.")) for path in called)
        method = (
            getattr(above.parent.func, "attr", "") if isinstance(above.parent, ast.Call) else ""
        )  # type: ignore[attr-defined]
        return above.arg is None and method == "format" and not is_inside(call, NESTED)
    text = isinstance(above, ast.BinOp) and isinstance(above.left, ast.Constant | ast.JoinedStr)
    return text and isinstance(above.op, ast.Mod) and not is_inside(call, NESTED)


def is_right_of_in(node: ast.expr) -> bool:
    """Tell whether something is only asked for what it has."""
    parent = node.parent  # type: ignore[attr-defined]
    asked = isinstance(parent, ast.Compare) and parent.comparators == [node]
    return asked and isinstance(parent.ops[0], ast.In | ast.NotIn)


def _is_annotation(node: ast.AST) -> bool:
    while (parent := getattr(node, "parent", None)) is not None:
        if isinstance(parent, ast.arg | ast.AnnAssign):
            return parent.annotation is node
        if isinstance(parent, ast.FunctionDef):
            return parent.returns is node
        node = parent
    return False


def is_asked_for_class(node: ast.Attribute) -> bool:
    """Tell whether `x.__class__` only says what x is, or makes another of the method's own kind."""
    parent = node.parent  # type: ignore[attr-defined]
    named = getattr(parent, "attr", "") in ("__name__", "__qualname__", "__module__", "__doc__")
    return named or isinstance(parent, ast.Compare) or is_self(node.value)


def is_made(node: ast.AST | None) -> bool:
    """Tell whether a text is put together where it is used."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return is_made(node.left)
    return isinstance(node, ast.BinOp | ast.Call | ast.JoinedStr | ast.Subscript | ast.IfExp)


def may_be_set(path: str) -> bool:
    return any(
        path == fine or (fine.endswith(".*") and path.startswith(fine[:-1]))
        for fine in LISTS["assigned"]
    )


def is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def around(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node, and those that it is in, from the outermost on."""
    found = [node]
    while (node := getattr(node, "parent", None)) is not None:
        found.append(node)
    return reversed(found)
