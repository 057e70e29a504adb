"""A student's self-check in the terminal: which tasks pass their tests, and why not.

The visible tests are taken from the released notebook where it can be found, so that a student who
changed a check cell still learns the truth; a copy that holds solutions has the hidden ones, too.
Nothing is written.
"""

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from traitlets.config import Config

from workbook.common.commands import command
from workbook.common.errors import WorkbookError
from workbook.common.kernels import default_kernel
from workbook.common.paths import (
    assignments,
    exercise_of,
    find_root,
    matching,
    original_name,
    solution_of,
    work_of,
)
from workbook.common.tasks import (
    NOT_ATTEMPTED,
    Task,
    error_of,
    graded_cells,
    not_attempted,
    read_notebook,
    read_tasks,
    words,
)
from workbook.students.fetch import about_misplaced, misplaced

#: Seconds that a cell may take, as in grading.
CELL_TIMEOUT = 120

#: Runs all tests of a notebook, with the solutions that the course in a folder has.
Grade = Callable[[Path, Path | None], list["TaskResult"]]

_TIMEOUT_ERROR = {
    "ename": "TimeoutError",
    "evalue": f"The cell was stopped after {CELL_TIMEOUT} seconds. Does a loop never end?",
    "traceback": [],
}


class State(Enum):
    """How far a student is with a task."""

    PASSED = "[green]passed[/]"
    NOT_YET = "[red]not yet[/]"
    NOT_ATTEMPTED = "[dim]not attempted[/]"
    NOT_RUN = "[yellow]not run[/]"


@dataclass(frozen=True)
class TaskResult:
    """The self-check of one task.

    Attributes:
        task: which one.
        state: what the visible tests say.
        message: what is wrong, in words.
        hidden: whether the hidden tests pass; None if they were not run.
        hidden_message: what is wrong then.
    """

    task: Task
    state: State
    message: str = ""
    hidden: bool | None = None
    hidden_message: str = ""

    @property
    def passed(self) -> bool:
        """Whether all tests that were run pass."""
        return self.state is State.PASSED and self.hidden is not False

    @property
    def visible_points(self) -> float:
        """What the visible tests give."""
        return self.task.check_points if self.state is State.PASSED else 0.0

    @property
    def hidden_points(self) -> float:
        """What the hidden tests give, if they were run."""
        return self.task.hidden_points if self.hidden else 0.0


def find_notebook(target: str, root: Path | None) -> Path:
    """The notebook that a student means: a path, or the fetched copy of a named assignment.

    Args:
        target: `work/ex05_losses/ex05_losses.ipynb`, `ex05_losses` or `05`.
        root: The course; None outside of one, where only paths have a meaning.

    Raises:
        WorkbookError: There is no such notebook; the message says what to do.
    """
    path = Path(target)
    if path.suffix == ".ipynb" or path.is_file():
        if root is not None and path.resolve().is_relative_to((root / "exercises").resolve()):
            _refuse_misplaced(root, path.stem)
        return path
    if root is None:
        raise WorkbookError(f"{target}: there is no such notebook")
    [name] = matching(target, assignments(root), "assignment")
    fetched = work_of(root, name)
    if not fetched.is_file():
        _refuse_misplaced(root, name)
        raise WorkbookError(
            f"{fetched.relative_to(root)}: not fetched yet; get it with {command('fetch', name)}"
        )
    return fetched


def assignment_of(path: Path) -> str:
    """What the assignment of a student's notebook is called, " (1)" and "-Copy1" aside."""
    return original_name(path.stem)


def _refuse_misplaced(root: Path, name: str) -> None:
    if tasks := misplaced(root, name):
        raise WorkbookError(about_misplaced(root, name, tasks))


def find_released(path: Path, root: Path | None) -> NotebookNode | None:
    """The released notebook of a student's."""
    if root is None:
        return None
    released = exercise_of(root, assignment_of(path))
    return read_notebook(released) if released.is_file() else None


def find_solution(path: Path, root: Path | None) -> NotebookNode:
    """nbgrader's source notebook of a student's, which has the hidden tests.

    Raises:
        WorkbookError: This copy of the course has none.
    """
    source = solution_of(root or Path(), assignment_of(path))
    if root is None or not source.is_file():
        raise WorkbookError(
            f"{path.stem}: this copy of the course has no solutions and no hidden tests; they are "
            "with whoever grades your work"
        )
    return read_notebook(source)


def check(
    notebook: NotebookNode,
    released: NotebookNode | None,
    folder: Path,
    kernel: str,
    solution: NotebookNode | None = None,
    only: str | None = None,
) -> list[TaskResult]:
    """Run a student's notebook with the instructor's tests.

    Args:
        notebook: The student's; it is not changed.
        released: The one that the student was given; None if it is not known, then the
            notebook's own test cells count.
        folder: Where the notebook is, its working directory.
        kernel: Name of the kernelspec.
        solution: nbgrader's source notebook, if its hidden tests are to be run, too.
        only: The one task that is to be tested.
    """
    source = solution or released or notebook
    tasks = [task for task in read_tasks(source) if only in (None, task.name)]
    given = graded_cells(released) if released else {}
    executed, death = _execute(_with_tests(notebook, source, tasks), folder, kernel)
    cells = graded_cells(executed)
    results = [_judge(task, cells, given.get(task.name), death) for task in tasks]
    return [_with_hidden(result, cells) for result in results] if solution else results


def duplicates(notebook: NotebookNode) -> list[str]:
    """Grade ids of more than one cell: copying a cell in JupyterLab copies its id too."""
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells]
    return sorted({grade_id for grade_id in ids if grade_id and ids.count(grade_id) > 1})


def _with_tests(notebook: NotebookNode, source: NotebookNode, tasks: list[Task]) -> NotebookNode:
    """The student's cells, with the tests of some tasks where the student has them.

    Those that are missing, or stand before their answer, come right after that.
    """
    tests = graded_cells(source)
    test_ids = {grade_id for task in read_tasks(source) for grade_id in (task.check, task.hidden)}
    combined = deepcopy(notebook)
    answers = graded_cells(combined)
    student_cells, combined.cells = combined.cells, []
    places = {
        cell.metadata.get("nbgrader", {}).get("grade_id"): place
        for place, cell in enumerate(student_cells)
    }
    added: dict[int, list[NotebookNode]] = {}
    for task in tasks:
        if task.name in answers:
            # Of what stands between an answer and its test, the answer may be in need. A released
            # notebook has nothing but a comment in place of its hidden tests.
            place = student_cells.index(answers[task.name])
            for test in (task.check, task.hidden):
                place = max(place, places.get(test, place))
                added.setdefault(place, []).append(deepcopy(tests[test]))
    for place, cell in enumerate(student_cells):
        if cell.metadata.get("nbgrader", {}).get("grade_id") not in test_ids:
            combined.cells.append(cell)
        combined.cells += added.get(place, [])
    return combined


def _execute(
    notebook: NotebookNode, folder: Path, kernel: str
) -> tuple[NotebookNode, NotebookNode | None]:
    """Run all cells, errors or not; also returns the cell in which the kernel died, if it did."""
    client = NotebookClient(
        notebook,
        kernel_name=kernel,
        allow_errors=True,
        timeout=CELL_TIMEOUT,
        startup_timeout=CELL_TIMEOUT,  # TensorFlow's import, on a busy machine
        interrupt_on_timeout=True,
        error_on_timeout=_TIMEOUT_ERROR,
        resources={"metadata": {"path": str(folder)}},
        config=Config(KernelManager={"transport_encryption": "auto"}),
    )
    started: list[NotebookNode] = []
    client.on_cell_execute = lambda cell, cell_index: started.append(cell)
    client.on_cell_executed = _keep_reply_error
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    try:
        client.execute()
    except DeadKernelError:
        return notebook, started[-1]
    return notebook, None


def _keep_reply_error(cell: NotebookNode, cell_index: int, execute_reply: dict) -> None:
    """A time-out is known from the reply alone; the cell itself only shows the interruption."""
    reply, error = execute_reply["content"], error_of(cell)
    if reply["status"] == "error" and (error is None or error.ename != reply["ename"]):
        cell.outputs = [output for output in cell.outputs if output is not error]
        fields = {name: reply[name] for name in ("ename", "evalue", "traceback")}
        cell.outputs.append(NotebookNode(output_type="error", **fields))


def _judge(
    task: Task,
    cells: dict[str, NotebookNode],
    stub: NotebookNode | None,
    death: NotebookNode | None,
) -> TaskResult:
    answer, test = cells.get(task.name), cells.get(task.check)
    if answer is None:
        return TaskResult(
            task, State.NOT_RUN, "its answer cell is missing: copy it from exercises/."
        )
    if stub is not None and NOT_ATTEMPTED in stub.source and answer.source == stub.source:
        return TaskResult(task, State.NOT_ATTEMPTED)
    if death is not None and (death is answer or death is test):
        return TaskResult(task, State.NOT_YET, "Python crashed here (out of memory, or an exit).")
    if death is not None and test.get("execution_count") is None:
        return TaskResult(task, State.NOT_RUN, "Python crashed in a cell before this task.")
    if not_attempted(answer) or not_attempted(test):
        return TaskResult(task, State.NOT_ATTEMPTED)
    if error := error_of(answer):
        return TaskResult(task, State.NOT_YET, f"The answer cell fails: {words(error)}")
    if error := error_of(test):
        return TaskResult(task, State.NOT_YET, words(error))
    return TaskResult(task, State.PASSED)


def _with_hidden(result: TaskResult, cells: dict[str, NotebookNode]) -> TaskResult:
    """The result with what its hidden tests say."""
    test = cells.get(result.task.hidden)
    if test is None or result.state in (State.NOT_ATTEMPTED, State.NOT_RUN):
        return replace(result, hidden=False)
    if error := error_of(test):
        return replace(result, hidden=False, hidden_message=words(error))
    if test.get("execution_count") is None:
        return replace(result, hidden=False, hidden_message="Python crashed before or in them.")
    return replace(result, hidden=True)


def print_results(results: Iterable[TaskResult], console: Console) -> None:
    """Print the table of tasks, then in words what is wrong and what is still to come."""
    results = list(results)
    graded = any(result.hidden is not None for result in results)
    table = Table()
    table.add_column("task")
    table.add_column("state")
    table.add_column("visible tests", justify="right")
    table.add_column("hidden tests", justify="right")
    for result in results:
        task = result.task
        state = (
            State.NOT_YET if result.state is State.PASSED and not result.passed else result.state
        )
        hidden = "?" if result.hidden is None else f"{result.hidden_points:g}"
        table.add_row(
            task.name,
            state.value,
            f"{result.visible_points:g} / {task.check_points:g}",
            f"{hidden} / {task.hidden_points:g}",
        )
    console.print(table)
    for result in results:
        if result.message:
            console.print(f"[bold]{result.task.name}[/]: {escape(result.message)}")
        elif result.hidden_message:
            message = escape(result.hidden_message)
            console.print(f"[bold]{result.task.name}[/], hidden tests: {message}")
    reached = sum(result.visible_points for result in results)
    if graded:
        reached += sum(result.hidden_points for result in results)
        console.print(f"{reached:g} of {sum(r.task.points for r in results):g} points.")
        return
    visible = sum(result.task.check_points for result in results)
    hidden = sum(result.task.hidden_points for result in results)
    console.print(
        f"{reached:g} of {visible:g} points from visible tests. Hidden tests of every task ask for "
        f"the same contract with other numbers, when your work is graded: {hidden:g} more points.",
    )


def check_command(target: str, grade: Grade | None = None) -> None:
    """What `workbook check` does; `grade`, if it is given, runs the hidden tests, too."""
    check_and_print(find_notebook(target, _root(Path.cwd())), grade)


def check_and_print(path: Path, grade: Grade | None = None) -> list[TaskResult]:
    """Run a notebook with its tests, and say how each task stands.

    Args:
        path: the notebook.
        grade: what runs the hidden tests, too; it is called with the path and the course.

    Raises:
        WorkbookError: it is not an assignment of this course.
    """
    console = Console(highlight=False)
    notebook = read_notebook(path)
    folder = path.resolve().parent
    root = _root(folder) or _root(Path.cwd())
    released = find_released(path, root)
    if not read_tasks(released or notebook):
        raise WorkbookError(f"{path}: no tasks in it; it is not an assignment of this course")
    if root is None or released is None:
        console.print(f"{path.stem}: not in exercises/, so the notebook's own test cells count.")
    elif tasks := misplaced(root, path.stem):
        console.print(f"[yellow]{escape(about_misplaced(root, path.stem, tasks))}[/]")
    for grade_id in duplicates(notebook):
        console.print(
            f"The cell `{grade_id}` is there more than once: delete the copy, or nbgrader refuses "
            "the notebook."
        )
    try:
        with console.status(f"Running {path.name} ..."):
            results = (
                grade(path, root) if grade else check(notebook, released, folder, default_kernel())
            )
    except RuntimeError as error:  # of a kernel that did not start
        raise WorkbookError(f"{path}: could not be run ({error}); try it again") from None
    print_results(results, console)
    return results


def _root(start: Path) -> Path | None:
    try:
        return find_root(start)
    except WorkbookError:
        return None
