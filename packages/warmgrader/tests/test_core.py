"""The core: what a test means, what comes of it, and what a student may read of it."""

from __future__ import annotations

import ast
import asyncio
import builtins
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from warmgrader.grading.sheets import make_sheet
from warmgrader.reading.names import names_bound, names_given, names_of_code
from warmgrader.reading.texts import parse_if_readable
from warmgrader.verdicts import messages
from warmgrader.verdicts.core import Core
from warmgrader.verdicts.orders import Signer

messages.remember_classes()


class Notebook:
    """A notebook's namespace, its core, and what the grader says."""

    def __init__(
        self,
        names: tuple[str, ...] = (),
        asked: tuple[str, ...] = (),
        data: tuple[str, ...] = (),
    ) -> None:
        self.space: dict[str, Any] = {}
        self.ordinary: tuple[str, ...] = ()
        self.code: set[str] = set()
        self.bound: set[str] = set()
        compiler = SimpleNamespace(get_code_name=lambda *_: "cell", flags=0)
        events = SimpleNamespace(callbacks={})
        shell = SimpleNamespace(
            user_ns=self.space, get_ipython=lambda: shell, compile=compiler, events=events
        )
        self.core, self.asked = Core(shell), asked
        order = {"names": [*names, *asked], "asked": asked, "files": {}, "spared": []}
        order["data"] = data
        self.core.prepare(order, "")

    def run(self, source: str) -> None:
        """Run a cell of the student's."""
        exec(source, self.space)

    def instructor(self, source: str, *pins: str) -> None:
        """Run a cell of the instructor's, which defines `pins`."""
        self.core.prepare({"pins": pins, "instructors": True}, source)
        self.run(source)
        self.core.pin(pins)
        self.learn(source)

    def learn(self, source: str) -> None:
        """Know what a cell of the instructor's defines."""
        if tree := parse_if_readable(source):
            self.code |= names_of_code(tree)
            self.bound |= names_bound(tree)

    def test(self, source: str, free: tuple[str, ...] = ()) -> dict[str, Any]:
        """Run a test."""
        self.learn(source)
        sheet = make_sheet(source, free, self.code, self.bound)
        order = {"test": sheet, "asked": self.asked, "ordinary": self.ordinary}
        given = names_given(parse_if_readable(source) or ast.Module([], []))
        data = {name: name in given for name in self.core.watched_data}
        order |= {"hidden": False, "named": [], "data": data}
        return asyncio.run(self.core.judge(order))


def test_value_and_error() -> None:
    notebook = Notebook()
    assert notebook.test("x = 1\nassert x == 1")["passed"]
    outcome = notebook.test("points = 1.5\npoints")
    assert (outcome["passed"], outcome["value"]) == (True, 1.5)
    assert notebook.test("points;")["value"] is None
    outcome = notebook.test("assert x == 2, f'{x} is not 2'")
    assert not outcome["passed"]
    assert outcome["error"]["name"] == "AssertionError"
    assert outcome["error"]["text"] == outcome["error"]["told"] == "1 is not 2"
    assert "the test" in outcome["error"]["traceback"]
    assert notebook.test("import asyncio\nawait asyncio.sleep(0)")["passed"]
    assert notebook.test("def f(:")["error"]["name"] == "SyntaxError"


def test_names_mean_what_they_mean_to_the_instructor() -> None:
    notebook = Notebook()
    notebook.instructor("import math\ndef check(x):\n    assert x == 2\nlimit = 3", "math", "check")
    notebook.run("math = check = None\ndef sum(x):\n    return -1\ndef f(x):\n    return sum(x)")
    assert notebook.test("check(sum([1, 1]))\nassert math.pi > 3")["passed"]
    assert notebook.test("assert f([1]) == -1")["passed"], "the student's function lost its name"
    assert notebook.space["math"] is None
    notebook.run("del math, check\nlimit = 4")
    assert notebook.test("def later():\n    return math.pi\nassert limit == 4")["passed"]
    assert notebook.test("assert later() > 3; check(2)")["passed"]


def test_what_an_answer_defines_is_the_students() -> None:
    notebook = Notebook()
    notebook.instructor("class Participant:\n    pass")  # an answer defines it again: no pin
    notebook.run("class Participant:\n    nr = 1\ndef max(x):\n    return 9")
    assert notebook.test("assert Participant().nr == 1", ("Participant",))["passed"]
    assert notebook.test("assert max([1]) == 9", ("max",))["passed"]
    assert notebook.test("assert max([1]) == 1")["passed"]


def test_a_star_import_of_the_instructors_brings_its_meanings() -> None:
    notebook = Notebook()
    notebook.instructor("from numpy import *", "*")
    assert notebook.test("assert sum([[1, 2], [3, 4]], axis=0).tolist() == [4, 6]")["passed"]


def test_what_a_test_imports_stays_for_later_tests() -> None:
    notebook = Notebook()
    notebook.test("from numpy.testing import assert_allclose\nassert_allclose(1, 2)")
    notebook.run("assert_allclose = lambda *a, **k: None")
    assert not notebook.test("assert_allclose(1, 2)")["passed"]


def test_the_source_of_a_function_tells_nothing_of_its_test() -> None:
    notebook = Notebook()
    notebook.run("import inspect\nseen = []\ndef f(g):\n    seen.append(inspect.getsource(g))")
    notebook.test("def h(x):\n    return x\nf(h); secret = 1", ("f",))
    notebook.test("assert f(lambda x: x + 1) is None; secret = 2", ("f",))
    notebook.test("t = 3\n@f\ndef h(x):\n    return x\nsecret = 4", ("f",))
    decorated = "@f\ndef h(x):\n    return x\n"
    seen = ["def h(x):\n    return x\n", "lambda x: x + 1\n", decorated]
    assert notebook.space["seen"] == seen


def test_what_was_changed_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(np.testing, "assert_allclose", np.testing.assert_allclose)
    monkeypatch.setattr(builtins, "print", print)
    monkeypatch.setattr(np, "float", float, raising=False)
    monkeypatch.delattr(np, "float")
    asked = ("numpy.testing.assert_allclose", "numpy.float", "builtins.print", "os.nothing.x")
    notebook = Notebook(asked=asked)
    notebook.run(
        "import numpy as np, builtins\nnp.testing.assert_allclose = builtins.print = None\n"
        "np.float = float\ndef f():\n    np.testing.assert_allclose = None"
    )
    outcome = notebook.test("np.testing.assert_allclose(1, 2)")
    assert not outcome["passed"]
    assert outcome["changed"] == []
    assert set(outcome["settled"]) == set(asked[:3])
    assert np.float is float, "what was not there before stays"
    assert notebook.test("f()")["changed"] == ["numpy.testing.assert_allclose"]


@pytest.mark.parametrize(
    "answer",
    [
        "class Yes:\n    def __eq__(self, other):\n        return True\ndef f():\n    return Yes()",
        "Yes = type('Yes', (float,), {'__eq__': lambda self, other: True})\ndef f():\n    return Yes()",
        "class Yes:\n    def __sub__(self, other):\n        return 0\ndef f():\n    return [Yes()]",
        "from fractions import Fraction\nclass Yes(Fraction):\n    @classmethod\n"
        "    def from_float(cls, other):\n        return other\ndef f():\n    return Yes(1)",
    ],
)
@pytest.mark.parametrize(
    "test", ["f() == 2", "assert [f()] == [2]", "g = f()\nmax([g])", "f() or 1"]
)
def test_objects_that_decide_themselves_are_seen(answer: str, test: str) -> None:
    notebook = Notebook()
    notebook.run(answer)
    deciding = notebook.test(test, ("f",))["deciding"]
    assert deciding or test == "f() or 1"
    notebook.ordinary = ("__eq__", "__sub__")
    assert notebook.test(test, ("f",))["deciding"] == []


def test_everyday_classes_decide_nothing() -> None:
    notebook = Notebook()
    notebook.run(
        "import dataclasses, enum, functools\n@dataclasses.dataclass(order=True)\nclass P:\n    x: int = 0\n"
        "class Kind(enum.Enum):\n    A = 1\nclass Words(list):\n    def __len__(self):\n        return 3"
    )
    test = "class T:\n    def __eq__(self, other):\n        return True\nassert T() == P()\n"
    test += "assert P() == P(0) < P(1)\nassert Kind.A in [Kind.A]\nassert len(Words()) == 3"
    outcome = notebook.test(test)
    assert outcome["passed"]
    assert outcome["deciding"] == []


def test_the_instructors_classes_and_data_are_what_they_were() -> None:
    notebook = Notebook(data=("limits", "table"))
    cell = "import numpy as np\nclass Checker:\n    slack = 0\nlimits = {'a': [1]}\ntable = np.zeros(9)"
    notebook.instructor(cell, "Checker", "limits", "np", "table")
    notebook.run("other = limits['a']\ndef f():\n    Checker.slack = 9\n    return 2")
    assert notebook.test("assert f() and limits['a'] == [1]", ("f",))["changed"] == [
        "Checker.slack"
    ]
    assert notebook.test("assert Checker.slack == 0")["changed"] == []
    notebook.run("Checker.slack = 8; other.append(2)")
    assert notebook.test("assert Checker.slack == 0")["changed"] == ["limits"]
    assert notebook.test("limits.clear()")["changed"] == []
    assert notebook.test("assert not limits")["changed"] == [], (
        "a test may change what is the course's"
    )
    notebook.run("def g():\n    other.append(3)\n    limits['b'] = 1\n    return 2")
    assert notebook.test("assert g()", ("g",))["changed"] == ["limits"], "the answer may not"
    notebook.run("table += 1")
    assert notebook.test("assert table[0] == 1")["changed"] == ["table"]


def test_an_import_that_failed_is_settled() -> None:
    notebook = Notebook(asked=("import not_there", "import json"))
    assert notebook.test("pass")["settled"] == ["import not_there"]


def test_machinery_that_says_yes_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook()
    assert not notebook.test("assert True")["says_yes"]
    monkeypatch.setattr(np.testing, "assert_allclose", lambda *_: None)
    assert notebook.test("assert True")["says_yes"]


def told(answer: str, test: str, name: str = "f") -> str | None:
    """Return what a student may read when a test of an answer fails."""
    notebook = Notebook()
    notebook.run(answer)
    return notebook.test(test, (name,))["error"]["told"]


def test_what_the_instructor_no_longer_defines_tells_nothing() -> None:
    notebook = Notebook()
    notebook.instructor("from math import pi\ndef word():\n    return 'fine'", "pi", "word")
    test = "so = ['so']\nassert pi < 3, f'{word()} {[w for w in so]}'"
    assert notebook.test(test)["error"]["told"] == "fine ['so']"
    del notebook.core.pins["word"]  # the student's notebook is without that cell
    notebook.run("def word():\n    return 'leak'")
    assert "leak" not in notebook.test(test)["error"]["told"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("3.5", "3.5"),
        ("(2, 3)", "(2, 3)"),
        ("[1, 'leak']", "[1, (str)]"),
        ("{'leak': 1}", "{(str): 1}"),
        ("'leak'", "(str)"),
        ("b'leak'", "(bytes)"),
        ("type('leak', (ValueError,), {})()", "(ValueError)"),
        ("type('leak', (), {})()", "(an object)"),
        ("type('leak', (str,), {})('leak')", "(str)"),
        ("__import__('numpy').arange(3)", "[0, 1, 2]"),
        ("__import__('numpy').array(['leak'])", "(ndarray of shape (1))"),
        ("__import__('numpy').float64(1)", "1.0"),
        ("__import__('numpy').dtype('int8')", "int8"),
        ("__import__('numpy').dtype([('leak', int)])", "(VoidDType)"),
        ("int", "<class 'int'>"),
        ("None", "None"),
    ],
)
def test_values_in_messages(value: str, shown: str) -> None:
    answer = f"def f():\n    return {value}"
    assert told(answer, "got = f()\nassert False, f'It gave {got}.'") == f"It gave {shown}."
    assert "leak" not in told(answer, "assert False, 'It gave ' + str(f())")


@pytest.mark.parametrize(
    ("test", "text"),
    [
        ("for name in ['relu']:\n    assert f(name) is None, f'{name}: {f(name)}'", "relu: (str)"),
        ("assert False, f'a {type(f(1)).__name__}, {len(f(1)):03d} long'", "a str, 004 long"),
        ("def check(got, words):\n    assert not got, words\ncheck(f(1), 'Too long.')", "Too long."),
        ("def check(got):\n    assert not got, got\ncheck(f(1))", "(str)"),
        ("words = {4: 'four'}\nassert False, words[len(f(1))]", "four"),
        ("raise AssertionError(f'no {f(1)!r}')", "no (str)"),
        ("assert False, f(1)", "(str)"),
        ("assert False", ""),
        ("words = {f(1): 'it leaks', 'too long, really': 1}\nassert False, list(words)[1]",
         "too long, really"),
        ("assert f('a hidden sentence') is None, f'{f(1)}, {1.23456:.2f}'", "(str), 1.23"),
        ("assert False, f'{ {1: f(1), (2,): 3} }'", "{1: (str), (2,): 3}"),
        ("float(f(1))", None),
        ("import numpy as np\nnp.testing.assert_equal(f(1), 1, err_msg='Not one, really')",
         "Not one, really"),
        ("try:\n    {}[f(1)]\nexcept KeyError as error:\n    raise AssertionError(f'No: {error}')",
         "No: (KeyError)"),
    ],
)  # fmt: skip
def test_messages_of_tests(test: str, text: str | None) -> None:
    assert told("def f(x):\n    return 'leak'", test) == text


def test_orders_and_verdicts_are_signed() -> None:
    grader, kernel = Signer(b"key"), Signer(b"key")
    order = grader.order(test="assert True")
    assert Signer(b"another").read_order(order) is None
    assert kernel.read_order({**order, "text": "{}"}) is None
    assert kernel.read_order(order) == {"test": "assert True"}
    assert kernel.read_order(order) is None, "an order counts twice"
    verdict = kernel.answer({"passed": True})
    assert grader.read(verdict) == {"passed": True}
    assert grader.read({**verdict, "text": '{"passed": false}'}) is None
    assert grader.read({**verdict, "signature": "é"}) is None
    assert grader.read({"passed": True}) is None
    assert grader.read(None) is None
    grader.order(test="assert True")
    assert grader.read(verdict) is None, "the verdict on an earlier test counts"
