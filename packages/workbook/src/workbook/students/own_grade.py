"""The grade of who learns alone, in a course that has the hidden tests: `workbook check --all`.

The notebook is graded as a submission is, by warmgrader's worker in its sandbox. Where there is none,
as on Windows and Macs, the hidden tests run as those of `workbook check` do.
"""

from pathlib import Path

from nbformat import NotebookNode

from workbook.common.errors import WorkbookError
from workbook.common.grading import Graded, Graders, Ungradable
from workbook.common.kernels import default_kernel
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
from workbook.students.check import (
    State,
    TaskResult,
    assignment_of,
    check,
    check_command,
    find_released,
    find_solution,
)


def grade_command(target: str) -> None:
    """What `workbook check --all` does."""
    check_command(target, grade)


def grade(path: Path, root: Path | None) -> list[TaskResult]:
    """How the tasks of a notebook stand after all tests.

    Args:
        path: the notebook.
        root: the course that has its solutions.

    Raises:
        WorkbookError: there are no solutions, or grading refuses the notebook.
    """
    solution, notebook = find_solution(path, root), read_notebook(path)
    graded = _graded(root or Path(), assignment_of(path), notebook)
    if graded is None:
        released, folder = find_released(path, root), path.resolve().parent
        return check(notebook, released, folder, default_kernel(), solution)
    if graded.notebook is None:
        raise WorkbookError(f"{path}: could not be graded: {graded.error}")
    cells, scores = graded_cells(graded.notebook), graded.scores
    return [_result(task, cells, scores) for task in read_tasks(solution)]


def _graded(root: Path, assignment: str, notebook: NotebookNode) -> Graded | None:
    """What grading says of a notebook; None where submissions cannot be graded."""
    try:
        with Graders(jobs=1) as graders:
            course = graders.course(root, assignment)
            [(_, graded)] = graders.grade(course, {"you": notebook})
    except Ungradable:
        return None
    return graded


def _result(task: Task, cells: dict[str, NotebookNode], scores: dict[str, float]) -> TaskResult:
    answer, test, hidden = (cells[name] for name in (task.name, task.check, task.hidden))
    error, hidden_error = error_of(answer) or error_of(test), error_of(hidden)
    passed = scores[task.check] >= task.check_points
    passed_hidden = scores[task.hidden] >= task.hidden_points
    untouched = NOT_ATTEMPTED in answer.source or any(map(not_attempted, (answer, test)))
    state, message, hidden_message = State.PASSED, "", ""
    if not passed:
        state = State.NOT_ATTEMPTED if untouched else State.NOT_YET
        message = words(error) if error and not untouched else ""
    if not passed_hidden and hidden_error and not untouched:
        hidden_message = words(hidden_error)
    return TaskResult(task, state, message, passed_hidden, hidden_message)
