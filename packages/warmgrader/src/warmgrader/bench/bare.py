"""The lower limit: a notebook's cells in a forked process with everything imported, and no more.

No Jupyter, no sandbox, no gradebook. `python -m warmgrader.bench.bare NOTEBOOK TIMES PROCESSES`
prints the seconds.
"""

from __future__ import annotations

import gc
import os
import sys
import time

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from warmgrader.kernels.preload import import_all
from warmgrader.kernels.recipe import DEFAULT_PRELOAD


class _Magics:
    """Stands in for the shell in cells with magics, which do nothing here."""

    def __getattr__(self, name: str) -> object:
        return lambda *arguments, **options: None


def run_cells(sources: list[str]) -> None:
    """Execute cells in one namespace; like a notebook, go on after an error."""
    namespace = {"__name__": "__main__", "get_ipython": _Magics}
    for source in sources:
        try:
            exec(compile(source, "<cell>", "exec"), namespace)
        except Exception as error:
            print(f"{type(error).__name__}: {error}", flush=True)


def main() -> None:
    """Run a notebook several times, in several processes at once."""
    notebook, times, processes = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    transform = TransformerManager().transform_cell
    cells = nbformat.read(notebook, as_version=4).cells
    sources = [transform(cell.source) for cell in cells if cell.cell_type == "code"]
    take_environment()
    import_all(DEFAULT_PRELOAD)
    gc.collect()
    gc.freeze()
    start = time.perf_counter()
    running = 0
    for _ in range(times):
        if running == processes:
            os.wait()
            running -= 1
        if os.fork() == 0:
            run_cells(sources)
            os._exit(0)
        running += 1
    while running:
        os.wait()
        running -= 1
    print(time.perf_counter() - start)


def take_environment() -> None:
    """Have the variables that a kernel gets from its kernelspec."""
    from jupyter_client.kernelspec import KernelSpecManager

    for name, value in KernelSpecManager().get_kernel_spec("python3").env.items():
        os.environ.setdefault(name, value)


if __name__ == "__main__":
    main()
