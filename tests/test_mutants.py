"""Mutants: what the operators make of a text, and what becomes of them in a small course."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import sample_course

from workbook.authors.answers import answers_folder
from workbook.authors.mutants import PAGE, TaskMutants, store_counts
from workbook.authors.mutate import mutants
from workbook.common.paths import assignments

#: Assignments of which no mutant survives.
CLEAN = [
    "ex01_sequential",
    "ex02_functional",
    "ex03_subclassing",
    "ex04_layers",
    "ex05_losses",
    "ex06_metrics",
    "ex07_data",
    "ex08_callbacks",
    "ex09_loops",
    "ex10_graphs",
    "ex11_train_step",
    "ex12_churn",
]
#: How many mutants of each task a day's run tries.
SAMPLE = 1


def changes(text: str, operator: str) -> set[str]:
    """What an operator makes of the lines that it changes, in a function around `text`."""
    indented = "".join(f"    {line}\n" for line in text.splitlines())
    source = f"def answer(x, y, n=3):\n{indented}"
    return {mutant.after for mutant in mutants(source) if mutant.operator == operator}


@pytest.mark.parametrize(
    ("operator", "text", "expected"),
    [
        ("drop-keyword", "fit(x, a=1, b=n)", {"fit(x, b=n)", "fit(x, a=1)"}),
        ("drop-keyword", "fit(x, **y)", {"fit(x)"}),
        ("drop-keyword", "fit(a=1)", {"fit()"}),
        ("drop-argument", "loss(x, y)", {"loss(x)"}),
        ("swap-arguments", "loss(x, y, n)", {"loss(y, x, n)"}),
        ("other-name", "return f(x, k=y)", {"return f(y, k=y)", "return f(x, k=n)"}),
        ("drop-call", "return np.asarray(x + y) * 2", {"return (x + y) * 2"}),
        ("drop-call", "return x.astype('int32')", {"return x"}),
        ("drop-call", "x.add(y)", set()),
        ("drop-super", "c = super().get_config()\nsuper().f()", {"c = {}"}),
        ("drop-super", "return {**super().get_config(), 'n': n}", set()),
        ("training", "return x(y, training=n)", {
            "return x(y, training=True)", "return x(y, training=False)",
        }),
        ("other-function", "return ops.mean(max(x))", {
            "return ops.sum(max(x))", "return ops.mean(min(x))",
        }),
        ("comparison", "return x < y", {"return x <= y", "return x > y"}),
        ("comparison", "return (x) is (None)", {"return (x) is not (None)"}),
        ("arithmetic", "return (x + y) / (n)", {"return (x - y) / (n)", "return (x + y) * (n)"}),
        ("drop-operand", "return x - y", {"return x", "return y"}),
        ("augmented", "n += 1", {"n = 1", "n -= 1"}),
        ("drop-sign", "return not x", {"return x"}),
        ("number", "return [x, 2, 0]", {
            "return [x, 3, 0]", "return [x, 1, 0]", "return [x, 2, 1]", "return [x, 2, (-1)]",
            "def answer(x, y, n=4):", "def answer(x, y, n=2):",
        }),
        ("number", "return -1, 1e-7", {
            "return -2, 1e-7", "return -0, 1e-7", "return -1, 1.0000001", "return -1, 0.0",
            "def answer(x, y, n=4):", "def answer(x, y, n=2):",
        }),
        ("boolean", "return True", {"return False"}),
        ("text", "return 'ab', \"relu\", f'{x}'", {
            "return 'Xab', \"relu\", f'{x}'", "return 'ab', 'linear', f'{x}'",
            "return 'ab', \"relu\", f'X{x}'",
        }),
        ("and-or", "return x and y", {"return x or y"}),
        ("drop-clause", "return x and y or n", {
            "return (n)", "return ((x and y))", "return (x) or n", "return (y) or n",
        }),
        ("drop-filter", "return [a for a in x if a]", {"return [a for a in x if True]"}),
        ("condition", "return x if y else n", {
            "return x if not y else n", "return x if True else n", "return x if False else n",
        }),
        ("drop-statement", "y = x\nf(x)\nz = x\nreturn z", {"pass"}),
        ("once", "for a in x:\n    f(a)", {"f(a) break"}),
        ("break-continue", "while x:\n    break", {"continue"}),
        ("drop-element", "return [x, y]", {"return [y]", "return [x]"}),
        ("drop-element", "return {'a': x, **y}", {"return {**y}", "return {'a': x}"}),
        ("drop-bound", "return x[1:n]", {"return x[:n]", "return x[1:]"}),
        ("return-argument", "return y", {"return x"}),
        ("list-for-tuple", "return x, y", {"return [x, y]"}),
        ("list-for-tuple", "x.append((y,))", {"x.append([y])"}),
        ("list-for-tuple", "return tuple(x)", {"return list(x)"}),
    ],
)  # fmt: skip
def test_operator(operator, text, expected):
    assert changes(text, operator) == expected


LAYER = '''\
@register()
class Layer(Base):
    """Text."""

    def __init__(self, n, **kwargs):
        super().__init__(**kwargs)
        self.n = n
        self.inner = Inner(3)
        self.sized = Inner(n)

    def call(self, x: int = None):
        """Text, 1."""
        if x < 0:
            raise ValueError("not 1", x)
        return self.inner(x)
'''


def made(operator: str) -> list[str]:
    return [mutant.source for mutant in mutants(LAYER) if mutant.operator == operator]


def test_layers_are_made_once_more_where_they_are_called():
    [source] = made("made-again")
    assert '"""Text, 1."""\n        self.inner = Inner(3)\n        if x < 0:' in source


def test_methods_decorators_and_calls_of_the_base_class_are_dropped():
    [source] = made("drop-decorator")
    assert source == LAYER.removeprefix("@register()\n")
    dropped = made("drop-statement")
    assert LAYER.replace("super().__init__(**kwargs)", "pass") in dropped
    assert any("def __init__" not in source for source in dropped)


def test_texts_for_people_are_left_alone():
    for mutant in mutants(LAYER):
        assert '"""Text."""' in mutant.source
        assert 'ValueError("not 1", x)' in mutant.source or "raise" not in mutant.source


def test_a_mutant_says_where_it_differs():
    found = [
        mutant for mutant in mutants("def f(x):\n    y = (\n        x + 1\n    )\n    return y\n")
    ]
    [minus] = [mutant for mutant in found if mutant.operator == "arithmetic"]
    assert (minus.line, minus.before, minus.after) == (3, "x + 1", "x - 1")
    assert minus.source == "def f(x):\n    y = (\n        x - 1\n    )\n    return y\n"


def run(course: Path, *options: str) -> tuple[int, str]:
    """`workbook mutants` in a process of its own, because it forks; status and what it prints."""
    command = [sys.executable, "-m", "workbook.cli", "mutants", *options]
    done = subprocess.run(command, cwd=course, capture_output=True, text=True, timeout=1200)
    return done.returncode, done.stdout + done.stderr


ENDS = "def double(x):\n    while True:\n        break\n    return 2 * x\n"


def test_survivors_are_shown_and_equivalents_need_a_reason(tmp_path):
    course = sample_course.make_course(tmp_path)
    folder = answers_folder(course, sample_course.NAME)
    (folder / "double" / "right_ends.py").write_text(ENDS)
    (folder / "mean" / "right_method.py").unlink()
    (folder / "mean" / "right_sum.py").unlink()

    status, text = run(course)
    assert status == 1
    assert "mean: drop-call survives" in text, "float() is not asked for"
    assert "- return float(np.mean(values))\n    + return np.mean(values)\n" in text
    assert f"solutions/{sample_course.NAME}" in text
    assert "+ continue" not in text, "a loop without end counts as found"
    assert "+ while not True:" in text

    equivalent = folder / "mean" / "equivalent.toml"
    equivalent.write_text(
        '[[equivalent]]\nanswer = "solution"\nbefore = "return  float(np.mean(values))"\n'
        'after = ["return np.mean(values)", "return np.median(values)"]\nreason = "any number"\n'
    )
    status, text = run(course, "--task", "mean")
    assert status == 1
    assert "1 equivalent, 0 surviving" in text
    assert "no such mutant: return float(np.mean(values)) → return np.median(values)" in text

    equivalent.write_text(equivalent.read_text().replace('"return np.median(values)"', ""))
    status, text = run(course, "--task", "mean", "--killed")
    assert status == 0
    assert "mean: other-function killed: AssertionError: The mean of 1 and 2" in text


def test_right_answers_must_pass(tmp_path):
    course = sample_course.make_course(tmp_path)
    folder = answers_folder(course, sample_course.NAME)
    (folder / "double" / "right_plus.py").write_text("def double(x):\n    return x + 2\n")
    status, text = run(course, "--task", "double")
    assert status == 1
    assert "right_plus.py does not pass: AssertionError: double(3) is 6, yours gives 5" in text


def test_counts_go_on_the_page_for_contributors(tmp_path):
    head = "# Page\n\n| assignment | tasks | mutants | killed | equivalent | surviving |\n|---|\n"
    page = tmp_path / PAGE
    page.write_text(
        f"{head}| ex02_b | 9 | 9 | 9 | 9 | 9 |\n| ex03_c | 8 | 8 | 8 | 8 | 8 |\n\nEnd.\n"
    )
    tasks = []
    for assignment in ("ex01_a", "ex02_b", "ex02_b"):
        task = TaskMutants(assignment, "task", (), (), [])
        task.killed, task.equivalent, task.surviving = [...] * 1000, 2, [...] * 3
        tasks.append(task)
    store_counts(tmp_path, tasks)
    assert page.read_text() == (
        f"{head}| ex01_a | 1 | 1,005 | 1,000 | 2 | 3 |\n| ex02_b | 2 | 2,010 | 2,000 | 4 | 6 |\n"
        "| ex03_c | 8 | 8 | 8 | 8 | 8 |\n\nEnd.\n"
    )


def test_no_mutant_of_the_day_survives():
    day = date.today().isoformat()
    status, text = run(sample_course.ROOT, *CLEAN, "--sample", str(SAMPLE), "--seed", day)
    assert status == 0, text


@pytest.mark.slow
@pytest.mark.parametrize("assignment", assignments(sample_course.ROOT))
def test_no_mutant_survives(assignment):
    if assignment not in CLEAN:
        pytest.skip("not clean yet")
    jobs = max((os.cpu_count() or 1) // 2, 1)  # other tests run beside this one
    status, text = run(sample_course.ROOT, assignment, "--jobs", str(jobs))
    assert status == 0, text
