"""The rules about variables that a submission shares with tests: who changes them, and who reads them."""

from __future__ import annotations

import ast
import builtins
import sys
from collections.abc import Callable, Iterator

from warmgrader.reading.everyday import around, is_used_at_once
from warmgrader.reading.flows import held_by
from warmgrader.reading.lists import listed
from warmgrader.reading.names import (
    DEFINING,
    NESTED,
    aliases_of,
    bindings,
    is_inside,
    names_bound,
    nodes_of,
    public_names,
)  # fmt: skip
from warmgrader.reading.page import Ground, Measure, Page, module_of
from warmgrader.reading.texts import UnreadableError, magic

_BUILTINS = frozenset(dir(builtins))
_CHANGING, _CHANGES_FIRST = listed("changing"), listed("changes_first")


class SharedRules:
    """A part of the reader."""

    page: Page
    ground: Ground
    course: Measure
    add: Callable[..., None]

    def share(self) -> None:
        """Know what is shared."""
        course = self.course
        self.shared = course.used | course.tested | course.bound | course.helped
        data = course.bound & (course.used | course.helped) - course.code
        self.watched = (data | course.defined) - course.answered

    def changed(self, node: ast.AST, name: str = "") -> None:
        """Judge what changes a value of the course's in place, whatever name it has got meanwhile."""
        if isinstance(node, ast.Call):
            method = [node.func.value] if isinstance(node.func, ast.Attribute) else []
            owner = getattr(method[0] if method else None, "id", "")
            of_class = owner in _BUILTINS or bool(self.ground.aliases.get(owner))
            first = name in _CHANGES_FIRST or (of_class and name in _CHANGING)
            given = node.args[:1] if first else []
            places = [*(method if name in _CHANGING else []), *given]
            places += [k.value for k in node.keywords if k.arg == "out"]
            places += method if any(k.arg == "inplace" for k in node.keywords) else []
        elif isinstance(node, ast.AugAssign):
            # What is a part may be a number.
            value = self.ground.flows.get(getattr(node.target, "id", ""), [])
            places = [v for v in value if isinstance(v, ast.Name)]
        else:
            places = [] if isinstance(node.ctx, ast.Load) else [node.value]
        for place in places:
            for held in sorted(held_by(place, self.watched, self.ground.flows)):
                loads = frozenset() if held in self.course.helped | self.course.defined else {held}
                self.add(node, f"change {held}", "rebind", loads=frozenset(loads))

    def globals(self, node: ast.Global) -> None:
        """Judge a variable of the course's that a function changes."""
        for name in set(node.names) & self.shared - self.course.answered:
            self.add(node, f"global {name}", "global")

    def walrus(self, node: ast.NamedExpr) -> None:
        """Judge a variable of the course's that a generator changes, whenever it goes on."""
        if is_inside(node, ast.GeneratorExp) and node.target.id in self.shared:
            self.add(node, f"global {node.target.id}", "global")

    def reads(self, node: ast.Name) -> None:
        """Judge what a function reads of a test's variables."""
        course = self.course
        if node.id not in course.tested or node.id in course.bound | course.answered:
            return
        outside = list(around(node))
        holder = next((n for n in outside if isinstance(n, DEFINING)), None)
        later = [
            n for n in outside if isinstance(n, NESTED) and not is_used_at_once(n, self.ground.own)
        ]
        if later and (holder is None or holder.name in self.ground.reachable):
            self.add(node, f"read {node.id}", "read", names=frozenset({node.id}))

    def rebound(self, tree: ast.Module) -> None:
        """Judge names of the course's, or of Python's, that get another meaning."""
        if self.page.index < 0:
            return
        own, course = aliases_of([tree]), self.course
        places: dict[str, list[ast.AST]] = {}
        for node in nodes_of(tree):
            for name in bindings(node):
                places.setdefault(name, []).append(node)
        bound = {name: places[name] for name in names_bound(tree)}
        bound |= {name: [node] for name, node in self.brought(tree) if name not in bound}
        wanted = course.bound & course.used | course.helped
        for name in sorted({*bound} & wanted - course.answered):
            helped = name in course.helped
            again = name in course.aliases and course.aliases[name] == own.get(name)
            again |= all(course.has([*around(n)][1]) for n in bound[name])
            if not again and (not helped or name in course.bound | _BUILTINS):
                later = (i for i in self.ground.binders.get(name, ()) if i > self.page.index)
                until = next(later, sys.maxsize)
                asked = "" if helped else name
                loads = frozenset() if helped else frozenset({name})
                place = bound[name][0]
                self.add(place, f"rebind {name}", "rebind", asked, until=until, loads=loads)

    def brought(
        self, tree: ast.Module, seen: frozenset[str] = frozenset()
    ) -> Iterator[tuple[str, ast.AST]]:
        """Yield the names that star imports and `%run` bring, with the places."""
        for node in nodes_of(tree):
            file = ""
            if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
                file = node.module or ""
            elif isinstance(node, ast.Call):
                file = run_by(node)
            module = module_of(file) if file.endswith(".py") else file.partition(".")[0]
            if (inner := self.ground.trees.get(module)) is not None and module not in seen:
                found = [*names_bound(inner), *(n for n, _ in self.brought(inner, seen | {module}))]
                yield from ((name, node) for name in found)
            elif file and inner is None:
                data = self.course.bound - self.course.code - _BUILTINS
                yield from ((name, node) for name in public_names(file) & data)


def run_by(node: ast.Call) -> str:
    """Return the file that `%run` runs."""
    try:
        name, line, _ = magic(node) or ("", "", "")
    except UnreadableError:
        return ""  # which is listed
    words = [word for word in line.split() if not word.startswith("-")]
    if name != "run" or not words:
        return ""
    return words[0] if words[0].endswith((".py", ".ipynb")) else f"{words[0]}.py"
