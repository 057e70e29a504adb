"""The processor time of each cell of a solved assignment: `workbook answers --profile`."""

from itertools import pairwise
from pathlib import Path

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console
from traitlets.config import Config

from workbook.common.kernels import default_kernel
from workbook.common.paths import assignments, find_root, matching, solution_of
from workbook.common.tasks import read_notebook

_CLOCK = "import time as _time; print(_time.process_time())"


def print_cell_times(name: str) -> None:
    """Print the processor time of each cell with the official answers, and the sum."""
    root, console = find_root(), Console(highlight=False)
    [assignment] = matching(name, assignments(root), "assignment")
    with console.status(f"Running {assignment} ..."):
        times = cell_times(root, assignment, default_kernel())
    for cell, seconds in times:
        console.print(f"{seconds:6.2f} s  {cell}", markup=False)
    total = sum(seconds for _, seconds in times)
    console.print(f"{total:6.2f} s  together, of all cores")


def cell_times(root: Path, assignment: str, kernel: str) -> list[tuple[str, float]]:
    """Run the official answers; return grade id, or first line, and seconds of each code cell."""
    source = read_notebook(solution_of(root, assignment))
    cells = [cell for cell in source.cells if cell.cell_type == "code"]
    clocks = [new_code_cell(_CLOCK) for _ in range(len(cells) + 1)]
    between = [each for pair in zip(clocks, cells, strict=False) for each in pair]
    notebook = new_notebook(cells=[*between, clocks[-1]])
    resources = {"metadata": {"path": str(solution_of(root, assignment).parent)}}
    config = Config(KernelManager={"transport_encryption": "auto"})
    NotebookClient(notebook, kernel_name=kernel, resources=resources, config=config).execute()
    read = [float(clock.outputs[0].text) for clock in clocks]
    names = [
        cell.metadata.get("nbgrader", {}).get("grade_id") or cell.source.partition("\n")[0]
        for cell in cells
    ]
    return [
        (name, after - before) for name, (before, after) in zip(names, pairwise(read), strict=True)
    ]
