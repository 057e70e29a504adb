"""Keeps what a submission displays, as far as a page can show it without running any of it."""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import Any

import nh3
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output

OUTPUT_CHARACTERS = 500_000
"""Length of the longest output that is kept."""
SOURCE_CHARACTERS = 200_000
"""Length of the longest cell that is shown."""

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "code", "col", "colgroup", "dd", "del",
    "details", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins",
    "kbd", "li", "ol", "p", "pre", "s", "samp", "span", "strong", "sub", "summary", "sup", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "var",
}  # fmt: skip
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")
_IMAGES = ("image/png", "image/jpeg", "image/gif")
_DATA_IMAGE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
_LINK = re.compile(r"https?://|mailto:|#|[^:]*$")
_TAG = re.compile(r"<(/?)([a-z][^\s/>]*)")  # in lower case
# Elements that end by themselves, or where the next of them begins.
_FLAT = {
    "area", "br", "col", "colgroup", "dd", "dt", "hr", "img", "input", "li", "link", "meta", "option",
    "p", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
}  # fmt: skip
_DEEPEST = 1000

# What looks, and links; no style, because a style can load files.
_ATTRIBUTES = {
    "*": {"align", "alt", "border", "class", "colspan", "height", "id", "rowspan", "start", "title",
          "width"},
    "a": {"href"},
    "img": {"src"},
}  # fmt: skip


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Return an attribute's value, or nothing for an attribute that is to go."""
    allowed = {"src": _DATA_IMAGE.fullmatch, "href": _LINK.match}.get(name)
    return value if allowed is None or allowed(value) else None


_cleaner = nh3.Cleaner(
    tags=_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto", "data"},
    link_rel=None,
)


def clean_html(text: str) -> str:
    """Return HTML without anything that could run or load something.

    Elements that are in each other so deeply that to parse them could take minutes become text.
    """
    return f"<pre>{html.escape(text)}</pre>" if _is_a_maze(text) else _cleaner.clean(text)


def _is_a_maze(text: str) -> bool:
    open_elements: Counter[str] = Counter()
    depth = deepest = 0
    for closing, name in _TAG.findall(text.lower()):
        if not closing and name not in _FLAT:
            open_elements[name] += 1
            depth += 1
            deepest = max(deepest, depth)
        elif open_elements[name]:
            open_elements[name] -= 1
            depth -= 1
    return deepest > _DEEPEST


def clean_notebook(notebook: NotebookNode) -> None:
    """Reduce the outputs of all cells, in place, to what is well-formed and harmless."""
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [kept for o in cell.outputs if (kept := _clean_output(o)) is not None]


def _clean_output(output: NotebookNode) -> NotebookNode | None:
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return new_output("stream", name=name, text=_shorten(_text(output.get("text", ""))))
    if kind == "error":
        lines = output.get("traceback")
        return new_output(
            "error",
            ename=_text(output.get("ename", "")),
            evalue=_shorten(_text(output.get("evalue", ""))),
            traceback=[_shorten(_text(line)) for line in lines] if isinstance(lines, list) else [],
        )
    if kind not in ("display_data", "execute_result"):
        return None
    data = _clean_data(output.get("data"))
    if not data:
        return None
    extra = {}
    if kind == "execute_result":
        count = output.get("execution_count")
        extra["execution_count"] = count if isinstance(count, int) else None
    return new_output(kind, data, metadata=_clean_metadata(output.get("metadata")), **extra)


def _clean_data(data: Any) -> dict[str, str]:
    """Keep the representations that are text, pictures, or HTML that can be cleaned."""
    kept = {}
    for mime, value in data.items() if isinstance(data, dict) else ():
        text = _text(value)
        if mime in _IMAGES and _BASE64.fullmatch(text) and len(text) <= 4 * OUTPUT_CHARACTERS:
            kept[mime] = text
        elif mime == "text/plain":
            kept[mime] = _shorten(text)
        elif mime in ("text/html", "text/markdown") and len(text) <= OUTPUT_CHARACTERS:
            kept[mime] = clean_html(text)
    return kept


def _clean_metadata(metadata: Any) -> dict[str, dict[str, float]]:
    """Keep the sizes of pictures."""
    kept = {}
    for mime, details in metadata.items() if isinstance(metadata, dict) else ():
        if mime in _IMAGES and isinstance(details, dict):
            kept[mime] = {
                name: details[name]
                for name in ("width", "height")
                if type(details.get(name)) in (int, float)
            }
    return kept


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "".join(_text(part) for part in value)
    return str(value).encode("utf-8", "replace").decode()


def _shorten(text: str) -> str:
    if len(text) <= OUTPUT_CHARACTERS:
        return text
    return f"{text[:OUTPUT_CHARACTERS]}\n… ({len(text) - OUTPUT_CHARACTERS} characters more)"
