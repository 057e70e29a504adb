"""Notebooks are tried in a throw-away course, and the real one stays as it is."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from course import ASSIGNMENT, BIASED, RIGHT, Course, source_notebook

from warmgrader.trial import GenerateError, Graders, TrialCourse

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "numpy"
c.WarmProvisioner.preload = ["numpy"]
"""


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A course as small as can be; returns the folder of its source notebook."""
    (tmp_path / "nbgrader_config.py").write_text(CONFIG)
    folder = tmp_path / "source" / ASSIGNMENT
    folder.mkdir(parents=True)
    nbformat.write(source_notebook(), folder / "means.ipynb")
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_right_and_wrong_answers_are_tried(source: Path, runtime: Path) -> None:
    root = source.parents[1]
    with Graders(jobs=1) as graders:
        course = TrialCourse.create(graders.new_folder(), root / "nbgrader_config.py", source)
        notebooks = {}
        for student, answer in {"right": RIGHT, "wrong": BIASED}.items():
            notebook = nbformat.from_dict(course.released)
            [cell] = [cell for cell in notebook.cells if cell.id == "mean"]
            cell.source = answer
            notebooks[student] = notebook
        graded = dict(graders.grade(course, notebooks))
    assert {name: each.score("check", "hidden") for name, each in graded.items()} == {
        "right": 5.0,
        "wrong": 0.0,
    }
    assert not any(each.error for each in graded.values())


@pytest.mark.parametrize("absolute", [False, True])
def test_the_real_course_stays_as_it_is(
    source: Path, runtime: Path, generated_course: Course, tmp_path: Path, absolute: bool
) -> None:
    """Even if its configuration names its folders and its gradebook by their full paths."""
    real = Course(tmp_path / "real", generated_course)
    config = real.root / "nbgrader_config.py"
    if absolute:
        for name in ("source", "release", "submitted", "autograded"):
            line = f"c.CourseDirectory.{name}_directory = {str(real.root / name)!r}\n"
            config.write_text(config.read_text() + line)
    before = files_of(real.root)
    with Graders(jobs=1) as graders:
        course = TrialCourse.create(graders.new_folder(), config, source)
        [(_, graded)] = graders.grade(course, {"me": course.released})
    assert graded.score("hidden") == 0 and not graded.error
    assert files_of(real.root) == before


def test_what_nbgrader_cannot_work_on_is_one_line(source: Path, tmp_path: Path) -> None:
    (source / "means.ipynb").write_text("no notebook")
    folder = tmp_path / "trial"
    folder.mkdir()
    with pytest.raises(GenerateError) as error:
        TrialCourse.create(folder, source.parents[1] / "nbgrader_config.py", source)
    assert "\n" not in str(error.value)
