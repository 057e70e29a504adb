"""What is read, what is known about the course, and what is found: see `warmgrader.reading.read`."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from warmgrader.reading.flows import Flows
from warmgrader.reading.names import DEFINING, key_of
from warmgrader.reading.texts import UnreadableError, inner, parse

_CODING = re.compile(r"coding[=:][ \t]*(?!utf-?8|ascii|us-ascii)\w", re.IGNORECASE)


@dataclass(frozen=True)
class Reach:
    """Something beyond what a course uses.

    Attributes:
        place: the cell, or the file, that it stands in.
        line: the line there, from 1.
        words: what stands there.
        does: what it can do, for the instructor.
        key: what a course that does the same has in common with it.
        asked: the name that it changes, if the core can say that this does not matter to a test.
        index: the cell's position; -1 for a file.
        names: variables through which alone it can matter; none if it can matter anyhow.
        loads: names of which a test must load one, for it to matter; none if any test may.
        until: the position of the cell from which on it can't matter any more.
    """

    place: str
    line: int
    words: str
    does: str
    key: str
    asked: str = ""
    index: int = -1
    names: frozenset[str] = frozenset()
    loads: frozenset[str] = frozenset()
    until: int = sys.maxsize

    def __str__(self) -> str:
        return f"{self.place}, line {self.line}: `{self.words}` {self.does}"


@dataclass
class Page:
    """A cell, or a file, that is read."""

    place: str
    source: str
    index: int = -1

    def __post_init__(self) -> None:
        try:
            if self.index < 0 and _CODING.search("\n".join(self.source.split("\n", 2)[:2])):
                raise UnreadableError  # Python reads something else in it
            self.tree = parse(self.source)
            self.inner = inner(self.tree) if self.tree is not None else []
        except UnreadableError:
            self.tree, self.inner = None, [(None, 0)]

    def trees(self) -> list[ast.Module]:
        """Return the syntax tree and those of the code in its texts."""
        return [tree for tree in (self.tree, *(part for part, _ in self.inner)) if tree is not None]


@dataclass(frozen=True)
class Measure:
    """What is ordinary in a course.

    Attributes:
        keys: the reaches of its own notebook, tests excepted.
        roots: the packages that it imports, tests included, and the files that it brings, as modules.
        files: the files that it brings, by relative path.
        statements: what its own cells do at their top level, as `ast.dump` writes it.
        bound: names that its cells define, answers and tests excepted.
        answered: names that its answers define.
        used: names that its tests use without defining them.
        helped: names that the functions of its own cells use.
        paths: attributes of packages that its tests use, as `numpy.testing.assert_allclose`.
        changed: attributes of packages that its cells, or tests, set; after a dot, those of anything.
        data: variables of its own cells that tests come to use, and that it never gives away.
        tested: names that its tests give a value to.
        defined: functions and classes of its own cells.
        code: names that its cells and tests import or define, answers excepted.
        aliases: what it imports, by the names that it gives.
    """

    keys: frozenset[str] = frozenset()
    roots: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()
    statements: frozenset[str] = frozenset()
    bound: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    helped: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    changed: frozenset[str] = frozenset()
    tested: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    code: frozenset[str] = frozenset()
    data: frozenset[str] = frozenset()
    aliases: Mapping[str, set[str]] = field(default_factory=dict)

    def has(self, statement: ast.stmt) -> bool:
        """Tell whether the instructor's own cells do the same."""
        if isinstance(statement, DEFINING) and statement.name not in self.defined:
            return False
        return key_of(statement) in self.statements


@dataclass(frozen=True)
class Ground:
    """What the rules need to know of course and submission.

    Attributes:
        course: what is ordinary.
        aliases: what names stand for, as far as it is imported.
        files: the Python files that are read.
        own: names that the submission's own cells define.
        reachable: names of functions and classes that a test might come to call.
        binders: the positions of the course's cells, and tests, that define a name.
        flows: where values go.
        trees: what is in the files that are read, by module.
    """

    course: Measure
    aliases: Mapping[str, set[str]]
    files: frozenset[str]
    own: frozenset[str]
    reachable: frozenset[str] = frozenset()
    binders: Mapping[str, list[int]] = field(default_factory=dict)
    flows: Flows = field(default_factory=dict)
    trees: Mapping[str, ast.Module] = field(default_factory=dict)

    @property
    def modules(self) -> set[str]:
        """The modules that have been read, or are the course's."""
        return {module_of(name) for name in self.files} | self.course.roots


def module_of(file: str) -> str:
    """Return the name under which a file is imported."""
    return file.removeprefix("./").partition("/")[0].removesuffix(".py")
