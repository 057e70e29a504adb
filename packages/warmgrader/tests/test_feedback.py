"""What students see of a graded submission, and what they don't."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from course import ASSIGNMENT, VISIBLE_ONLY, Course
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.apps import GenerateFeedbackApp
from test_autograde import run

from warmgrader.containment.sanitize import clean_html, clean_notebook
from warmgrader.feedback.pages import FeedbackExporter, StudentView, formulas, short_message
from warmgrader.feedback.titles import title_of
from warmgrader.verdicts.verdict import RAISED_BY_NOTEBOOK

SCRIPTS = (
    "<script>alert(1)</script>",
    '<img src="x" onerror="alert(1)">',
    "[link](javascript:alert(1))",
    '<iframe src="https://example.org"></iframe>',
    '<svg onload="alert(1)"></svg>',
    '<a href="&#106;avascript:alert(1)">x</a>',
    '<p style="background: url(https://example.org/x)">x</p>',
    "![x](https://example.org/picture.png)",
)
RUNS_OR_LOADS = re.compile(
    r"<script|<iframe|<svg|<[^>]+\son\w+=|href=\"\s*(javascript|data):|src=\"(?!data:)|url\(http",
    re.I,
)
NOSY = """
import linecache
def mean(values):
    seen = [line for entry in list(linecache.cache.values()) for line in entry[2]]
    globals()['stolen'] = ''.join(seen)
    print('values are', values)
    return 2.0
"""


@pytest.fixture
def course(tmp_path: Path, generated_course: Course, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course that is switched to warmgrader."""
    course = Course(tmp_path / "course", generated_course)
    config = course.root / "nbgrader_config.py"
    switch = "from warmgrader.switch import use_warmgrader\nuse_warmgrader(c)\n"
    config.write_text(config.read_text() + switch)
    monkeypatch.chdir(course.root)
    return course


def feedback(course: Course, student: str) -> str:
    """Return the page that a student gets."""
    return (course.root / "feedback" / student / ASSIGNMENT / "means.html").read_text()


def test_students_see_messages_and_no_hidden_test(course: Course) -> None:
    course.submit("nosy", NOSY)
    path = course.submit("visible", VISIBLE_ONLY, ("print('before the tests')",))
    notebook = nbformat.read(path, as_version=4)
    notebook.cells += [
        new_code_cell("print(globals().get('stolen'))\nprint('after the tests')"),
        new_markdown_cell("\n\n".join(SCRIPTS) + "\n\nThe mean is $\\frac{1}{n}$."),
        new_code_cell(
            f"from IPython.display import HTML, Javascript\ndisplay(HTML({SCRIPTS[0]!r}))\n"
            "display(Javascript('alert(1)'))"
        ),
    ]
    nbformat.write(notebook, path)
    stolen = nbformat.read(path.parents[2] / "nosy" / ASSIGNMENT / "means.ipynb", as_version=4)
    stolen.cells.append(new_code_cell("print(stolen)\nraise ValueError(stolen)"))
    nbformat.write(stolen, path.parents[2] / "nosy" / ASSIGNMENT / "means.ipynb")
    assert run(ASSIGNMENT, "--workers=1")[0] == 0
    assert run(ASSIGNMENT, app=GenerateFeedbackApp)[0] == 0
    for student in ("visible", "nosy"):
        page = feedback(course, student)
        assert "HIDDEN TESTS" not in page
        assert "[3, 6]" not in re.sub("<[^>]+>", "", page)
        assert "Not passed. AssertionError" in page
        assert "after the tests\n" not in page
        assert '<a href="#hidden">hidden</a> (Score' in page  # a test without a title
    page = feedback(course, "visible")
    assert "before the tests\n" in page
    assert "Content-Security-Policy" in page
    assert RUNS_OR_LOADS.search(page) is None
    assert "<mfrac>" in page
    assert "cdnjs" not in page
    # The instructor sees the hidden test and what happened in it.
    graded = (course.root / "autograded" / "visible" / ASSIGNMENT / "means.ipynb").read_text()
    assert "[[1, 2], [3, 6]]" in graded
    assert "application/javascript" not in graded


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("# @title Check mean (1 point): a click shows it\nassert True", "Check mean (1 point)"),
        ("# @title Check <mean> ", "Check <mean>"),
        ("# @title \nassert True", None),
        ("# A comment\n# @title Check mean", None),
        ("", None),
    ],
)
def test_titles(source: str, title: str | None) -> None:
    assert title_of(source) == title


@pytest.mark.parametrize("text", SCRIPTS)
def test_markdown_neither_runs_nor_loads(text: str) -> None:
    notebook = new_notebook(cells=[new_markdown_cell(text)])
    page, _ = FeedbackExporter(template_name="classic").from_notebook_node(notebook)
    assert RUNS_OR_LOADS.search(page) is None


def test_outputs_are_reduced_to_what_is_harmless() -> None:
    data = {
        "image/png": 'AAAA"><script>alert(1)</script>',
        "image/svg+xml": "<svg onload='alert(1)'/>",
        "application/javascript": "alert(1)",
        "text/html": "<table><tr><td onclick='alert(1)'>1</td></tr></table><script>x</script>",
        "text/plain": "x" * 600_000,
    }
    outputs = [
        new_output("display_data", data, metadata={"image/png": {"width": '1" onload="x'}}),
        nbformat.from_dict({"output_type": "display_data", "data": 3}),
        nbformat.from_dict({"output_type": "stream", "name": 1, "text": ["a", "b"]}),
    ]
    notebook = new_notebook(cells=[new_code_cell("")])
    notebook.cells[0].outputs = outputs
    clean_notebook(notebook)
    nbformat.validate(notebook)
    shown, text = notebook.cells[0].outputs
    assert set(shown.data) == {"text/html", "text/plain"}
    assert "<td>1</td>" in shown.data["text/html"]
    assert RUNS_OR_LOADS.search(shown.data["text/html"]) is None
    assert len(shown.data["text/plain"]) < 510_000
    assert (text.name, text.text) == ("stdout", "ab")


def test_tables_and_pictures_stay() -> None:
    html = '<table border="1" class="dataframe"><tbody><tr><th>a</th></tr></tbody></table>'
    assert clean_html(html) == html
    picture = '<img src="data:image/png;base64,AAAA" alt="plot">'
    assert clean_html(picture) == picture


@pytest.mark.parametrize(
    "html",
    ["<div>" * 40_000, "<div>" * 40_000 + "</div>" * 40_000, "<b><i></x>" * 40_000],
    ids=["open", "closed", "bogus"],
)
def test_html_that_would_take_minutes_is_shown_as_text(html: str) -> None:
    assert clean_html(html) == "<pre>" + html.replace("<", "&lt;").replace(">", "&gt;") + "</pre>"


def test_long_tables_and_lists_are_no_maze() -> None:
    for html in ("<tr><td>1</td><td>2</td></tr>" * 5_000, "<li>a" * 5_000, "<b>a</b><br>" * 5_000):
        assert "<pre>" not in clean_html(f"<table>{html}</table>")


def test_text_with_many_blocks_of_formulas_is_shown_as_it_is() -> None:
    exporter = FeedbackExporter()
    few, many = ("\\begin{align}x\\end{align}\n\n" * number for number in (5, 600))
    assert exporter.markdown2html({}, few).count("<math") == 5
    assert exporter.markdown2html({}, many) == f"<pre>{many}</pre>"


def test_messages_are_short_and_without_code() -> None:
    numpy = "\nNot equal to tolerance rtol=0.1\n\nMismatched elements: 1 / 1\n DESIRED: array(3)"
    assert short_message(numpy, set()) == "Not equal to tolerance rtol=0.1"
    code = "assert mean([[1, 2], [3, 6]]) == 3"
    assert short_message(f"it is {code}", {code}) == "it is […]"
    assert len(short_message("x" * 9000, set())) < 600


def verdict_shown(evalue: str, traceback: list[str], own: str) -> str:
    """Return what a student sees of an error in a hidden test."""
    test = new_code_cell("### BEGIN HIDDEN TESTS\nassert mean([3]) == 3\n### END HIDDEN TESTS")
    test.metadata["nbgrader"] = {"grade": True, "solution": False, "grade_id": "hidden"}
    test.outputs = [new_output("error", ename="ValueError", evalue=evalue, traceback=traceback)]
    notebook = new_notebook(cells=[new_code_cell(own), test])
    StudentView().preprocess(notebook, {})
    return notebook.cells[1].outputs[0].traceback[0]


def test_errors_of_ones_own_code_carry_nothing_out() -> None:
    by_notebook = [RAISED_BY_NOTEBOOK, "ValueError: [3]"]
    own = "raise ValueError('Not attempted yet')"
    assert verdict_shown("[3]", by_notebook, own) == "Not passed. ValueError in your code"
    assert verdict_shown("Not attempted yet", by_notebook, own).endswith(": Not attempted yet")
    # Nobody knows whose words these are; the core tells those of the test by themselves.
    assert verdict_shown("must be 3", ["ValueError: must be 3"], own) == "Not passed. ValueError"
    python = "'NoneType' object is not iterable"
    assert verdict_shown(python, [f"ValueError: {python}"], own).endswith("ValueError")
    python = "list index out of range"
    assert verdict_shown(python, [f"ValueError: {python}"], own).endswith(f": {python}")


def test_formulas_need_no_script() -> None:
    html = formulas("<p>$a &lt; b$ costs \\$5, <code>$x$</code></p><p>$$\\sum_i x_i$$</p>")
    assert html.count("<math") == 2
    assert "<code>$x$</code>" in html
    assert "costs" in html
