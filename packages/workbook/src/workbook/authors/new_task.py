"""Starts a new task of an assignment: `workbook new-task`.

What it writes is a small task that works, with answers that are judged right: its author replaces
it part by part, and at every moment knows what has broken it.
"""

import keyword
import re
from pathlib import Path

from workbook.authors import coverage, source
from workbook.common.errors import WorkbookError
from workbook.common.paths import find_root, matching, write_atomically

_POINTS = {"check": 1, "hidden": 1}

_TASK = '''
# %% [markdown]
# ## `{name}`
#
# Write `{name}(x)`: twice the number `x`.
#
# - `x`: a number
#
# **Example.** `{name}(3)` is `6`.
#
# <details><summary>Hint 1: a nudge</summary>
#
# What is to be understood first?
#
# </details>
# <details><summary>Hint 2: the approach</summary>
#
# Which steps lead there?
#
# </details>
# <details><summary>Hint 3: almost there</summary>
#
# Which functions and arguments are needed?
#
# </details>


# %% task="{name}" role="answer" about="twice a number" minutes=5 difficulty=1
def {name}(x):
    """Return twice x."""
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% task="{name}" role="check" points={check}
result = {name}(3)
assert result is not None, "{name} returned None: is a `return` missing?"
assert result == 6, f"{name}(3) returned {{result}}, it should be 6: twice the number."

# %% task="{name}" role="hidden" points={hidden} tries="zero, negative numbers and fractions"
for x in [-1, 0, 2.5]:
    result = {name}(x)
    assert result == 2 * x, f"{name}({{x}}) returned {{result}}, it should be {{2 * x}}."
'''

_ANSWERS = {
    "right_product.py": "def {name}(x):\n    return x * 2\n",
    "right_sum.py": "def {name}(x):\n    return x + x\n",
    "wrong_square.py": "# message: returned 9, it should be 6\ndef {name}(x):\n    return x**2\n",
    "wrong_prints.py": "# message: is a `return` missing?\ndef {name}(x):\n    print(2 * x)\n",
    "wrong_negative.py": (
        "# message: {name}(-1) returned 2, it should be -2\ndef {name}(x):\n    return 2 * abs(x)\n"
    ),
    "wrong_whole.py": (
        "# message: {name}(2.5) returned 4, it should be 5.0\n"
        "def {name}(x):\n    return 2 * int(x)\n"
    ),
}


def new_task_command(chapter: str, name: str) -> None:
    """Write a task that works, and say what its author does next.

    Args:
        chapter: such as ``05_losses``, ``ex05_losses`` or ``05``.
        name: of the function or class that students write.

    Raises:
        WorkbookError: there is such a task, the name is none, or the chapter has problems.
    """
    root = find_root()
    written, cells = new_task(root, chapter, name)
    for path in written:
        print(f"wrote {path.relative_to(root)}")
    print(f"The points of {name} were taken from the cells that had most; points= changes them:")
    for task, points in _points_of(cells).items():
        print(f"  {task}: {' + '.join(map(str, points))}")
    if root / coverage.FILE in written:
        print(f"Which section to read for it: [read.{written[0].parent.name}] in {coverage.FILE}")
    assignment = f"ex{written[0].parent.name}"
    print(f"Next: make build, then make answers EX={assignment}: all is green. Now write it.")


def new_task(root: Path, chapter: str, name: str) -> tuple[list[Path], list[source.AuthoredCell]]:
    """Add a task to an assignment, with right and wrong answers; it builds as it is.

    Returns:
        The files written, the assignment's first, and the assignment's cells.

    Raises:
        WorkbookError: as for `new_task_command`; then nothing is written.
    """
    if not name.isidentifier() or keyword.iskeyword(name):
        raise WorkbookError(f"{name!r} is not a Python name; call the task like count_weights")
    path = _exercises_of(root, chapter)
    shown_path = str(path.relative_to(root))
    cells, problems = source.read(path, shown_path)
    if problems:
        raise WorkbookError(*problems)
    tasks = _points_of(cells)
    answers = path.parent / "answers" / name
    if name in tasks:
        raise WorkbookError(f"{shown_path}: there is a task {name} already; take another name")
    if answers.exists():
        raise WorkbookError(
            f"{answers.relative_to(root)}: there are answers already; take another name or move them"
        )
    text = _with_points_taken(path.read_text(encoding="utf-8"), cells, sum(_POINTS.values()))
    files = {path: text + _TASK.format(name=name, **_POINTS)}
    if covered := coverage.with_task(root, path.parent.name, name):
        files[root / coverage.FILE] = covered
    files |= {answers / file: answer.format(name=name) for file, answer in _ANSWERS.items()}
    for file, content in files.items():
        write_atomically(file, content.encode())
    cells, _ = source.read(path, shown_path)
    return list(files), cells


def _with_points_taken(text: str, cells: list[source.AuthoredCell], points: int) -> str:
    """The text of a source whose cells with most points have some less, of equals the last."""
    lines = text.split("\n")
    scored = {cell.line - 1: cell.points for cell in cells if cell.points}
    for _ in range(points):
        line = max(scored, key=lambda line: (scored[line], line))
        if scored[line] == 1:
            raise WorkbookError("no test has more than one point: put two tasks together first")
        scored[line] -= 1
        lines[line] = re.sub(r"\bpoints=\d+", f"points={scored[line]}", lines[line], count=1)
    return "\n".join(lines)


def _exercises_of(root: Path, chapter: str) -> Path:
    files = {path.parent.name: path for path in sorted(root.glob("chapters/*/exercises.py"))}
    [found] = matching(chapter.removeprefix("ex"), list(files), "assignment")
    return files[found]


def _points_of(cells: list[source.AuthoredCell]) -> dict[str, list[int]]:
    """The points of each task's check and hidden cells, in the order of the file."""
    points: dict[str, list[int]] = {cell.task: [] for cell in cells if cell.task}
    for cell in cells:
        if cell.points:
            points[cell.task].append(cell.points)
    return points
