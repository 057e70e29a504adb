"""What names a cell binds and loads, and what is imported under which name: questions to syntax trees.

The nodes of a tree know what they are in once `nodes_of` has listed them.
"""

from __future__ import annotations

import ast
import builtins
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, wraps
from importlib import import_module
from importlib.util import find_spec, resolve_name
from pathlib import Path
from typing import Any, TypeVar

_T = TypeVar("_T")
NESTED = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.GeneratorExp
"""What runs later than it stands there."""
DEFINING = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_SCOPES = NESTED | ast.ListComp | ast.SetComp | ast.DictComp
_COMPREHENSIONS = ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp
_BINDING = {
    ast.Name: "id", ast.alias: "asname", ast.FunctionDef: "name", ast.AsyncFunctionDef: "name",
    ast.ClassDef: "name", ast.ExceptHandler: "name", ast.MatchAs: "name", ast.MatchStar: "name",
    ast.MatchMapping: "rest",
}  # fmt: skip
"""In what part of a node the name is that it gives a meaning to."""
_BUILT_IN = frozenset(dir(builtins))
_NO_NODES = ("ctx", "op", "ops")
_DEEPEST, _MOST = 6, 50  # parts of a path, and paths of a name
_FROM = re.compile(r"^[ \t]*from[ \t]+(\w[\w.]*)[ \t]+import[ \t]+([\w, \t]+)", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]*import[ \t]+([\w., \t]+)", re.MULTILINE)


def once(ask: Callable[[ast.AST], _T]) -> Callable[[ast.AST], _T]:
    """Remember in a syntax tree what a question to it gave."""
    key = f"{ask.__module__}.{ask.__name__}"

    @wraps(ask)
    def asked(tree: ast.AST) -> _T:
        known = vars(tree)
        if key not in known:
            known[key] = ask(tree)
        return known[key]

    return asked


@once
def nodes_of(tree: ast.AST) -> list[ast.AST]:
    """Return all nodes but operators, as `ast.walk` does; each gets its `parent`."""
    nodes = [tree]
    for node in nodes:
        for field in node._fields:
            value = None if field in _NO_NODES else getattr(node, field, None)
            parts = value if isinstance(value, list) else (value,)
            for part in parts:
                if isinstance(part, ast.AST):
                    part.parent = node  # type: ignore[attr-defined]
                    nodes.append(part)
    return nodes


def is_inside(node: ast.AST, kinds: Any) -> bool:
    """Tell whether a node is in another of some kind."""
    while (node := getattr(node, "parent", None)) is not None:
        if isinstance(node, kinds):
            return True
    return False


@once
def key_of(statement: ast.stmt) -> str:
    """Return what tells a statement from others: neither layout nor docstrings."""
    if not isinstance(statement, DEFINING):
        return ast.dump(statement)
    texts = {
        id(n.body[0])
        for n in ast.walk(statement)
        if isinstance(n, DEFINING) and ast.get_docstring(n, clean=False) is not None
    }
    parts = (ast.dump(n) for n in ast.walk(statement) if id(n) in texts)
    text = ast.dump(statement)
    for part in parts:
        text = text.replace(f"{part}, ", "").replace(part, "")
    return text


# --- scopes -----------------------------------------------------------------------------------


def bindings(node: ast.AST) -> list[str]:
    """Return the names that a node itself gives a meaning to, in the scope that it stands in."""
    field = _BINDING.get(type(node))
    if field is None:
        return []
    if field == "id":
        return [] if isinstance(node.ctx, ast.Load) else [node.id]
    if field == "asname":
        return [(node.asname or node.name).partition(".")[0]]
    name = getattr(node, field)
    return [name] if name else []


def scope_of(node: ast.AST) -> ast.AST | None:
    """Return the function, or comprehension, whose own a name is that stands here; None at the top.

    A walrus belongs to what a comprehension is in.
    """
    walrus = isinstance(getattr(node, "parent", None), ast.NamedExpr) and node is node.parent.target
    while (above := getattr(node, "parent", None)) is not None:
        outside = isinstance(above, DEFINING) and (
            node in above.decorator_list or node is getattr(above, "args", None)
        )
        if isinstance(above, _SCOPES) and not outside:
            if not (walrus and isinstance(above, _COMPREHENSIONS)):
                return above
        node = above
    return None


@once
def own_names(scope: ast.AST) -> set[str]:
    """Return the names that are certainly a function's, or a comprehension's, own."""
    found, shared = set(), set()
    for node in (n for n in nodes_of(scope) if n is not scope):
        if isinstance(node, ast.arg):
            found |= {node.arg} if node.parent.parent is scope else set()
        elif isinstance(node, ast.Global):
            shared.update(node.names if scope_of(node) is scope else ())
        elif (names := bindings(node)) and scope_of(node) is scope and not _in_class(node, scope):
            found.update(names)
    return found - shared


def _in_class(node: ast.AST, scope: ast.AST) -> bool:
    while (node := getattr(node, "parent", None)) is not scope:
        if isinstance(node, ast.ClassDef):
            return True
    return False


def is_own(node: ast.Name) -> bool:
    """Tell whether a name is certainly that of a function around it."""
    scope = scope_of(node)
    while scope is not None:
        if node.id in own_names(scope):
            return True
        scope = scope_of(scope)
    return False


@once
def names_bound(tree: ast.AST) -> set[str]:
    """Return the names that a cell imports, defines or assigns at its top level."""
    nodes = (n for n in nodes_of(tree) if bindings(n) and scope_of(n) is None)
    return {name for n in nodes if not is_inside(n, ast.ClassDef) for name in bindings(n)}


def names_assigned(tree: ast.AST) -> set[str]:
    """Return the names that a cell gives a value to, imports excepted."""
    aliases = (n for n in nodes_of(tree) if isinstance(n, ast.alias))
    return names_bound(tree) - {name for n in aliases for name in bindings(n)}


def names_of_code(tree: ast.AST) -> set[str]:
    """Return the names that a cell imports or defines, which are no data."""
    code = (
        n for n in nodes_of(tree) if isinstance(n, ast.alias | DEFINING) and scope_of(n) is None
    )
    return {name for n in code if not is_inside(n, ast.ClassDef) for name in bindings(n)}


@once
def names_given(tree: ast.AST) -> set[str]:
    """Return the names whose values a cell gives to functions, changes, or has under other names."""
    parts: list[ast.AST] = []
    for node in nodes_of(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") not in _BUILT_IN:
            parts += [node.func, *node.args, *(k.value for k in node.keywords)]
        elif isinstance(node, ast.Subscript | ast.Attribute) and not isinstance(node.ctx, ast.Load):
            parts.append(node)
        elif isinstance(node, ast.Assign | ast.NamedExpr):
            parts.append(node.value)
        elif isinstance(node, ast.For | ast.comprehension):
            parts.append(node.iter)
    return {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name)}


@once
def names_loaded(tree: ast.AST) -> set[str]:
    """Return the names that are read."""
    return {n.id for n in nodes_of(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def free_in_functions(tree: ast.AST) -> set[str]:
    """Return the global names that the functions of a cell read."""
    names = (n for n in nodes_of(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return {n.id for n in names if is_inside(n, NESTED) and not is_own(n)}


# --- imports ----------------------------------------------------------------------------------


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that a cell imports."""
    for node in nodes_of(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def aliases_of(
    trees: Iterable[ast.AST], known: Mapping[str, set[str]] | None = None
) -> dict[str, set[str]]:
    """Return what imports, and assignments of what is imported, give names to; some to several.

    Args:
        trees: the cells.
        known: names that have a meaning already.
    """
    found = {name: set(paths) for name, paths in (known or {}).items()}
    nodes = [node for tree in trees for node in nodes_of(tree)]
    for node in nodes:
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                path = alias.name if alias.asname else first
                found.setdefault(alias.asname or first, set()).add(path)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                path = f"{node.module}.{alias.name}"
                found.setdefault(alias.asname or alias.name, set()).add(path)
                for name, target in _brought(node.module) if alias.name == "*" else ():
                    found.setdefault(name, set()).add(target)
    pairs = [(t.id, v) for node in nodes for t, v in _named(node) if isinstance(t, ast.Name)]
    growing = True
    while growing:
        growing = False
        for name, value in pairs:
            # `node = node.next` would grow for ever.
            new = {path for path in paths_of(value, found) if path.count(".") <= _DEEPEST}
            if len(found.get(name, ())) > _MOST:
                continue
            if not new <= found.get(name, set()):
                found[name] = found.get(name, set()) | new
                growing = True
    return found


def _named(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Yield what an assignment, or a `with`, gives a name to."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.withitem) and node.optional_vars:
        yield node.optional_vars, node.context_expr


def paths_of(node: ast.AST, aliases: Mapping[str, set[str]]) -> set[str]:
    """Return the dotted paths of an expression that begins with something imported.

    `np.mean` is `numpy.mean`; `Profile().run` is `cProfile.Profile().run`; a module that another has
    imported has its own name again: `enum.sys` is `sys`.
    """
    if isinstance(node, ast.Name):
        return aliases.get(node.id, set())
    if isinstance(node, ast.Attribute):
        bases = paths_of(node.value, aliases)
        return {_inside(base, node.attr) for base in bases if not base.partition("(")[2].count(".")}
    if isinstance(node, ast.Call):
        # Of what comes out of a call, one attribute: `df = df.dropna()` would grow for ever.
        return {f"{base}()" for base in paths_of(node.func, aliases) if "(" not in base}
    return set()


def package_paths(tree: ast.AST, aliases: Mapping[str, set[str]]) -> set[str]:
    """Return the attributes of packages that a cell uses, as dotted paths."""
    nodes = (n for n in nodes_of(tree) if isinstance(n, ast.Attribute | ast.Name))
    paths = {path for n in nodes for path in paths_of(n, aliases)}
    return {path for path in paths if "." in path and "(" not in path}


def paths_set(tree: ast.AST, aliases: Mapping[str, set[str]]) -> set[str]:
    """Return the attributes of packages that a cell sets, as dotted paths."""
    nodes = (n for n in nodes_of(tree) if isinstance(n, ast.Attribute))
    return {p for n in nodes if not isinstance(n.ctx, ast.Load) for p in paths_of(n, aliases)}


def attributes_set(tree: ast.AST) -> set[str]:
    """Return the attributes that a cell sets, each after a dot."""
    nodes = (n for n in nodes_of(tree) if isinstance(n, ast.Attribute))
    return {f".{n.attr}" for n in nodes if not isinstance(n.ctx, ast.Load)}


def _inside(module: str, name: str) -> str:
    path = f"{module}.{name}"
    if "(" in module or is_module(path):
        return path
    return _imports_of(module).get(name, path)


def _brought(module: str) -> list[tuple[str, str]]:
    """Return the modules that `from module import *` brings along."""
    source = _source_of(module)
    return [] if source is None or "__all__" in source else list(_imports_of(module).items())


@cache
def public_names(module: str, deep: int = 2) -> frozenset[str]:
    """Return the names that `from module import *` may bring, of an installed module."""
    source = _source_of(module)
    if source is None:  # written in C
        return frozenset(dir(import_module(module)) if module in sys.stdlib_module_names else ())
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        return frozenset()
    found, place = names_bound(tree), _place_of(module)
    package = module if place and place.stem == "__init__" else module.rpartition(".")[0]
    for node in nodes_of(tree) if deep else ():
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            relative = f"{'.' * node.level}{node.module or ''}"
            found = found | public_names(resolve_name(relative, package or module), deep - 1)
    return frozenset(found)


@cache
def _imports_of(module: str) -> dict[str, str]:
    """Return the modules that an installed module imports, by their names in it."""
    found = {}
    for line in _IMPORT.findall(_source_of(module) or ""):
        for part in line.split(","):
            name, _, alias = part.partition(" as ")
            name, alias = name.strip(), alias.strip()
            found[alias or name.partition(".")[0]] = name if alias else name.partition(".")[0]
    if module.partition(".")[0] in sys.stdlib_module_names:
        for origin, line in _FROM.findall(_source_of(module) or ""):
            if origin.startswith("_"):
                continue  # what is written in C, and has its name here
            for part in line.split(","):
                name, _, alias = part.partition(" as ")
                found.setdefault(alias.strip() or name.strip(), f"{origin}.{name.strip()}")
    return found


@cache
def _source_of(module: str) -> str | None:
    """Return the source of an installed module, without importing it."""
    place = _place_of(module)
    if place is None or place.suffix != ".py":
        return None
    return place.read_text(encoding="utf-8", errors="replace")


@cache
def _place_of(path: str) -> Path | None:
    """Return the file of an installed module, or something that is no file for one without."""
    root, *parts = path.split(".")
    try:
        spec = find_spec(root)  # which imports nothing, as there is no dot
    except (ImportError, ValueError):
        return None
    if spec is None or not parts:
        return spec and Path(spec.origin or root)
    for folder in map(Path, spec.submodule_search_locations or ()):
        place = folder.joinpath(*parts)
        for file in (place.with_name(place.name + ".py"), place / "__init__.py", place):
            if file.exists():
                return file
    return None


def is_module(path: str) -> bool:
    """Tell, from the files that are installed, whether a dotted path is a module."""
    return "(" not in path and _place_of(path) is not None
