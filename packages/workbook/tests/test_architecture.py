"""The packages are as docs/architecture.md draws and says."""

import ast
import re

import pytest
from places import ROOT

from workbook.authors import architecture

ARROWS = architecture.arrows(ROOT)
PAGE = (ROOT / "docs" / "architecture.md").read_text()


def test_no_arrow_leads_back():
    assert [room for room in ARROWS if room in architecture.reached(ARROWS, room)] == []


def test_the_grader_knows_nothing_of_the_course():
    reached = set().union(*(ARROWS[room] for room in ARROWS if room.startswith("warmgrader.")))
    assert {room for room in reached if room.startswith("workbook.")} == set()


def test_students_need_their_own_wing_only():
    reached = architecture.reached(ARROWS, "workbook.students")
    assert {room for room in reached if room.startswith("workbook.")} == {"workbook.common"}


def test_the_picture_has_these_arrows():
    drawn = re.findall(r"<title>([\w.]+)&#45;&gt;([\w.]+)</title>", _picture())
    reduced = architecture.reduced(ARROWS)
    assert {*drawn} == {(room, target) for room, targets in reduced.items() for target in targets}


def test_arrows_that_follow_from_others_are_left_out():
    arrows = {"a": {"b", "c"}, "b": {"c"}, "c": set()}
    assert architecture.reduced(arrows) == {"a": {"b"}, "b": {"c"}, "c": set()}


@pytest.mark.parametrize(
    "path", sorted({*re.findall(r"`((?:workbook|warmgrader)/[\w/.]+)`", PAGE)})
)
def test_what_the_page_names_is_there(path):
    package, _, rest = path.partition("/")
    assert (ROOT / "packages" / package / "src" / package / rest).exists()


@pytest.mark.parametrize("package", architecture.PACKAGES)
def test_no_module_and_no_function_is_too_long(package):
    """450 lines, and 60."""
    for path in (ROOT / "packages" / package / "src").rglob("*.py"):
        text = path.read_text()
        assert text.count("\n") <= 450, path.name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                start = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                assert node.end_lineno - start < 60, f"{path.name}: {node.name}"


def _picture():
    return (ROOT / architecture.PICTURE).read_text()
