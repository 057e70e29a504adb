"""The operators that make mutants of answers: what each changes, one small function for each.

What is replaced by the library's default, is dropped: a keyword argument, a last positional one.
"""

import ast
from collections.abc import Iterator

from workbook.authors.mutate import Code, Edit, operator

_COMPARISONS = {
    ast.Lt: ("<=", ">"),
    ast.LtE: ("<", ">="),
    ast.Gt: (">=", "<"),
    ast.GtE: (">", "<="),
    ast.Eq: ("!=", "<=", ">="),
    ast.NotEq: ("==", "<", ">"),
    ast.Is: ("is not",),
    ast.IsNot: ("is",),
    ast.In: ("not in",),
    ast.NotIn: ("in",),
}
_ARITHMETIC = {
    ast.Add: "-",
    ast.Sub: "+",
    ast.Mult: "/",
    ast.Div: "*",
    ast.FloorDiv: "/",
    ast.Mod: "*",
    ast.Pow: "*",
    ast.BitAnd: "|",
    ast.BitOr: "&",
}
_PAIRS = [
    ("min", "max"),
    ("mean", "sum"),
    ("minimum", "maximum"),
    ("argmin", "argmax"),
    ("any", "all"),
    ("floor", "ceil"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("reduce_mean", "reduce_sum"),
    ("append", "extend"),
    ("trainable_variables", "variables"),
    ("trainable_weights", "weights"),
    ("on_epoch_end", "on_epoch_begin"),
    ("on_train_batch_end", "on_train_batch_begin"),
]
_OTHER_NAME = {**dict(_PAIRS), **{two: one for one, two in _PAIRS}}
_TEXT_PAIRS = [
    ("same", "valid"),
    ("relu", "linear"),
    ("softmax", "sigmoid"),
    ("zeros", "ones"),
    ("min", "max"),
    ("sum", "mean"),
]
_OTHER_TEXT = {**dict(_TEXT_PAIRS), **{two: one for one, two in _TEXT_PAIRS}}
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
#: Methods that return what they belong to, changed: data of arrays, tensors, texts, datasets.
_CHANGED = set(
    """
    abs argmax argmin astype batch cache clip cumsum filter flatten join max mean min map
    padded_batch prefetch ravel repeat replace reshape round shuffle skip squeeze sum take
    transpose unbatch window with_suffix
    """.split()
)
#: Functions that do not care which argument comes first.
_EITHER_WAY = set(
    """
    add allclose equal isclose logical_and logical_or max maximum min minimum multiply not_equal
    squared_difference
    """.split()
)


def _arguments(call: ast.Call) -> list[ast.AST]:
    return [*call.args, *call.keywords]


def _is_super(node: ast.AST) -> bool:
    """Whether a call is one of a method of the base class."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Call)
        and getattr(node.func.value.func, "id", "") == "super"
    )


def _between(code: Code, left: ast.AST, right: ast.AST, new: str) -> Edit:
    """Replace what stands between two operands, but for parentheses."""
    start, end = code.span(left)[1], code.span(right)[0]
    between = code.data[start:end].decode()
    closing = between[: len(between) - len(between.lstrip(") \n"))].rstrip()
    opening = between[len(between.rstrip("( \n")) :].lstrip()
    return start, end, f"{closing} {new} {opening}"


@operator("drop-keyword", ast.Call)
def drop_keyword(code: Code, node: ast.Call) -> Iterator[Edit]:
    """`fit(x, batch_size=n)` to `fit(x)`; `**kwargs` likewise."""
    for keyword in node.keywords:
        if keyword.arg == "verbose":
            continue  # 1 is the default
        yield code.without(_arguments(node), keyword)


@operator("drop-argument", ast.Call)
def drop_argument(code: Code, node: ast.Call) -> Iterator[Edit]:
    """The last positional argument: `loss(y, y_pred, weight)` to `loss(y, y_pred)`."""
    if len(node.args) > 1 or (node.args and isinstance(node.func, ast.Attribute)):
        yield code.without(_arguments(node), node.args[-1])


@operator("swap-arguments", ast.Call)
def swap_arguments(code: Code, node: ast.Call) -> Iterator[Edit]:
    """`loss(y, y_pred)` to `loss(y_pred, y)`."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if len(node.args) > 1 and name not in {*_EITHER_WAY, "isinstance", "hasattr"}:
        (start, _), (_, end) = code.span(node.args[0]), code.span(node.args[1])
        first, second = (
            code.data[slice(*code.span(argument))].decode() for argument in node.args[:2]
        )
        yield start, end, f"{second}, {first}"


@operator("other-name", ast.Call)
def other_name(code: Code, node: ast.Call) -> Iterator[Edit]:
    """An argument to the next name in scope: another argument of the function, else a local one."""
    for argument in [*node.args, *(each.value for each in node.keywords)]:
        if not isinstance(argument, ast.Name):
            continue
        names = code.parameters(node)
        if len(names) < 2:
            names = list(dict.fromkeys([*names, *code.stored(node)]))
        if argument.id in names and len(names) > 1:
            yield code.instead(argument, names[(names.index(argument.id) + 1) % len(names)])
        elif names and argument.id in code.stored(node):
            yield code.instead(argument, names[0])


@operator("drop-call", ast.Call)
def drop_call(code: Code, node: ast.Call) -> Iterator[Edit]:
    """`np.asarray(x)`, `ops.cast(x, dtype)`, `layer(x)`, `x.astype(dtype)` to `x`."""
    if isinstance(code.parents[node], ast.Expr):
        return  # dropped as a statement
    method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    local = [*code.parameters(node), *code.stored(node)]
    if method and (not node.args or method in _CHANGED):
        base = node.func.value
        if not isinstance(base, ast.Name) or base.id in local:
            if not _is_super(node):
                yield code.instead(node, code.of(base))
            return
    if node.args and not isinstance(node.args[0], ast.Starred | ast.GeneratorExp):
        yield code.instead(node, code.of(node.args[0]))


@operator("drop-super", ast.Call)
def drop_super(code: Code, node: ast.Call) -> Iterator[Edit]:
    """`super().get_config()` to `{}`, another such call to `None`; as a statement, and in a dict, it is dropped."""
    if _is_super(node) and not isinstance(code.parents[node], ast.Expr | ast.Dict):
        yield code.instead(node, "{}" if node.func.attr == "get_config" else "None")


@operator("training", ast.keyword)
def training(code: Code, node: ast.keyword) -> Iterator[Edit]:
    """`training=training` to `training=True` and `training=False`."""
    if node.arg == "training" and not isinstance(node.value, ast.Constant):
        yield code.instead(node.value, "True")
        yield code.instead(node.value, "False")


@operator("other-function", ast.Name, ast.Attribute)
def other_function(code: Code, node: ast.Name | ast.Attribute) -> Iterator[Edit]:
    """`min` to `max`, `ops.mean` to `ops.sum` and the like."""
    name = node.id if isinstance(node, ast.Name) else node.attr
    if name not in _OTHER_NAME or not isinstance(node.ctx, ast.Load):
        return
    if isinstance(node, ast.Name):
        if code.parents[node] is not None and name not in code.stored(node):
            yield code.instead(node, _OTHER_NAME[name])
    else:
        end = code.span(node)[1]
        yield end - len(name), end, _OTHER_NAME[name]


@operator("comparison", ast.Compare)
def comparison(code: Code, node: ast.Compare) -> Iterator[Edit]:
    """`<` to `<=` and `>`, and the like."""
    operands = [node.left, *node.comparators]
    for left, sign, right in zip(operands, node.ops, operands[1:], strict=False):
        for new in _COMPARISONS[type(sign)]:
            yield _between(code, left, right, new)


@operator("arithmetic", ast.BinOp)
def arithmetic(code: Code, node: ast.BinOp) -> Iterator[Edit]:
    """`+` to `-`, `*` to `/`, and the like."""
    if type(node.op) in _ARITHMETIC and not isinstance(node.left, ast.JoinedStr):
        yield _between(code, node.left, node.right, _ARITHMETIC[type(node.op)])


@operator("drop-operand", ast.BinOp)
def drop_operand(code: Code, node: ast.BinOp) -> Iterator[Edit]:
    """`a + b` to `a` and `b`."""
    yield code.instead(node, code.of(node.left))
    if not isinstance(node.op, ast.Pow | ast.Mod):
        yield code.instead(node, code.of(node.right))


@operator("augmented", ast.AugAssign)
def augmented(code: Code, node: ast.AugAssign) -> Iterator[Edit]:
    """`+=` to `=` and `-=`."""
    yield _between(code, node.target, node.value, "=")
    if type(node.op) in _ARITHMETIC:
        yield _between(code, node.target, node.value, f"{_ARITHMETIC[type(node.op)]}=")


@operator("drop-sign", ast.UnaryOp)
def drop_sign(code: Code, node: ast.UnaryOp) -> Iterator[Edit]:
    """`-x`, `not x` and `~x` to `x`; `-1` is a number."""
    if isinstance(node.operand, ast.Constant):
        return
    yield code.instead(node, code.of(node.operand))


@operator("number", ast.Constant)
def number(code: Code, node: ast.Constant) -> Iterator[Edit]:
    """One more, one less; a float doubled or one more, and 0."""
    parent = code.parents[node]
    if type(node.value) is float:
        larger = 2 * node.value if 0.01 < node.value < 1 else node.value + 1
        yield code.instead(node, repr(larger))
        if node.value:
            yield code.instead(node, "0.0")
    if type(node.value) is not int:
        return
    if isinstance(parent, ast.UnaryOp):
        around = code.parents[parent]
        # There, any negative size stands for the one that is left.
        if not (isinstance(around, ast.Call) and getattr(around.func, "attr", "") == "reshape"):
            yield code.instead(node, str(node.value + 1))
        yield code.instead(node, str(node.value - 1))
        return
    if getattr(parent, "arg", "") == "verbose":
        if not node.value:
            yield code.instead(node, "1")
        return
    yield code.instead(node, str(node.value + 1))
    if node.value or not isinstance(parent, ast.Subscript):
        yield code.instead(node, str(node.value - 1) if node.value else "(-1)")


@operator("boolean", ast.Constant)
def boolean(code: Code, node: ast.Constant) -> Iterator[Edit]:
    """`True` to `False`, and back."""
    if type(node.value) is bool:
        yield code.instead(node, str(not node.value))


@operator("text", ast.Constant, ast.JoinedStr)
def text(code: Code, node: ast.Constant | ast.JoinedStr) -> Iterator[Edit]:
    """`"same"` to `"valid"` and the like, any other text to one with an X in front."""
    start, end = code.span(node)
    source = code.data[start:end].decode()
    if getattr(code.parents[node], "arg", "") == "name":
        return  # dropped as a keyword
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, str):
            return
        if node.value in _OTHER_TEXT:
            yield start, end, repr(_OTHER_TEXT[node.value])
            return
    quote = min(place for place in (source.find("'"), source.find('"')) if place >= 0)
    quote += 3 if source[quote : quote + 3] in ('"""', "'''") else 1
    yield start, end, f"{source[:quote]}X{source[quote:]}"


@operator("and-or", ast.BoolOp)
def and_or(code: Code, node: ast.BoolOp) -> Iterator[Edit]:
    """`and` to `or`, and back."""
    new = "or" if isinstance(node.op, ast.And) else "and"
    for left, right in zip(node.values, node.values[1:], strict=False):
        yield _between(code, left, right, new)


@operator("drop-clause", ast.BoolOp)
def drop_clause(code: Code, node: ast.BoolOp) -> Iterator[Edit]:
    """`a and b` to `a` and `b`; `x or y` likewise."""
    word = " and " if isinstance(node.op, ast.And) else " or "
    for dropped in node.values:
        kept = [code.of(value) for value in node.values if value is not dropped]
        yield code.instead(node, f"({word.join(kept)})")


@operator("drop-filter", ast.comprehension)
def drop_filter(code: Code, node: ast.comprehension) -> Iterator[Edit]:
    """A condition in a comprehension to `True`."""
    for condition in node.ifs:
        yield code.instead(condition, "True")


@operator("condition", ast.If, ast.IfExp, ast.While)
def condition(code: Code, node: ast.If | ast.IfExp | ast.While) -> Iterator[Edit]:
    """A condition negated, always and never true."""
    yield code.instead(node.test, f"not {code.of(node.test)}")
    yield code.instead(node.test, "False")
    if not isinstance(node, ast.While):
        yield code.instead(node.test, "True")


@operator("drop-statement", ast.stmt)
def drop_statement(code: Code, node: ast.stmt) -> Iterator[Edit]:
    """A statement to `pass`, where what it defines is not missed by name at once."""
    if isinstance(node, ast.Pass | ast.Import | ast.ImportFrom | ast.Global | ast.Nonlocal):
        return
    parent = code.parents[node]
    if isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
        if not isinstance(parent, ast.ClassDef):
            return
        start = min([code.span(node)[0], *(code.span(each)[0] - 1 for each in node.decorator_list)])
        yield start, code.span(node)[1], "pass"
        return
    if isinstance(parent, ast.Module) or (isinstance(node, ast.If) and not node.orelse):
        return  # an `if` is dropped by a condition that is never true
    if isinstance(parent, ast.If) and len(parent.body) == 1 and not parent.orelse:
        return
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        if name not in code.parameters(node) and code.stored(node).count(name) < 2:
            return
    yield code.instead(node, "pass")


@operator("once", ast.For, ast.While)
def once(code: Code, node: ast.For | ast.While) -> Iterator[Edit]:
    """Only the first batch, epoch or whatever a loop goes through: `break` at its end."""
    last = node.body[-1]
    end = code.span(last)[1]
    yield end, end, f"\n{' ' * last.col_offset}break"


@operator("break-continue", ast.Break, ast.Continue)
def break_continue(code: Code, node: ast.Break | ast.Continue) -> Iterator[Edit]:
    """`break` to `continue`, and back."""
    yield code.instead(node, "continue" if isinstance(node, ast.Break) else "break")


@operator("drop-decorator", *_FUNCTIONS, ast.ClassDef)
def drop_decorator(code: Code, node: ast.FunctionDef | ast.ClassDef) -> Iterator[Edit]:
    """A decorator off, with its line."""
    for decorator in node.decorator_list:
        start, end = code.span(decorator)
        yield code.data.rfind(b"@", 0, start), end + 1, ""


@operator("drop-element", ast.List, ast.Dict, ast.Set)
def drop_element(code: Code, node: ast.List | ast.Dict | ast.Set) -> Iterator[Edit]:
    """One element of a list, one entry of a dict."""
    if not isinstance(node, ast.Dict):
        for element in node.elts:
            yield code.without(node.elts, element)
        return
    for value in node.values:
        kept = [
            f"{'**' if key is None else code.of(key) + ': '}{code.of(each)}"
            for key, each in zip(node.keys, node.values, strict=True)
            if each is not value
        ]
        yield code.instead(node, "{" + ", ".join(kept) + "}")


@operator("drop-bound", ast.Slice)
def drop_bound(code: Code, node: ast.Slice) -> Iterator[Edit]:
    """`x[:n]` to `x[:]`."""
    for bound in filter(None, (node.lower, node.upper, node.step)):
        yield code.instead(bound, "")


@operator("return-argument", ast.Return)
def return_argument(code: Code, node: ast.Return) -> Iterator[Edit]:
    """The first argument instead of what was made of it."""
    parameters = code.parameters(node)
    if node.value is not None and parameters:
        yield code.instead(node.value, parameters[0])


@operator("list-for-tuple", ast.Tuple, ast.List)
def list_for_tuple(code: Code, node: ast.Tuple | ast.List) -> Iterator[Edit]:
    """A list where the answer returns or collects a tuple, and a tuple for a list."""
    parent = code.parents[node]
    if isinstance(parent, ast.List | ast.Dict):
        parent = code.parents[parent]
    gathers = isinstance(parent, ast.Call) and getattr(parent.func, "attr", "") == "append"
    returns = (ast.Return, ast.Yield, ast.ListComp, ast.DictComp, ast.GeneratorExp)
    if not isinstance(node.ctx, ast.Load) or not (isinstance(parent, returns) or gathers):
        return
    inner = ", ".join(code.of(element) for element in node.elts)
    is_tuple = isinstance(node, ast.Tuple)
    comma = "," if len(node.elts) == 1 else ""
    yield code.instead(node, f"[{inner}]" if is_tuple else f"({inner}{comma})")


@operator("list-for-tuple", ast.Call)
def list_of(code: Code, node: ast.Call) -> Iterator[Edit]:
    """`tuple(x)` to `list(x)`, and back."""
    other = {"tuple": "list", "list": "tuple"}.get(getattr(node.func, "id", ""))
    if other:
        yield code.instead(node.func, other)


@operator("made-again", ast.FunctionDef)
def made_again(code: Code, node: ast.FunctionDef) -> Iterator[Edit]:
    """What `__init__` or `build` keeps, such as a layer, made once more in `call`."""
    parent = code.parents[node]
    if node.name not in ("call", "update_state", "train_step") or not isinstance(
        parent, ast.ClassDef
    ):
        return
    first = (
        node.body[1] if len(node.body) > 1 and isinstance(node.body[0], ast.Expr) else node.body[0]
    )
    start = code.span(first)[0]
    for method in parent.body:
        if not isinstance(method, ast.FunctionDef) or method.name not in ("__init__", "build"):
            continue
        names = {each.arg for each in method.args.args if each.arg != "self"}
        for statement in method.body:
            if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Call):
                continue
            target = statement.targets[0]
            used = {each.id for each in ast.walk(statement) if isinstance(each, ast.Name)}
            if isinstance(target, ast.Attribute) and not used & names:
                again = code.data[slice(*code.span(statement))].decode()
                yield start, start, f"{again}\n{' ' * first.col_offset}"
