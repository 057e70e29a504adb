"""What a student sees of a task: how long and hard it is, a folded check, and what that says."""

from copy import deepcopy

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_output
from nbgrader.utils import compute_checksum
from places import SAMPLES, copy_configuration
from test_build import cells_by_id, read

from workbook.authors import build
from workbook.common import paths
from workbook.common.tasks import error_of, graded_cells, shown

SAMPLE = (SAMPLES / "exercises.py").read_text()
CHECK = """\
try:
    result = area(1)
except TypeError as error:
    raise AssertionError("area(1) raises a TypeError") from error
assert math.isclose(result, math.pi), (
    "The area of the unit circle is pi. This message is long enough for two lines, "
    "and none of its words may be cut into two."
)
"""
#: Answers, in the order in which one student tries them.
ANSWERS = {
    "unknown name": "def area(radius):\n    return radius * unknown",
    "not attempted": "def area(radius):\n    raise NotImplementedError('Not attempted yet: ...')",
    "wrong": "def area(radius):\n    return 3",
    "raises what the check expects": "def area(radius):\n    return 'x' + radius",
    "raises something else": "def area(radius):\n    return {}['radius']",
    "raises with many lines": "def area(radius):\n    raise ValueError('short\\nlong')",
    "fails where the check uses it": "def area(radius):\n    return None",
    "asserts without a word": "def area(radius):\n    assert radius > 2",
    "asserts": "def area(radius):\n    assert radius > 2, 'mine'",
    "right": "def area(radius):\n    return math.pi * radius**2",
}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """The released notebook of the sample, whose first check is `CHECK`."""
    root = tmp_path_factory.mktemp("course")
    source = root / "chapters" / "05_sample" / "exercises.py"
    source.parent.mkdir(parents=True)
    before, _, after = SAMPLE.partition("assert math.isclose(area(1)")
    source.write_text(before + CHECK + after.partition("\n")[2])
    copy_configuration(root)
    build.build(root)
    return read(paths.exercise_of(root, "ex05_sample"))


@pytest.fixture(scope="module")
def tried(released):
    """The check as it was run before everything else, before an answer, and with each answer."""
    [imports] = [cell for cell in released.cells if cell.source == "import math"]
    check = cells_by_id(released)["area_check"]
    steps = {"nothing": [], "no answer": [imports]}
    steps |= {name: [new_code_cell(answer)] for name, answer in ANSWERS.items()}
    notebook = nbformat.v4.new_notebook()
    checks = {}
    for name, before in steps.items():
        checks[name] = new_code_cell(check.source)
        notebook.cells += [*deepcopy(before), checks[name]]
    NotebookClient(notebook, allow_errors=True).execute()
    return checks


def traceback(cell):
    """All that is displayed of a cell's error."""
    return "\n".join(error_of(cell).traceback)


def plain_traceback(cell):
    """The same without colours."""
    return shown(new_code_cell("", outputs=[new_output("stream", text=traceback(cell))]))


def test_a_student_sees_one_line_of_a_check(released):
    for name, cell in graded_cells(released).items():
        folded = name.endswith(("_check", "_hidden"))
        assert ("jupyter" in cell.metadata) == folded, name
        assert (cell.metadata.get("cellView") == "form") == folded, name
    first = cells_by_id(released)["area_check"].source.partition("\n")[0]
    assert first.startswith("# @title Check area (4 points): ")


def test_unfolding_a_check_changes_nothing_for_nbgrader(released):
    cell = cells_by_id(released)["area_check"]
    unfolded = deepcopy(cell)
    for key in ("jupyter", "cellView"):
        del unfolded.metadata[key]
    assert compute_checksum(unfolded) == compute_checksum(cell) == cell.metadata.nbgrader.checksum


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (
            "nothing",
            "✗ name 'area' is not defined. Run the imports and your answer above first, and",
        ),
        ("no answer", "✗ name 'area' is not defined. Run the imports and your answer above first"),
        ("not attempted", "○ Not attempted yet: your answer to area goes into the cell above."),
        ("wrong", "✗ The area of the unit circle is pi."),
    ],
)
def test_a_failed_check_shows_its_message_alone(tried, name, message):
    said = traceback(tried[name])
    assert said.startswith(message)
    assert "Traceback" not in said
    assert "isclose" not in said
    assert max(map(len, said.splitlines())) <= 80  # `nbgrader validate` cuts longer ones


@pytest.mark.parametrize(
    ("name", "kind", "line"),
    [
        ("unknown name", "NameError", "return radius * unknown"),
        ("raises what the check expects", "TypeError", "return 'x' + radius"),
        ("raises something else", "KeyError", "return {}['radius']"),
        ("raises with many lines", "ValueError", r"raise ValueError('short\nlong')"),
        ("asserts", "AssertionError", "assert radius > 2, 'mine'"),
        ("asserts without a word", "AssertionError", "assert radius > 2"),
    ],
)
def test_a_students_own_error_keeps_its_traceback_without_the_check(tried, name, kind, line):
    said = plain_traceback(tried[name])
    assert f"{kind}: " in said or f"{kind}  " in said
    assert line in said
    assert "_failed" not in said
    assert "isclose" not in said


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("raises something else", "✗ KeyError: 'radius'\n"),
        ("raises with many lines", "✗ ValueError: short\n"),
        ("asserts without a word", "✗ AssertionError:\n"),
    ],
)
def test_an_unforeseen_error_says_where_the_check_stopped(tried, name, message):
    assert plain_traceback(tried[name]).startswith(
        f"{message}The check stopped at: result = area(1)\n"
    )


def test_an_error_in_the_check_itself_is_two_lines(tried):
    assert plain_traceback(tried["fails where the check uses it"]).splitlines() == [
        "✗ TypeError: must be real number, not NoneType",
        "The check stopped at: assert math.isclose(result, math.pi), (",
    ]


def test_no_word_of_a_message_is_cut(tried):
    assert " ".join(traceback(tried["wrong"]).split()) == f"✗ {error_of(tried['wrong']).evalue}"


def test_what_a_check_expects_is_told_before_the_students_error(tried):
    said = traceback(tried["raises what the check expects"])
    assert said.startswith("✗ area(1) raises a TypeError\n")
    assert "except TypeError" not in said
    assert error_of(tried["raises what the check expects"]).ename == "AssertionError"


def test_a_passed_check_says_what_the_hidden_tests_try(tried):
    assert error_of(tried["right"]) is None
    assert shown(tried["right"]) == (
        "✓ area passes this check.\nIts hidden tests (6 points) also try another radius."
    )


def test_a_check_runs_without_ipython(released, capsys):
    """As in the grader: compiled, in the notebook's namespace."""
    code = compile(cells_by_id(released)["area_check"].source, "<check>", "exec")
    names = {}
    exec("import math", names)
    for name in ("wrong", "raises what the check expects"):
        exec(ANSWERS[name], names)
        with pytest.raises(AssertionError, match=r"unit circle is pi|raises a TypeError"):
            exec(code, names)
    exec(ANSWERS["not attempted"], names)
    with pytest.raises(NotImplementedError, match="Not attempted yet"):
        exec(code, names)
    exec(ANSWERS["right"], names)
    exec(code, names)
    assert "also try another radius" in capsys.readouterr().out


def test_tasks_say_how_long_and_how_hard_and_the_head_their_sum(released):
    head, area, counter = (cell.source for cell in released.cells if cell.cell_type == "markdown")
    assert "*About 10 minutes · difficulty 1 of 3*" in area
    assert "*About 25 minutes · difficulty 3 of 3*" in counter
    assert "| `Counter` | state | 10 | 25 | 3 of 3 |" in head
    assert "| **together** | about half an hour | **20** | **35** | **4 of 6** |" in head
