"""Reads a submission before it runs, and lists what it reaches for beyond what its course uses.

What the instructor's source notebook does, in its answers above all, is ordinary; so is what
`harmless.toml` lists. All else is a *reach*: it costs nothing, but a test that passes behind it could
have passed because of it, and a person should look. These are functions on text; nothing runs.
"""

from __future__ import annotations

import ast
import builtins
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from warmgrader.names import (
    DEFINING,
    NESTED,
    aliases_of,
    free_in_functions,
    imported,
    is_inside,
    is_module,
    names_assigned,
    names_bound,
    names_loaded,
    names_local,
    package_paths,
    parse,
    paths_of,
)  # fmt: skip

_LISTS = tomllib.loads(Path(__file__).with_name("harmless.toml").read_text(encoding="utf-8"))
_MODULES = frozenset(_LISTS["modules"])
_MEMBERS: dict[str, list[str]] = _LISTS["members"]
_REASONS: dict[str, str] = _LISTS["reasons"]
_ATTRIBUTES: dict[str, str] = _LISTS["listed_attributes"]
_METHODS = frozenset(_LISTS["methods"])
_NAMES = frozenset(_LISTS["listed_names"])
_BUILTINS = frozenset(dir(builtins))

_DUNDER = re.compile(r"__\w+__|(?<![A-Za-z0-9])__\w*|\w*__(?![A-Za-z0-9])")
_INSIDE = re.compile(r"\b(?:f_(?:back|locals|globals|builtins|code|trace)|tb_(?:frame|next)|"
                     r"(?:gi|cr|ag)_(?:frame|code)|co_(?:consts|code|names))\b")  # fmt: skip
_PROC = re.compile(r"/proc\b.*(?:mem|maps|auxv|syscall|task)\b(?<!meminfo)|/dev/mem")
_SHOWN = 60  # characters of a reach's words
_LOOKING = {
    "help",
    "dir",
    "print",
    "type",
    "id",
    "repr",
    "str",
    "hasattr",
    "getattr",
    "display",
    "reload",
}
_RUNNING = {"eval": "eval", "exec": "exec", "query": "eval", "system": "", "timeit": "exec"}
_SHELL = {
    "config", "display_formatter", "events", "getoutput", "run_cell", "run_cell_magic",
    "run_line_magic", "set_custom_exc", "set_next_input", "system",
}  # fmt: skip
_COMPILED = (".so", ".pyd", ".pyc", ".dll", ".dylib")


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
    """

    place: str
    line: int
    words: str
    does: str
    key: str
    asked: str = ""
    index: int = -1
    names: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.place}, line {self.line}: `{self.words}` {self.does}"


@dataclass(frozen=True)
class Cell:
    """A cell, as far as it is read: `kind` is `student`, `instructor`, `answer` or `test`."""

    source: str
    kind: str = "student"


@dataclass(frozen=True)
class Measure:
    """What is ordinary in a course.

    Attributes:
        keys: the reaches of its own notebook, tests excepted.
        roots: the packages that it imports, tests included, and the files that it brings.
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
    bound: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    helped: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()
    tested: frozenset[str] = frozenset()
    aliases: Mapping[str, set[str]] = field(default_factory=dict)


def measure(cells: Iterable[Cell], files: Mapping[str, bytes] | None = None) -> Measure:
    """Learn from an instructor's notebook, answers included, and the files beside it."""
    cells = list(cells)
    trees = [(cell, parse(cell.source)) for cell in cells]
    by_kind = {
        kind: [tree for cell, tree in trees if cell.kind == kind and tree is not None]
        for kind in ("instructor", "answer", "test")
    }
    roots = {m.partition(".")[0] for _, tree in trees if tree for m in imported(tree)}
    roots |= {_module_of(name) for name in files or ()}
    bound = _union(names_bound(tree) for tree in by_kind["instructor"])
    tests = by_kind["test"]
    aliases = aliases_of([tree for _, tree in trees if tree])
    first = Measure(
        roots=frozenset(roots),
        bound=frozenset(bound),
        answered=frozenset(_union(names_bound(tree) for tree in by_kind["answer"])),
        used=frozenset(_union(names_loaded(t) - names_bound(t) for t in tests)),
        helped=frozenset(_union(free_in_functions(t) for t in by_kind["instructor"])),
        paths=frozenset(_union(package_paths(t, aliases) for t in tests)),
        tested=frozenset(_union(names_assigned(t) for t in tests)),
        aliases=aliases,
    )
    own = [replace(c, kind="student") for c in cells if c.kind != "test"]
    reaches = read(own, dict(files or {}), replace(first, bound=frozenset(), tested=frozenset()))
    keys = {reach.key for reach in reaches}
    keys |= {f"read {n}" for t in by_kind["answer"] for n in free_in_functions(t)}
    return replace(first, keys=frozenset(keys))


def read(cells: Iterable[Cell], files: Mapping[str, bytes], course: Measure) -> list[Reach]:
    """List the reaches of a submission.

    Args:
        cells: its code cells, in their order; `kind` says whose they are.
        files: what was handed in with it, by relative path, the instructor's files excepted.
        course: what is ordinary.
    """
    cells = list(cells)
    texts = {n: c.decode("utf-8", "replace") for n, c in files.items() if n.endswith(".py")}
    parsed = [parse(cell.source) for cell in cells]
    for tree in parsed:
        texts |= _written_files(tree)
    trees = [tree for tree in parsed if tree is not None]
    aliases = aliases_of([*trees, *filter(None, map(parse, texts.values()))])
    for name, paths in course.aliases.items():
        aliases[name] = aliases.get(name, set()) | paths
    found = []
    for name in files:
        if name.endswith(_COMPILED):
            found.append(Reach(name, 1, name, _REASONS["file"], "file"))
    for name, text in texts.items():
        reader = _Reader(name, -1, course, aliases, set(texts))
        found += reader.read(parse(text), text)
    for index, (cell, tree) in enumerate(zip(cells, parsed, strict=True)):
        if cell.kind == "student" and tree is not None:
            reader = _Reader(f"cell {index + 1}", index, course, aliases, set(texts))
            found += reader.read(tree, cell.source)
    return found


def _union(sets: Iterable[set[str]]) -> set[str]:
    return set().union(*sets)


def _module_of(file: str) -> str:
    return file.partition("/")[0].removesuffix(".py")


def _written_files(tree: ast.Module | None) -> dict[str, str]:
    """Return the Python files that `%%writefile` makes."""
    found = {}
    for node in ast.walk(tree) if tree else ():
        if _is_magic(node, "run_cell_magic") and len(texts := _texts(node.args)) == 3:
            name = texts[1].split()[-1:] or [""]
            if texts[0] in ("writefile", "file") and name[0].endswith(".py"):
                found[name[0]] = texts[2]
    return found


def _is_magic(node: ast.AST, name: str) -> bool:
    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        and node.func.attr == name and isinstance(node.func.value, ast.Call)
    )  # fmt: skip


def _texts(nodes: Iterable[ast.AST]) -> list[str]:
    return [n.value for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, str)]


class _Reader:
    """Reads one cell or file."""

    def __init__(
        self,
        place: str,
        index: int,
        course: Measure,
        aliases: Mapping[str, set[str]],
        files: set[str],
    ) -> None:
        self.place, self.index, self.course = place, index, course
        self.aliases, self.files = aliases, files
        self.modules = {_module_of(name) for name in files}
        self.attributes = {part for path in course.paths for part in path.split(".")[1:]}
        self.shift = 0
        self.found: dict[tuple[int, str], Reach] = {}

    def read(self, tree: ast.Module | None, source: str) -> list[Reach]:
        """Return the reaches of a cell, the first of each kind in a line."""
        self.source = source
        self.visit(tree)
        return list(self.found.values())

    def visit(self, tree: ast.Module | None) -> None:
        for node in ast.walk(tree) if tree is not None else ():
            for kind, look in _LOOKS:
                if isinstance(node, kind):
                    look(self, node)
        if tree is not None and self.index >= 0:
            self.rebound(tree)

    def add(
        self, node: ast.AST, key: str, reason: str, asked: str = "", **names: frozenset
    ) -> None:
        """Note a reach, unless the course does the same."""
        line = getattr(node, "lineno", 1) + self.shift
        if key in self.course.keys or (line, key) in self.found:
            return
        words = ast.get_source_segment(self.source, node) if not self.shift else None
        lines = self.source.splitlines()
        words = words or (lines[line - 1] if line <= len(lines) else key)
        words = " ".join(words.split())
        words = f"{words[:_SHOWN]}…" if len(words) > _SHOWN else words
        does = _REASONS.get(reason, reason)
        reach = Reach(self.place, line, words, does, key, asked, self.index, **names)
        self.found[line, key] = reach

    # --- imports and what is imported -----------------------------------------------------

    def look_import(self, node: ast.Import | ast.ImportFrom) -> None:
        if isinstance(node, ast.Import):
            for alias in node.names:
                self.use(node, alias.name)
        elif not node.level:
            for alias in node.names:
                self.use(node, f"{node.module}.{alias.name}", node.module or "")
                if alias.name in _NAMES and node.module in ("builtins", "IPython"):
                    self.add(node, f"name {alias.name}", alias.name)

    def use(self, node: ast.AST, path: str, module: str = "") -> None:
        """Judge the use of a module, or of something in it."""
        root = path.partition(".")[0]
        owner = max((m for m in _MEMBERS if f"{path}.".startswith(f"{m}.")), key=len, default="")
        if owner:
            member = path.removeprefix(owner).strip(".").partition(".")[0]
            if owner == "builtins" and member in _NAMES:
                self.add(node, f"name {member}", member)
            elif member and owner != "builtins" and member not in _MEMBERS[owner]:
                self.add(node, f"{owner}.{member}", owner.partition(".")[0])
        elif root not in _MODULES | self.course.roots | self.modules:
            reason = root if root in _REASONS else _reason(root)
            self.add(node, f"import {root}", reason, f"import {root}")
        for part in path.split(".")[1:]:
            if part in _MEMBERS and part not in ("types", "copy", "os", "operator", "signal"):
                self.add(node, f"import {part}", part if part in _REASONS else "import")
            elif (
                part.startswith("_")
                and not part.startswith("__")
                and root not in self.modules
                and part not in _MEMBERS.get(owner, ())
            ):
                self.add(node, f"{root}.{part}", "private")
            elif part in _ATTRIBUTES:
                self.add(node, f".{part}", _ATTRIBUTES[part])

    def look_attribute(self, node: ast.Attribute) -> None:
        paths = paths_of(node, self.aliases)
        self.words(node, node.attr, "attribute")
        if not paths and node.attr in _ATTRIBUTES and node.attr not in ("mock", "ANY", "masked"):
            self.add(node, f".{node.attr}", _ATTRIBUTES[node.attr])
        if not isinstance(node.ctx, ast.Load):
            self.assign(node, paths)
        elif not isinstance(getattr(node, "parent", None), ast.Attribute):
            self.value(node, paths)

    def value(self, node: ast.expr, paths: set[str]) -> None:
        """Judge something imported where it is used, or given away."""
        parent = node.parent  # type: ignore[attr-defined]
        called = getattr(parent, "func", None)
        named = isinstance(parent, ast.Assign) and not is_inside(parent, ast.ClassDef)
        named = named and all(isinstance(target, ast.Name) for target in parent.targets)
        looked_at = called and getattr(called, "id", getattr(called, "attr", "")) in _LOOKING
        asked = isinstance(parent, ast.Compare) and isinstance(parent.ops[0], ast.In | ast.NotIn)
        for path in sorted(paths):
            if not (asked and path == "sys.modules"):
                self.use(node, path)
            if not (named or looked_at or called is node) and is_module(path):
                self.add(node, f"hand {path}", "hand")

    def assign(self, node: ast.Attribute, paths: set[str]) -> None:
        """Judge an assignment to an attribute."""
        for path in sorted(paths):
            if not _is_assigned(path):
                sure = not is_inside(node, NESTED) and not node.attr.startswith("__")
                self.add(node, f"assign {path}", "assign", path if sure else "")
        if node.attr.startswith("__") and node.attr.endswith("__"):
            self.add(node, f"store {node.attr}", "store")
        elif not paths and node.attr in self.attributes and not _is_self(node.value):
            self.add(node, f"store .{node.attr}", "store")

    def look_subscript(self, node: ast.Subscript) -> None:
        for path in sorted(paths_of(node.value, self.aliases)):
            if not isinstance(node.ctx, ast.Load) and not _is_assigned(path):
                self.add(node, f"assign {path}", "assign")

    # --- names and words ------------------------------------------------------------------

    def words(self, node: ast.AST, text: str, reason: str) -> None:
        """Judge double underscores, and names of what is inside functions and frames."""
        for word in [*_DUNDER.findall(text), *_INSIDE.findall(text)]:
            if word not in _METHODS and word.strip("_"):
                self.add(node, word, "define" if reason == "define" else reason)

    def look_constant(self, node: ast.Constant) -> None:
        text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        if isinstance(text, str) and not isinstance(getattr(node, "parent", None), ast.Expr):
            self.words(node, text, "text")
            if _PROC.search(text):
                self.add(node, "/proc", "proc")

    def look_definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        self.words(node, node.name, "define")
        for base in getattr(node, "bases", ()):
            if isinstance(base, ast.Name) and base.id == "type":
                self.add(base, "metaclass", "metaclass")
        for keyword in getattr(node, "keywords", ()):
            paths = paths_of(keyword.value, self.aliases)
            if keyword.arg == "metaclass" and not paths & {"abc.ABCMeta", "enum.EnumMeta"}:
                self.add(keyword.value, "metaclass", "metaclass")

    def look_name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load) and node.id not in ("__name__", "__file__", "__doc__"):
            self.words(node, node.id, "attribute")
            if node.id in _NAMES and not self.is_fine(node):
                self.add(node, f"name {node.id}", node.id)
            elif re.fullmatch(r"_i\d+", node.id):
                self.add(node, "name In", "In")
            parent = node.parent  # type: ignore[attr-defined]
            if not isinstance(parent, ast.Attribute):
                self.value(node, self.aliases.get(node.id, set()))
        elif not isinstance(node.ctx, ast.Load) and is_inside(node, ast.ClassDef):
            self.words(node, node.id, "define")

    def is_fine(self, node: ast.Name) -> bool:
        """Tell the everyday uses of the names that are listed."""
        parent = node.parent  # type: ignore[attr-defined]
        if isinstance(parent, ast.Compare) and node.id in ("globals", "locals", "type"):
            return True
        if not (isinstance(parent, ast.Call) and parent.func is node):
            around = getattr(getattr(parent, "func", None), "id", "")
            annotated = is_inside(node, (ast.arg, ast.AnnAssign, ast.Subscript))
            return node.id == "type" and (
                around in ("isinstance", "issubclass", "map") or annotated
            )
        texts, above = _texts(parent.args), getattr(parent, "parent", None)
        if node.id == "type":
            return len(parent.args) == 1 and not (isinstance(above, ast.Call) and above.func is parent
                                                  and len(above.args) > 2)  # fmt: skip
        if node.id in ("getattr", "setattr", "delattr"):
            return bool(parent.args) and (
                _is_self(parent.args[0])
                or len(parent.args) > 1
                and isinstance(parent.args[1], ast.Constant)
            )
        if node.id in ("eval", "exec", "compile"):
            return (
                bool(texts)
                and parent.args[0] is not None
                and isinstance(parent.args[0], ast.Constant)
            )
        if node.id in ("globals", "locals"):
            return isinstance(above, ast.Compare) and isinstance(above.ops[0], ast.In | ast.NotIn)
        if node.id == "get_ipython":
            if isinstance(above, ast.Attribute):
                further = getattr(above.parent, "attr", "")
                return above.attr in _SHELL or (above.attr == "__class__" and further == "__name__")
            return isinstance(above, ast.Compare) or (
                isinstance(above, ast.Call)
                and getattr(above.func, "id", "") in ("str", "repr", "type", "print")
            )
        return False

    # --- calls ----------------------------------------------------------------------------

    def look_call(self, node: ast.Call) -> None:
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        texts = _texts(node.args)
        for keyword in node.keywords:
            self.words(keyword.value, keyword.arg or "", "define")
            true = isinstance(keyword.value, ast.Constant) and keyword.value.value
            if keyword.arg in ("allow_pickle",) and true:
                self.add(node, ".allow_pickle", "unpickle")
            elif keyword.arg == "stack_info":
                self.add(node, "traceback.stack", "traceback")
            elif keyword.arg in ("assigned", "updated"):
                self.add(node, "functools.update_wrapper", "functools")
            elif keyword.arg == "namespace" and name == "make_dataclass":
                self.add(node, "name type", "type")
        if name in ("setattr", "delattr") and len(node.args) > 1 and len(texts) == 1:
            target = ast.Attribute(node.args[0], texts[0], ast.Store())
            ast.copy_location(target, node).parent = node.parent  # type: ignore[attr-defined]
            self.look_attribute(target)
        elif name == "getattr" and len(texts) > 0 and len(node.args) > 1:
            target = ast.Attribute(node.args[0], texts[0], ast.Load())
            ast.copy_location(target, node).parent = node.parent  # type: ignore[attr-defined]
            self.look_attribute(target)
        elif name in ("attrgetter", "methodcaller") and len(texts) < len(node.args):
            self.add(node, "name getattr", "getattr")
        elif name == "update_wrapper" and len(node.args) > 2:
            self.add(node, "functools.update_wrapper", "functools")
        elif name in ("import_module", "__import__", "run_path", "run_module"):
            self.load(node, texts)
        elif name == "register" and paths_of(node.func, self.aliases):
            self.add(node, "register", "register")
        elif _is_run(node, name):
            self.run(node, texts)
        if isinstance(node.func, ast.Attribute) and name in ("run_line_magic", "run_cell_magic"):
            self.magic(node, texts)

    def load(self, node: ast.Call, texts: list[str]) -> None:
        """Judge a module that is imported by a call."""
        if not texts:
            self.add(node, "importlib", "importlib")
        elif texts[0].endswith(".py") or texts[0].endswith(".ipynb"):
            if texts[0].removeprefix("./") not in self.files | self.course.roots:
                self.add(node, "run", "run")
        else:
            self.use(node, texts[0])

    def run(self, node: ast.Call, texts: list[str]) -> None:
        """Read text that is run as code."""
        if not (node.args and isinstance(node.args[0], ast.Constant)):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            self.add(node, f"name {name}", "exec")
        for text in texts[:1]:
            self.inner(node, text.replace("@", " "))

    def inner(self, node: ast.AST, text: str) -> None:
        before, self.shift = self.shift, self.shift + getattr(node, "lineno", 1) - 1
        self.visit(parse(text))
        self.shift = before

    def magic(self, node: ast.Call, texts: list[str]) -> None:
        """Judge a magic, and read the code in it."""
        name, *rest = texts or [""]
        line = rest[0] if rest else ""
        if name in _LISTS["code_magics"]:
            for text in rest:
                self.inner(node, re.sub(r"^(?:\s*-\w+(?:\s*\d+)?\s+)+", "", text))
        elif name in ("load_ext", "reload_ext"):
            if line.strip() not in _LISTS["extensions"]:
                self.add(node, f"extension {line.strip()}", "magic")
        elif name == "run":
            words = [w for w in line.split() if not w.startswith("-")] or [""]
            self.load(
                node, [words[0] if words[0].endswith((".py", ".ipynb")) else words[0] + ".py"]
            )
        elif name not in _LISTS["magics"] and not (name in ("writefile", "file") and len(rest) > 1):
            self.add(node, f"magic {name}", "magic")

    # --- variables that tests share -------------------------------------------------------

    def look_global(self, node: ast.Global) -> None:
        for name in set(node.names) & (self.course.used | self.course.tested | self.course.bound):
            if name not in self.course.answered:
                self.add(node, f"global {name}", "global")

    def look_function(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        """Judge what a function reads of a test's variables."""
        if is_inside(node, NESTED):
            return
        free = names_loaded(node) - names_local(node)
        for name in sorted(free & self.course.tested - self.course.bound - self.course.answered):
            for use in ast.walk(node):
                if isinstance(use, ast.Name) and use.id == name:
                    self.add(use, f"read {name}", "read", names=frozenset({name}))

    def rebound(self, tree: ast.Module) -> None:
        """Judge names of the course's, or of Python's, that get another meaning."""
        mine = names_bound(tree) - self.course.answered
        for name in sorted(mine & (self.course.bound & self.course.used | self.course.helped)):
            helped = name in self.course.helped
            same = self.course.aliases.get(name) == aliases_of([tree]).get(name)
            if same and name in self.course.aliases:
                continue  # imported once more
            if not helped or name in self.course.bound | _BUILTINS:
                first = next((n for n in ast.walk(tree) if _binds(n, name)), tree)
                self.add(first, f"rebind {name}", "rebind", "" if helped else name)


_LOOKS = (
    (ast.Import | ast.ImportFrom, _Reader.look_import),
    (ast.Attribute, _Reader.look_attribute),
    (ast.Subscript, _Reader.look_subscript),
    (ast.Constant, _Reader.look_constant),
    (DEFINING, _Reader.look_definition),
    (ast.Name, _Reader.look_name),
    (ast.Call, _Reader.look_call),
    (ast.Global, _Reader.look_global),
    (NESTED, _Reader.look_function),
)


def _reason(root: str) -> str:
    return "_" if root.startswith("_") else "import"


def _is_self(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _is_assigned(path: str) -> bool:
    """Tell what may be assigned in packages."""
    return any(f"{path}.".startswith(f"{fine}.") for fine in _LISTS["assigned"])


def _is_run(node: ast.Call, name: str) -> bool:
    """Tell whether a call runs a text that it is given."""
    if isinstance(node.func, ast.Name):
        return name in ("eval", "exec") and bool(_texts(node.args))
    return name in ("eval", "query", "run_cell", "sympify", "parse_expr") and bool(node.args)


def _binds(node: ast.AST, name: str) -> bool:
    if isinstance(node, ast.Name):
        return node.id == name and not isinstance(node.ctx, ast.Load)
    if isinstance(node, ast.alias):
        return (node.asname or node.name).partition(".")[0] == name
    return isinstance(node, DEFINING) and node.name == name
