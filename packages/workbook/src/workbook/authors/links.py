"""Finds what is broken in built pages: links that lead nowhere, and what other hosts would have to give."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_REMOTE_STYLE = re.compile(r"(?:url\(|@import)\s*[\"']?((?:https?:)?//[^\"')\s]+)")
_ADDRESSES = ("href", "src", "action", "data", "poster")
#: `<link rel="...">` that only names another page; the other kinds are loaded.
_MENTIONED = {"canonical", "next", "prev", "author", "copyright", "license", "search", "index"}


@dataclass
class Page:
    """What a page can be linked by, and what it needs.

    Attributes:
        anchors: names of its places.
        linked: addresses that a reader can follow.
        loaded: addresses that a browser loads together with the page.
    """

    anchors: set[str] = field(default_factory=set)
    linked: set[str] = field(default_factory=set)
    loaded: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.page.anchors |= {attributes[name] for name in ("id", "name") if name in attributes}
        mentioned = set(attributes.get("rel", "").split()) & _MENTIONED
        followed = tag in ("a", "form", "area") or (tag == "link" and mentioned)
        found = self.page.linked if followed else self.page.loaded
        found |= {attributes[name] for name in _ADDRESSES if name in attributes}


def read_page(path: Path) -> Page:
    """Read one HTML file."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.page


def problems(folder: Path) -> list[str]:
    """What is wrong in the pages and style sheets below a folder, a line each.

    Addresses of other hosts are not asked whether they exist; but no page may load one.
    """
    paths = sorted(folder.rglob("*.html"))
    # Among Sphinx's static files there are templates of themes, which nobody opens.
    pages = {path: read_page(path) for path in paths if "_static" not in path.parts}
    found = []
    for path, page in pages.items():
        shown = path.relative_to(folder)
        for address in sorted(page.linked | page.loaded):
            parts = urlsplit(address)
            if parts.scheme in ("http", "https") or parts.netloc:
                if address in page.loaded:
                    found.append(f"{shown}: loads {address} from the network")
            elif not parts.scheme:  # mailto: and data: need no file
                problem = _problem(folder, path, parts.path, unquote(parts.fragment), pages)
                if problem:
                    found.append(f"{shown}: {address}: {problem}")
    for path in sorted(folder.rglob("*.css")):
        for address in _REMOTE_STYLE.findall(path.read_text(encoding="utf-8")):
            found.append(f"{path.relative_to(folder)}: loads {address} from the network")
    return found


def _problem(
    folder: Path, path: Path, target_path: str, fragment: str, pages: dict[Path, Page]
) -> str:
    """Why a link of the page `path` leads nowhere; empty if it does lead somewhere."""
    target = (path.parent / unquote(target_path)).resolve() if target_path else path
    if not target.is_relative_to(folder.resolve()) and target != path:
        return "outside of the site"
    if target.is_dir():
        return "a folder, not a page"
    if not target.is_file():
        return "no such file"
    page = pages.get(target)
    if fragment and page is not None and fragment not in page.anchors:
        return "no such place in the page"
    return ""
