"""Draws the rooms of both packages and who imports whom: `python -m workbook.authors.architecture`.

The picture is in docs/architecture.md. A test compares its arrows with the code's, and refuses circles.
"""

import ast
from pathlib import Path

import pygraphviz

from workbook.common.paths import find_root, write_atomically

PICTURE = "docs/images/architecture.svg"
PACKAGES = {"workbook": "#dcebfa", "warmgrader": "#fbe6d4"}  # and their colours

Arrows = dict[str, set[str]]


def arrows(root: Path) -> Arrows:
    """To which other rooms imports lead from each, such as `workbook.authors` and `warmgrader.trial`."""
    found: Arrows = {}
    for package in PACKAGES:
        folder = root / "packages" / package / "src"
        for path in sorted(folder.rglob("[!_]*.py")):
            room = _room(path.relative_to(folder).with_suffix("").parts)
            targets = {
                _room(m.split(".")) for m in _imported(path) if m.partition(".")[0] in PACKAGES
            }
            found.setdefault(room, set()).update(targets - {room, *PACKAGES})
    return found


def reached(found: Arrows, room: str) -> set[str]:
    """All rooms to which arrows lead from one, in any number of steps."""
    seen: set[str] = set()
    waiting = set(found.get(room, ()))
    while waiting:
        seen |= waiting
        waiting = {target for name in waiting for target in found.get(name, ())} - seen
    return seen


def reduced(found: Arrows) -> Arrows:
    """The arrows without those that follow from others."""
    return {
        room: {
            target
            for target in targets
            if not any(target in reached(found, other) for other in targets - {target})
        }
        for room, targets in found.items()
    }


def _room(parts: list[str] | tuple[str, ...]) -> str:
    return ".".join(parts[:2])


def _imported(path: Path) -> list[str]:
    """Modules that a file imports, anywhere in it."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            of_package = node.module in PACKAGES
            found += (
                [f"{node.module}.{a.name}" for a in node.names] if of_package else [node.module]
            )
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
    return found


def drawing(root: Path) -> bytes:
    """The picture as SVG, without the arrows that follow from others."""
    found = reduced(arrows(root))
    graph = pygraphviz.AGraph(directed=True, rankdir="LR", ranksep="0.6", bgcolor="white")
    graph.node_attr.update(
        shape="box", style="rounded,filled", fontname="sans-serif", fontsize="13"
    )
    graph.edge_attr.update(color="#667788", arrowsize="0.7")
    for package, colour in PACKAGES.items():
        rooms = sorted(room for room in found if room.startswith(f"{package}."))
        for room in rooms:
            graph.add_node(room, label=room.partition(".")[2], fillcolor=colour, color="#445566")
        graph.add_subgraph(rooms, f"cluster_{package}", label=package, fontname="sans-serif")
    for room, targets in sorted(found.items()):
        for target in sorted(targets):
            graph.add_edge(room, target)
    return graph.draw(format="svg", prog="dot")


if __name__ == "__main__":
    write_atomically(find_root() / PICTURE, drawing(find_root()))
    print(f"wrote {PICTURE}")
