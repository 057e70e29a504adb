"""The rules by which a submission is read: each finds one kind of reach in a syntax tree."""

from __future__ import annotations

import ast
import builtins
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warmgrader.names import (
    DEFINING,
    NESTED,
    aliases_of,
    is_inside,
    is_module,
    names_bound,
    names_loaded,
    names_local,
    own_names,
    paths_of,
)  # fmt: skip
from warmgrader.texts import UnreadableError, inner, literal, magic, parse

_LISTS = tomllib.loads(Path(__file__).with_name("harmless.toml").read_text(encoding="utf-8"))
REASONS: dict[str, str] = _LISTS["reasons"]
_MODULES, _METHODS = frozenset(_LISTS["modules"]), frozenset(_LISTS["methods"])
_MEMBERS: dict[str, list[str]] = _LISTS["members"]
_ATTRIBUTES: dict[str, str] = _LISTS["listed_attributes"]
_CALLS: dict[str, str] = _LISTS["calls"]
_BUILTINS = frozenset(dir(builtins))
BUILT_IN = {
    path.rpartition(".")[2]: {path} for path in _CALLS if path.startswith(("builtins.", "IPython."))
}
"""What has a meaning without an import, as far as it is listed."""
_HISTORY = re.compile(r"In|_i\d+|_ih|_ii?i?")
_DUNDER = re.compile(r"__\w+__")
_HALF_DUNDER = re.compile(r"__\w+__|(?<![A-Za-z0-9])__\w*|\w*__(?![A-Za-z0-9])")
_INSIDE = re.compile(
    r"\b(?:f_(?:back|locals|globals|builtins|code|trace)|tb_(?:frame|next)|(?:gi|cr|ag)_(?:frame|code)|co_\w+)\b"
)
_MEMORY = re.compile(r"/proc\b.*(?:\bmem|maps|auxv|syscall|task)\b|/dev/mem")
_CODING = re.compile(r"coding[=:][ \t]*(?!utf-?8|ascii|us-ascii)\w", re.IGNORECASE)
_SHOWN = 60  # characters of a reach's words
_LOOKING = {
    "dir",
    "display",
    "getattr",
    "hasattr",
    "help",
    "id",
    "print",
    "reload",
    "repr",
    "str",
    "type",
}


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
            self.inner = list(inner(self.tree)) if self.tree is not None else []
        except UnreadableError:
            self.tree, self.inner = None, [(None, 0)]

    def trees(self) -> list[ast.Module]:
        """Return the syntax tree and those of the code in its texts."""
        return [tree for tree in (self.tree, *(part for part, _ in self.inner)) if tree is not None]

    def written(self) -> dict[str, str]:
        """Return the Python files that `%%writefile` makes."""
        found = {}
        for node in (node for tree in self.trees() for node in ast.walk(tree)):
            try:
                name, line, cell = magic(node) or ("", "", "")
            except UnreadableError:
                continue
            file = (line.split() or [""])[-1]
            if name in ("writefile", "file") and file.endswith(".py"):
                found[file] = found.get(file, "") + cell  # `-a` appends
        return found


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
        tested: names that its tests give a value to.
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
    tested: frozenset[str] = frozenset()
    aliases: Mapping[str, set[str]] = field(default_factory=dict)


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
    """

    course: Measure
    aliases: Mapping[str, set[str]]
    files: frozenset[str]
    own: frozenset[str]
    reachable: frozenset[str] = frozenset()
    binders: Mapping[str, list[int]] = field(default_factory=dict)

    @property
    def modules(self) -> set[str]:
        """The modules that have been read, or are the course's."""
        return {module_of(name) for name in self.files} | self.course.roots


class Reader:
    """Reads one page."""

    def __init__(self, page: Page, ground: Ground) -> None:
        self.page, self.ground, self.course = page, ground, ground.course
        self.modules = ground.modules
        self.attributes = {part for path in self.course.paths for part in path.split(".")[1:]}
        self.lines = page.source.splitlines()
        self.shift, self.found = 0, {}

    def read(self) -> list[Reach]:
        """Return the reaches, the first of each kind in a line."""
        for tree, shift in [(self.page.tree, 0), *self.page.inner]:
            self.shift = shift
            if tree is None:
                if self.page.inner:
                    self.add(ast.Pass(lineno=1), "unreadable", "unreadable")
                continue
            for node in ast.walk(tree):
                for kind, rule in _RULES:
                    if isinstance(node, kind):
                        rule(self, node)
            self.rebound(tree)
        return list(self.found.values())

    def add(self, node: ast.AST, key: str, reason: str, asked: str = "", **more: Any) -> None:
        """Note a reach."""
        line = getattr(node, "lineno", 1) + self.shift
        try:
            words = None if self.shift else ast.get_source_segment(self.page.source, node)
        except IndexError:  # of a line that IPython has made
            words = None
        words = words or (self.lines[line - 1] if line <= len(self.lines) else key)
        words = " ".join(words.split())
        words = f"{words[:_SHOWN]}…" if len(words) > _SHOWN else words
        reach = Reach(
            self.page.place,
            line,
            words,
            REASONS.get(reason, reason),
            key,
            asked,
            self.page.index,
            **more,
        )
        self.found.setdefault((line, key), reach)

    # --- what is imported -----------------------------------------------------------------

    def imports(self, node: ast.Import | ast.ImportFrom) -> None:
        """Judge what is imported."""
        for alias in node.names:
            path = alias.name if isinstance(node, ast.Import) else f"{node.module}.{alias.name}"
            if not getattr(node, "level", 0):
                self.use(node, path.removesuffix(".*"))
                if path.endswith(".*") and node.module in _MEMBERS:
                    self.add(node, path, node.module.partition(".")[0])
                if path in _CALLS and alias.asname:
                    continue  # judged where it is called

    def use(self, node: ast.AST, path: str) -> None:
        """Judge the use of a module, or of something in it."""
        root, *parts = path.split(".")
        owner = max((m for m in _MEMBERS if f"{path}.".startswith(f"{m}.")), key=len, default="")
        member = path.removeprefix(owner).strip(".").partition(".")[0].removesuffix("()")
        if owner and member and member not in _MEMBERS[owner] and path not in _CALLS:
            self.add(node, f"{owner}.{member}", owner.partition(".")[0])
        elif not owner and root not in _MODULES | self.modules:
            self.add(
                node, f"import {root}", root, f"import {root}"
            ) if root in REASONS else self.add(
                node, f"import {root}", "_" if root.startswith("_") else "import", f"import {root}"
            )
        elif root in _MODULES - self.modules and not is_module(root):
            self.add(node, f"import {root}", "absent", f"import {root}")
        for part in parts:
            if part in _ATTRIBUTES:
                self.add(node, f".{part}", _ATTRIBUTES[part])
            elif (
                part.startswith("_")
                and not part.startswith("__")
                and part not in _MEMBERS.get(owner, ())
            ):
                if root not in {module_of(name) for name in self.ground.files}:
                    self.add(node, f"{root}.{part}", "private")

    def value(self, node: ast.expr, paths: set[str]) -> None:
        """Judge something imported, or built in, where it is used or given away."""
        parent = node.parent  # type: ignore[attr-defined]
        call = parent if isinstance(parent, ast.Call) and parent.func is node else None
        named = isinstance(parent, ast.Assign) and not is_inside(parent, ast.ClassDef)
        named = named and all(isinstance(target, ast.Name) for target in parent.targets)
        around = getattr(
            getattr(parent, "func", None), "id", getattr(getattr(parent, "func", None), "attr", "")
        )
        looked_at = not call and around in _LOOKING - self.ground.own
        asked = isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ast.In | ast.NotIn)
        for path in sorted(paths):
            if not (asked and path == "sys.modules"):
                self.use(node, path)
            if path in _CALLS:
                if not (
                    self.fine_call(call, _CALLS[path]) if call else named or _is_asked_for(node)
                ):
                    self.add(node, f"name {path.rpartition('.')[2]}", path.rpartition(".")[2])
            elif not (named or looked_at or call) and is_module(path):
                self.add(node, f"hand {path}", "hand")

    # --- calls whose arguments decide -----------------------------------------------------

    def fine_call(self, call: ast.Call, kind: str) -> bool:
        """Tell whether a call of something that is listed is an everyday one."""
        first = call.args[0] if call.args else None
        above = call.parent  # type: ignore[attr-defined]
        if kind == "attribute":
            return bool(first) and (_is_self(first) or literal(call, 1) is not None)
        if kind == "text":  # which is read like any code
            return literal(call, 0) is not None
        if kind == "texts":
            return bool(call.args) and all(
                literal(call, n) is not None for n in range(len(call.args))
            )
        if kind == "type":
            return len(call.args) == 1 and not (isinstance(above, ast.Call) and len(above.args) > 2)
        if kind == "asked":
            return isinstance(above, ast.Compare) and isinstance(above.ops[0], ast.In | ast.NotIn)
        if kind == "module":
            return self.loads(call, literal(call, 0))
        if kind == "shell":
            return self.fine_shell(call, above)
        return False

    def fine_shell(self, call: ast.Call, above: ast.AST) -> bool:
        """Tell whether `get_ipython()` is a magic, a shell line, or only looked at."""
        if isinstance(above, ast.Attribute):
            further = above.parent  # type: ignore[attr-defined]
            if above.attr == "__class__":
                return getattr(further, "attr", "") == "__name__"
            if not (isinstance(further, ast.Call) and further.func is above):
                return False
            if above.attr in ("system", "getoutput", "run_cell", "set_next_input"):
                return literal(further, 0) is not None
            return above.attr in ("run_line_magic", "run_cell_magic")  # which are judged as magics
        around = getattr(getattr(above, "func", None), "id", "")
        return (
            isinstance(above, ast.Compare) or around in {"str", "repr", "print"} - self.ground.own
        )

    def loads(self, node: ast.AST, name: str | None) -> bool:
        """Judge a module, or a file, that is loaded by name; tell whether it has one."""
        if name is None:
            return False
        if name.endswith((".py", ".ipynb")):
            return (
                name.removeprefix("./") in self.ground.files or module_of(name) in self.course.roots
            )
        self.use(node, name)
        return True

    def calls(self, node: ast.Call) -> None:
        """Judge keywords, and attributes that are read or set by a call."""
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        for keyword in node.keywords:
            false = isinstance(keyword.value, ast.Constant) and not keyword.value.value
            if keyword.arg in _LISTS["listed_keywords"] and not false:
                self.add(node, f"{keyword.arg}=", _LISTS["listed_keywords"][keyword.arg])
        if name == "__setattr__" and isinstance(node.func, ast.Attribute):
            above = isinstance(node.func.value, ast.Call) or not node.args
            if not above and not _is_self(node.args[0]):
                self.add(node, "name setattr", "setattr")
        if name in ("format", "format_map") and _is_made(getattr(node.func, "value", None)):
            self.add(node, ".format", "format")
        if name == "load" and len(node.args) > 2:
            self.add(node, "allow_pickle=", "unpickle")
        if name in ("query", "eval") and isinstance(node.func, ast.Attribute) and node.args:
            if literal(node, 0) is None:
                self.add(node, f".{name}", "eval")
        if (
            name in ("getattr", "setattr", "delattr")
            and (attribute := literal(node, 1)) is not None
        ):
            context = ast.Load() if name == "getattr" else ast.Store()
            made = ast.copy_location(ast.Attribute(node.args[0], attribute, context), node)
            made.parent = node.parent  # type: ignore[attr-defined]
            self.attributes_of(made)
        try:
            if found := magic(node):
                self.magics(node, *found)
        except UnreadableError:
            self.add(node, "name get_ipython", "get_ipython")

    def magics(self, node: ast.Call, name: str, line: str, cell: str) -> None:
        """Judge a magic; the code in it is read like any."""
        known = name in _LISTS["magics"] or (name in ("writefile", "file") and bool(cell))
        if name in ("load_ext", "reload_ext"):
            known = line.strip() in _LISTS["extensions"]
        elif name == "config":
            known = "=" not in line or _is_literal(line.partition("=")[2])
        elif name == "run":
            words = [word for word in line.split() if not word.startswith("-")] or [""]
            file = words[0] if words[0].endswith((".py", ".ipynb")) else f"{words[0]}.py"
            known = self.loads(node, file)
        if not known:
            more = f" {line.strip()}" if name in ("load_ext", "reload_ext", "run") else ""
            self.add(node, f"magic {name}{more}", "run" if name == "run" else "magic")

    # --- attributes, names, texts ---------------------------------------------------------

    def attributes_of(self, node: ast.Attribute) -> None:
        """Judge an attribute that is read or set."""
        paths = paths_of(node, self.ground.aliases)
        self.words(node, node.attr, "attribute")
        if not any("(" not in path for path in paths) and node.attr in _ATTRIBUTES:
            if node.attr not in _LISTS["only_of_packages"]:
                self.add(node, f".{node.attr}", _ATTRIBUTES[node.attr])
        if node.attr == "__class__" and not _is_asked_for_class(node):
            self.add(node, "__class__", "class")
        if not isinstance(node.ctx, ast.Load):
            self.assigns(node, {path for path in paths if "(" not in path})
        elif not isinstance(getattr(node, "parent", None), ast.Attribute):
            self.value(node, paths)

    def assigns(self, node: ast.Attribute, paths: set[str]) -> None:
        """Judge an attribute that is set."""
        for path in sorted(paths):
            if not _may_be_set(path):
                once = not is_inside(node, NESTED) and not node.attr.startswith("__")
                self.add(node, f"assign {path}", "assign", path if once else "")
        if node.attr.startswith("__") and node.attr.endswith("__"):
            self.add(node, f"store {node.attr}", "store")
        elif not paths and node.attr in self.attributes and not _is_self(node.value):
            self.add(node, f"store .{node.attr}", "store")

    def items(self, node: ast.Subscript) -> None:
        """Judge an item of something imported that is set."""
        for path in sorted(paths_of(node.value, self.ground.aliases)):
            if not isinstance(node.ctx, ast.Load) and "(" not in path and not _may_be_set(path):
                self.add(node, f"assign {path}", "assign")

    def words(self, node: ast.AST, text: str, reason: str) -> None:
        """Judge double underscores, and names of what is inside functions and frames."""
        dunder = _HALF_DUNDER if reason == "text" else _DUNDER
        for word in [*dunder.findall(text), *_INSIDE.findall(text)]:
            if word not in _METHODS and word.strip("_"):
                self.add(node, word, reason)

    def constants(self, node: ast.Constant) -> None:
        """Judge a text."""
        text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        if isinstance(text, str) and not isinstance(getattr(node, "parent", None), ast.Expr):
            self.words(node, text, "text")
            if _MEMORY.search(text):
                self.add(node, "/proc", "proc")

    def bindings(self, node: ast.AST) -> None:
        """Judge a name that gets a meaning, in whatever way: in a class it may be a method."""
        for part in ("name", "asname", "rest", "arg"):
            if isinstance(word := getattr(node, part, None), str):
                self.words(node, word, "define")

    def names(self, node: ast.Name) -> None:
        """Judge a name that is read, or set in a class."""
        if not isinstance(node.ctx, ast.Load):
            if is_inside(node, ast.ClassDef):
                self.words(node, node.id, "define")
            return
        if node.id not in ("__name__", "__file__", "__doc__"):
            self.words(node, node.id, "attribute")
        if _HISTORY.fullmatch(node.id) and node.id not in own_names(node):
            self.add(node, "name In", "In")
        if isinstance(node.parent, ast.Attribute):  # type: ignore[attr-defined]
            return
        if node.id not in own_names(node):
            self.value(node, self.ground.aliases.get(node.id, set()))

    # --- variables that tests share -------------------------------------------------------

    def globals(self, node: ast.Global) -> None:
        """Judge a variable of the course's that a function changes."""
        shared = self.course.used | self.course.tested | self.course.bound
        for name in set(node.names) & shared - self.course.answered:
            self.add(node, f"global {name}", "global")

    def walrus(self, node: ast.NamedExpr) -> None:
        """Judge a variable of the course's that a generator changes, whenever it goes on."""
        name, course = node.target.id, self.course
        if is_inside(node, ast.GeneratorExp) and name in course.used | course.tested | course.bound:
            self.add(node, f"global {name}", "global")

    def functions(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        """Judge what a function reads of a test's variables."""
        at_once = isinstance(node, ast.GeneratorExp) and isinstance(node.parent, ast.Call)
        holder = next((n for n in _around(node) if isinstance(n, DEFINING)), None)
        called = holder is None or holder.name in self.ground.reachable
        if at_once or is_inside(node, NESTED) or not called:
            return
        free = names_loaded(node) - names_local(node)
        for name in sorted(free & self.course.tested - self.course.bound - self.course.answered):
            for use in ast.walk(node):
                if isinstance(use, ast.Name) and use.id == name:
                    self.add(use, f"read {name}", "read", names=frozenset({name}))

    def rebound(self, tree: ast.Module) -> None:
        """Judge names of the course's, or of Python's, that get another meaning."""
        if self.page.index < 0:
            return
        own, course = aliases_of([tree]), self.course
        for name in sorted(
            (names_bound(tree) - course.answered) & (course.bound & course.used | course.helped)
        ):
            helped = name in course.helped
            again = name in course.aliases and course.aliases[name] == own.get(name)
            binding = [n for n in ast.walk(tree) if _binds(n, name)]
            again |= all(_statement(n) in course.statements for n in binding)
            if not again and (not helped or name in course.bound | _BUILTINS):
                later = (i for i in self.ground.binders.get(name, ()) if i > self.page.index)
                until = next(later, sys.maxsize)
                asked = "" if helped else name
                self.add(binding[0], f"rebind {name}", "rebind", asked, until=until)


_RULES = (
    (ast.Import | ast.ImportFrom, Reader.imports),
    (ast.Attribute, Reader.attributes_of),
    (ast.Subscript, Reader.items),
    (ast.Constant, Reader.constants),
    (ast.AST, Reader.bindings),
    (ast.NamedExpr, Reader.walrus),
    (ast.Name, Reader.names),
    (ast.Call, Reader.calls),
    (ast.Global, Reader.globals),
    (NESTED, Reader.functions),
)


def module_of(file: str) -> str:
    """Return the name under which a file is imported."""
    return file.removeprefix("./").partition("/")[0].removesuffix(".py")


def _is_self(node: ast.AST) -> bool:
    """Tell whether an expression is the object of the method that it stands in."""
    function = node
    while (function := getattr(function, "parent", None)) is not None:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            arguments = [*function.args.posonlyargs, *function.args.args]
            method = isinstance(function.parent, ast.ClassDef)  # type: ignore[attr-defined]
            first = arguments[0].arg if method and arguments else ""
            return isinstance(node, ast.Name) and node.id == first != "cls"
    return False


def _is_asked_for(node: ast.expr) -> bool:
    """Tell whether a class that is listed is only compared with, annotates, or is a metaclass."""
    parent = node.parent  # type: ignore[attr-defined]
    around = getattr(getattr(parent, "func", None), "id", "")
    if isinstance(parent, ast.keyword):
        return parent.arg == "metaclass" and isinstance(parent.parent, ast.ClassDef)  # type: ignore[attr-defined]
    if isinstance(parent, ast.Compare) or around in ("isinstance", "issubclass", "hasattr"):
        return True
    return (around == "map" and len(parent.args) == 2) or _is_annotation(node)


def _is_annotation(node: ast.AST) -> bool:
    while (parent := getattr(node, "parent", None)) is not None:
        if isinstance(parent, ast.arg | ast.AnnAssign):
            return parent.annotation is node
        node = parent
    return False


def _is_asked_for_class(node: ast.Attribute) -> bool:
    """Tell whether `x.__class__` only says what x is, or makes another of the method's own kind."""
    parent = node.parent  # type: ignore[attr-defined]
    named = getattr(parent, "attr", "") in ("__name__", "__qualname__", "__module__", "__doc__")
    return named or isinstance(parent, ast.Compare) or _is_self(node.value)


def _is_made(node: ast.AST | None) -> bool:
    """Tell whether a text is put together where it is used."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        return _is_made(node.left)
    return isinstance(node, ast.BinOp | ast.Call | ast.JoinedStr | ast.Subscript | ast.IfExp)


def _may_be_set(path: str) -> bool:
    return any(f"{path}.".startswith(f"{fine}.") for fine in _LISTS["assigned"])


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return False
    return True


def _around(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node, and those that it is in, from the outermost on."""
    found = [node]
    while (node := getattr(node, "parent", None)) is not None:
        found.append(node)
    return reversed(found)


def _statement(node: ast.AST) -> str:
    """Return the statement at the top of a cell that a node is in, as `ast.dump` writes it."""
    _, statement, *_ = [*_around(node), None]
    return ast.dump(statement) if statement is not None else ""


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == name and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.alias):
        return (node.asname or node.name).partition(".")[0] == name
    return isinstance(node, DEFINING) and node.name == name
