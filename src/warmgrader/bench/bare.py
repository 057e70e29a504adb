"""The lower limit: a notebook's cells in a forked process with everything imported, and no more.

No Jupyter, no sandbox, no gradebook. Run by `python -m warmgrader.bench.bare`; prints the seconds.
"""

from __future__ import annotations

import argparse
import gc
import os
import time

import nbformat
from IPython.core.inputtransformer2 import TransformerManager

from warmgrader.preload import import_all
from warmgrader.recipe import DEFAULT_PRELOAD


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
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("notebook")
    parser.add_argument("--times", type=int, required=True)
    parser.add_argument("--workers", type=int, required=True)
    arguments = parser.parse_args()
    transform = TransformerManager().transform_cell
    cells = nbformat.read(arguments.notebook, as_version=4).cells
    sources = [transform(cell.source) for cell in cells if cell.cell_type == "code"]
    import_all(DEFAULT_PRELOAD)
    gc.collect()
    gc.freeze()
    start = time.perf_counter()
    running = 0
    for _ in range(arguments.times):
        if running == arguments.workers:
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


if __name__ == "__main__":
    main()
