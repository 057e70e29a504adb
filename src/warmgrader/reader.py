"""The rules by which a submission is read: each finds one kind of reach in a syntax tree."""

from __future__ import annotations

import ast
import builtins
import re
import sys
import tomllib
import types
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from warmgrader.names import (
    DEFINING,
    NESTED,
    aliases_of,
    bindings,
    is_inside,
    is_module,
    is_own,
    names_bound,
    nodes_of,
    paths_of,
)  # fmt: skip
from warmgrader.page import Ground, Page, Reach, module_of
from warmgrader.texts import UnreadableError, literal, magic
from warmgrader.values import DECIDING

_LISTS = tomllib.loads(Path(__file__).with_name("harmless.toml").read_text(encoding="utf-8"))
REASONS: dict[str, str] = _LISTS["reasons"]
_MODULES, _METHODS = frozenset(_LISTS["modules"]), frozenset(_LISTS["methods"])
_MEMBERS: dict[str, list[str]] = _LISTS["members"]
_ATTRIBUTES: dict[str, str] = _LISTS["listed_attributes"]
_CALLS: dict[str, str] = _LISTS["calls"]
_BUILTINS = frozenset(dir(builtins))
_BY_NAME = frozenset(_LISTS["by_name"])
_PYTHONS = (
    frozenset(
        name
        for kind in (*vars(types).values(), *vars(builtins).values())
        for name in dir(kind)
        if name.startswith("__")
    )
    | DECIDING
)
BUILT_IN = {
    path.rpartition(".")[2]: {path} for path in _CALLS if path.startswith(("builtins.", "IPython."))
}
"""What has a meaning without an import, as far as it is listed."""
_HISTORY = re.compile(r"In|_i\d+|_ih|_ii?i?")
_INSIDE = re.compile(
    r"\b(?:f_(?:back|locals|globals|builtins|code|trace)|tb_(?:frame|next)|(?:gi|cr|ag)_(?:frame|code)|co_\w+)\b"
)
_MEMORY = re.compile(r"/proc\b.*(?:\bmem|maps|auxv|syscall|task)\b|/dev/mem")
_MOST = 100  # reaches of a page; one is enough
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


class Reader:
    """Reads one page."""

    def __init__(self, page: Page, ground: Ground) -> None:
        self.page, self.ground, self.course = page, ground, ground.course
        self.modules = ground.modules
        self.attributes = {part for path in self.course.paths for part in path.split(".")[1:]}
        course = self.course
        self.shared = course.used | course.tested | course.bound | course.helped
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
            for node in nodes_of(tree):
                for rule in _rules_of(type(node)):
                    rule(self, node)
                if len(self.found) >= _MOST:
                    return list(self.found.values())
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
            if part == member and owner:
                continue
            if part in _ATTRIBUTES and not (part == "approx" and _is_own_check(node)):
                self.add(node, f".{part}", _ATTRIBUTES[part])
            elif (
                not _may_be_set(path)
                and part.startswith("_")
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
        if (
            call.args
            and isinstance(call.args[-1], ast.Starred)
            or any(not k.arg for k in call.keywords)
        ):
            return False  # who knows what is in there
        if kind == "attribute":
            return bool(first) and self.names_attribute(call, first)
        if kind == "text":  # which is read like any code
            return literal(call, 0) is not None
        if kind == "texts":
            return bool(call.args) and all(
                literal(call, n) is not None for n in range(len(call.args))
            )
        if kind == "type":
            return len(call.args) == 1 and not (isinstance(above, ast.Call) and len(above.args) > 2)
        if kind == "vars":
            return (
                len(call.args) == 1
                and isinstance(first, ast.Name)
                and not self.ground.aliases.get(first.id)
            )
        if kind == "load":
            return len(call.args) < 3
        if kind == "asked":
            return _is_only_asked(above)
        if kind == "module":
            return self.loads(call, literal(call, 0))
        return kind == "shell" and self.fine_shell(call, above)

    def names_attribute(self, call: ast.Call, first: ast.expr) -> bool:
        """Tell whether `getattr`, or the like, can't name what nobody should touch."""
        if literal(call, 1) is not None or len(call.args) < 2:
            return len(call.args) > 1
        name = call.args[1]
        if isinstance(name, ast.BinOp):
            name = name.left
        parts = name.values if isinstance(name, ast.JoinedStr) else [name]
        begins = parts[0].value if parts and isinstance(parts[0], ast.Constant) else ""
        if isinstance(begins, str) and begins[:1].isalpha():
            return True  # `f"layer_{number}"` is no name of Python's
        paths = paths_of(first, self.ground.aliases)
        reads = getattr(call.func, "id", "") == "getattr"
        return bool(paths) and paths <= _BY_NAME if reads else _is_self(first)

    def fine_shell(self, call: ast.Call, above: ast.AST) -> bool:
        """Tell whether `get_ipython()` is a magic, a shell line, or only looked at."""
        if isinstance(above, ast.Attribute):
            further = above.parent  # type: ignore[attr-defined]
            if above.attr == "__class__":
                return getattr(further, "attr", "") == "__name__"
            if not (isinstance(further, ast.Call) and further.func is above):
                return False
            if above.attr == "magic":
                words = (literal(further, 0) or "").lstrip("%").split() or [""]
                return words[0] in _LISTS["magics"] and not set("{$") & set(" ".join(words))
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
        paths = paths_of(node.func, self.ground.aliases)
        for keyword in node.keywords:
            false = isinstance(keyword.value, ast.Constant) and not keyword.value.value
            if keyword.arg in _LISTS["listed_keywords"] and not false:
                self.add(node, f"{keyword.arg}=", _LISTS["listed_keywords"][keyword.arg])
            if keyword.arg == "style" and any(path.startswith("logging.") for path in paths):
                self.add(node, ".format", "format")
        if name == "__setattr__" and isinstance(node.func, ast.Attribute):
            above = isinstance(node.func.value, ast.Call) or not node.args
            if not above and not _is_self(node.args[0]):
                self.add(node, "name setattr", "setattr")
        if name in ("format", "format_map") and _is_made(getattr(node.func, "value", None)):
            self.add(node, ".format", "format")
        for keyword in node.keywords:
            keys = (
                keyword.value.keys
                if isinstance(keyword.value, ast.Dict) and not keyword.arg
                else ()
            )
            for key in keys:
                if getattr(key, "value", None) in _LISTS["listed_keywords"]:
                    self.add(node, f"{key.value}=", _LISTS["listed_keywords"][key.value])
        if name in ("query", "eval") and isinstance(node.func, ast.Attribute) and node.args:
            made = isinstance(node.args[0], ast.JoinedStr) and "@" not in ast.dump(node.args[0])
            if literal(node, 0) is None and not made:
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
        if not self.is_everyday(node):
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
        fine = node.attr in ("__name__", "__doc__", "__qualname__", "__dict__") and not paths
        if node.attr.startswith("__") and node.attr.endswith("__") and not fine:
            self.add(node, f"store {node.attr}", "store")
        elif not paths and node.attr in self.attributes and not _is_self(node.value):
            self.add(node, f"store .{node.attr}", "store")
        elif (
            isinstance(node.value, ast.Name)
            and node.value.id in self.course.defined
            and not is_own(node.value)
        ):
            self.add(node, f"store {node.value.id}.{node.attr}", "store")

    def items(self, node: ast.Subscript) -> None:
        """Judge an item of something imported that is set."""
        for path in sorted(paths_of(node.value, self.ground.aliases)):
            if not isinstance(node.ctx, ast.Load) and "(" not in path and not _may_be_set(path):
                self.add(node, f"assign {path}", "assign")

    def words(self, node: ast.AST, text: str, reason: str) -> None:
        """Judge double underscores, and names of what is inside functions and frames."""
        found = _INSIDE.findall(text)
        parent = getattr(node, "parent", None)
        made = isinstance(parent, ast.BinOp | ast.JoinedStr | ast.List | ast.Tuple | ast.Call)
        for word in re.findall(r"\w+", text) if "__" in text else ():
            ends = word.startswith("__") + word.endswith("__")
            if ends == 2 and (reason != "text" or word in _PYTHONS or made and not word.strip("_")):
                found.append(word)
            elif ends and reason == "text" and made:  # the half of one
                found.append(word)
        for word in found:
            if word not in _METHODS and word.strip("_"):
                self.add(node, word, reason)

    def is_everyday(self, node: ast.Attribute) -> bool:
        """Tell everyday uses of attributes with double underscores."""
        parent = node.parent  # type: ignore[attr-defined]
        if node.attr in DECIDING:  # to call an operator by its name decides nothing
            return isinstance(parent, ast.Call) and parent.func is node
        if node.attr == "__dict__" and isinstance(node.value, ast.Name):
            return not self.ground.aliases.get(node.value.id)
        return False

    def constants(self, node: ast.Constant) -> None:
        """Judge a text."""
        text = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
        parent = getattr(node, "parent", None)
        asked = getattr(getattr(parent, "func", None), "id", "") == "hasattr"
        if isinstance(text, str) and not asked and not isinstance(parent, ast.Expr):
            self.words(node, text, "text")
            if _MEMORY.search(text):
                self.add(node, "/proc", "proc")

    def bound(self, node: ast.AST) -> None:
        """Judge a name that gets a meaning, in whatever way: in a class it may be a method."""
        words = [*bindings(node), getattr(node, "arg", None)]
        for word in words:
            if isinstance(word, str):
                self.words(node, word, "define")

    def names(self, node: ast.Name) -> None:
        """Judge a name that is read."""
        if not isinstance(node.ctx, ast.Load):
            return
        if node.id not in ("__name__", "__file__", "__doc__"):
            self.words(node, node.id, "attribute")
        own, paths = is_own(node), self.ground.aliases.get(node.id, set())
        if _HISTORY.fullmatch(node.id) and not own:
            self.add(node, "name In", "In")
        # A function's own name may be that of something built in; an import is one wherever it is.
        if own and paths <= BUILT_IN.get(node.id, set()):
            return
        if not isinstance(node.parent, ast.Attribute):  # type: ignore[attr-defined]
            self.value(node, paths)
        if not own:
            self.reads(node)

    # --- variables that tests share -------------------------------------------------------

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
        around = list(_around(node))
        holder = next((n for n in around if isinstance(n, DEFINING)), None)
        later = [n for n in around if isinstance(n, NESTED) and not _is_used_at_once(n)]
        if later and (holder is None or holder.name in self.ground.reachable):
            self.add(node, f"read {node.id}", "read", names=frozenset({node.id}))

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
            binding = [n for n in nodes_of(tree) if name in bindings(n)]
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
    (ast.AST, Reader.bound),
    (ast.NamedExpr, Reader.walrus),
    (ast.Name, Reader.names),
    (ast.Call, Reader.calls),
    (ast.Global, Reader.globals),
)


@cache
def _rules_of(kind: type) -> list[Callable[[Reader, Any], None]]:
    return [rule for kinds, rule in _RULES if issubclass(kind, kinds)]


def _is_used_at_once(node: ast.AST) -> bool:
    """Tell whether a generator is an argument, so that it goes on where it stands."""
    return isinstance(node, ast.GeneratorExp) and isinstance(node.parent, ast.Call)  # type: ignore[attr-defined]


def _is_own_check(node: ast.AST) -> bool:
    """Tell whether something stands in an `assert` of the student's own, or in an import."""
    return isinstance(node, ast.ImportFrom) or (
        is_inside(node, ast.Assert) and not is_inside(node, NESTED)
    )


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
    if isinstance(parent, ast.keyword) and parent.arg == "key":
        return True
    if isinstance(parent, ast.keyword):
        return parent.arg == "metaclass" and isinstance(parent.parent, ast.ClassDef)  # type: ignore[attr-defined]
    if isinstance(parent, ast.Compare) or around in ("isinstance", "issubclass", "hasattr"):
        return True
    method = getattr(getattr(parent, "func", None), "attr", "")
    if method in ("apply", "applymap", "map") and len(parent.args) == 1:
        return True
    return (around == "map" and len(parent.args) == 2) or _is_annotation(node)


def _is_only_asked(above: ast.AST) -> bool:
    """Tell whether variables are only looked through, or put into a text."""
    if isinstance(above, ast.Compare):
        return isinstance(above.ops[0], ast.In | ast.NotIn)
    if isinstance(above, ast.keyword):
        method = (
            getattr(above.parent.func, "attr", "") if isinstance(above.parent, ast.Call) else ""
        )  # type: ignore[attr-defined]
        return above.arg == "globals" or (above.arg is None and method == "format")
    return isinstance(above, ast.BinOp) and isinstance(above.op, ast.Mod)


def _is_annotation(node: ast.AST) -> bool:
    while (parent := getattr(node, "parent", None)) is not None:
        if isinstance(parent, ast.arg | ast.AnnAssign):
            return parent.annotation is node
        if isinstance(parent, ast.FunctionDef):
            return parent.returns is node
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
    return any(
        path == fine or (fine.endswith(".*") and path.startswith(fine[:-1]))
        for fine in _LISTS["assigned"]
    )


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
