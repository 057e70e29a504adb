"""The rules by which a submission is read: each finds one kind of reach in a syntax tree."""

from __future__ import annotations

import ast
import builtins
import posixpath
import re
import types
from collections.abc import Callable
from functools import cache
from typing import Any

from warmgrader.reading.everyday import (
    is_asked_for,
    is_asked_for_class,
    is_fine_call,
    is_literal,
    is_made,
    is_own_check,
    is_right_of_in,
    is_self,
    may_be_set,
)  # fmt: skip
from warmgrader.reading.flows import MadeError, texts_in
from warmgrader.reading.lists import ATTRIBUTES, LISTS, listed
from warmgrader.reading.names import (
    NESTED,
    bindings,
    is_inside,
    is_module,
    is_own,
    nodes_of,
    paths_of,
)  # fmt: skip
from warmgrader.reading.page import Ground, Page, Reach, module_of
from warmgrader.reading.shared import SharedRules, run_by
from warmgrader.reading.texts import UnreadableError, literal, magic, parse_if_readable
from warmgrader.verdicts.values import DECIDING

REASONS: dict[str, str] = LISTS["reasons"]
_MODULES, _METHODS = listed("modules"), listed("methods")
_MEMBERS: dict[str, list[str]] = LISTS["members"]
_CALLS: dict[str, str] = LISTS["calls"]
_BUILTINS = frozenset(dir(builtins))
_PYTHONS = (
    frozenset(
        name
        for kind in (*vars(types).values(), *vars(builtins).values())
        for name in dir(kind)
        if name.startswith("__")
    )
    | DECIDING
)
_CLASSES = {path for path in _CALLS if path.startswith(("types.", "abc.", "enum."))}
BUILT_IN = {
    path.rpartition(".")[2]: {path} for path in _CALLS if path.startswith(("builtins.", "IPython."))
}
"""What has a meaning without an import, as far as it is listed."""
_HISTORY = re.compile(r"In|_i\d+|_ih|_ii?i?")
_INSIDE = re.compile(
    r"\b(?:f_(?:back|locals|globals|builtins|code|trace)|tb_(?:frame|next)|(?:gi|cr|ag)_(?:frame|code)|co_\w+)\b"
)
_CHARACTERS = re.compile(r"%c|:c\b|^c$")
_MEMORY = re.compile(r"\b(?:mem|\w*maps|auxv|syscall|task)\b")
_WANTED = ("safe_mode", "weights_only")  # keywords that are listed where they are false
_MOST = 100  # reaches of a page; one is enough
_SHOWN = 60  # characters of a reach's words
_EVALUATORS = listed("evaluators")
_EVALUATE, _CHANGING = listed("evaluate"), listed("changing")
_CHANGES_FIRST = listed("changes_first")
_HANDED_TO, _LOOKING = listed("handed_to"), listed("looking")


class Reader(SharedRules):
    """Reads one page."""

    def __init__(self, page: Page, ground: Ground) -> None:
        self.page, self.ground, self.course = page, ground, ground.course
        self.modules = ground.modules
        self.attributes = set(LISTS["listed_stores"])
        self.attributes |= {part for path in self.course.paths for part in path.split(".")[1:]}
        self.share()
        self.lines = page.source.splitlines()
        self.shift, self.found = 0, {}
        self.trees = [(page.tree, 0), *page.inner]

    def read(self) -> list[Reach]:
        """Return the reaches, the first of each kind in a line."""
        for tree, shift in self.trees:  # which grows
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

    def use(self, node: ast.AST, path: str) -> None:
        """Judge the use of a module, or of something in it."""
        root, *parts = path.split(".")
        owner = max((m for m in _MEMBERS if f"{path}.".startswith(f"{m}.")), key=len, default="")
        member = path.removeprefix(owner).strip(".").partition(".")[0].removesuffix("()")
        listed = owner and member and member not in _MEMBERS[owner] and path not in _CALLS
        if listed and not (member == "approx" and is_own_check(node)):
            self.add(node, f"{owner}.{member}", owner.partition(".")[0])
        elif not owner and root not in _MODULES | self.modules:
            other = "_" if root.startswith("_") else "import"
            self.add(node, f"import {root}", root if root in REASONS else other, f"import {root}")
        elif root in _MODULES - self.modules and not is_module(root):
            self.add(node, f"import {root}", "absent", f"import {root}")
        for part in parts:
            if part.removesuffix("()") == member and owner:
                continue
            if part in ATTRIBUTES and not (part == "approx" and is_own_check(node)):
                self.add(node, f".{part}", ATTRIBUTES[part])
            elif (
                not may_be_set(path)
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
        function = getattr(parent, "func", None)
        named_so = getattr(function, "id", getattr(function, "attr", ""))
        looked_at = not call and named_so in _LOOKING - self.ground.own
        asked = is_right_of_in(node)
        again = call and isinstance(call.parent, ast.Expr | ast.Assign)  # type: ignore[attr-defined]
        for path in sorted(paths):
            if not (asked and path == "sys.modules"):
                self.use(node, path)
            if path in _CALLS:
                fine = is_fine_call(call, _CALLS[path], self.ground) if call else named
                if fine and call and _CALLS[path] == "module":
                    fine = self.loads(call, literal(call, 0) or "")
                is_class = _CALLS[path] == "type" or path in _CLASSES
                if not (fine or (is_class and is_asked_for(node))):
                    self.add(node, f"name {path.rpartition('.')[2]}", path.rpartition(".")[2])
            elif path.partition(".")[0] in _EVALUATORS and named_so in _HANDED_TO and not call:
                self.add(node, f".{path.rpartition('.')[2]}", "eval")
            elif path == "importlib.reload" and not again:
                self.add(node, "hand importlib.reload", "hand")
            elif not (named or looked_at or call) and is_module(path):
                self.add(node, f"hand {path}", "hand")

    def loads(self, node: ast.AST, name: str) -> bool:
        """Judge a module, or a file, that is loaded by name; tell whether it is known."""
        if name.endswith((".py", ".ipynb")):
            return posixpath.normpath(name) in self.ground.files | self.course.files
        self.use(node, name)
        return True

    # --- calls ----------------------------------------------------------------------------

    def calls(self, node: ast.Call) -> None:
        """Judge keywords, and attributes that are read or set by a call."""
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        paths = paths_of(node.func, self.ground.aliases)
        for keyword in node.keywords:
            given = keyword.value.keys if isinstance(keyword.value, ast.Dict) else ()
            names = [keyword.arg] if keyword.arg else [getattr(key, "value", None) for key in given]
            false = isinstance(keyword.value, ast.Constant) and not keyword.value.value
            for word in {*names} & {*LISTS["listed_keywords"]}:
                if not keyword.arg or false == (word in _WANTED):
                    self.add(node, f"{word}=", LISTS["listed_keywords"][word])
            if keyword.arg == "style" and any(path.startswith("logging.") for path in paths):
                self.add(node, ".format", "format")
        if name == "__setattr__" and isinstance(node.func, ast.Attribute):
            above = isinstance(node.func.value, ast.Call) or not node.args
            if not above and not is_self(node.args[0]):
                self.add(node, "name setattr", "setattr")
        if name in ("format", "format_map") and is_made(getattr(node.func, "value", None)):
            self.add(node, ".format", "format")
        roots = {path.partition(".")[0] for path in paths}
        if (isinstance(node.func, ast.Attribute) and name in _EVALUATE) or roots & _EVALUATORS:
            self.evaluated(node, name)
        self.changed(node, name)
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
        known = name in LISTS["magics"] or (name in ("writefile", "file") and bool(cell))
        if name in ("load_ext", "reload_ext"):
            known = line.strip() in LISTS["extensions"]
        elif name == "debug":
            known = not line.strip()
        elif name == "config":
            known = "=" not in line or is_literal(line.partition("=")[2])
        elif name == "run":
            known = self.loads(node, run_by(node))
        if not known:
            more = f" {line.strip()}" if name in ("load_ext", "reload_ext", "run") else ""
            self.add(node, f"magic {name}{more}", "run" if name == "run" else "magic")

    # --- attributes, names, texts ---------------------------------------------------------

    def attributes_of(self, node: ast.Attribute) -> None:
        """Judge an attribute that is read or set."""
        paths = paths_of(node, self.ground.aliases)
        if not self.is_everyday(node):
            self.words(node, node.attr, "attribute")
        if not any("(" not in path for path in paths) and node.attr in ATTRIBUTES:
            if node.attr not in LISTS["only_of_packages"]:
                self.add(node, f".{node.attr}", ATTRIBUTES[node.attr])
        called = isinstance(node.parent, ast.Call) and node.parent.func is node  # type: ignore[attr-defined]
        if node.attr in _EVALUATE and not called and isinstance(node.ctx, ast.Load):
            self.add(node, f".{node.attr}", "eval")  # it is called where nobody sees what with
        if node.attr == "__class__" and not is_asked_for_class(node):
            self.add(node, "__class__", "class")
        if not isinstance(node.ctx, ast.Load):
            self.assigns(node, {path for path in paths if "(" not in path})
        elif not isinstance(getattr(node, "parent", None), ast.Attribute):
            self.value(node, paths)

    def assigns(self, node: ast.Attribute, paths: set[str]) -> None:
        """Judge an attribute that is set."""
        for path in sorted(paths):
            if not may_be_set(path):
                once = not is_inside(node, NESTED) and not node.attr.startswith("__")
                self.add(node, f"assign {path}", "assign", path if once else "")
        fine = node.attr in ("__name__", "__doc__", "__qualname__", "__dict__") and not paths
        if node.attr.startswith("__") and node.attr.endswith("__") and not fine:
            self.add(node, f"store {node.attr}", "store")
        elif not paths and node.attr in self.attributes and not is_self(node.value):
            self.add(node, f"store .{node.attr}", "store")
        self.changed(node)

    def evaluated(self, node: ast.Call, name: str) -> None:
        """Read the texts that a package runs as code: formulas, expressions, queries."""
        given = [k.value for k in node.keywords if k.arg not in LISTS["titles"]]
        try:
            texts = [
                text for part in (*node.args, *given) for text in texts_in(part, self.ground.flows)
            ]
        except MadeError:
            self.add(node, f".{name}", "eval")
            return
        for text in dict.fromkeys(texts):
            # As pandas and patsy write it: `y ~ a:b` is no Python.
            tree = parse_if_readable(text) or parse_if_readable(re.sub("[~:@]", "-", text))
            if _CHARACTERS.search(text):  # of which a format makes others
                self.add(node, f".{name}", "eval")
            if tree is not None:
                self.trees.append((tree, getattr(node, "lineno", 1) - 1 + self.shift))
            elif re.search(r"\w\(", text):
                self.add(node, f".{name}", "eval")

    def items(self, node: ast.Subscript) -> None:
        """Judge an item that is set: of something imported, or of a variable of the course's."""
        self.changed(node)
        for path in sorted(paths_of(node.value, self.ground.aliases)):
            if not isinstance(node.ctx, ast.Load) and "(" not in path and not may_be_set(path):
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
            if text in _EVALUATE - {"subs"} and isinstance(parent, ast.Call):
                self.add(node, f".{text}", "eval")  # as in `df.agg("eval", …)`
            if ("/proc" in text or "/dev/mem" in text) and _MEMORY.search(text):
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

    def patterns(self, node: ast.MatchClass) -> None:
        """Judge the attributes that a pattern reads."""
        for word in node.kwd_attrs:
            self.words(node, word, "attribute")
            if word in ATTRIBUTES:
                self.add(node, f".{word}", ATTRIBUTES[word])


_RULES = (
    (ast.Import | ast.ImportFrom, Reader.imports),
    (ast.Attribute, Reader.attributes_of),
    (ast.Subscript, Reader.items),
    (ast.AugAssign, Reader.changed),
    (ast.Constant, Reader.constants),
    (ast.AST, Reader.bound),
    (ast.NamedExpr, Reader.walrus),
    (ast.MatchClass, Reader.patterns),
    (ast.Name, Reader.names),
    (ast.Call, Reader.calls),
    (ast.Global, Reader.globals),
)


@cache
def _rules_of(kind: type) -> list[Callable[[Reader, Any], None]]:
    return [rule for kinds, rule in _RULES if issubclass(kind, kinds)]
