"""Reading a submission: what is listed, what is ordinary, and what may stand in any notebook."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from course import source_notebook
from nbformat.v4 import new_code_cell
from traitlets.config import Config

from warmgrader.cli import main
from warmgrader.grading.plan import Plan
from warmgrader.reading.page import Measure
from warmgrader.reading.read import Cell, measure, read

TRICKS = Path(__file__).with_name("tricks")
"""Ways to a verdict, or to what a test expects, that were once not listed."""
COURSE = measure(
    [
        Cell("import numpy as np\ndef helper(x):\n    return abs(np.sum(x))", "instructor"),
        Cell("def mean(x):\n    return np.mean(x)", "answer"),
        Cell("expected = 2\nassert helper(mean([1, 3])) == expected", "test"),
    ]
)


def keys(*cells: str, course: Measure = COURSE, files: dict[str, bytes] | None = None) -> set[str]:
    """Return the keys of what is listed in a student's cells."""
    return {reach.key for reach in read([Cell(cell) for cell in cells], files or {}, course)}


REACHES = {
    "x.__globals__": "__globals__",
    "getattr(x, '__dict__')": "__dict__",
    "print('{0.__class__.__mro__}'.format(x))": "__mro__",
    "'{0.f_back}'.format(x)": "f_back",
    "class A:\n    def __eq__(self, other):\n        return True": "__eq__",
    "class A:\n    __lt__ = max": "__lt__",
    "dict(__eq__=max)": "__eq__",
    "type('A', (), {})": "name type",
    "make = type\nmake('A', (), {})": "name type",
    "class M(type):\n    pass": "name type",
    "eval(text)": "name eval",
    "eval('x.__globals__')": "__globals__",
    "exec(open('a.txt').read())": "name exec",
    "globals()['np'] = 1": "name globals",
    "getattr(np, name)": "name getattr",
    "import builtins\nbuiltins.eval(text)": "name eval",
    "from sys import *": "sys.*",
    "import sys\nsys.settrace(f)": "sys.settrace",
    "import sys as m\nm.settrace(f)\nimport math as m": "sys.settrace",
    "import sys\nm = sys\nm.settrace(f)": "sys.settrace",
    "import sys\nf(sys)": "hand sys",
    "import sys\nclass A:\n    m = sys": "hand sys",
    "np.sys.settrace(f)": "sys.settrace",
    "import inspect\ninspect.stack()": "inspect.stack",
    "import a_package_of_my_own": "import a_package_of_my_own",
    "import pickle\npickle.load(f)": "pickle.load",
    "np.load('x.npy', allow_pickle=True)": "allow_pickle=",
    "np.mean = max": "assign numpy.mean",
    "setattr(np, 'mean', max)": "assign numpy.mean",
    "np.__class__ = A": "assign numpy.__class__",
    "np.core._secret": "numpy._secret",
    "from unittest import mock": ".mock",
    "get_ipython().kernel": "name get_ipython",
    "In[-1]": "name In",
    "%macro x 1": "magic macro",
    "%%time\nx.__globals__": "__globals__",
    "%load_ext something": "magic load_ext something",
    "%run other.py": "magic run other.py",
    "def mean(x):\n    return expected": "read expected",
    "def f():\n    global expected": "global expected",
    "abs = float": "rebind abs",
    "def f():\n    global abs\n    abs = max": "global abs",
    "def helper(x):\n    return 2": "rebind helper",
    "import statsmodels.formula.api as smf\nsmf.ols('y ~ exec(x)', d)": "name exec",
    "import patsy\npatsy.dmatrix('I(globals())', d)": "name globals",
    "import patsy\ntext = 'y ~ ' + chr(40)\npatsy.dmatrix(text, d)": ".dmatrix",
    "from sympy import *\nsolve('x.__class__.__mro__')": "__mro__",
    "import sympy as s\nx.subs('x', 'exec(1)')": "name exec",
    "import numexpr\nnumexpr.evaluate('a.__class__')": "__class__",
    "df.eval('@pd.compat.sys')": ".sys",
    "run = df.eval\nrun('@x.y')": ".eval",
    "df.agg('eval', 0, '@x.y')": ".eval",
    "import sympy\nlist(map(sympy.simplify, texts))": ".simplify",
    "import sqlite3\nsqlite3.connect(':memory:').load_extension('x')": ".load_extension",
    "t = 'EXEC(1)'\ndf.query(t.lower())": ".query",
    "t = ')1(cexe'\ndf.query(t[::-1])": ".query",
    "df.query(open('f').read())": ".query",
    "df.query('exec%c1%c' % (40, 41))": ".query",
    "df.query(f'exec{40:c}1{41:c}')": ".query",
    "def g(f):\n    return df.eval(f)\ng('exec(1)')": "name exec",
    "for f in ['y ~ eval(x)']:\n    m.from_formula(f, d)": "name eval",
}
FINE = (
    "import os, json, random, pandas as pd, seaborn as sns\nfrom pathlib import Path",
    "import sys\nprint(sys.version, sys.argv)\nsys.path.append('lib')\nsys.setrecursionlimit(9999)",
    "import sys\nIN_COLAB = 'google.colab' in sys.modules",
    "import numpy as np",
    "%matplotlib inline\n%load_ext autoreload\n!pip install x\nimport matplotlib.pyplot as plt",
    "%config InlineBackend.figure_format = 'retina'\n%timeit -n 10 np.sum([1])",
    "from matplotlib import pyplot as plt\nplt.rcParams['figure.dpi'] = 90",
    "import pandas as pd\npd.options.display.max_rows = 9",
    "class A:\n    def __init__(self, x):\n        self.x = x\n    def __len__(self):\n        return 1",
    "class B(A):\n    def __init__(self):\n        super().__init__()\n        print(type(self).__name__)",
    "class C:\n    def set(self, **values):\n        for name in values:\n            setattr(self, name, 1)",
    "if __name__ == '__main__':\n    mean([1])",
    "model = {'clf__alpha': 1}\n'A doc about __eq__'",
    "expected = mean([1, 3])\nprint(expected)",
    "sum = 3\nlist = [1]",
    "x = = 1",
    "isinstance(3, type)\nassert type(3) is int",
    "import importlib\nimportlib.reload(np)\nprint(np)",
    "import gc\ngc.collect()",
    "import dataclasses\n@dataclasses.dataclass\nclass P:\n    x: int = 0",
    "import statsmodels.formula.api as smf\nprint(smf.ols('y ~ C(a):b + np.log(x)', data=df).fit())",
    "import statsmodels.formula.api as smf\nsmf.ols('y ~ ' + ' + '.join(df.columns), df)",
    "import sympy as sp\nx, y = sp.symbols('x y')\nsp.plot(x, title='f(x) = x')\nx.subs(x, 2)",
    "for column in ['a', 'b']:\n    df.query(f'{column} > 3 and b == @c')",
    "model.eval()",
    "import statsmodels.api as sm\ny = df['y'].replace(0, 1)[:80]\nprint(sm.OLS(y, X[:80]).fit())",
)


@pytest.mark.parametrize(("code", "key"), REACHES.items())
def test_reach_is_listed(code: str, key: str) -> None:
    assert key in keys(code)


@pytest.mark.parametrize("path", sorted(TRICKS.glob("*.py")), ids=lambda path: path.stem)
def test_no_trick_is_unseen(path: Path) -> None:
    code = path.read_text(encoding="utf-8").replace("# %%\n", "\n")
    assert read([Cell("import numpy as np", "instructor"), Cell(code)], {}, COURSE)


@pytest.mark.parametrize("code", FINE)
def test_everyday_code_is_not(code: str) -> None:
    # Packages that are not installed here are asked for when the test runs.
    reaches = read([Cell(code)], {}, COURSE)
    assert [reach for reach in reaches if not reach.asked.startswith("import ")] == []


def test_what_the_course_does_is_ordinary() -> None:
    code = "import inspect\nclass A:\n    def __eq__(self, o):\n        return inspect.stack()"
    course = measure([Cell(code, "answer")])
    assert keys(code, course=course) == set()
    assert "sys._getframe" in keys("import sys\nsys._getframe()", course=course)
    tests = measure([Cell("from unittest import mock\nx.__globals__", "test")])
    assert keys("x.__globals__", course=tests) == {"__globals__"}


def test_a_reach_says_where_it_is_and_what_it_can_do() -> None:
    [reach] = read([Cell("a = 1"), Cell('\n\nA = type("A", (), {})')], {}, COURSE)
    assert str(reach) == "cell 2, line 3: `type` makes a class at run time"


def test_files_that_were_handed_in_are_read() -> None:
    assert keys("import tools", files={"tools.py": b"import gc\ngc.get_objects()"}) == {
        "gc.get_objects"
    }
    assert keys("import tools", files={"tools.so": b""}) == {"file", "import tools"}
    assert keys("%%writefile tools.py\nx.__globals__", "import tools") == {"__globals__"}
    assert keys("%run tools.py", files={"tools.py": b"x = 1"}) == set()
    assert keys("x = 1", files={"numpy.py": b"x = 1"}) == {"shadow"}


def test_plan_comes_from_the_source() -> None:
    notebook = source_notebook()
    notebook.cells[3].metadata["tags"] = ["raises-exception"]
    notebook.cells[1].source = "import numpy as np\nlimit = 3\ndef mean(x):\n    return 0"
    plan = Plan.read(nbformat.writes(notebook).encode(), Config(), {})
    assert plan.tags["check"] == ["raises-exception"]
    assert plan.hidden == {"hidden"}
    # The answer defines `mean` again, so that the instructor's does not count.
    assert plan.pins(notebook.cells[1]) == ["*", "limit", "np"]
    touched = new_code_cell("# mine\nimport numpy as np\nlimit = 4\ndef mean(x):\n    return 0")
    assert plan.pins(touched) == ["np"]
    assert plan.free == ("mean",)
    assert [plan.whose(cell) for cell in notebook.cells[1:5]] == [
        "instructor", "student", "test", "test",
    ]  # fmt: skip
    assert plan.reaches(notebook, {}) == []


def test_read_command(tmp_path, capsys: pytest.CaptureFixture[str]) -> None:
    source, submitted = tmp_path / "source", tmp_path / "submitted"
    source.mkdir()
    submitted.mkdir()
    notebook = source_notebook()
    nbformat.write(notebook, source / "means.ipynb")
    notebook.cells[2].source = "import gc\ngc.get_objects()"
    nbformat.write(notebook, submitted / "means.ipynb")

    def command(*words: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["read", *words])
        return ended.value.code, *capsys.readouterr()

    assert command(str(source / "means.ipynb"), "--course", str(source))[0] == 0
    status, out, _ = command(str(submitted / "means.ipynb"), "--course", str(source))
    assert (status, out.count("\n")) == (1, 1)
    assert "means.ipynb, cell 3, line 2: `gc.get_objects` can find" in out
    status, _, error = command(str(submitted / "none.ipynb"))
    assert status == 2 and error.count("\n") == 1 and "none.ipynb" in error
    (submitted / "broken.ipynb").write_text("{")
    assert command(str(submitted / "broken.ipynb"))[0] == 2


def test_reading_is_quick_whatever_is_written() -> None:
    chain = "".join(f"df = df.{name}()\n" for name in "dropna copy head tail apply map agg".split())
    long = "x = '" + "ACGT__" * 20_000 + "'\n"
    loop = (
        "import tree\nnode = tree\nwhile node:\n    node = node.next\n    node = node.left.right\n"
    )
    many = "x.__globals__\n" * 3000
    for code in (f"import pandas as pd\ndf = pd.read_csv('a')\n{chain}", long, loop, many):
        read([Cell(code)], {}, COURSE)
    assert keys("x = 1\n" * 50_000) == {"unreadable"}


@pytest.mark.parametrize(
    "code",
    [
        f"x = {'-' * 1400}1",
        f"x = a{'.b' * 1400}",
        "\n".join(f"x{n} = !ls" for n in range(2000)),
        "\n".join(f"from a{n} import *" for n in range(3000)),
        f"{'a.' * 9000} b?",
        "t = '" + "/proc " * 30_000 + "'\n" + "%time x = 1\n" * 3000,
    ],
    ids=["deep", "long", "magics", "imports", "help", "text"],
)
def test_what_takes_too_long_to_read_is_a_review(
    code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warmgrader.grading.plan._PATIENCE", 0.2)
    notebook = source_notebook()
    notebook.cells[2].source = code
    [reach] = Plan().reaches(notebook, {})
    assert reach.key == "unreadable" and "read" in str(reach)


COMPUTED = measure(
    [
        Cell("def area(x):\n    'It.'\n    return x\nLIMIT = 3\nshape = solve(2)", "instructor"),
        Cell("def solve(x):\n    return x", "answer"),
        Cell("assert area(solve(1)) < LIMIT and shape", "test"),
    ]
)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("def area(x):\n    return x", set()),  # a docstring is nothing
        ("def area(x):\n    return 2 * x", {"rebind area"}),
        ("LIMIT = 4", {"rebind LIMIT"}),
        ("shape = solve(3)", set()),  # is made of an answer
        ("import re\nre.compile(r'\\d+')", set()),
        ("print(1, 2, 3, type(4))", set()),
        ("sum(LIMIT for _ in [1])", set()),
    ],
)
def test_what_is_the_instructors(code: str, found: set[str]) -> None:
    assert keys(code, course=COMPUTED) == found


SHARED = measure(
    [
        Cell(
            "LIMITS = {'a': 1}\nTOL = 3\nclass Checker:\n    limit = 3\nchecker = Checker()\n"
            "def helper(x):\n    return abs(x) < TOL",
            "instructor",
        ),
        Cell("def mean(x):\n    return np.mean(x)", "answer"),
        Cell("assert LIMITS['a'] == helper(mean([1])) and Checker() and checker", "test"),
    ]
)


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from tools import *", {"rebind TOL"}),
        ("from more import *", {"rebind TOL"}),
        ("%run tools.py", {"rebind TOL"}),
        ("J = Checker\nJ.x = 3", {"change Checker"}),
        ("for J in [Checker]:\n    J.limit = 9", {"change Checker"}),
        ("def f(c):\n    c.limit = 9\nf(Checker)", {"change Checker"}),
        ("J, K = Checker, 1\nsetattr(J, 'limit', 9)", {"change Checker"}),
        ("checker.limit = 99", {"change checker"}),
        ("def f(d=LIMITS):\n    d['a'] = 2\ndef f():\n    pass", {"change LIMITS"}),
        ("def f(d):\n    d['a'] = 2\nf(LIMITS)\ndef f():\n    pass", {"change LIMITS"}),
        ("LIMITS.setdefault('b', 3)", {"change LIMITS"}),
        ("def mean(x):\n    LIMITS.update(a=2)", {"change LIMITS"}),
        ("dict.update(LIMITS, a=3)", {"change LIMITS"}),
        ("d = LIMITS\ndef mean(x):\n    d.clear()", {"change LIMITS"}),
        ("e = LIMITS\ne |= {'a': 2}", {"change LIMITS"}),
        ("def get():\n    return LIMITS\ndel get()['a']", {"change LIMITS"}),
        ("s = LIMITS.copy()\ns['a'] = 1", set()),
        ("x = LIMITS['a']\nx += 1", set()),
        ("c = Checker()\nc.limit = 4", set()),
        ("words = []\nwords.append(LIMITS['a'])\nseen = {}\nseen.update(LIMITS)", set()),
        ("def g(LIMITS):\n    LIMITS.append(1)\ng([])", set()),
        ("from math import *\nfrom numpy import *", set()),
    ],
)
def test_what_tests_share_with_a_notebook(code: str, found: set[str]) -> None:
    files = {"tools.py": b"TOL = 4", "more.py": b"from tools import *"}
    assert keys(code, course=SHARED, files=files) == found


def test_a_rebound_name_matters_where_it_is_used() -> None:
    cells = [Cell("LIMIT = 4"), Cell("x = 1", "test"), Cell("LIMIT = 3", "instructor")]
    [reach] = read(cells, {}, COMPUTED)
    assert (reach.index, reach.until, reach.loads) == (0, 2, {"LIMIT"})
