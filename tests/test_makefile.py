"""The commands of the README: what `make` says."""

import os
import re
import shutil
import subprocess

import pytest
from sample_course import ROOT

from workbook.common import bootstrap
from workbook.instructors import bundle


@pytest.fixture
def checkout(tmp_path):
    """A copy of what `make setup` reads, in a folder with a blank in its name."""
    root = tmp_path / "a checkout"
    for name in ("Makefile", bundle.MAKEFILE, "study.py", *bootstrap.CODE):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    return root


def make(root, *arguments, **variables):
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=root,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_is_the_default_and_names_every_target(checkout):
    result = make(checkout)
    assert result.returncode == 0
    listed = set(re.findall(r"^make ([\w-]+)", result.stdout, re.MULTILINE))
    texts = [(ROOT / name).read_text() for name in ("Makefile", bundle.MAKEFILE)]
    phony = [re.search(r"^\.PHONY: (.*)$", text, re.MULTILINE)[1] for text in texts]
    assert listed == set(" ".join(phony).split()) - {"named"}
    assert listed >= {"lab", "fetch", "submit", "test", "build", "check", "grade", "clean", "help"}


@pytest.mark.parametrize("python", ["/no/such/python", "sh"])
def test_an_unfit_python_is_one_line(checkout, python):
    result = make(checkout, "setup", f"PYTHON={python}")
    assert result.returncode != 0
    first, *rest = result.stderr.splitlines()
    assert first.startswith(f"{python} is not Python 3.11 to 3.13")
    assert all("Error" in line for line in rest), "only make's own line follows"
    assert not (checkout / ".venv").exists()


def test_no_python_at_all_is_one_line(checkout, tmp_path):
    commands = tmp_path / "bin"
    commands.mkdir()
    for name in ("make", "sh", "echo", "printf"):
        (commands / name).symlink_to(shutil.which(name))
    result = make(checkout, "setup", PATH=str(commands))
    assert result.returncode != 0
    assert result.stderr.startswith("No Python here is Python 3.11 to 3.13")


def test_a_students_command_is_that_of_study_py(checkout):
    """Also in a course's copy without make."""
    (checkout / "study.py").write_text("import sys\nprint(*sys.argv[1:], sep='|')\n")
    said = {
        ("lab", "PORT=8889"): "lab|--port|8889",
        ("fetch", "EX=ex01"): "fetch|ex01",
        ("fetch", "EX=ex01", "AGAIN=1"): "fetch|ex01|--again",
        ("check", "EX=work/a b.ipynb"): "check|work/a b.ipynb",
        ("check", "EX=ex01", "ALL=1"): "check|ex01|--all",
        ("submit", "EX=ex01"): "submit|ex01",
        ("progress",): "progress",
        ("setup",): "setup|--all",
    }
    assert {words: make(checkout, *words).stdout.strip() for words in said} == said


@pytest.mark.parametrize("target", ["fetch", "check", "submit", "answers", "grade", "feedback"])
def test_a_missing_assignment_is_asked_for(checkout, target):
    result = make(checkout, target)
    assert result.returncode != 0
    assert f"make {target} EX=ex01_sequential" in result.stderr


def test_a_missing_class_list_is_asked_for(checkout):
    (checkout / ".venv" / "bin").mkdir(parents=True)
    result = make(checkout, "roster", "-o", "setup")
    assert result.returncode != 0
    assert "make roster FILE=canvas.csv" in result.stderr


def test_clean_removes_only_what_is_built(checkout):
    kept = ["work/ex01/ex01.ipynb", "grading/gradebook.db", "exchange/x", "chapters/a.py", "b.py"]
    gone = ["build/x", ".pytest_cache/x", "packages/workbook/src/workbook/__pycache__/x.pyc"]
    gone += ["packages/workbook/src/a.egg-info/x", "packages/workbook/build/x"]
    gone += ["notebooks/.ipynb_checkpoints/a.ipynb"]
    for name in kept + gone:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).touch()
    assert make(checkout, "clean").returncode == 0
    assert [name for name in kept if not (checkout / name).exists()] == []
    assert [name for name in gone if (checkout / name).exists()] == []


def test_ci_run_reports_pytests_closing_line_and_status(checkout):
    (checkout / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", checkout / ".ci")
    for status, line in ((0, "===== 3 passed in 0.10s ====="), (3, "1 failed, 2 passed in 9.10s")):
        (checkout / "Makefile").write_text(
            f'test:\n\t@echo "CI is $$CI"\n\t@echo "{line}"\n\t@echo later\n\t@exit {status}\n'
        )
        result = subprocess.run(
            [checkout / ".ci" / "run"], capture_output=True, text=True, check=False
        )
        assert "CI is true" in result.stdout
        assert result.stdout.splitlines()[-1] == line
        assert bool(result.returncode) == bool(status)
