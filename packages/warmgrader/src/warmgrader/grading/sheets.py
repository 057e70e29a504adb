"""Makes the tests of an assignment ready for the kernels, once for a whole class.

A test is compiled here: with names that mean what they mean to the instructor, with values that are
looked at (`warmgrader.verdicts.values`), and with messages that are put together twice (`warmgrader.verdicts.messages`).
"""

from __future__ import annotations

import ast
import builtins
import marshal
from base64 import b64encode
from collections.abc import Collection, Iterator
from typing import Any

from IPython.core.inputtransformer2 import TransformerManager

from warmgrader.reading.names import DEFINING, bindings, names_bound, nodes_of
from warmgrader.verdicts.messages import KIND, MAYBE, NO, SAY, YES
from warmgrader.verdicts.orders import COURSES, PYTHON
from warmgrader.verdicts.values import LOOK

_AS_IN_IPYTHON = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
_LOOKED_AT = ast.Constant | ast.Lambda | ast.JoinedStr | ast.GeneratorExp | ast.BinOp | ast.Compare
_GIVE_NUMBERS = {
    "bool",
    "callable",
    "hasattr",
    "hash",
    "id",
    "isinstance",
    "issubclass",
    "len",
    "range",
}
_MESSAGE_KEYWORDS = ("err_msg", "msg")
_SENTENCE = 8  # characters: what is shorter is found in any text
# `super` without arguments is known to the compiler by its name.
_BUILT_IN = {n for n in dir(builtins) if not n.startswith("_")} - {"super"} | {
    "display",
    "get_ipython",
}


def make_sheet(
    source: str,
    free: Collection[str],
    code: Collection[str],
    bound: Collection[str],
    flags: int = 0,
) -> dict[str, Any]:
    """Return what a kernel needs to run a test, as JSON types.

    Args:
        source: the test.
        free: names that answers define.
        code: names that the instructor's cells, and tests, import or define.
        bound: all names that they give a meaning to.
        flags: of the compiler, for `from __future__ import …`.
    """
    try:
        try:
            tree = ast.parse(source, "the test")
        except SyntaxError:
            source = TransformerManager().transform_cell(source)  # magics
            tree = ast.parse(source, "the test")
        nodes = nodes_of(tree)
        top, shown = names_bound(tree), _source_of_functions(nodes, source)
        own = {n.arg for n in nodes if isinstance(n, ast.arg)} | {
            b for n in nodes for b in bindings(n)
        }
        loaded = {n.id for n in nodes if isinstance(n, ast.Name)}
        known = ({*code} | _BUILT_IN) - {*free}
        sources = _Sources(nodes, known)
        meant = {n for n in _BUILT_IN if not any(f"builtins.{n}" in text for text in sources.texts)}
        names = (loaded & (meant | {*bound})) - own - {*free}
        _Marker(sources, names).visit(tree)
        ast.fix_missing_locations(tree)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr) and not source.rstrip().endswith(";"):
            last = _compiled(ast.Expression(tree.body.pop().value), "eval", flags)
        parts = _compiled(tree, "exec", flags), last
    except (SyntaxError, ValueError, RecursionError) as error:
        return make_sheet(f"raise SyntaxError({str(error)!r})", (), (), ())
    return {
        "python": PYTHON,
        "code": b64encode(marshal.dumps(parts)).decode(),
        "functions": shown,
        "top": sorted(top),
        "known": sorted(loaded & known - _BUILT_IN - own),
        "texts": sorted(sources.texts),
        "sentences": sorted(sources.sentences),
    }


def _compiled(tree: ast.AST, mode: str, flags: int) -> Any:
    return compile(tree, "the test", mode, _AS_IN_IPYTHON | flags, dont_inherit=True)


def _source_of_functions(nodes: list[ast.AST], source: str) -> list[str]:
    """Return the lines of a test's functions, should it have any, and empty ones for all others.

    Libraries that translate functions (AutoGraph) need them.
    """
    lines = source.splitlines(keepends=True)
    shown = ["\n"] * len(lines)
    for node in nodes:
        if isinstance(node, ast.Lambda) and node.lineno == node.end_lineno:
            line = lines[node.lineno - 1].encode()
            text = line[node.col_offset : node.end_col_offset].decode()
            shown[node.lineno - 1] = f"{shown[node.lineno - 1].rstrip()} {text}\n".lstrip(" ")
        elif isinstance(node, DEFINING | ast.Lambda):
            above = [decorator.lineno for decorator in getattr(node, "decorator_list", ())]
            start = min([node.lineno, *above]) - 1
            shown[start : node.end_lineno] = lines[start : node.end_lineno]
    return shown if any(line.strip() for line in shown) else []


class _Sources:
    """Which values in a test may come from the notebook's code."""

    def __init__(self, nodes: list[ast.AST], known: Collection[str]) -> None:
        """Look at a test.

        Args:
            nodes: all of it; each knows what it is in.
            known: names that mean what the instructor means by them.
        """
        functions = {n.name: n for n in nodes if isinstance(n, ast.FunctionDef)}
        bindings = list(_bindings(nodes, functions))
        bound = {name for targets, _ in bindings for name in targets}
        parameters = {n.arg for n in nodes if isinstance(n, ast.arg)}
        names = {n.id for n in nodes if isinstance(n, ast.Name)}
        self.foreign = names - bound - parameters - set(known)
        self.foreign |= {n.name for n in nodes if isinstance(n, ast.ExceptHandler) and n.name}
        self.open = parameters - bound
        self._known: dict[int, int] = {}
        changing = True
        while changing:
            before = len(self.foreign)
            for targets, value in bindings:
                if not targets <= self.foreign and self.of(value) == YES:
                    self.foreign |= targets
            changing = len(self.foreign) > before
            self._known.clear()
        strings = [n for n in nodes if isinstance(n, ast.Constant) and type(n.value) is str]
        self.texts = {n.value for n in strings}
        long = (n for n in strings if " " in n.value and len(n.value) >= _SENTENCE)
        self.sentences = {n.value for n in long if not self._is_given(n)}

    def _is_given(self, node: ast.AST) -> bool:
        """Tell whether a value goes into a function of the notebook's."""
        while (node := getattr(node, "parent", None)) is not None:
            if isinstance(node, ast.Call) and self.of(node.func) == YES:
                return True
        return False

    def of(self, node: ast.AST) -> int:
        """Tell where the value of an expression may come from; not what chose it."""
        found = self._known.get(id(node))
        if found is None:
            found = self._known[id(node)] = self._of(node)
        return found

    def _of(self, node: ast.AST) -> int:
        if isinstance(node, ast.Name):
            return YES if node.id in self.foreign else MAYBE if node.id in self.open else NO
        if isinstance(node, ast.IfExp):
            parts = [node.body, node.orelse]
        elif isinstance(node, ast.Subscript):
            parts = [node.value]
        elif isinstance(node, ast.GeneratorExp | ast.ListComp | ast.SetComp):
            parts = [node.elt]
        elif isinstance(node, ast.Compare):
            parts = []  # it is true or false
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get":
            parts = [node.func, *node.args[1:]]
        else:
            parts = list(ast.iter_child_nodes(node))
        return max(map(self.of, parts), default=NO)


def _parameters(arguments: ast.arguments) -> list[ast.arg]:
    rest = [a for a in (arguments.vararg, arguments.kwarg) if a]
    return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, *rest]


def _bindings(
    nodes: list[ast.AST], functions: dict[str, ast.FunctionDef]
) -> Iterator[tuple[set[str], ast.AST]]:
    """Yield the names that get a value, with the expression that it comes from."""
    for node in nodes:
        if isinstance(node, ast.Assign):
            yield _names(node.targets), node.value
        elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.NamedExpr) and node.value:
            yield _names([node.target]), node.value
        elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
            yield _names([node.target]), node.iter
        elif isinstance(node, ast.withitem) and node.optional_vars:
            yield _names([node.optional_vars]), node.context_expr
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield {node.name}, node
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = {(a.asname or a.name).partition(".")[0] for a in node.names}
            yield names, ast.Constant(None)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            if function := functions.get(node.func.id):
                parameters = _parameters(function.args)
                for parameter, value in zip(parameters, node.args, strict=False):
                    yield {parameter.arg}, value
                for keyword in node.keywords:
                    yield {keyword.arg or ""}, keyword.value


def _names(targets: list[ast.AST]) -> set[str]:
    return {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}


class _Marker(ast.NodeTransformer):
    """Has messages put together by `Spoken.say`, values looked at, and names mean what they should.

    Looked at is what a test compares, calculates with, asserts, and gives to functions.
    """

    def __init__(self, sources: _Sources, names: Collection[str]) -> None:
        self.sources, self.names = sources, names

    def visit_Name(self, node: ast.Name) -> ast.AST:  # noqa: N802 - as ast names it
        node.id += COURSES if node.id in self.names else ""
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:  # noqa: N802
        self.generic_visit(node)
        node.left, node.comparators = _looked_at(node.left), [*map(_looked_at, node.comparators)]
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:  # noqa: N802
        self.generic_visit(node)
        node.left, node.right = _looked_at(node.left), _looked_at(node.right)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:  # noqa: N802
        self.generic_visit(node)
        node.args = [a if isinstance(a, ast.Starred) else _looked_at(a) for a in node.args]
        for keyword in node.keywords:
            keyword.value = _looked_at(keyword.value) if keyword.arg else keyword.value
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:  # noqa: N802
        return self._say([*self._parts(node), ast.Constant("")], node)  # a text in any case

    def visit_Assert(self, node: ast.Assert) -> ast.AST:  # noqa: N802
        node.test = _looked_at(self.visit(node.test))
        if node.msg is not None:
            node.msg = self._message(node.msg)
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        if node.arg in _MESSAGE_KEYWORDS and _is_text(node.value):
            node.value = self._message(node.value)
            return node
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:  # noqa: N802
        call = node.exc
        if isinstance(call, ast.Call) and len(call.args) == 1:
            call.args = [self._message(call.args[0])]
        return node

    def _message(self, node: ast.expr) -> ast.AST:
        """Mark an expression that is a message, whatever it is made of."""
        if isinstance(node, ast.Constant):
            return node
        if isinstance(node, ast.IfExp):
            node.body, node.orelse = self._message(node.body), self._message(node.orelse)
            return node
        text = [ast.Constant("")] if _is_text(node) else []
        return self._say([*self._parts(node), *text], node)

    def _parts(self, node: ast.expr) -> list[ast.expr]:
        if isinstance(node, ast.JoinedStr):
            return [part for value in node.values for part in self._parts(value)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and _is_text(node):
            return [*self._parts(node.left), *self._parts(node.right)]
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return [node]
        value, conversion, spec = node, -1, ast.Constant("")
        if isinstance(node, ast.FormattedValue):
            value, conversion = node.value, node.conversion
            # A format may have values in it, which are no message.
            spec = node.format_spec or spec
        source = self.sources.of(value)
        if (inner := _asks_for_kind(value)) is not None:
            value = ast.Call(ast.Name(KIND, ast.Load()), [inner], [])
            source = NO
        value = self.visit(value)
        return [
            ast.Tuple([value, ast.Constant(conversion), spec, ast.Constant(source)], ast.Load())
        ]

    def _say(self, parts: list[ast.expr], node: ast.expr) -> ast.AST:
        call = ast.Call(ast.Name(SAY, ast.Load()), parts, [])
        return ast.copy_location(call, node)


def _is_text(node: ast.expr) -> bool:
    """Tell whether a sum has a text in it."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


def _asks_for_kind(node: ast.expr) -> ast.expr | None:
    """Return x of `type(x).__name__` and of `x.__class__.__name__`."""
    if not (isinstance(node, ast.Attribute) and node.attr in ("__name__", "__qualname__")):
        return None
    inner = node.value
    if isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and len(inner.args) == 1:
        return inner.args[0] if inner.func.id == "type" else None
    if isinstance(inner, ast.Attribute) and inner.attr == "__class__":
        return inner.value
    return None


def _looked_at(node: ast.expr) -> ast.expr:
    """Have a value looked at, unless what it is made of has been, or it is a number."""
    parts = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else [node]
    if all(isinstance(part, _LOOKED_AT) or _is_number(part) for part in parts):
        return node
    return ast.copy_location(ast.Call(ast.Name(LOOK, ast.Load()), [node], []), node)


def _is_number(node: ast.expr) -> bool:
    name = getattr(getattr(node, "func", None), "id", "")
    return name.endswith(COURSES) and name.removesuffix(COURSES) in _GIVE_NUMBERS
