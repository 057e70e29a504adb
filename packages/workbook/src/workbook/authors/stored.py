"""What the stored outputs of a chapter must and must not hold.

Comparing a stored output with a fresh one proves nothing where there is none, where it is a blank
picture in both, or where it will be another one on every machine. These guards refuse that.
"""

import ast
import base64
import io
import re
from collections.abc import Iterator

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode
from PIL import Image, UnidentifiedImageError

# Calls that a reader sees something of.
SHOWING_CALLS = {"print", "display", "show", "summary", "plot_model"}
SILENCING_ARGUMENTS = {"file", "print_fn", "to_file"}

_ABSOLUTE_PATH = re.compile(r"(?<![\w.~:/<*)\]-])/(?:[\w.+-]+/)+[\w.+-]+|\b[A-Z]:\\\w+")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{6,}\b")
_PROGRESS_BAR = re.compile(r"\r(?!\n)|\x08|\d+/\d+ ━|\[[=>.]{5,}\]|\d(?:it/s|s/it)\b")


def problems(notebook: NotebookNode) -> list[tuple[int, str]]:
    """What is wrong with the outputs of a notebook: number of the code cell, from 1, and reason."""
    found = []
    code_cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    for number, cell in enumerate(code_cells, start=1):
        found += [(number, problem) for guard in GUARDS for problem in guard(cell)]
        if cell.execution_count not in (None, number):
            problem = f"numbered {cell.execution_count}; store the outputs of one run of them all"
            found.append((number, problem))
    return found


def has_run(cell: NotebookNode) -> Iterator[str]:
    """A cell that has not run is never compared with anything."""
    if cell.execution_count is None:
        yield "has not been run; run the chapter with --store"


def shows_something(cell: NotebookNode) -> Iterator[str]:
    """A cell that prints, displays or ends in a value has an output."""
    if not cell.outputs and cell.execution_count is not None and should_show(cell.source):
        yield "shows nothing, though it prints, displays or ends in a value; see what became of it"


def should_show(source: str) -> bool:
    """Whether running this cell is sure to show something."""
    if source.startswith("%%"):
        return False
    statements = ast.parse(TransformerManager().transform_cell(source)).body
    if not statements:
        return False
    last = statements[-1]
    ends_in_value = isinstance(last, ast.Expr) and not isinstance(last.value, ast.Call)
    return (ends_in_value and not source.rstrip().endswith(";")) or _calls_show(statements)


def _calls_show(statements: list[ast.stmt]) -> bool:
    """Whether the statements certainly reach a call that shows something."""
    for statement in statements:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            call = statement.value
            name = getattr(call.func, "id", getattr(call.func, "attr", None))
            arguments = {keyword.arg for keyword in call.keywords}
            if name in SHOWING_CALLS and not arguments & SILENCING_ARGUMENTS:
                return True
        elif isinstance(statement, ast.For | ast.With) and _calls_show(statement.body):
            return True
        elif isinstance(statement, ast.Try):
            # Such a cell is there to show the error; without it, it shows nothing.
            bodies = [statement.body, *(handler.body for handler in statement.handlers)]
            if any(map(_calls_show, bodies)):
                return True
    return False


def has_its_pictures(cell: NotebookNode) -> Iterator[str]:
    """Pictures are there, hold something, and are described."""
    pictures = [
        output.data["image/png"] for output in cell.outputs if "image/png" in output.get("data", {})
    ]
    drawn = [output for output in cell.outputs if "<Figure" in _text(output)]
    if len(pictures) < len(drawn) or (cell.metadata.get("alt") and not pictures):
        yield "a picture is missing; see what became of it, or remove alt="
    if pictures and not cell.metadata.get("alt"):
        yield 'a picture without a description; write # %% alt="what it shows"'
    for picture in pictures:
        if is_blank(picture):
            yield "a blank picture; see what became of it"


def is_blank(png: str) -> bool:
    """Whether a base64 PNG has one colour only, on light and on dark ground, or is broken."""
    try:
        image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    except (ValueError, UnidentifiedImageError, OSError):
        return True
    grounds = (Image.new("RGBA", image.size, colour) for colour in ("white", "black"))
    shown = (Image.alpha_composite(ground, image).getextrema() for ground in grounds)
    return all(low == high for extrema in shown for low, high in extrema)


def has_no_error(cell: NotebookNode) -> Iterator[str]:
    """Errors are shown by catching them, so that the chapter goes on."""
    for output in cell.outputs:
        if output.output_type == "error":
            yield f"ends in {output.ename}; catch the error and print it"


def has_no_stderr(cell: NotebookNode) -> Iterator[str]:
    """Warnings and logs depend on the machine and worry readers."""
    for output in cell.outputs:
        if output.get("name") == "stderr":
            first_line = output.text.strip().partition("\n")[0]
            yield f"writes to stderr: {first_line}; remove its cause"


def has_no_machine_in_it(cell: NotebookNode) -> Iterator[str]:
    """No absolute path, memory address or widget: all differ elsewhere, and so do progress bars."""
    for output in cell.outputs:
        if any("widget" in kind for kind in output.get("data", {})):
            yield "shows a widget, which GitHub does not; run the chapter with --store"
        text = _text(output)
        if _PROGRESS_BAR.search(text) and "nbval-ignore-output" not in cell.metadata.get(
            "tags", []
        ):
            yield "shows a progress bar; use verbose=2, or tag the cell nbval-ignore-output"
        if match := _ABSOLUTE_PATH.search(text):
            yield f"shows the absolute path {match[0]}; show its name only"
        if match := _ADDRESS.search(text):
            yield f"shows the memory address {match[0]}; show a name or a number instead"


def _text(output: NotebookNode) -> str:
    """All that an output says in words."""
    words = [output.get("text", ""), output.get("evalue", "")]
    for kind, content in output.get("data", {}).items():
        if isinstance(content, str) and not kind.startswith("image/"):
            words.append(content)
    return _COLOUR.sub("", "\n".join(words))


GUARDS = (
    has_run,
    shows_something,
    has_its_pictures,
    has_no_error,
    has_no_stderr,
    has_no_machine_in_it,
)
