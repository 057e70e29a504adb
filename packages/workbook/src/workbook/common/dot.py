"""A `dot` program for environments without Graphviz: it draws with the one in pygraphviz's wheel.

`keras.utils.plot_model` calls pydot, and pydot runs ``dot -Tpng FILE``. The options that pydot and
most other callers use are here: ``-T``, ``-o``, ``-K``, ``-G``, ``-N``, ``-E``, ``-V`` and files or
standard input.

Without pygraphviz it hands over to another `dot` on PATH. Without that either, it draws what to
install, and succeeds: pydot turns a failure into an AssertionError, which would end the chapter.
"""

import argparse
import importlib.util
import io
import os
import re
import sys
import tempfile
from pathlib import Path

NO_GRAPHVIZ = (
    "No diagram: Graphviz is not installed.\nInstall it from https://graphviz.org/download/\n"
    "and run the cell again."
)

NOTICE_SVG = """<svg xmlns="http://www.w3.org/2000/svg" width="720" height="40">
<text x="10" y="25">{message}</text>
</svg>
"""

FONT_CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">/etc/fonts/fonts.conf</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def main() -> None:
    """Entry point of the console script."""
    arguments = _parser().parse_args()
    if importlib.util.find_spec("pygraphviz") is None:
        _run_other_dot()
        _draw_notice(arguments)
        return
    with tempfile.TemporaryDirectory(prefix="dot-") as folder:
        _offer_fonts(Path(folder))
        try:
            _draw_all(arguments)
        except (OSError, ValueError) as error:
            sys.exit(f"dot: {error}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="dot", description="Draw graphs with the Graphviz that pygraphviz carries."
    )
    parser.add_argument("-T", dest="format", default="dot", help="output format, such as png")
    parser.add_argument("-o", dest="output", help="output file (default: standard output)")
    parser.add_argument("-K", dest="layout", default="dot", help="layout program, such as neato")
    for letter, kind in (("G", "graph"), ("N", "node"), ("E", "edge")):
        parser.add_argument(
            f"-{letter}", dest=kind, action="append", default=[], metavar="NAME=VALUE",
            help=f"default {kind} attribute",
        )  # fmt: skip
    parser.add_argument("-V", dest="version", action="store_true", help="print the version")
    parser.add_argument("files", nargs="*", help="graphs to draw (default: standard input)")
    return parser


def _run_other_dot() -> None:
    """Become the `dot` of a real Graphviz further down on PATH, if there is one."""
    own = Path(sys.argv[0]).resolve()
    for folder in os.get_exec_path():
        other = Path(folder, own.name).resolve()
        if other != own and other.is_file() and os.access(other, os.X_OK):
            os.execv(other, [str(other), *sys.argv[1:]])


def _draw_notice(arguments: argparse.Namespace) -> None:
    """Draw what to install in place of a graph."""
    message = " ".join(NO_GRAPHVIZ.split("\n"))
    print(f"dot: {message}", file=sys.stderr)
    if arguments.version:
        sys.exit(1)
    if arguments.format == "png":
        from PIL import Image, ImageDraw

        image = Image.new("RGB", (460, 90), "white")
        ImageDraw.Draw(image).text((10, 10), NO_GRAPHVIZ, fill="black", font_size=18)
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        drawing = buffer.getvalue()
    elif arguments.format == "svg":
        drawing = NOTICE_SVG.format(message=message).encode()
    else:  # pydot asks for PostScript to find out whether there is a dot at all
        drawing = f"% {message}\n".encode()
    _write(drawing, arguments.output)


def _write(drawing: bytes, output: str | None) -> None:
    if output:
        Path(output).write_bytes(drawing)
    else:
        sys.stdout.buffer.write(drawing)


def _offer_fonts(folder: Path) -> None:
    """Make matplotlib's fonts known, for containers that have none: labels would be boxes."""
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None or "FONTCONFIG_FILE" in os.environ:
        return
    configuration = folder / "fonts.conf"
    fonts = Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"
    configuration.write_text(FONT_CONFIGURATION.format(fonts=fonts, cache=folder), encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(configuration)


def _draw_all(arguments: argparse.Namespace) -> None:
    import pygraphviz
    from pygraphviz import graphviz

    if arguments.version:
        svg = pygraphviz.AGraph(string="digraph {}").draw(format="svg", prog="dot").decode()
        version = re.search(r"graphviz version ([^\n]+)", svg)
        print(f"dot - graphviz version {version[1] if version else 'unknown'}", file=sys.stderr)
        return
    # A node without a label shows its name; the library leaves this default to the program.
    graphviz.agattr(None, graphviz.AGNODE, b"label", b"\\N")
    sources = [Path(file).read_bytes() for file in arguments.files] or [sys.stdin.buffer.read()]
    drawings = []
    for name, source in zip(arguments.files or ["standard input"], sources, strict=True):
        try:
            graph = pygraphviz.AGraph(string=source.decode("utf-8"))
        except (pygraphviz.DotError, UnicodeDecodeError):
            raise ValueError(f"{name}: not a graph in the DOT language") from None
        for kind in ("graph", "node", "edge"):
            for pair in getattr(arguments, kind):
                attribute, _, value = pair.partition("=")
                getattr(graph, f"{kind}_attr")[attribute] = value or "true"
        try:
            drawings.append(graph.draw(format=arguments.format, prog=arguments.layout))
        except TypeError:  # how pygraphviz fails on a format that Graphviz does not know
            raise ValueError(f"{arguments.format}: no such output format") from None
    _write(b"".join(drawings), arguments.output)
