"""`workbook run`: executes chapters and says how it went; with `--store`, keeps their outputs."""

import ast
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any

import papermill
from jupyter_client.kernelspec import KernelSpecManager
from nbformat import NotebookNode
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from workbook.authors import outputs, stored
from workbook.authors.build import Source, find_sources, notebook_from, read_sources, serialize
from workbook.authors.executing import Executed, Execution, Job
from workbook.common import paths
from workbook.common.errors import WorkbookError
from workbook.common.kernels import default_kernel

REFRESH = 0.2  # seconds between two looks at the progress

# What a chapter that mentions one of these names needs below data/.
DATA_FILES = {
    "fashion_mnist": [
        f"keras/datasets/fashion-mnist/{name}-ubyte.gz"
        for name in (
            "train-images-idx3",
            "train-labels-idx1",
            "t10k-images-idx3",
            "t10k-labels-idx1",
        )
    ],
}


def run(
    root: Path,
    names: Sequence[str] = (),
    *,
    parameters: Sequence[tuple[str, str]] = (),
    store: bool = False,
    kernel: str | None = None,
    console: Console | None = None,
) -> None:
    """Execute the named chapters, or all, from their sources, and report each as it ends.

    Args:
        root: the repository.
        names: chapters such as ``05_losses`` or ``05``.
        parameters: name and value, as text, of parameters to change.
        store: write the outputs of the chapters that ran to their end into ``notebooks/``.
        kernel: name of the kernelspec; the warm one where there is one.
        console: where to report.

    Raises:
        WorkbookError: before anything runs, for bad input; at the end, if a chapter failed.
    """
    console = console or Console()
    kernel = kernel or default_kernel()
    sources = find_sources(root)  # with the assignments: chapters tell of them
    known = [item.name for item in sources if not item.is_assignment]
    if not known:
        raise WorkbookError("chapters/: no chapter.py to run yet")
    wanted = [hit for name in names for hit in paths.matching(name, known, "chapter")] or known
    chapters = {item.name: item for item in read_sources(root, sources, wanted)}
    notebooks = {name: notebook_from(item.cells) for name, item in chapters.items()}
    check_kernel(kernel)
    check_data(root, notebooks)
    values = parse_parameters(notebooks, parameters)

    jobs = [Job(name, notebook, values[name], kernel) for name, notebook in notebooks.items()]
    failed = []
    for result in results(root, jobs, console):
        chapter = chapters[result.name]
        problems = failure_lines(chapter, result)
        if store and not problems:
            problems = _store(root, chapter, notebooks[result.name], result)
        report(result, problems, console)
        if problems:
            failed.append(result.name)
    if failed:
        raise WorkbookError(f"{len(failed)} of {len(jobs)} failed: {', '.join(sorted(failed))}")


def report(result: Executed, problems: list[str], console: Console) -> None:
    """Print how one notebook went: a line, and one more for each problem."""
    verdict = "FAILED" if problems else "ok"
    memory = f"{result.peak_memory / 2**20:.0f} MB"
    line = f"{result.name:<28} {verdict:<6} {result.seconds:6.1f} s {memory:>8}"
    for text in [line, *(f"  {problem}" for problem in problems)]:
        console.print(text, markup=False, highlight=False, soft_wrap=True)


def check_kernel(name: str) -> None:
    """Raise `WorkbookError` unless there is a kernelspec of this name."""
    known = sorted(KernelSpecManager().find_kernel_specs())
    if name not in known:
        raise WorkbookError(f"{name}: no such kernel; there are: {', '.join(known)}")


def check_data(root: Path, notebooks: dict[str, NotebookNode]) -> None:
    """Raise `WorkbookError` if a file is missing that one of the notebooks reads."""
    problems = []
    for word, files in DATA_FILES.items():
        users = [
            name
            for name, notebook in notebooks.items()
            if any(cell.cell_type == "code" and word in cell.source for cell in notebook.cells)
        ]
        missing = [f"data/{file}" for file in files if not (root / "data" / file).is_file()]
        if users and missing:
            problems.append(
                f"{', '.join(missing)}: missing, and {', '.join(users)} needs it; "
                "restore it with: git checkout -- data"
            )
    if problems:
        raise WorkbookError(*problems)


def parse_parameters(
    notebooks: dict[str, NotebookNode], given: Sequence[tuple[str, str]]
) -> dict[str, dict[str, Any]]:
    """The values that each notebook gets for the parameters it has.

    Raises:
        WorkbookError: no notebook has such a parameter, or a value is of another type than its
            default; with the parameters there are.
    """
    known = {name: papermill.inspect_notebook(notebook) for name, notebook in notebooks.items()}
    values: dict[str, dict[str, Any]] = {name: {} for name in notebooks}
    problems = []
    for parameter, text in given:
        owners = [name for name in notebooks if parameter in known[name]]
        if not owners:
            problems.append(f"-p {parameter}: no such parameter; {_listed(known)}")
        for name in owners:
            try:
                values[name][parameter] = _value(text, known[name][parameter]["default"])
            except ValueError as error:
                its_parameters = _listed({name: known[name]})
                problems.append(f"-p {parameter} {text}: {error}; {its_parameters}")
    if problems:
        raise WorkbookError(*problems)
    return values


def _listed(known: dict[str, dict[str, dict[str, str]]]) -> str:
    texts = []
    for name, parameters in known.items():
        pairs = [f"{parameter['name']}={parameter['default']}" for parameter in parameters.values()]
        texts.append(f"{name} has {', '.join(pairs) or 'none'}")
    return "; ".join(texts)


def _value(text: str, default_source: str) -> Any:
    """The value that ``text`` means for a parameter with this default.

    Raises:
        ValueError: it is not of the default's type.
    """
    default = ast.literal_eval(default_source)
    if isinstance(default, str):
        return text
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        value = text
    if isinstance(default, float) and type(value) is int:
        return float(value)
    if default is not None and type(value) is not type(default):
        raise ValueError(f"not of type {type(default).__name__}")
    return value


def results(root: Path, jobs: list[Job], console: Console) -> Iterator[Executed]:
    """Execute jobs, show progress on a terminal, and yield results as they come."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("cells"),
        TimeElapsedColumn(),
    )
    progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    with Execution(root, jobs) as execution, progress:
        rows = {
            job.name: progress.add_task(job.name, total=len(job.notebook.cells), start=False)
            for job in jobs
        }
        pending = dict(execution.futures)
        while pending:
            wait(pending.values(), timeout=REFRESH, return_when=FIRST_COMPLETED)
            for name in list(pending):
                done = execution.cells_done(name)
                if done:
                    progress.start_task(rows[name])
                    progress.update(rows[name], completed=done)
                if not pending[name].done():
                    continue
                progress.remove_task(rows[name])
                try:
                    yield pending.pop(name).result()
                except BrokenProcessPool:
                    raise WorkbookError(
                        f"{name}: its process was killed from outside; is there enough memory?"
                    ) from None


def failure_lines(chapter: Source, result: Executed) -> list[str]:
    """Where and why a chapter failed; empty if it did not."""
    failure = result.failure
    if failure is None:
        return []
    where = f"{chapter.shown_path}:{chapter.cells[failure.cell].line}: In [{failure.number}]"
    if failure.heading:
        where += f' under "{failure.heading}"'
    return [f"{where}: {failure.reason}", *failure.traceback.splitlines()]


def _store(root: Path, chapter: Source, notebook: NotebookNode, result: Executed) -> list[str]:
    """Write a chapter with its new outputs; returns why that is refused, or nothing."""
    outputs.store(notebook, result.notebook)
    lines = [cell.line for cell in chapter.cells if cell.kind == "code"]
    problems = [
        f"{chapter.shown_path}:{lines[number - 1]}: In [{number}]: {problem}"
        for number, problem in stored.problems(notebook)
    ]
    content = serialize(notebook)
    if len(content) > outputs.MAX_BYTES:
        size = f"{len(content):,} bytes, more than {outputs.MAX_BYTES:,}"
        problems.append(f"the notebook has {size}; draw fewer or smaller pictures")
    if not problems:
        paths.write_atomically(paths.notebook_of(root, result.name), content)
    return problems
