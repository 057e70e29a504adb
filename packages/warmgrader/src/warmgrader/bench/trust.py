"""What it costs that a verdict can be trusted: processor time of reading a submission, and of the core.

`python -m warmgrader.bench.trust NOTEBOOK TIMES` runs the instructor's notebook in forked processes, in
turns with the core and as plain cells, and reads it as often, each time with other answers. It prints
the median seconds as JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from copy import deepcopy
from pathlib import Path
from statistics import median
from types import SimpleNamespace

import nbformat
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.notebooknode import NotebookNode
from nbgrader.utils import is_solution
from traitlets.config import Config

from warmgrader.bench.bare import run_cells, take_environment
from warmgrader.grading.plan import Plan, grade_id_of, is_test
from warmgrader.kernels.preload import import_all
from warmgrader.kernels.recipe import DEFAULT_PRELOAD
from warmgrader.verdicts.core import Core
from warmgrader.verdicts.messages import remember_classes


def main() -> None:
    """Measure in pairs: what a machine does beside it falls on both."""
    path, times = Path(sys.argv[1]), int(sys.argv[2])
    beside = (p for p in path.parent.iterdir() if p.is_file() and p.suffix != ".ipynb")
    plan = Plan.read(path.read_bytes(), Config(), {p.name: p.read_bytes() for p in beside})
    notebook = nbformat.read(path, as_version=4)
    transform = TransformerManager().transform_cell
    sources = [transform(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    plan.study(notebook, {})
    for cell in filter(is_test, notebook.cells):
        plan.sheet(cell.source)
    os.chdir(path.parent)
    take_environment()
    import_all(DEFAULT_PRELOAD)
    remember_classes()
    gc.collect()
    gc.freeze()
    pairs, reading = [], []
    for number in range(times):
        reading.append(_reading(plan, notebook, number))
        runs = [lambda: run_cells(sources), lambda: _run_with_core(plan, notebook, sources)]
        plain, trusted = [_in_a_fork(run) for run in runs]
        pairs.append((plain, trusted - plain))
    cells, core = (median(values) for values in zip(*pairs, strict=True))
    print(json.dumps({"cells": cells, "core": core, "reading": median(reading)}))


def _in_a_fork(run: object) -> float:
    """Return the processor time of something, in a process of its own."""
    ours, theirs = os.pipe()
    if os.fork() == 0:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        start = time.process_time()
        run()  # type: ignore[operator]
        os.write(theirs, repr(time.process_time() - start).encode())
        os._exit(0)
    os.close(theirs)
    os.wait()
    with os.fdopen(ours) as pipe:
        return float(pipe.read())


def _reading(plan: Plan, notebook: NotebookNode, number: int) -> float:
    """Return what it takes to read answers that nobody has handed in before."""
    notebook = deepcopy(notebook)
    for cell in filter(is_solution, notebook.cells):
        cell.source += f"\nnumber_{number} = {number}"
    start = time.process_time()
    plan.study(notebook, {})
    return time.process_time() - start


def _run_with_core(plan: Plan, notebook: NotebookNode, sources: list[str]) -> None:
    """Do what the graded kernel does, in the same order."""
    study = plan.study(notebook, {})
    space: dict[str, object] = {"__name__": "__main__"}
    compiler = SimpleNamespace(get_code_name=lambda *_: "<cell>")
    shell = SimpleNamespace(user_ns=space, compile=compiler, events=SimpleNamespace(callbacks={}))
    shell.get_ipython = lambda: shell
    core, asked, loop = Core(shell), {"asked": []}, asyncio.new_event_loop()
    order = {"names": plan.names, "files": study.digests, "spared": sorted(plan.course.changed)}
    core.prepare({**order, **asked, "data": sorted(plan.course.data)}, "")
    code = [(i, cell) for i, cell in enumerate(notebook.cells) if cell.cell_type == "code"]
    for (index, cell), source in zip(code, sources, strict=True):
        if is_test(cell):
            order = {
                "test": plan.sheet(cell.source),
                "data": plan.data_for(cell.source),
                "named": [],
            }
            order |= {"hidden": grade_id_of(cell) in plan.hidden, "ordinary": plan.course.keys}
            core.prepare({**order, **asked}, cell.source)
            loop.run_until_complete(core.judge({**order, **asked}))
            continue
        pins = study.pins.get(index, ())
        core.prepare({"pins": pins, "instructors": index in study.instructors}, cell.source)
        try:
            exec(compile(source, "<cell>", "exec"), space)
        except Exception as error:
            print(f"{type(error).__name__}: {error}")
        core.pin(pins)


if __name__ == "__main__":
    main()
