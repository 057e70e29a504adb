"""The processor time of each cell of a solved assignment: `workbook answers --profile`.

Seconds depend on the machine and on what else runs there. So an assignment is held to its *share*:
the processor time of its cells as a ratio to that of a reference, which runs behind them in the same
kernel: so the cells, as in grading, pay for what only happens once. TensorFlow has the threads that it has
in grading, where nobody sets their number.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from rich.console import Console
from traitlets.config import Config

from workbook.common.kernels import default_kernel
from workbook.common.paths import assignments, find_root, matching, solution_of
from workbook.common.tasks import read_notebook

#: The share that an assignment may take: 1.3 s on a machine where the reference takes 1.2 s.
GOAL = 1.1

_CLOCK = "import time as _time; print(_time.process_time())"
_START = "import keras as _keras, numpy as _np"
#: Layers made, steps of training traced and run: what the tests of an assignment consist of.
_REFERENCE = """\
for _ in range(2):
    _model = _keras.Sequential([_keras.Input((8,)), *[_keras.layers.Dense(8) for _ in range(3)]])
    _model.compile("adam", "mse", metrics=["mae"])
    _model.fit(_np.ones((64, 8)), _np.ones((64, 8)), epochs=2, verbose=0)"""


@dataclass(frozen=True)
class Times:
    """Seconds of processor time.

    Attributes:
        reference: of the reference.
        cells: of each code cell, by its grade id or its first line.
    """

    reference: float
    cells: list[tuple[str, float]]

    @property
    def total(self) -> float:
        """Of all cells together."""
        return sum(seconds for _, seconds in self.cells)

    @property
    def share(self) -> float:
        """What the cells take as a ratio to the reference."""
        return self.total / self.reference


def print_cell_times(name: str) -> None:
    """Print the processor time of each cell with the official answers, their sum and their share."""
    root, console = find_root(), Console(highlight=False)
    [assignment] = matching(name, assignments(root), "assignment")
    with console.status(f"Running {assignment} ..."):
        times = cell_times(root, assignment, default_kernel())
    for cell, seconds in times.cells:
        console.print(f"{seconds:6.2f} s  {cell}", markup=False)
    console.print(f"{times.total:6.2f} s  together, of all cores")
    console.print(
        f"{times.share:6.2f}    times the reference ({times.reference:.2f} s); may be {GOAL:.2f}"
    )


def cell_times(root: Path, assignment: str, kernel: str) -> Times:
    """Run the official answers of an assignment, then the reference."""
    source = read_notebook(solution_of(root, assignment))
    cells = [cell for cell in source.cells if cell.cell_type == "code"]
    timed = [*cells, new_code_cell(_REFERENCE)]
    clocks = [new_code_cell(_CLOCK) for _ in range(len(timed) + 1)]
    between = [each for pair in zip(clocks, timed, strict=False) for each in pair]
    notebook = new_notebook(cells=[new_code_cell(_START), *between, clocks[-1]])
    resources = {"metadata": {"path": str(solution_of(root, assignment).parent)}}
    config = Config(KernelManager={"transport_encryption": "auto"})
    NotebookClient(notebook, kernel_name=kernel, resources=resources, config=config).execute()
    read = [float(clock.outputs[0].text) for clock in clocks]
    *seconds, reference = [after - before for before, after in pairwise(read)]
    names = [
        cell.metadata.get("nbgrader", {}).get("grade_id") or cell.source.partition("\n")[0]
        for cell in cells
    ]
    return Times(reference, list(zip(names, seconds, strict=True)))
