"""What speaks Jupyter gets warm kernels by their name alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from course import RIGHT_IF_WARM, Course
from nbformat.v4 import new_code_cell, new_notebook, new_output
from papermill.cli import papermill

IS_WARM = "import sys\n'warmgrader.kernels.kernel' in sys.modules"


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    """A notebook that says whether its kernel is warm; its stored outputs say that it is."""
    cells = [
        new_code_cell("count = 2", metadata={"tags": ["parameters"]}, execution_count=1),
        new_code_cell(
            IS_WARM,
            execution_count=2,
            outputs=[
                new_output("execute_result", {"text/plain": "True"}, execution_count=2),
            ],
        ),
        new_code_cell(
            "import numpy as np\nprint(np.arange(count))",
            execution_count=3,
            outputs=[new_output("stream", text="[0 1]\n")],
        ),
    ]
    path = tmp_path / "notebook.ipynb"
    metadata = {"language_info": {"name": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)
    return path


def test_papermill(notebook: Path, warm_kernel: str) -> None:
    executed = notebook.with_name("executed.ipynb")
    arguments = ["-k", warm_kernel, "-p", "count", "3", str(notebook), str(executed)]
    result = CliRunner().invoke(papermill, arguments)
    assert result.exit_code == 0, result.output
    cells = nbformat.read(executed, as_version=4).cells
    assert cells[-2].outputs[0].data["text/plain"] == "True"
    assert cells[-1].outputs[0].text == "[0 1 2]\n"


@pytest.mark.parametrize(("kernel", "failed"), [("warm_kernel", 0), ("cold_kernel", 1)])
def test_nbval(notebook: Path, request: pytest.FixtureRequest, kernel: str, failed: int) -> None:
    command = [
        sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval",
        f"--nbval-kernel-name={request.getfixturevalue(kernel)}", str(notebook),
    ]  # fmt: skip
    result = subprocess.run(
        command, cwd=notebook.parent, capture_output=True, text=True, check=False
    )
    assert result.returncode == (1 if failed else 0), result.stdout
    assert f"{3 - failed} passed" in result.stdout


@pytest.fixture
def cold_kernel() -> str:
    """The name of the ordinary kernelspec."""
    return "python3"


@pytest.mark.parametrize("with_name", [True, False])
def test_nbgrader_validate(
    tmp_path: Path, generated_course: Course, warm_kernel: str, with_name: bool
) -> None:
    """By the name of the kernel, and by the configuration that `use_warmgrader` makes."""
    course = Course(tmp_path / "course", generated_course)
    path = course.submit("ann", RIGHT_IF_WARM)
    command = [sys.executable, "-m", "nbgrader", "validate", str(path)]
    if with_name:
        command.append(f"--ExecutePreprocessor.kernel_name={warm_kernel}")
    else:
        course.switch_over(warm_kernel)
    result = subprocess.run(command, cwd=course.root, capture_output=True, text=True, check=False)
    # The essay, which is not written; nothing else.
    assert "VALIDATION FAILED ON 1 CELL(S)" in result.stdout
    assert "You did not provide a response." in result.stdout
