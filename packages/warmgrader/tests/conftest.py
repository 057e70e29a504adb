"""Kernelspecs and a course for the tests of the grader."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from course import Course

from warmgrader.kernels.kernelspec import kernel_dict


@pytest.fixture(scope="session")
def make_kernelspec(runtime: Path) -> Callable[..., str]:
    """Return a function that installs a warm kernelspec and returns its name."""

    def make(name: str, preload: tuple[str, ...] = ("numpy",), **config: object) -> str:
        folder = runtime / "jupyter" / "kernels" / name
        folder.mkdir(parents=True, exist_ok=True)
        spec = kernel_dict()
        spec["argv"][0] = sys.executable
        spec["metadata"]["kernel_provisioner"]["config"] = {"preload": list(preload), **config}
        (folder / "kernel.json").write_text(json.dumps(spec))
        return name

    return make


@pytest.fixture(scope="session")
def warm_kernel(make_kernelspec: Callable[..., str]) -> str:
    """The name of a warm kernelspec whose server imports NumPy only, and so starts at once."""
    return make_kernelspec("warm-numpy")


@pytest.fixture(scope="session")
def generated_course(tmp_path_factory: pytest.TempPathFactory, runtime: Path) -> Course:
    """A course with its assignment in the gradebook, to be copied."""
    course = Course(tmp_path_factory.mktemp("template") / "course")
    course.generate()
    return course
