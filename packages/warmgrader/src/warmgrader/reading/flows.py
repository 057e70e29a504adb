"""Where values go in a submission: which names may hold what the instructor's cells have made, or a text."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from warmgrader.reading.lists import listed
from warmgrader.reading.names import is_own, nodes_of

Flows = dict[str, list[ast.AST]]
_DISPLAYS = ast.Tuple | ast.List | ast.Set | ast.IfExp | ast.BoolOp
_ASSIGNED = ast.AnnAssign | ast.NamedExpr
_INTO, _OVER = listed("into"), listed("over")
_OF_TEXTS, _MAKERS, _CHANGERS = listed("of_texts"), listed("text_makers"), listed("text_changers")


class MadeError(ValueError):
    """A text is made in a way that nobody can read."""


def flows_of(trees: Iterable[ast.AST]) -> Flows:
    """Return the expressions whose values names get: by assignments, loops, calls and their results."""
    found: Flows = defaultdict(list)
    nodes = [node for tree in trees for node in nodes_of(tree)]
    functions = [n for n in nodes if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    called: dict[str, list[ast.Call]] = defaultdict(list)
    for node in nodes:
        if isinstance(node, ast.Assign):
            _give(found, node.targets, node.value)
        elif isinstance(node, _ASSIGNED) and node.value is not None:
            _give(found, [node.target], node.value)
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            _give(found, [node.target], node.iter)
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            _give(found, [node.optional_vars], node.context_expr)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            called[node.func.id].append(node)
    for function in functions:
        for call in called[function.name]:
            _call(found, call, function)
        results = (n.value for n in nodes_of(function) if isinstance(n, ast.Return | ast.Yield))
        found[f"{function.name}()"] += [value for value in results if value is not None]
        arguments = function.args
        for argument, value in zip(arguments.args[::-1], arguments.defaults[::-1], strict=False):
            found[f"{argument.arg}'"].append(value)
    return found


def _give(found: Flows, targets: Iterable[ast.AST], value: ast.AST) -> None:
    names = (n for target in targets for n in ast.walk(target) if isinstance(n, ast.Name))
    for name in names:
        if isinstance(name.ctx, ast.Store):
            found[_key(name)].append(value)


def _call(found: Flows, call: ast.Call, function: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    for argument, value in zip(function.args.args, call.args, strict=False):
        found[f"{argument.arg}'"].append(value)
    for keyword in call.keywords:
        found[f"{keyword.arg}'"].append(keyword.value)


def _key(name: ast.Name) -> str:
    """Tell a function's own names from those of the notebook."""
    return f"{name.id}'" if is_own(name) else name.id


def _sources(key: str, flows: Flows, seen: set[str]) -> list[ast.AST]:
    """Return what flows into a name, the first time that somebody asks."""
    found = [] if key in seen else flows.get(key, [])
    seen.add(key)
    return found


def held_by(
    node: ast.AST | None, names: Collection[str], flows: Flows, seen: set[str] | None = None
) -> set[str]:
    """Return those of the notebook's names of which an expression may be the value, or a part."""
    parts: Iterable[ast.AST] = ()
    seen = set() if seen is None else seen
    if isinstance(node, ast.Name):
        parts = _sources(_key(node), flows, seen)
    elif isinstance(node, _DISPLAYS):
        parts = ast.iter_child_nodes(node)
    elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant | ast.Name):
        parts = [node.value]  # all else may be a copy, as in pandas
    elif isinstance(node, ast.Attribute | ast.Starred | ast.NamedExpr):
        parts = [node.value]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        over = node.func.id in _OVER
        parts = node.args if over else _sources(f"{node.func.id}()", flows, seen)
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") in _INTO:
        parts = [node.func.value]
    own = {node.id} & {*names} if isinstance(node, ast.Name) and not is_own(node) else set()
    return own.union(*(held_by(part, names, flows, seen) for part in parts))


def texts_in(node: ast.AST, flows: Flows, seen: set[str] | None = None) -> Iterator[str]:
    """Yield the texts that an expression may be, or be put together from.

    Raises:
        MadeError: one of them is made in another way.
    """
    parts: Iterable[ast.AST] = ()
    seen, changes = set() if seen is None else seen, False
    if isinstance(node, ast.Constant):
        yield node.value if isinstance(node.value, str) else ""
    elif isinstance(node, ast.JoinedStr):
        yield "".join(v.value if isinstance(v, ast.Constant) else "_" for v in node.values)
        parts = node.values
    elif isinstance(node, ast.Name):
        parts = _sources(_key(node), flows, seen)
    elif isinstance(node, ast.BinOp):
        parts = [node.left, node.right]
    elif isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in _MAKERS:
            raise MadeError
        parts = _sources(f"{name}()", flows, seen)
        changes = name in _CHANGERS
        if changes or name in _OF_TEXTS:
            method = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            parts = [*node.args, *method]
    elif isinstance(node, ast.Subscript):
        parts, changes = [node.value], isinstance(node.slice, ast.Slice)
    elif isinstance(
        node,
        _DISPLAYS | ast.Dict | ast.Starred | ast.FormattedValue | ast.ListComp | ast.GeneratorExp,
    ):
        parts = ast.iter_child_nodes(node)
    for text in (text for part in parts for text in texts_in(part, flows, seen)):
        if changes and text:
            raise MadeError
        yield text
