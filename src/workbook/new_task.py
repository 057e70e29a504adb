"""Starts a new task of an assignment: `workbook new-task`.

What it writes is a small task that works, with answers that are judged right: its author replaces
it part by part, and at every moment knows what has broken it.
"""

import keyword
from pathlib import Path

from workbook import source
from workbook.errors import WorkbookError
from workbook.paths import find_root, matching, write_atomically

_POINTS = {"check": 1, "hidden": 1}

_TASK = '''
# %% [markdown]
# ## Task {number} · `{name}` ({check} + {hidden} points)
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
    total = sum(cell.points or 0 for cell in cells)
    print(
        f"Next: change some points= in {written[0].relative_to(root)}, since they now add up to "
        f"{total}, not {source.ASSIGNMENT_POINTS}:"
    )
    for task, points in _points_of(cells).items():
        print(f"  {task}: {' + '.join(map(str, points))}")


def new_task(root: Path, chapter: str, name: str) -> tuple[list[Path], list[source.Cell]]:
    """Add a task to an assignment, with right and wrong answers.

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
    task = _TASK.format(number=len(tasks) + 1, name=name, **_POINTS)
    for file, text in _ANSWERS.items():
        write_atomically(answers / file, text.format(name=name).encode())
    write_atomically(path, path.read_bytes() + task.encode())
    cells, _ = source.read(path, shown_path)
    return [path, *(answers / file for file in _ANSWERS)], cells


def _exercises_of(root: Path, chapter: str) -> Path:
    files = {path.parent.name: path for path in sorted(root.glob("chapters/*/exercises.py"))}
    [found] = matching(chapter.removeprefix("ex"), list(files), "assignment")
    return files[found]


def _points_of(cells: list[source.Cell]) -> dict[str, list[int]]:
    """The points of each task's check and hidden cells, in the order of the file."""
    points: dict[str, list[int]] = {cell.task: [] for cell in cells if cell.task}
    for cell in cells:
        if cell.points:
            points[cell.task].append(cell.points)
    return points
