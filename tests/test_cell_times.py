"""What the cells of each assignment take, as a ratio to a reference in the same kernel."""

import pytest
import sample_course

from workbook.authors.cell_times import GOAL, cell_times
from workbook.common.kernels import default_kernel
from workbook.common.paths import assignments

#: What each may take. Those with a number are still above the goal, or so near that a busy machine shows it.
BOUNDS = {
    "ex01_sequential": 2.1,
    "ex02_functional": 1.5,
    "ex03_subclassing": 1.25,
    "ex04_layers": GOAL,
    "ex05_losses": GOAL,
    "ex06_metrics": 1.2,
    "ex07_data": GOAL,
    "ex08_callbacks": GOAL,
    "ex09_loops": 1.2,
    "ex10_graphs": 1.45,
    "ex11_train_step": 2.6,
    "ex12_churn": 1.6,
}


@pytest.mark.parametrize("assignment", assignments(sample_course.ROOT))
def test_an_assignment_takes_no_more_than_its_share(assignment):
    bound = BOUNDS[assignment]
    times = cell_times(sample_course.ROOT, assignment, default_kernel())
    if times.share > bound:  # other processes cost it time, perhaps
        again = cell_times(sample_course.ROOT, assignment, default_kernel())
        times = min(times, again, key=lambda each: each.share)
    slowest = sorted(times.cells, key=lambda cell: -cell[1])[:5]
    assert times.share <= bound, (
        f"{assignment} takes {times.share:.2f} times the reference, and may take {bound}; most of it: "
        + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in slowest)
    )
