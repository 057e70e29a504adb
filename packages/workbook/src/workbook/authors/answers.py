"""Proof that an assignment's tests judge right: every right and wrong answer is graded.

Answers to different tasks share a submission, because tasks are independent: an assignment costs
about as many runs as its longest list of answers. That they are independent is proved on the way:
for any two tasks, the one is solved in a submission in which the other is not answered. Two more
submissions are made from the assignment itself: the official solution and the notebook as released.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import combinations, count, zip_longest
from math import comb
from pathlib import Path

from nbformat import NotebookNode
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from workbook.common.errors import WorkbookError
from workbook.common.grading import Graded, Graders
from workbook.common.paths import assignments, find_root, matching, solution_of
from workbook.common.tasks import (
    Task,
    brief,
    error_of,
    fold,
    graded_cells,
    not_attempted,
    read_notebook,
    read_tasks,
    shown,
)

MIN_RIGHT, MIN_WRONG = 2, 4
TOTAL_POINTS = 20
#: Seconds in which an assignment must grade on one core.
TIME_GOAL = 15

_MESSAGE = "# message:"


@dataclass(frozen=True)
class Answer:
    """One file of `chapters/NN_name/answers/<task>/`."""

    task: str
    file: str  # "right_ops.py"
    source: str  # what goes into the answer cell
    messages: tuple[str, ...] = ()  # words that the student must see

    @property
    def right(self) -> bool:
        """Whether the tests must accept it."""
        return self.file.startswith("right_")

    @classmethod
    def read(cls, path: Path) -> "Answer":
        """Read an answer file; its `# message:` lines are not part of the answer."""
        lines = path.read_text(encoding="utf-8").splitlines()
        messages = [line.removeprefix(_MESSAGE) for line in lines if line.startswith(_MESSAGE)]
        source = "\n".join(line for line in lines if not line.startswith(_MESSAGE))
        return cls(path.parent.name, path.name, source.strip(), tuple(map(fold, messages)))


@dataclass(frozen=True)
class AnswerRow:
    """The verdict on one thing that was expected of the tests."""

    source: str  # "right_ops.py", "official solution", ...
    task: str
    expected: str = ""
    actual: str = ""
    reason: str = ""  # empty if all is as expected
    seen: str = ""  # what the student would read
    seconds: float | None = None

    @property
    def passed(self) -> bool:
        """Whether all is as expected."""
        return not self.reason


@dataclass
class FilledNotebook:
    """One notebook to grade: released, but for the answer cells named in `cells`."""

    student: str
    cells: dict[str, str]  # task -> source of its answer cell
    answers: list[Answer] = field(default_factory=list)


def answers_folder(root: Path, assignment: str) -> Path:
    """Where the right and wrong answers of an assignment are kept."""
    return root / "chapters" / assignment.removeprefix("ex") / "answers"


def read_answers(folder: Path, tasks: list[Task]) -> tuple[list[Answer], list[AnswerRow]]:
    """All answers of an assignment, right ones first, and what is wrong with the files."""
    answers, problems = [], []
    names = {task.name for task in tasks}
    for path in sorted(folder.glob("*")):
        if path.name not in names:
            reason = f"no such task; there are: {', '.join(task.name for task in tasks)}"
            problems.append(AnswerRow(f"answers/{path.name}", "", reason=reason))
    for task in tasks:
        found = []
        for path in sorted((folder / task.name).glob("*.py")):
            answer = Answer.read(path)
            if not answer.file.startswith(("right_", "wrong_")):
                reason = "name it right_... or wrong_..."
                problems.append(AnswerRow(answer.file, task.name, reason=reason))
                continue
            found.append(answer)
            if not answer.right and not answer.messages:
                reason = f"no line `{_MESSAGE} <words that the student must see>`"
                problems.append(AnswerRow(answer.file, task.name, reason=reason))
        for kind, minimum in (("right", MIN_RIGHT), ("wrong", MIN_WRONG)):
            count = sum(answer.file.startswith(f"{kind}_") for answer in found)
            if count < minimum:
                reason = "write more of them"
                problems.append(
                    AnswerRow(f"{kind}_*.py", task.name, f">= {minimum}", str(count), reason)
                )
        answers += sorted(found, key=lambda answer: not answer.right)
    return answers, problems


def run_answers(
    root: Path,
    assignment: str,
    graders: Graders,
    *,
    task: str | None = None,
) -> list[AnswerRow]:
    """Grade every answer of an assignment and say of each whether the tests judged it right.

    Args:
        root: The course.
        assignment: Such as `ex05_losses`; its notebook must be built.
        graders: What grades.
        task: Only this task's answers.

    Raises:
        WorkbookError: There is no such assignment or task.
    """
    [assignment] = matching(assignment, assignments(root), "assignment")
    solution = read_notebook(solution_of(root, assignment))
    tasks = read_tasks(solution)
    if task is not None:
        [task] = matching(task, [each.name for each in tasks], "task")
    answers, rows = read_answers(answers_folder(root, assignment), tasks)
    if task is not None:
        tasks = [each for each in tasks if each.name == task]
        answers = [answer for answer in answers if answer.task == task]
        rows = [row for row in rows if row.task == task]

    submissions = list(shared_submissions(answers))
    if task is None:
        official = {each.name: graded_cells(solution)[each.name].source for each in tasks}
        submissions = [
            FilledNotebook("official", official),
            *submissions,
        ]
    course = graders.course(root, assignment)
    released = course.released
    # Nothing but the released notebook while the server of warm kernels starts: else the first
    # answers would seem to take that long.
    graded = dict(graders.grade(course, {"released": released}))
    notebooks = {each.student: _with_answers(released, each.cells) for each in submissions}
    graded |= dict(graders.grade(course, notebooks))
    if task is None:
        rows += _judge_official(tasks, graded["official"])
        rows += _judge_released(tasks, graded["released"])
    by_name = {each.name: each for each in tasks}
    for submission in submissions:
        result = graded[submission.student]
        absent = [name for name in by_name if name not in submission.cells]
        for answer in submission.answers:
            rows.append(_judge_answer(answer, by_name[answer.task], result, absent))
        if submission.answers:
            rows += _judge_unanswered(submission, tasks, result)
    return rows


def shared_submissions(answers: Iterable[Answer]) -> Iterable[FilledNotebook]:
    """Spread the answers, of each task the right ones first, over as few notebooks as will do.

    The first two of each task are in two of the first notebooks, in a pair that no other task has
    and beside tasks without an answer: so one that needs the answer to another task is seen.
    """
    by_task: dict[str, list[Answer]] = {}
    for answer in answers:
        by_task.setdefault(answer.task, []).append(answer)
    first = next(number for number in count(2) if comb(number, 2) >= len(by_task))
    columns: list[list[Answer | None]] = []
    for places, found in zip(combinations(range(first), 2), by_task.values(), strict=False):
        start: list[Answer | None] = [None] * first
        for place, answer in zip(places, found, strict=False):
            start[place] = answer
        columns.append(start + found[2:])
    for number, row in enumerate(zip_longest(*columns), start=1):
        if chosen := [answer for answer in row if answer is not None]:
            cells = {answer.task: answer.source for answer in chosen}
            yield FilledNotebook(f"answers_{number}", cells, chosen)


def _with_answers(released: NotebookNode, cells: dict[str, str]) -> NotebookNode:
    notebook = released.copy()
    notebook.cells = [cell.copy() for cell in released.cells]
    by_id = graded_cells(notebook)
    for task, source in cells.items():
        by_id[task].source = source
    return notebook


def _judge_answer(answer: Answer, task: Task, graded: Graded, absent: list[str]) -> AnswerRow:
    points = graded.score(task.check, task.hidden)
    seen = _seen(graded, task)
    expected = _number(task.points) if answer.right else f"< {_number(task.points)}"
    reason = graded.error
    if not reason and answer.right and points != task.points:
        reason = "a right answer loses points"
        if absent:
            reason += f" where these tasks are not answered: {', '.join(absent)}"
    elif not reason and not answer.right:
        missing = [message for message in answer.messages if message not in fold(seen)]
        if points == task.points:
            reason = "a wrong answer gets full points"
        elif missing:
            reason = f"the student does not read: {'; '.join(missing)}"
    return AnswerRow(
        answer.file, task.name, expected, _number(points), reason, seen, graded.seconds
    )


def _judge_official(tasks: list[Task], graded: Graded) -> Iterable[AnswerRow]:
    total = sum(task.points for task in tasks)
    points = graded.score(*graded.scores)
    reason, seen = graded.error, ""
    if not reason:
        if failing := [task.name for task in tasks if _points(graded, task) != task.points]:
            reason = f"loses points in {', '.join(failing)}"
            seen = "\n".join(
                _seen(graded, task) for task in tasks if _points(graded, task) != task.points
            )
        elif broken := [cell for cell in _code_cells(graded.notebook) if error_of(cell)]:
            reason = "a cell fails: " + broken[0].source.partition("\n")[0]
            seen = shown(broken[0])
        elif total != TOTAL_POINTS:
            reason = f"the points must add up to {TOTAL_POINTS}"
    yield AnswerRow(
        "official solution", "", str(TOTAL_POINTS), _number(points), reason, seen, graded.seconds
    )


def _judge_released(tasks: list[Task], graded: Graded) -> Iterable[AnswerRow]:
    points = graded.score(*graded.scores)
    reason, seen = graded.error, ""
    if not reason:
        cells = graded_cells(graded.notebook)
        tests = {grade_id for task in tasks for grade_id in (task.check, task.hidden)}
        bad = [grade_id for grade_id in sorted(tests) if not not_attempted(cells[grade_id])]
        other = [
            cell
            for cell in _code_cells(graded.notebook)
            if error_of(cell) and not not_attempted(cell) and cell not in map(cells.get, tests)
        ]
        if bad:
            reason = f"does not fail as not attempted: {', '.join(bad)}"
            seen = "\n".join(shown(cells[grade_id]) or f"{grade_id} passes" for grade_id in bad)
        elif other:
            reason = "a cell fails: " + other[0].source.partition("\n")[0]
            seen = shown(other[0])
        elif points:
            reason = "an unanswered notebook gets points"
    yield AnswerRow("released notebook", "", "0", _number(points), reason, seen)


def _judge_unanswered(
    submission: FilledNotebook, tasks: list[Task], graded: Graded
) -> Iterable[AnswerRow]:
    beside = ", ".join(f"{answer.task}/{answer.file}" for answer in submission.answers)
    for task in tasks:
        points = _points(graded, task)
        if task.name not in submission.cells and points:
            reason = f"not answered, and yet it gets points beside {beside}"
            yield AnswerRow("no answer", task.name, "0", _number(points), reason)


def _points(graded: Graded, task: Task) -> float:
    return graded.score(task.check, task.hidden)


def _seen(graded: Graded, task: Task) -> str:
    """What the student reads of the task's tests in the feedback, if they do not pass."""
    if graded.feedback is None:
        return ""
    cells = graded_cells(graded.feedback)
    errors = [error_of(cells[grade_id]) for grade_id in (task.check, task.hidden)]
    return "\n".join(line for error in errors if error for line in error.traceback)


def _code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def _number(value: float) -> str:
    return f"{value:g}"


def failure_text(row: AnswerRow) -> str:
    """A failing row in words: file, task, points, reason, what the student would read."""
    points = f" (expected {row.expected}, got {row.actual})" if row.expected else ""
    text = f"{row.source}{f', task {row.task}' if row.task else ''}: {row.reason}{points}"
    if row.seen:
        text += "\n    the student reads: " + brief(row.seen).replace("\n", "\n    ")
    return text


def print_report(rows: list[AnswerRow], console: Console) -> None:
    """Print all rows as a table, then what failed and the time that the slowest one took."""
    table = Table()
    for heading in ("answer", "task"):
        table.add_column(heading, overflow="fold")
    for heading in ("expected", "points", "seconds", ""):
        table.add_column(heading, justify="right")
    for row in rows:
        seconds = "" if row.seconds is None else f"{row.seconds:.1f}"
        verdict = "[green]ok[/]" if row.passed else "[red]fails[/]"
        table.add_row(escape(row.source), row.task, row.expected, row.actual, seconds, verdict)
    console.print(table)
    failed = [row for row in rows if not row.passed]
    for row in failed:
        console.print(f"[red]{escape(failure_text(row))}[/]", highlight=False, soft_wrap=True)
    slowest = max((row.seconds for row in rows if row.seconds is not None), default=0.0)
    console.print(
        f"{len(rows) - len(failed)} of {len(rows)} as expected; slowest submission "
        f"{slowest:.1f} s (an assignment must grade in {TIME_GOAL} s on one core)",
        highlight=False,
        soft_wrap=True,
    )


def answers_command(assignment: str, task: str | None, jobs: int, sandbox: bool) -> None:
    """What `workbook answers` does: run, print the report, fail if anything is not as expected."""
    with Graders(jobs, sandbox=sandbox) as graders:
        rows = run_answers(find_root(), assignment, graders, task=task)
    print_report(rows, Console(width=None if sys.stdout.isatty() else 120))
    if not all(row.passed for row in rows):
        raise WorkbookError("Some answers are not judged as they should be.")
