"""What JupyterLab shows of the course: unmodified notebooks, and links to a student's own copies."""

import asyncio
import platform
import shutil

import nbformat
import pytest
import sample_course
from nbformat.v4 import new_markdown_cell, new_notebook
from tornado import web

from workbook.authors.build import NOTEBOOK_METADATA
from workbook.common.paths import exercise_of, work_of
from workbook.students.desk import Desk

NAME = sample_course.NAME
RELEASED = f"exercises/{NAME}/{NAME}.ipynb"
MINE = f"work/{NAME}/{NAME}.ipynb"
CHAPTER = "notebooks/01_sample.ipynb"
TEXT = f"Now [you](../{RELEASED}), see [there](https://x.org/{RELEASED}) and `../{RELEASED}`."


@pytest.fixture
def course(tmp_path):
    """A course with a chapter that links to its assignment."""
    shutil.copy(sample_course.ROOT / "nbgrader_config.py", tmp_path)
    notebook = new_notebook(cells=[new_markdown_cell(TEXT)], metadata=NOTEBOOK_METADATA)
    for path in (tmp_path / CHAPTER, exercise_of(tmp_path, NAME)):
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    (tmp_path / "README.md").write_text(f"[first]({RELEASED})\n")
    (tmp_path / "work").mkdir()
    return tmp_path


@pytest.fixture
def get(course):
    """What the student's JupyterLab gets for a path."""
    desk = Desk(root_dir=str(course))
    return lambda path, **options: asyncio.run(desk.get(path, **options))


@pytest.fixture
def save(course):
    """Saves a model as the student's JupyterLab does."""
    desk = Desk(root_dir=str(course))
    return lambda model, path: asyncio.run(desk.save(model, path))


def test_a_link_to_an_assignment_leads_to_the_students_copy(get):
    text = get(CHAPTER)["content"].cells[0].source
    assert text == TEXT.replace(f"(../{RELEASED}", f"(../{MINE}")
    assert get("README.md")["content"] == f"[first]({MINE})\n"


@pytest.mark.parametrize("path", [MINE, f"/{MINE}"])
def test_that_copy_is_made_on_the_way_and_never_again(get, course, path):
    assert get(path, content=False)["path"] == MINE
    mine = work_of(course, NAME)
    assert mine.read_bytes() == exercise_of(course, NAME).read_bytes()
    mine.write_text(mine.read_text().replace("Now", "Mine: now"))
    assert "Mine: now" in get(path)["content"].cells[0].source


@pytest.mark.parametrize(
    "path", ["work/ex99_none/ex99_none.ipynb", "work/a/b.ipynb", "work/a.ipynb"]
)
def test_nothing_else_is_made(get, course, path):
    with pytest.raises(web.HTTPError):
        get(path)
    assert list((course / "work").iterdir()) == []


@pytest.mark.parametrize("path", [CHAPTER, "README.md"])
def test_what_is_saved_unchanged_stays_as_it_was(get, save, course, path):
    before = (course / path).read_bytes()
    save(get(path), path)
    assert (course / path).read_bytes() == before


def test_jupyterlab_finds_the_language_as_its_kernel_says_it(get):
    info = get(CHAPTER)["content"].metadata.language_info
    assert info == NOTEBOOK_METADATA["language_info"] | {"version": platform.python_version()}


def test_what_everybody_gets_is_read_only_and_not_in_the_list(get, save, course):
    before = (course / RELEASED).read_bytes()
    model = get(RELEASED)
    assert model["writable"] is False
    with pytest.raises(web.HTTPError, match="your own copy is in work/"):
        save(model, RELEASED)
    assert (course / RELEASED).read_bytes() == before
    assert "exercises" not in {each["name"] for each in get("")["content"]}


def test_instructors_see_everything_as_it_is(course):
    desk = Desk(root_dir=str(course), is_students=False)
    assert asyncio.run(desk.get(CHAPTER))["content"].cells[0].source == TEXT
    model = asyncio.run(desk.get(RELEASED))
    assert model["writable"] is True
    asyncio.run(desk.save(model, RELEASED))
    with pytest.raises(web.HTTPError):
        asyncio.run(desk.get(MINE))
    assert "exercises" in {each["name"] for each in asyncio.run(desk.get(""))["content"]}
