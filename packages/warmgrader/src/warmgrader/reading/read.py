"""Reads a submission before it runs, and lists what it reaches for beyond what its course uses.

What the instructor's source notebook does, in its answers above all, is ordinary; so is what
`harmless.toml` lists. All else is a *reach*: it costs nothing, but a test that passes behind it could
have passed because of it, and a person should look. These are functions on text; nothing runs. The
rules are in `warmgrader.reading.rules`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from warmgrader.reading.flows import flows_of
from warmgrader.reading.lists import LISTS
from warmgrader.reading.names import (
    DEFINING,
    aliases_of,
    attributes_set,
    free_in_functions,
    imported,
    is_module,
    key_of,
    names_assigned,
    names_bound,
    names_given,
    names_loaded,
    names_of_code,
    package_paths,
    paths_set,
)  # fmt: skip
from warmgrader.reading.page import Ground, Measure, Page, Reach, module_of
from warmgrader.reading.rules import BUILT_IN, REASONS, Reader
from warmgrader.reading.texts import parse_if_readable, written

_COMPILED = (".so", ".pyd", ".pyc", ".dll", ".dylib")


@dataclass(frozen=True)
class Cell:
    """A cell, as far as it is read: `kind` is `student`, `instructor`, `answer` or `test`."""

    source: str
    kind: str = "student"


def measure(cells: Iterable[Cell], files: Mapping[str, bytes] | None = None) -> Measure:
    """Learn from an instructor's notebook, answers included, and the files beside it."""
    cells, files = list(cells), dict(files or {})
    trees = [(cell.kind, parse_if_readable(cell.source)) for cell in cells]
    trees = [(kind, tree) for kind, tree in trees if tree is not None]

    def union(kind: str, ask: Callable[[ast.Module], Iterable[str]]) -> frozenset[str]:
        return frozenset(name for each, tree in trees if each == kind for name in ask(tree))

    aliases = aliases_of(tree for _, tree in trees)
    first = Measure(
        roots=frozenset(
            [m.partition(".")[0] for _, tree in trees for m in imported(tree)]
            + [module_of(name) for name in files]
        ),
        files=frozenset(files),
        statements=union("instructor", lambda tree: map(key_of, tree.body)),
        bound=union("instructor", names_bound) - _computed(trees),
        answered=union("answer", names_bound),
        used=union("test", lambda tree: names_loaded(tree) - names_bound(tree)),
        helped=union("instructor", free_in_functions),
        paths=union("test", lambda tree: package_paths(tree, aliases)),
        changed=frozenset(
            path for _, tree in trees for path in paths_set(tree, aliases) | attributes_set(tree)
        ),
        tested=union("test", names_assigned),
        defined=union(
            "instructor", lambda tree: (n.name for n in tree.body if isinstance(n, DEFINING))
        ),
        code=union("instructor", names_of_code) | union("test", names_of_code),
        aliases=aliases,
    )
    own = [replace(cell, kind="student") for cell in cells if cell.kind != "test"]
    reaches = read(own, files, replace(first, bound=frozenset(), tested=frozenset()))
    handed_in = [replace(c, kind="student") if c.kind == "answer" else c for c in cells]
    reaches += read(handed_in, {}, first)
    keys = {reach.key for reach in reaches} | {
        f"read {n}" for n in union("answer", free_in_functions)
    }
    for topic in LISTS["topics"]:
        if keys & {*topic["one"]}:  # who may define one of them may define the others
            keys |= {*topic["one"], *topic["others"]}
    given = union("answer", names_given) | union("instructor", names_given)
    data = first.bound & (first.used | first.helped) - first.code - first.answered - given
    return replace(first, keys=frozenset(keys), data=data)


def read(cells: Iterable[Cell], files: Mapping[str, bytes], course: Measure) -> list[Reach]:
    """List the reaches of a submission.

    Args:
        cells: its code cells, in their order; `kind` says whose they are.
        files: what was handed in with it, by relative path, the instructor's files excepted.
        course: what is ordinary.
    """
    pages = [
        Page(f"cell {n + 1}", cell.source, n)
        for n, cell in enumerate(cells)
        if cell.kind == "student"
    ]
    texts = [(n, c.decode("utf-8", "replace")) for n, c in files.items() if n.endswith(".py")]
    for page in pages:
        texts += written(page.tree) if page.tree is not None else ()
    pages = [Page(name, text) for name, text in texts] + pages
    trees = [tree for page in pages for tree in page.trees()]
    aliases = aliases_of(trees, BUILT_IN | course.aliases)
    own = set().union(*(names_bound(page.tree) for page in pages if page.tree is not None))
    binders: dict[str, list[int]] = {}
    for index, cell in enumerate(cells):
        if cell.kind in ("instructor", "test"):
            for name in names_bound(parse_if_readable(cell.source) or ast.Module([], [])):
                binders.setdefault(name, []).append(index)
    reachable = frozenset(_reachable(trees, course.used | course.answered | course.helped))
    ground = Ground(
        course,
        aliases,
        frozenset(name for name, _ in texts),
        frozenset(own),
        reachable,
        binders,
        flows_of(trees),
        {module_of(p.place): p.tree for p in pages if p.index < 0 and p.tree is not None},
    )
    found = [
        Reach(name, 1, name, REASONS["file"], "file") for name in files if name.endswith(_COMPILED)
    ]
    found += [
        Reach(name, 1, name, REASONS["shadow"], "shadow")
        for name, _ in texts
        if name not in course.files
        and (is_module(module_of(name)) or module_of(name) in course.roots)
    ]
    for page in pages:
        found += Reader(page, ground).read()
    return [reach for reach in found if reach.key not in course.keys]


def _computed(trees: Iterable[tuple[str, ast.Module]]) -> set[str]:
    """Return what the instructor's cells compute from answers: it is the student's anyway."""
    answered = {name for kind, tree in trees if kind == "answer" for name in names_bound(tree)}
    found: set[str] = set()
    for statement in (s for kind, tree in trees if kind == "instructor" for s in tree.body):
        if not isinstance(statement, DEFINING) and names_loaded(statement) & (answered | found):
            found |= names_bound(statement)
    return found - answered


def _reachable(trees: Iterable[ast.Module], names: Iterable[str]) -> set[str]:
    """Return the names that tests use, and those that come into play by them.

    A function that is only called by itself, at the top of a cell, is not one of them.
    """
    statements = [statement for tree in trees for statement in tree.body]
    found, inside = set(names), []
    for statement in statements:
        if isinstance(statement, DEFINING):
            inside.append((statement.name, names_loaded(statement)))
            found |= {statement.name} if statement.decorator_list else set()
            continue
        called = {
            n.func.id
            for n in ast.walk(statement)
            if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)
        }
        loads = [
            n.id
            for n in ast.walk(statement)
            if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
        ]
        plain = isinstance(statement, ast.Expr)
        found |= {
            name for name in loads if not (plain and name in called and loads.count(name) == 1)
        }
    while more := [names for name, names in inside if name in found and not names <= found]:
        found = found.union(*more)
    return found
