"""What students get back: points and messages, and nothing of the hidden tests.

`StudentView` goes into `c.GenerateFeedback.preprocessors`; the exporters make pages that neither
run nor load anything that comes from a submission. `warmgrader.switch.use_warmgrader` sets all this
up.
"""

from __future__ import annotations

import builtins
import re
from typing import Any

import latex2mathml.converter
from bs4 import BeautifulSoup, NavigableString
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import InvalidNotebook
from nbconvert.preprocessors import Preprocessor
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import ClearHiddenTests
from nbgrader.utils import is_grade
from traitlets.config import Config

from warmgrader.containment.sanitize import SOURCE_CHARACTERS, clean_html, clean_notebook
from warmgrader.feedback.titles import title_of
from warmgrader.grading.plan import is_test
from warmgrader.verdicts.verdict import KNOWS, RAISED_BY_NOTEBOOK, TOLD

MESSAGE_CHARACTERS = 500
"""Length of the longest message of a test that a student sees."""

_CODE_LINE = 20  # a line of hidden code that is shorter than this gives nothing away
_MATH = re.compile(
    r"\$\$(?P<display>.+?)\$\$|\\\[(?P<bracket>.+?)\\\]|(?<![\\$])\$(?P<inline>[^$\n]+?)(?<!\\)\$"
    r"|\\\((?P<paren>.+?)\\\)|(?P<block>\\begin\{(?P<name>\w+\*?)\}.+?\\end\{(?P=name)\})",
    re.DOTALL,
)
# Messages of NumPy's and Python's own that have no text in them, but for names in quotation marks.
_NUMPYS = re.compile(
    r"Not equal to tolerance rtol=[\d.e+-]+, atol=[\d.e+-]+"
    r"|(Arrays|Items) are not (almost )?equal( to \d+ decimals| up to \d+ ULP)?:?"
    r"|Mismatched elements: \d+ / \d+ \([\d.]+%\)"
    r"|\(shapes \([\d, ]*\), \([\d, ]*\) mismatch\)"
)
_PYTHONS = re.compile(
    r"'(\w+)' object (?:is not (?:callable|iterable|subscriptable|an iterator|reversible)|has no attribute '(\w+)'|"
    r"does not support item (?:assignment|deletion)|cannot be interpreted as an integer)|"
    r"name '(\w+)' is not defined|unsupported operand type\(s\) for [^ ]+: '(\w+)' and '(\w+)'|"
    r"unhashable type: '(\w+)'|object of type '(\w+)' has no len\(\)|(\w+)\(\) takes (?:from \d to )?(?:no|\d+) "
    r"(?:positional )?arguments?(?: but \d+ (?:was|were) given)?|"
    r"(\w+)\(\) missing \d required positional arguments?: '(\w+)'(?: and '(\w+)')?|"
    r"(\w+)\(\) got an unexpected keyword argument '(\w+)'|(?:float )?division by zero|"
    r"(?:list|tuple|string) index out of range|cannot unpack non-iterable (\w+) object|"
    r"(?:too many|not enough) values to unpack \(expected \d+(?:, got \d+)?\)"
)
_TEST_LINK = re.compile(r'(<a href="#([^"]*)">)Test cell(?=</a>)')
_MOST_BLOCKS = 500  # after each \begin, its \end is looked for in the whole text
_NO_NETWORK = (
    '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
    "style-src 'unsafe-inline'; font-src data:\">"
)


class StudentView(Preprocessor):
    """Takes out of a graded notebook what a student must not see.

    Once a hidden test has run, the notebook's code may know it, and could print it in any later
    cell. Therefore only the outputs of the cells before the first hidden test are shown, and of an
    error that the notebook's own code raises later, only its kind, unless its text stands in the
    notebook.
    """

    enabled = True

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Replace what tests show by their verdicts, and remove hidden tests."""
        clean_notebook(nb)
        clear = ClearHiddenTests(config=Config(ClearHiddenTests=self.config.ClearHiddenTests))
        hidden_code: set[str] = {"(in another notebook)"} if nb.metadata.get(KNOWS) else set()
        own = "\n".join(cell.source for cell in nb.cells if not is_grade(cell))
        for cell in nb.cells:
            if is_grade(cell) and clear.begin_test_delimeter in cell.source:
                hidden_code |= self._remove_hidden(cell, clear, resources)
            if is_test(cell):
                self._show_verdict(cell, hidden_code, own)
            elif cell.cell_type == "code" and hidden_code and cell.outputs:
                text = "(Output not shown, because hidden tests had run before this cell.)"
                cell.outputs = [new_output("stream", name="stdout", text=text)]
            if len(cell.source) > SOURCE_CHARACTERS:
                cell.source = f"{cell.source[:SOURCE_CHARACTERS]}\n…"
        return nb, resources

    def _remove_hidden(
        self, cell: NotebookNode, clear: ClearHiddenTests, resources: dict[str, Any]
    ) -> set[str]:
        """Remove the hidden part of a cell; return its lines of code."""
        before = cell.source.splitlines()
        clear.preprocess_cell(cell, resources, 0)
        kept = set(cell.source.splitlines())
        return {line.strip() for line in before if line not in kept}

    def _show_verdict(self, cell: NotebookNode, hidden_code: set[str], own: str) -> None:
        """Say whether a test passed, with its message if it did not.

        Args:
            cell: the test.
            hidden_code: lines of hidden tests that have run before or run here.
            own: the student's code.
        """
        error = next((o for o in cell.outputs if o.output_type == "error"), None)
        if error is not None:
            by_notebook = error.traceback[:1] == [RAISED_BY_NOTEBOOK]
            text = f"Not passed. {error.ename[:100]}" + (" in your code" if by_notebook else "")
            if hidden_code:
                message = told_message(error, cell.metadata.get(TOLD), by_notebook, own)
            else:
                message = error.evalue
            if message := short_message(message, hidden_code):
                text = f"{text}: {message}"
            cell.outputs = [new_output("error", ename="", evalue="", traceback=[text])]
            return
        partial = any(o.output_type == "execute_result" for o in cell.outputs)
        text = "Passed in part." if partial else "Passed."
        cell.outputs = [new_output("stream", name="stdout", text=text)]


def told_message(error: NotebookNode, told: str | None, by_notebook: bool, own: str) -> str:
    """Return what a student may read of an error after hidden tests have run.

    Args:
        error: the output.
        told: the message as the core has put it together for the student, or None.
        by_notebook: whether the student's own code raised it; `told` is the test's.
        own: the student's code, whose words a student may read again.
    """
    if told is not None:
        return told
    if by_notebook and error.evalue in own:
        return error.evalue
    lines = [line for line in error.evalue.strip().splitlines() if line.strip()]
    if error.ename == "AssertionError" and not by_notebook:
        return "\n".join(line for line in lines if _NUMPYS.fullmatch(line.strip()))
    match = _PYTHONS.fullmatch(lines[0]) if len(lines) == 1 else None
    known = match and all(w in own or w in vars(builtins) for w in match.groups() if w)
    return error.evalue if known else ""


def short_message(text: str, hidden_code: set[str]) -> str:
    """Return the first paragraph of an error's message, without lines of hidden code.

    NumPy's assertions write the compared values into the later paragraphs.
    """
    paragraph = re.split(r"\n\s*\n", text.strip(), maxsplit=1)[0]
    for line in hidden_code:
        if len(line) >= _CODE_LINE:
            paragraph = paragraph.replace(line, "[…]")
    if len(paragraph) > MESSAGE_CHARACTERS:
        paragraph = f"{paragraph[:MESSAGE_CHARACTERS]}…"
    return paragraph


class FormgraderExporter(HTMLExporter):
    """Renders a submission so that nothing in it runs, and formulas without a network."""

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """Turn Markdown into clean HTML with MathML."""
        if source.count("\\begin{") > _MOST_BLOCKS:
            return f"<pre>{_escaped(source)}</pre>"
        try:
            html = super().markdown2html(context, source)
        except InvalidNotebook:  # pictures get lost when cells are copied between notebooks
            html = super().markdown2html(context, source.replace("attachment:", "missing:"))
        return formulas(clean_html(html))

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Render a notebook; its outputs are cleaned, whoever has graded it."""
        clean_notebook(nb)
        html, resources = super().from_notebook_node(nb, resources, **options)
        mathjax = r"<!-- Load mathjax -->.*?<!-- End of mathjax configuration -->"
        return re.sub(mathjax, "", html, flags=re.DOTALL), resources


class FeedbackExporter(FormgraderExporter):
    """Renders feedback: a page of its own, without any script, whose tests have names."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Render a notebook and forbid the page to run or load anything."""
        html, resources = super().from_notebook_node(nb, resources, **options)
        html = re.sub(r"<script\b.*?</script>", "", html, flags=re.DOTALL | re.IGNORECASE)
        names = {c.metadata.nbgrader.grade_id: title_of(c.source) for c in nb.cells if is_grade(c)}
        html = _TEST_LINK.sub(lambda m: f"{m[1]}{_escaped(names.get(m[2]) or m[2])}", html)
        return html.replace("<head>", f"<head>{_NO_NETWORK}", 1), resources


def formulas(html: str) -> str:
    """Turn the LaTeX in a piece of HTML into MathML, which browsers show by themselves."""
    if "$" not in html and "\\" not in html:
        return html
    soup = BeautifulSoup(html, "html.parser")
    for node in soup.find_all(string=_MATH):
        if node.find_parent(["code", "pre", "a"]) is None:
            node.replace_with(BeautifulSoup(_with_mathml(node), "html.parser"))
    return str(soup)


def _with_mathml(text: NavigableString) -> str:
    pieces, end = [], 0
    for match in _MATH.finditer(text):
        latex = next(filter(None, match.group("display", "bracket", "inline", "paren", "block")))
        inline = match["inline"] or match["paren"]
        try:
            formula = latex2mathml.converter.convert(latex, display="inline" if inline else "block")
        except Exception:  # noqa: BLE001 - whatever it does not know stays as it was written
            formula = _escaped(match.group())
        pieces += [_escaped(text[end : match.start()]), formula]
        end = match.end()
    return "".join([*pieces, _escaped(text[end:])])


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
