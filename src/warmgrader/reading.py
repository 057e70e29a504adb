"""Reads a submission before it runs, and lists what it reaches for beyond what its course uses.

What the instructor's source notebook does, in its answers above all, is ordinary; so is what
`harmless.toml` lists. All else is a *reach*: it costs nothing, but a test that passes behind it could
have passed because of it, and a person should look. These are functions on text; nothing runs. The
rules are in `warmgrader.reader`.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from warmgrader.names import (
    aliases_of,
    free_in_functions,
    imported,
    names_assigned,
    names_bound,
    names_loaded,
    package_paths,
)  # fmt: skip
from warmgrader.reader import BUILT_IN, REASONS, Ground, Measure, Page, Reach, Reader, module_of
from warmgrader.texts import parse_if_readable

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
        bound=union("instructor", names_bound),
        answered=union("answer", names_bound),
        used=union("test", lambda tree: names_loaded(tree) - names_bound(tree)),
        helped=union("instructor", free_in_functions),
        paths=union("test", lambda tree: package_paths(tree, aliases)),
        tested=union("test", names_assigned),
        aliases=aliases,
    )
    own = [replace(cell, kind="student") for cell in cells if cell.kind != "test"]
    reaches = read(own, files, replace(first, bound=frozenset(), tested=frozenset()))
    keys = {reach.key for reach in reaches}
    keys |= {f"read {name}" for name in union("answer", free_in_functions)}
    return replace(first, keys=frozenset(keys))


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
    others = [Page("", cell.source) for cell in cells if cell.kind != "student"]
    texts = {
        name: c.decode("utf-8", "replace") for name, c in files.items() if name.endswith(".py")
    }
    for page in pages:
        texts |= page.written()
    pages = [Page(name, text) for name, text in texts.items()] + pages
    trees = [tree for page in [*pages, *others] for tree in page.trees()]
    aliases = aliases_of(trees, BUILT_IN | course.aliases)
    own = set().union(*(names_bound(page.tree) for page in pages if page.tree is not None))
    ground = Ground(course, aliases, frozenset(texts), frozenset(own))
    found = [
        Reach(name, 1, name, REASONS["file"], "file") for name in files if name.endswith(_COMPILED)
    ]
    for page in pages:
        found += Reader(page, ground).read()
    return [reach for reach in found if reach.key not in course.keys]
