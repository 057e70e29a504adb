"""A student's progress: `workbook progress`, which `make progress` calls.

What `workbook check` says of one assignment, for all that are fetched, several at a time. Results of
notebooks that have not changed since are remembered in `work/`.
"""

import hashlib
import json
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warmgrader.errors import first_line
from workbook.common.commands import command
from workbook.common.errors import WorkbookError
from workbook.common.kernels import default_kernel
from workbook.common.paths import (
    assignments,
    exercise_of,
    find_root,
    work_of,
    write_atomically,
)
from workbook.common.tasks import Task, graded_cells, read_notebook, read_tasks
from workbook.students.check import State, TaskResult, check, find_released
from workbook.students.fetch import about_misplaced, misplaced
from workbook.students.progress_page import render
from workbook.students.standing import SIGNS, Next, Standing, words_of

PAGE, MEMORY = "progress.md", ".progress.json"


def progress_command() -> None:
    """What `workbook progress` does."""
    root, console = find_root(), Console(highlight=False)
    names = assignments(root)
    for name in names:
        if tasks := misplaced(root, name):
            console.print(
                f"[yellow]{escape(about_misplaced(root, name, tasks))}[/]", soft_wrap=True
            )
    fetched = [name for name in names if work_of(root, name).is_file()]
    if not fetched:
        example = names[0] if names else "ex01_sequential"
        console.print(
            "Nothing is fetched yet. A click on an assignment in the map of the course fetches it, "
            f"and so does {command('fetch', example)}",
            soft_wrap=True,
        )
        return
    with console.status(f"Checking {len(fetched)} assignments ...") as status:
        found = {}
        for standing in standings(root, fetched):
            found[standing.name] = standing
            status.update(f"Checked {len(found)} of {len(fetched)} assignments ...")
    ordered = [found[name] for name in fetched]
    missing = [name for name in names if name not in found]
    step = next_step(root, ordered, missing)
    page = root / "work" / PAGE
    text = render(ordered, missing, step, summary(ordered, step))
    write_atomically(page, text.encode())
    print_progress(ordered, missing, step, console)
    console.print(f"The same as a page: {page.relative_to(root)}", soft_wrap=True)


# ---------------------------------------------------------------- checking


def standings(root: Path, names: list[str]) -> Iterator[Standing]:
    """Check fetched assignments, as many at once as there are cores; yields them as they come."""
    memory = Memory(root / "work" / MEMORY)
    kernel = default_kernel()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        running: list[Future[Standing]] = [
            pool.submit(_standing, root, name, kernel, memory) for name in names
        ]
        for future in as_completed(running):
            yield future.result()
    memory.save()


def _standing(root: Path, name: str, kernel: str, memory: "Memory") -> Standing:
    path = work_of(root, name)
    try:
        notebook, released = read_notebook(path), find_released(path, root)
        tasks = read_tasks(released or notebook)
        key = _key(path, exercise_of(root, name), kernel)
        results = memory.recall(name, key, tasks)
        if results is None:
            results = check(notebook, released, path.parent, kernel)
            memory.keep(name, key, results)
        return Standing(name, results)
    except WorkbookError as error:
        again = command("fetch", name, "again")
        reason = f"{str(error).removeprefix(f'{path}: ')}; to start anew: {again}"
    except Exception as error:  # one notebook must not keep the student from seeing the others
        reason = f"could not be run ({type(error).__name__}: {first_line(error)})"
    return Standing(name, problem=f"{path.relative_to(root)}: {reason}")


def _key(notebook: Path, released: Path, kernel: str) -> str:
    """Changes with everything that a result depends on."""
    content = hashlib.sha256(f"{kernel} {version('keras')}".encode())
    for path in (notebook, released):
        content.update(path.read_bytes() if path.is_file() else b"")
    return content.hexdigest()


class Memory:
    """Results of notebooks, in a file; one that can't be read is an empty one."""

    def __init__(self, path: Path) -> None:
        """Read what there is."""
        self.path = path
        try:
            self.entries = dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            self.entries = {}

    def recall(self, name: str, key: str, tasks: list[Task]) -> list[TaskResult] | None:
        """The results of an assignment, if its notebook is the same as then."""
        try:
            entry = self.entries[name]
            if entry["key"] != key:
                return None
            return [
                TaskResult(task, State[entry["states"][task.name]], entry["messages"][task.name])
                for task in tasks
            ]
        except (KeyError, TypeError):
            return None

    def keep(self, name: str, key: str, results: list[TaskResult]) -> None:
        """Remember results, unless the next run may well give other ones."""
        self.entries.pop(name, None)
        # After a crash or a time-out, which may be the machine's fault.
        if any(each.state is State.NOT_RUN or _by_chance(each.message) for each in results):
            return
        self.entries[name] = {
            "key": key,
            "states": {each.task.name: each.state.name for each in results},
            "messages": {each.task.name: each.message for each in results},
        }

    def save(self) -> None:
        """Write the file."""
        write_atomically(self.path, json.dumps(self.entries).encode())


def _by_chance(message: str) -> bool:
    return "Python crashed" in message or "TimeoutError" in message


# ---------------------------------------------------------------- what to do next


def next_step(root: Path, found: list[Standing], missing: list[str]) -> Next | None:
    """The first unfinished task; else the first assignment to fetch; None if all is done."""
    for standing in found:
        if task := standing.unfinished:
            return Next(standing.name, task, _section(root, standing.name, task.task.name))
    return Next(missing[0]) if missing else None


def _section(root: Path, name: str, task: str) -> str | None:
    try:
        return graded_cells(read_notebook(exercise_of(root, name)))[task].metadata.get("section")
    except (WorkbookError, KeyError):  # an assignment of other origin
        return None


# ---------------------------------------------------------------- showing


def print_progress(
    found: list[Standing], missing: list[str], step: Next | None, console: Console
) -> None:
    """Print a table, what is wrong with what, and what to do next."""
    table = Table()
    table.add_column("assignment", no_wrap=True)
    table.add_column("tasks")
    table.add_column("points", justify="right", no_wrap=True)
    for standing in found:
        tasks = [
            f"[{_colour(each.state)}]{SIGNS[each.state]}\N{NO-BREAK SPACE}{escape(each.task.name)}[/]"
            for each in standing.results
        ]
        points = f"{standing.reached:g} / {standing.visible:g}" if standing.results else "?"
        table.add_row(standing.name, "  ".join(tasks) or "could not be checked", points)
    console.print(table)
    console.print("  ".join(f"{sign} {words_of(state)}" for state, sign in SIGNS.items()))
    for standing in found:
        if standing.problem:
            console.print(f"[red]{escape(standing.problem)}[/]", soft_wrap=True)
    if missing:
        console.print(f"Not fetched yet: {', '.join(missing)}")
    for line in summary(found, step):
        console.print(escape(line), soft_wrap=True)


def summary(found: list[Standing], step: Next | None) -> list[str]:
    """Points so far, and what to do next, in words."""
    reached = sum(standing.reached for standing in found)
    visible = sum(standing.visible for standing in found)
    lines = [f"{reached:g} of {visible:g} points from visible tests so far."]
    if step is None:
        lines.append("All visible tests of the course pass. Hand in what you have not yet.")
    elif step.task is None:
        lines.append(
            "All visible tests of what you have fetched pass. Next: "
            f"{command('fetch', step.assignment)}"
        )
    else:
        lines.append(
            f"Next: {step.task.task.name} in work/{step.assignment}/{step.assignment}.ipynb"
        )
        if step.task.message:
            lines.append(f"It says: {step.task.message}")
        if step.section:
            lines.append(f"Read: “{step.section}” in notebooks/{step.chapter}.ipynb")
    return lines


def _colour(state: State) -> str:
    return state.value[1:].partition("]")[0]
