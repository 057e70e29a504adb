"""Tests that are themselves tested: `workbook mutants` changes right answers and has them judged.

Of every right answer to a task (the official one and each `right_*.py`) all mutants are made
(`workbook.authors.mutate`), and each is run against the task's check and hidden cells. One that passes is a
fault of the tests, or means the same: then `equivalent.toml` beside the answers says why.

    [[equivalent]]
    answer = "right_ops.py"  # or "solution"; left out: in all answers to the task
    before = "x = ops.relu(x)"
    after = ["x = x", "x = ops.abs(x)"]  # or a single one
    reason = "x is a square."

Lines are compared without regard to white space. An entry that matches no mutant is an error.
"""

import os
import random
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from workbook.authors.answers import answers_folder
from workbook.authors.mutant_runs import Outcome, Run, prepare, run_all
from workbook.authors.mutate import Mutant, folded, meaning, mutants
from workbook.common.errors import WorkbookError
from workbook.common.paths import assignments, find_root, matching, solution_of, write_atomically
from workbook.common.tasks import Task, graded_cells, read_notebook, read_tasks

SOLUTION = "solution"
EQUIVALENT = "equivalent.toml"
#: The page for contributors, and the head of its table of counts.
PAGE = "CONTRIBUTING.md"
_TABLE = "| assignment | tasks | mutants | killed | equivalent | surviving |"


@dataclass(frozen=True)
class Right:
    """A right answer to a task.

    Attributes:
        name: `right_ops.py`, or `solution` for the official one.
        file: where it stands, relative to the course.
        line: of its first line, in that file.
        source: its text.
    """

    name: str
    file: str
    line: int
    source: str


@dataclass(frozen=True)
class Equivalent:
    """A mutant that means the same as the answer, or what the statement leaves open."""

    answer: str | None
    before: str
    after: str

    def matches(self, right: Right, mutant: Mutant) -> bool:
        """Whether this is the mutant that is meant."""
        return (
            self.answer in (None, right.name)
            and (self.before, self.after) == (mutant.before, mutant.after)
        )  # fmt: skip


@dataclass
class TaskMutants:
    """The mutants of one task, and what became of them."""

    assignment: str
    task: str
    cells: tuple[str, ...]  # that run before the answer
    tests: tuple[str, ...]
    rights: list[Right]
    found: list[tuple[Right, Mutant]] = field(default_factory=list)
    equivalent: int = 0
    killed: list[tuple[Right, Mutant, Outcome]] = field(default_factory=list)
    surviving: list[tuple[Right, Mutant]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float | None = None  # that the slowest right answer took

    def run(self, key: object, source: str) -> Run:
        """A run of an answer against the tests."""
        return Run(key, (*self.cells, source), self.tests, self.seconds)


def read_tasks_of(root: Path, assignment: str, task: str | None = None) -> list[TaskMutants]:
    """The tasks of an assignment with their right answers; no mutants yet."""
    notebook = read_notebook(solution_of(root, assignment))
    tasks = read_tasks(notebook)
    if task is not None:
        [name] = matching(task, [each.name for each in tasks], "task")
        tasks = [each for each in tasks if each.name == name]
    return [_read_task(root, assignment, notebook, each) for each in tasks]


def _read_task(root: Path, assignment: str, notebook: NotebookNode, task: Task) -> TaskMutants:
    by_id = graded_cells(notebook)
    answer = by_id[task.name]
    before = notebook.cells[: notebook.cells.index(answer)]
    free = [
        cell.source
        for cell in before
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get("grade_id")
    ]
    folder = answers_folder(root, assignment)
    rights = [_official(root, folder.parent / "exercises.py", assignment, answer.source)]
    for path in sorted((folder / task.name).glob("right_*.py")):
        text = path.read_text(encoding="utf-8")
        rights.append(Right(path.name, path.relative_to(root).as_posix(), 1, text))
    tests = (by_id[task.check].source, by_id[task.hidden].source)
    return TaskMutants(assignment, task.name, tuple(free), tests, rights)


def _official(root: Path, exercises: Path, assignment: str, source: str) -> Right:
    """The official answer, with its place in the source of the assignment where there is one."""
    text = exercises.read_text(encoding="utf-8") if exercises.is_file() else ""
    place = text.find(source)
    file = exercises if place >= 0 else solution_of(root, assignment)
    line = text.count("\n", 0, place) + 1 if place >= 0 else 1
    return Right(SOLUTION, file.relative_to(root).as_posix(), line, source)


def make_mutants(root: Path, task: TaskMutants) -> None:
    """Find all mutants of a task: each meaning once, and none that equals a right answer."""
    entries = _read_equivalents(root, task)
    unused = set(entries)
    seen = {meaning(right.source) for right in task.rights}
    for right in task.rights:
        for mutant in mutants(right.source):
            said = [entry for entry in entries if entry.matches(right, mutant)]
            unused.difference_update(said)
            what = mutant.after if mutant.given else mutant.meaning
            if what in seen:
                continue
            seen.add(what)
            if said:
                task.equivalent += 1
            else:
                task.found.append((right, mutant))
    for entry in entries:
        if entry in unused:
            where = f"{task.assignment}, {task.task}/{EQUIVALENT}"
            task.problems.append(f"{where}: no such mutant: {entry.before} → {entry.after}")


def _read_equivalents(root: Path, task: TaskMutants) -> list[Equivalent]:
    path = answers_folder(root, task.assignment) / task.task / EQUIVALENT
    if not path.is_file():
        return []
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["equivalent"]
        found = []
        for entry in entries:
            if not entry["reason"].strip() or entry.keys() - {
                "answer",
                "before",
                "after",
                "reason",
            }:
                raise WorkbookError(f"{path}: an entry has before, after, reason, perhaps answer")
            after = entry["after"]
            for one in [after] if isinstance(after, str) else after:
                found.append(Equivalent(entry.get("answer"), folded(entry["before"]), folded(one)))
    except (tomllib.TOMLDecodeError, KeyError) as error:
        raise WorkbookError(f"{path}: cannot be read: {error}") from error
    return found


def try_answers(tasks: list[TaskMutants], jobs: int, progress: Progress) -> None:
    """Run all right answers: they must pass, and say how long a mutant may take."""
    runs = [task.run((task, right), right.source) for task in tasks for right in task.rights]
    for run, outcome in progress.track(run_all(runs, jobs), len(runs), description="answers"):
        task, right = run.key
        task.seconds = max(task.seconds or 0.0, outcome.seconds)
        if not outcome.passed:
            problem = (
                f"{task.assignment}, {task.task}: {right.name} does not pass: {outcome.reason}"
            )
            task.problems.append(problem)


def try_mutants(tasks: list[TaskMutants], jobs: int, progress: Progress) -> None:
    """Run all mutants: they must not pass."""
    runs = [
        task.run((task, right, mutant), mutant.source)
        for task in tasks
        for right, mutant in task.found
    ]
    for run, outcome in progress.track(run_all(runs, jobs), len(runs), description="mutants"):
        task, right, mutant = run.key
        if outcome.passed:
            task.surviving.append((right, mutant))
        else:
            task.killed.append((right, mutant, outcome))


def run_mutants(
    root: Path,
    names: Iterable[str],
    *,
    task: str | None = None,
    sample: int | None = None,
    seed: str = "",
    jobs: int | None = None,
    console: Console | None = None,
) -> list[TaskMutants]:
    """Make and run the mutants of assignments.

    Args:
        root: the course.
        names: of assignments; all of them if there is none.
        task: only this one's.
        sample: how many of each task's, drawn by `seed`.
        seed: any text.
        jobs: how many at a time; by default as many as there are cores.
        console: where the progress is shown.

    Raises:
        WorkbookError: there is no such assignment or task, or this machine cannot fork.
    """
    every = assignments(root)
    chosen = [found for name in names for found in matching(name, every, "assignment")] or every
    tasks = [found for name in chosen for found in read_tasks_of(root, name, task)]
    for each in tasks:
        make_mutants(root, each)
        if sample is not None:
            chance = random.Random(f"{seed} {each.task}")
            each.found = chance.sample(each.found, min(sample, len(each.found)))
    prepare(root)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    # Without a thread that draws: a process with threads cannot be forked.
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        auto_refresh=False,
        disable=console is None or not console.is_terminal,
    ) as progress:
        jobs = jobs or os.cpu_count() or 1
        if sample is None:  # that right answers pass, `workbook answers` says as well
            try_answers(tasks, jobs, progress)
        try_mutants(tasks, jobs, progress)
    return tasks


def print_report(tasks: list[TaskMutants], console: Console, *, killed: bool = False) -> None:
    """Print the counts of each task, and each survivor as a small diff."""

    def show(right: Right, mutant: Mutant, note: str) -> None:
        place = f"{right.file}:{right.line + mutant.line - 1}"
        console.print(f"{place}: {note}", markup=False, highlight=False, soft_wrap=True)
        for sign, text in (("-", mutant.before), ("+", mutant.after)):
            console.print(f"    {sign} {text}", markup=False, highlight=False, soft_wrap=True)

    for task in tasks:
        counts = f"{len(task.killed)} killed, {task.equivalent} equivalent"
        line = f"{task.assignment} {task.task}: {counts}, {len(task.surviving)} surviving"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
        for right, mutant in task.surviving:
            show(right, mutant, f"{task.task}: {mutant.operator} survives")
        for right, mutant, outcome in task.killed if killed else ():
            show(right, mutant, f"{task.task}: {mutant.operator} killed: {outcome.reason}")
    for problem in (problem for task in tasks for problem in task.problems):
        console.print(problem, markup=False, highlight=False, soft_wrap=True)


def store_counts(root: Path, tasks: list[TaskMutants]) -> None:
    """Write the counts of whole assignments into the table on the page for contributors."""
    page = root / PAGE
    lines = page.read_text(encoding="utf-8").splitlines()
    top = lines.index(_TABLE) + 2
    end = next(place for place in range(top, len(lines)) if not lines[place].startswith("|"))
    rows = {line.split()[1]: line for line in lines[top:end]}
    for name in dict.fromkeys(task.assignment for task in tasks):
        its = [task for task in tasks if task.assignment == name]
        counts = [len(its)]
        for many in ("killed", "surviving"):
            counts.append(sum(len(getattr(task, many)) for task in its))
        counts.insert(2, sum(task.equivalent for task in its))
        counts.insert(1, sum(counts[1:]))
        rows[name] = f"| {name} | {' | '.join(f'{count:,}' for count in counts)} |"
    lines[top:end] = [rows[name] for name in sorted(rows)]
    write_atomically(page, ("\n".join(lines) + "\n").encode())


def mutants_command(
    names: list[str],
    task: str | None,
    sample: int | None,
    seed: str,
    jobs: int | None,
    killed: bool,
    store: bool,
) -> None:
    """What `workbook mutants` does: run, report, fail if any survives or anything is amiss."""
    console = Console()
    if store and (task or sample):
        raise WorkbookError("only the counts of all mutants of an assignment are stored")
    tasks = run_mutants(
        find_root(), names, task=task, sample=sample, seed=seed, jobs=jobs, console=console
    )
    print_report(tasks, console, killed=killed)
    if store:
        store_counts(find_root(), tasks)
    if any(task.surviving or task.problems for task in tasks):
        raise WorkbookError("Some mutants survive, or the answers or equivalents are not right.")
