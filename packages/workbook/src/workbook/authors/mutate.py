"""Makes mutants of an answer: its source text with one small change, such as a student might make.

Operators of mutmut (https://github.com/boxed/mutmut, `mutmut/mutation/mutators.py`): number, string,
name (`True`/`False`), argument removal, removal of unary operators, swapped operators (arithmetic,
comparison, `and`/`or`, `break`/`continue`), augmented assignment, conditional expression. Operators
of cosmic-ray (https://github.com/sixty-north/cosmic-ray, `src/cosmic_ray/operators`): binary,
comparison and unary operator replacement, boolean and number replacer, added `not`, decorator
removal, `break`/`continue`, variable replacer. Both replace by far more than tells anything about a
test (cosmic-ray every operator by every other one), neither says where in the text, and neither
knows Keras: the rest, from dropped calls to `self.x` made once more in `call`, is our own.

Not mutated: docstrings, annotations, what is raised, asserted, printed or warned.
"""

import ast
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from types import CodeType

#: Start and end in the encoded text, and what comes there instead.
Edit = tuple[int, int, str]
Operator = Callable[["Code", ast.AST], Iterator[Edit]]

_operators: list[tuple[str, tuple[type[ast.AST], ...], Operator]] = []

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
_ATOMS = (ast.Name, ast.Call, ast.Attribute, ast.Constant, ast.Subscript, ast.List, ast.Dict)
_SAYING = {"print", "warn"}


@dataclass(frozen=True)
class Mutant:
    """One changed answer.

    Attributes:
        operator: what was done, such as `drop-keyword`.
        line: number of the first changed line in the answer, from 1.
        before, after: the changed lines, white space folded.
        given: whether the change is in a signature, which all answers share.
        source: the whole answer.
        meaning: what Python makes of it, as `meaning` says.
    """

    operator: str
    line: int
    before: str
    after: str
    source: str
    meaning: object
    given: bool


def operator(name: str, *kinds: type[ast.AST]) -> Callable[[Operator], Operator]:
    """Register a function that yields edits for nodes of these kinds."""

    def register(function: Operator) -> Operator:
        _operators.append((name, kinds, function))
        return function

    return register


class Code:
    """The source of an answer, its syntax tree, and where each node stands in the text."""

    def __init__(self, text: str):
        self.text = text
        self.data = text.encode()
        self.tree = ast.parse(text)
        self.parents = {
            child: parent
            for parent in ast.walk(self.tree)
            for child in ast.iter_child_nodes(parent)
        }
        self._starts = [0]
        for line in self.data.split(b"\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def span(self, node: ast.AST) -> tuple[int, int]:
        """Start and end of a node, in bytes."""
        start = self._starts[node.lineno - 1] + node.col_offset
        return start, self._starts[node.end_lineno - 1] + node.end_col_offset

    def of(self, node: ast.AST) -> str:
        """The text of a node, in parentheses if it could not stand anywhere without."""
        start, end = self.span(node)
        text = self.data[start:end].decode()
        return text if isinstance(node, _ATOMS) else f"({text})"

    def instead(self, node: ast.AST, text: str) -> Edit:
        """The edit that replaces a node."""
        return (*self.span(node), text)

    def without(self, nodes: list[ast.AST], node: ast.AST) -> Edit:
        """The edit that takes one node out of a list with commas."""
        spans = sorted(map(self.span, nodes))
        start, end = self.span(node)
        place = spans.index((start, end))
        if place:
            return spans[place - 1][1], end, ""
        return start, spans[1][0] if len(spans) > 1 else end, ""

    def around(self, node: ast.AST, *kinds: type[ast.AST]) -> ast.AST | None:
        """The nearest node of these kinds that holds a node."""
        while node in self.parents:
            node = self.parents[node]
            if isinstance(node, kinds):
                return node
        return None

    def parameters(self, node: ast.AST) -> list[str]:
        """Names of the arguments of all functions around a node, nearest first, without `self`."""
        names: list[str] = []
        function = self.around(node, *_FUNCTIONS)
        while function is not None:
            arguments = function.args
            every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            names += [each.arg for each in every if each.arg != "self" and each.arg not in names]
            function = self.around(function, *_FUNCTIONS)
        return names

    def stored(self, node: ast.AST) -> list[str]:
        """Names that the function around a node assigns, as often as it does."""
        function = self.around(node, *_FUNCTIONS) or self.tree
        return [
            each.id
            for each in ast.walk(function)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        ]

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes that are mutated, in the order of the text."""
        found: list[ast.AST] = []

        def visit(node: ast.AST) -> None:
            found.append(node)
            # Before Python 3.12, what is in an f-string does not know its place.
            if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr) or _says(node):
                return
            for name, value in ast.iter_fields(node):
                if name in ("annotation", "returns", "decorator_list", "ctx", "op", "ops"):
                    continue
                for child in value if isinstance(value, list) else [value]:
                    if isinstance(child, ast.AST) and not _is_text(child):
                        visit(child)

        visit(self.tree)
        return found


def mutants(text: str) -> Iterator[Mutant]:
    """All mutants of an answer that compile; some may mean the same as others or as the answer."""
    import workbook.authors.mutations  # noqa: F401 - registers the operators

    code = Code(text)
    for node in code.nodes:
        for name, kinds, function in _operators:
            if isinstance(node, kinds):
                given = code.around(node, ast.arguments) is not None
                for edit in function(code, node):
                    yield from _mutant(code, name, edit, given)


def meaning(text: str) -> object:
    """What Python makes of a source text: equal for texts that differ in looks only."""
    return _meaning(compile(text, "answer", "exec", dont_inherit=True))


def folded(text: str) -> str:
    """Text in one line, any white space as one space."""
    return " ".join(text.split())


def _mutant(code: Code, name: str, edit: Edit, given: bool) -> Iterator[Mutant]:
    start, end, new = edit
    mutated = (code.data[:start] + new.encode() + code.data[end:]).decode()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", SyntaxWarning)  # such as `3(x)`
            means = meaning(mutated)
    except SyntaxError:
        return
    first = code.data.rfind(b"\n", 0, start) + 1
    last = code.data.find(b"\n", end)
    last = len(code.data) if last < 0 else last
    before = folded(code.data[first:last].decode())
    after = folded((code.data[first:start] + new.encode() + code.data[end:last]).decode())
    line = code.data.count(b"\n", 0, start) + 1
    if before != after:
        yield Mutant(name, line, before, after, mutated, means, given)


def _says(node: ast.AST) -> bool:
    """Whether a call only tells people something."""
    if not isinstance(node, ast.Call):
        return False
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in _SAYING


def _is_text(node: ast.AST) -> bool:
    """Whether a statement is a docstring."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _meaning(code: CodeType) -> object:
    constants = tuple(
        _meaning(each) if isinstance(each, CodeType) else (type(each).__name__, repr(each))
        for each in code.co_consts
    )
    names = (code.co_name, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    arguments = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    return code.co_code, constants, names, arguments, code.co_exceptiontable
