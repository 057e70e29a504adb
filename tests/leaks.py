"""What students must not see, and whether a text shows it.

The sources are read here by hand, so that a mistake of the build or of nbgrader cannot hide itself.
"""

import json
from pathlib import Path


def visible_and_secret_lines(text: str) -> tuple[set[str], set[str]]:
    """Lines of an exercises.py that students may see, and lines that they must not."""
    visible, secret = set(), set()
    hidden_cell = in_solution = False
    for line in text.splitlines():
        if line.startswith("# %%"):
            hidden_cell = 'role="hidden"' in line
        elif line.strip() == "### BEGIN SOLUTION":
            in_solution = True
        elif line.strip() == "### END SOLUTION":
            in_solution = False
        elif hidden_cell or in_solution:
            secret.add(line.strip())
        else:
            visible.add(line.strip())
            visible.add(line.removeprefix("#").strip())  # markdown and magics
    return visible, secret


def strings(value: object) -> list[str]:
    """All strings in a JSON value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for key, item in value.items() for text in [key, *strings(item)]]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return []


def lines_of_notebook(content: bytes) -> set[str]:
    """All lines of text in a notebook file: sources, outputs and metadata."""
    return {line.strip() for text in strings(json.loads(content)) for line in text.splitlines()}


def secret_lines(root: Path) -> set[str]:
    """Lines of a whole course that nothing but a solution, an answer or a hidden test has.

    Answers share signatures, imports and lines such as `return x` with what anybody may read: what
    assignments show, the chapters, and the packages.
    """
    public, secret = {""}, set()
    for path in root.glob("chapters/*/exercises.py"):
        visible, its_secrets = visible_and_secret_lines(path.read_text())
        public |= visible
        secret |= its_secrets
    for path in root.glob("chapters/*/answers/**/*.py"):
        secret |= {line.strip() for line in path.read_text().splitlines()}
    for pattern in ("chapters/*/chapter.py", "packages/*/src/**/*.py"):
        for path in root.glob(pattern):
            for line in path.read_text().splitlines():
                public |= {line.strip(), line.removeprefix("#").strip()}
    return secret - public
