"""What names a cell binds and loads, and what is imported under which name: questions to syntax trees."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

_IMPORT = re.compile(r"^[ \t]*import[ \t]+([\w., \t]+)", re.MULTILINE)
NESTED = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.GeneratorExp
DEFINING = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def names_bound(tree: ast.Module) -> set[str]:
    """Return the names that a cell imports, defines or assigns at its top level."""
    names = set()
    for node in ast.walk(tree):
        if is_inside(node, NESTED):
            continue
        if isinstance(node, DEFINING) and not is_inside(node, ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.alias):
            names.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            if not is_inside(node, (ast.ClassDef, ast.comprehension)):
                names.add(node.id)
    return names


def names_assigned(tree: ast.Module) -> set[str]:
    """Return the names that a test gives a value to, imports excepted."""
    return names_bound(tree) - {
        (n.asname or n.name).partition(".")[0] for n in ast.walk(tree) if isinstance(n, ast.alias)
    }


def names_loaded(tree: ast.AST) -> set[str]:
    """Return the names that are read."""
    loads = (n for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load))
    return {n.id for n in loads}


def free_in_functions(tree: ast.Module) -> set[str]:
    """Return the global names that the functions of a cell read."""
    found = set()
    for function in (n for n in ast.walk(tree) if isinstance(n, NESTED)):
        found |= {n for n in names_loaded(function) if n not in names_local(function)}
    return found


def names_local(function: ast.AST) -> set[str]:
    """Return the names that are a function's own, or those of the functions in it."""
    names = {n.arg for n in ast.walk(function) if isinstance(n, ast.arg)}
    names |= {n.id for n in ast.walk(function) if isinstance(n, ast.Name)
              and not isinstance(n.ctx, ast.Load)}  # fmt: skip
    names |= {n.name for n in ast.walk(function) if isinstance(n, DEFINING)}
    names |= {(n.asname or n.name).partition(".")[0] for n in ast.walk(function)
              if isinstance(n, ast.alias)}  # fmt: skip
    return names - {n for g in ast.walk(function) if isinstance(g, ast.Global) for n in g.names}


def own_names(node: ast.AST) -> set[str]:
    """Return the names that are certainly a function's own where a node stands."""
    found: set[str] = set()
    while (node := getattr(node, "parent", None)) is not None:
        if isinstance(node, NESTED):
            inside = [n for n in ast.walk(node) if _function_of(n) is node]
            names = {n.arg for n in inside if isinstance(n, ast.arg)}
            names |= {n.id for n in inside if isinstance(n, ast.Name) and not isinstance(n.ctx, ast.Load)
                      and not is_inside(n, ast.ClassDef)}  # fmt: skip
            found |= names - {n for g in inside if isinstance(g, ast.Global) for n in g.names}
    return found


def _function_of(node: ast.AST) -> ast.AST | None:
    while (node := getattr(node, "parent", None)) is not None:
        if isinstance(node, NESTED):
            return node
    return None


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that a cell imports."""
    for node in ast.walk(tree):
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
    nodes = [node for tree in trees for node in ast.walk(tree)]
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
    for node in nodes:
        for target, value in _named(node):
            if isinstance(target, ast.Name) and (paths := paths_of(value, found)):
                found[target.id] = found.get(target.id, set()) | paths
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
        return {_inside(base, node.attr) for base in paths_of(node.value, aliases)}
    if isinstance(node, ast.Call):
        return {f"{base}()" for base in paths_of(node.func, aliases)}
    return set()


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
def _imports_of(module: str) -> dict[str, str]:
    """Return the modules that an installed module imports, by their names in it."""
    found = {}
    for line in _IMPORT.findall(_source_of(module) or ""):
        for part in line.split(","):
            name, _, alias = part.partition(" as ")
            name, alias = name.strip(), alias.strip()
            found[alias or name.partition(".")[0]] = name if alias else name.partition(".")[0]
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


def package_paths(tree: ast.Module, aliases: Mapping[str, set[str]]) -> set[str]:
    """Return the attributes of packages that a cell uses, as dotted paths."""
    nodes = (n for n in ast.walk(tree) if isinstance(n, ast.Attribute | ast.Name))
    return {path for n in nodes for path in paths_of(n, aliases) if "." in path}


def is_inside(node: ast.AST, kinds: Any) -> bool:
    """Tell whether a node is in another of some kind."""
    while (node := getattr(node, "parent", None)) is not None:
        if isinstance(node, kinds):
            return True
    return False
