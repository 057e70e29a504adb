"""What names a cell binds and loads, and what is imported under which name: questions to syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.machinery import PathFinder
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
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def aliases_of(trees: list[ast.Module]) -> dict[str, str]:
    """Return what imports, and assignments of what is imported, give names to."""
    found: dict[str, str] = {}
    for node in (n for tree in trees for n in ast.walk(tree)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.partition(".")[0]] = (
                    alias.name if alias.asname else alias.name.partition(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    for node in (n for tree in trees for n in ast.walk(tree)):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target, path = node.targets[0], path_of(node.value, found)
            if isinstance(target, ast.Name) and path and target.id not in found:
                found[target.id] = path
    return found


def path_of(node: ast.AST, aliases: Mapping[str, str]) -> str:
    """Return the dotted path of an expression that begins with something imported."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, "")
    if isinstance(node, ast.Attribute):
        base = path_of(node.value, aliases)
        return f"{base}.{node.attr}" if base else ""
    return ""


def package_paths(tree: ast.Module, aliases: Mapping[str, str]) -> set[str]:
    """Return the attributes of packages that a cell uses, as dotted paths."""
    nodes = (n for n in ast.walk(tree) if isinstance(n, ast.Attribute | ast.Name))
    return {path for n in nodes if "." in (path := path_of(n, aliases))}


def is_inside(node: ast.AST, kinds: Any) -> bool:
    while (node := getattr(node, "parent", None)) is not None:
        if isinstance(node, kinds):
            return True
    return False


@cache
def is_module(path: str) -> bool:
    """Tell, from the files that are installed, whether a dotted path is a module."""
    root, *parts = path.split(".")
    spec = PathFinder.find_spec(root)
    if not parts or spec is None:
        return spec is not None
    for folder in map(Path, spec.submodule_search_locations or ()):
        place = folder.joinpath(*parts)
        if place.is_dir() or place.with_suffix(".py").is_file():
            return True
    return False
