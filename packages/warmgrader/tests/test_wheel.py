"""The package alone, as `pip install` gets it: nothing of this course, no TensorFlow, no JAX."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from course import ASSIGNMENT, BIASED, RIGHT_IF_WARM, Course

from workbook.common.bootstrap import uv_environment

PACKAGE = Path(__file__).parents[1]
PINS = PACKAGE.parents[1] / "requirements.txt"
FOREIGN_TO_IT = ("tensorflow", "keras", "jax", "distributed", "workbook", "papermill")


def run(*command: str | Path, **options: object) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, what it needs, and NumPy for the course."""
    folder = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    # A build leaves files beside the sources.
    shutil.copytree(PACKAGE / "src", folder / "package" / "src")
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(PACKAGE / name, folder / "package")
    build = ("--wheel", "--no-build-isolation", "--python", sys.executable)
    run(uv, "build", *build, "--out-dir", folder, folder / "package")
    [wheel] = folder.glob("*.whl")
    run(uv, "venv", "--python", sys.executable, folder / "env")
    python = folder / "env" / "bin" / "python"
    # uv does not read pip's configuration, which says where packages come from on this machine.
    settings = uv_environment(run(sys.executable, "-m", "pip", "config", "list"), dict(os.environ))
    variables = {**os.environ, **settings}
    wanted = ("--constraint", PINS, wheel, "numpy")
    run(uv, "pip", "install", "--python", python, *wanted, env=variables)
    return python.parent


def test_it_needs_nothing_of_the_course(environment: Path) -> None:
    code = (
        "import importlib.util as u, sys, warmgrader, importlib.metadata as m\n"
        "assert warmgrader.__version__ == m.version('warmgrader')\n"
        "print(*(name for name in sys.argv[1:] if u.find_spec(name)))"
    )
    assert run(environment / "python", "-c", code, *FOREIGN_TO_IT).strip() == ""


def test_it_grades_a_numpy_course(
    environment: Path, generated_course: Course, tmp_path: Path
) -> None:
    course = Course(tmp_path / "course", generated_course)
    course.submit("right", RIGHT_IF_WARM)
    course.submit("wrong", BIASED)
    variables = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "VIRTUAL_ENV", "JUPYTER_PATH")
    }
    variables["PATH"] = f"{environment}:{variables['PATH']}"
    run(environment / "warmgrader", "install", env=variables)
    command = (environment / "warmgrader", "autograde", ASSIGNMENT)
    run(*command, cwd=course.root, env=variables)
    run(environment / "warmgrader", "stop", env=variables)
    scores = course.scores()
    assert {name: scores[name]["hidden"] for name in scores} == {"right": 4.0, "wrong": 0.0}
