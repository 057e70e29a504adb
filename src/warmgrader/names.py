"""What names a cell binds and loads, and what is imported under which name: questions to syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

NESTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
DEFINING = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def parse(source: str) -> ast.Module | None:
    """Return a cell's syntax tree, magics as calls; None for a cell that cannot run."""
    for text in (source, None):
        try:
            tree = ast.parse(_transformer().transform_cell(source) if text is None else text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            for child in ast.iter_child_nodes(node):
                child.parent = node  # type: ignore[attr-defined]
        return tree
    return None


@cache
def _transformer() -> TransformerManager:
    return TransformerManager()


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


def imported(tree: ast.AST) -> Iterator[str]:
    """Yield the modules that a cell imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def aliases_of(trees: Iterable[ast.Module]) -> dict[str, set[str]]:
    """Return what imports, and assignments of what is imported, give names to; some to several."""
    found: dict[str, set[str]] = {}
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
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name) and (paths := paths_of(node.value, found)):
                    found[target.id] = found.get(target.id, set()) | paths
    return found


def paths_of(node: ast.AST, aliases: Mapping[str, set[str]]) -> set[str]:
    """Return the dotted paths of an expression that begins with something imported."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, set())
    if isinstance(node, ast.Attribute):
        return {f"{base}.{node.attr}" for base in paths_of(node.value, aliases)}
    return set()


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


@cache
def is_module(path: str) -> bool:
    """Tell, from the files that are installed, whether a dotted path is a module."""
    root, *parts = path.split(".")
    try:
        spec = find_spec(root)  # which imports nothing, as there is no dot
    except (ImportError, ValueError):
        spec = None
    if not parts or spec is None:
        return spec is not None
    for folder in map(Path, spec.submodule_search_locations or ()):
        place = folder.joinpath(*parts)
        if place.is_dir() or place.with_suffix(".py").is_file():
            return True
    return False
