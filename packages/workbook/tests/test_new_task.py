"""`workbook new-task` and `workbook watch`: what contributors start from, and rebuild with."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import jupytext
import pytest
from jupytext.config import load_jupytext_config
from jupytext.formats import long_form_one_format
from places import ROOT
from typer.testing import CliRunner
from watchfiles import Change

from workbook.authors import source, watch
from workbook.authors.answers import read_answers
from workbook.authors.build import build
from workbook.authors.new_task import new_task
from workbook.cli import app
from workbook.common.paths import exercise_of
from workbook.common.tasks import Task, graded_cells, read_notebook

EXERCISES = """\
# %% [markdown]
# # Assignment
#
# {{ tasks }}
#
# ## `double`

# %% task="double" role="answer" about="twice a number" minutes=5 difficulty=1
def double(x):
    ### BEGIN SOLUTION
    return 2 * x
    ### END SOLUTION


# %% task="double" role="check" points=8
assert double(3) == 6

# %% task="double" role="hidden" points=12 tries="zero"
assert double(0) == 0
"""
FILE = "05_losses/exercises.py"
COVERAGE = """\
[[concept]]
id = "A1"
idea = "losses"
chapter = "05_losses"
heading = "Losses"

[read.05_losses]
double = "A1"
"""


def invoke(monkeypatch, root, *arguments):
    monkeypatch.chdir(root)
    return CliRunner().invoke(app, list(arguments))


def test_a_new_task_is_all_that_an_assignment_needs(course, monkeypatch):
    root = course({FILE: EXERCISES, "coverage.toml": COVERAGE})
    result = invoke(monkeypatch, root, "new-task", "05", "triple")
    assert result.exit_code == 0
    assert "  double: 8 + 10\n  triple: 1 + 1\n" in result.output
    assert "\nwrote chapters/coverage.toml\n" in result.output

    path = root / "chapters" / FILE
    assert path.read_text().startswith(EXERCISES.replace("points=12", "points=10"))
    cells, problems = source.read(path, FILE)
    assert problems == []
    assert [cell.role for cell in cells if cell.task == "triple"] == ["answer", "check", "hidden"]
    build(root)
    notebook = read_notebook(exercise_of(root, "ex05_losses"))
    assert "## Task 2 · `triple` (1 + 1 points)" in str(notebook)
    assert graded_cells(notebook)["triple"].metadata.section == "Losses"


def test_points_are_taken_where_most_are(course):
    text = EXERCISES.replace("points=8", "points=10").replace("points=12", "points=10")
    _, cells = new_task(course({FILE: text}), "05", "triple")
    points = [cell.points for cell in cells if cell.points]
    assert points == [9, 9, 1, 1]


def test_a_new_task_has_answers_that_the_tests_judge_right(course):
    """As `workbook answers` would find, without its kernels."""
    root = course({FILE: EXERCISES})
    _, cells = new_task(root, "ex05_losses", "triple")
    tests = [cell.source for cell in cells if cell.task == "triple" and cell.role != "answer"]
    answers, problems = read_answers(root / "chapters/05_losses/answers", [Task("triple", 1, 1)])
    assert problems == []
    for answer in answers:
        said = ""
        try:
            scope = {}
            for code in (answer.source, *tests):
                exec(code, scope)
        except AssertionError as error:
            said = str(error)
        assert bool(said) != answer.right, answer.file
        assert all(message in said for message in answer.messages), (answer.file, said)


def test_a_new_task_is_formatted(course):
    root = course({FILE: EXERCISES})
    written, _ = new_task(root, "05_losses", "triple")
    for command in (["format", "--check", "--diff"], ["check"]):
        ruff = [Path(sys.executable).with_name("ruff"), *command, "--no-cache", *written]
        subprocess.run(ruff, cwd=root, check=True)


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("05", "double"), "chapters/05_losses/exercises.py: there is a task double already"),
        (("05", "two words"), "'two words' is not a Python name"),
        (("05", "class"), "'class' is not a Python name"),
        (("05", ""), "'' is not a Python name"),
        (("07", "triple"), "07: no such assignment; there are: 05_losses"),
        (("05", "kept"), "chapters/05_losses/answers/kept: there are answers already"),
    ],
)
def test_bad_input_is_one_line_and_changes_nothing(course, monkeypatch, arguments, line):
    root = course({FILE: EXERCISES, "05_losses/answers/kept/right_a.py": ""})
    before = sorted(root.rglob("*"))
    result = invoke(monkeypatch, root, "new-task", *arguments)
    assert result.exit_code == 1
    [said] = result.output.splitlines()
    assert said.startswith(line)
    assert sorted(root.rglob("*")) == before
    assert (root / "chapters" / FILE).read_text() == EXERCISES


def test_problems_of_the_assignment_come_first(course, monkeypatch):
    root = course({FILE: EXERCISES.replace("points=8", "points=7")})
    result = invoke(monkeypatch, root, "new-task", "05", "triple")
    assert result.exit_code == 1
    assert "the points add up to 19, not 20" in result.output
    assert not (root / "chapters/05_losses/answers").exists()


def test_watching_looks_at_sources_only():
    assert watch.is_source(Change.modified, "chapters/05_losses/chapter.py")
    assert watch.is_source(Change.added, "chapters/05_losses/exercises.py")
    assert not watch.is_source(Change.deleted, "chapters/05_losses/exercises.py")
    assert not watch.is_source(Change.modified, "chapters/05_losses/answers/double/right_a.py")
    assert not watch.is_source(Change.added, "chapters/05_losses/.chapter.py.swp")


def test_a_saved_source_is_built_and_its_problems_are_said(course, capsys):
    root = course({FILE: EXERCISES})
    names = [watch.name_of(root / "chapters" / FILE)]
    watch.rebuild(root, names)
    assert "wrote solutions/ex05_losses/ex05_losses.ipynb" in capsys.readouterr().out
    (root / "chapters" / FILE).write_text(EXERCISES.replace("points=8", "points=7"))
    watch.rebuild(root, names)
    assert "exercises.py:1: the points add up to 19" in capsys.readouterr().out


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("chapters/*/*.py")), ids=lambda path: path.parent.name
)
def test_jupyterlab_saves_a_source_as_it_is(path):
    """Through jupytext's notebook and back, with a kernel chosen, nothing changes."""
    text = path.read_text()
    config = load_jupytext_config(str(path))

    def options(read):
        chosen = long_form_one_format("py:percent")
        config.set_default_format_options(chosen, read=read)
        return chosen

    notebook = jupytext.reads(text, options(read=True), config=config)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    assert jupytext.writes(notebook, options(read=False), config=config) == text


def test_commit_hooks_fix_what_is_written_and_need_no_network(tmp_path):
    """In a repository with the hooks: a badly formatted file ends the commit, and is fixed."""
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "cache")}
    repository = tmp_path / "repository"
    repository.mkdir()
    for name in (".pre-commit-config.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, repository)
    (repository / ".venv").symlink_to(sys.prefix)
    (repository / ".gitignore").write_text(".venv\n")
    (repository / "a.py").write_text("x  =  1\n")
    for command in (["init", "-q"], ["add", "."]):
        subprocess.run(["git", *command], cwd=repository, check=True)

    def hooks():
        command = [Path(sys.executable).with_name("pre-commit"), "run", "--all-files"]
        return subprocess.run(
            command, cwd=repository, env=environment, capture_output=True, text=True, check=False
        )

    first = hooks()
    assert first.returncode == 1, first.stdout
    assert "ruff format" in first.stdout and "files were modified" in first.stdout
    assert (repository / "a.py").read_text() == "x = 1\n"
    second = hooks()
    assert second.returncode == 0, second.stdout
