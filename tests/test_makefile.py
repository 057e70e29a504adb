"""The commands of the README: what `make` says, and how the environment is made."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from sample_course import ROOT
from typer.testing import CliRunner

from workbook import bootstrap, lab
from workbook.cli import app


@pytest.fixture
def checkout(tmp_path):
    """A copy of what set-up reads, in a folder with a blank in its name."""
    root = tmp_path / "a checkout"
    for name in bootstrap.INPUTS:
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
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert listed == set(phony[1].split()) - {"named"}
    assert listed >= {"lab", "test", "build", "notebooks", "check", "grade", "clean", "help"}


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


@pytest.fixture
def commands(checkout, monkeypatch):
    """Set-up in the checkout with an environment that is only pretended; collects its commands."""
    for name in ("ROOT", "VENV", "BIN", "STAMP", "UNFINISHED"):
        path = getattr(bootstrap, name)
        monkeypatch.setattr(bootstrap, name, checkout / path.relative_to(ROOT))
    version = ".".join(map(str, sys.version_info[:3]))
    monkeypatch.setattr(bootstrap, "_environment_version", lambda: version)
    monkeypatch.setattr(bootstrap, "_output", lambda *_: "")
    monkeypatch.setattr(bootstrap.venv, "create", lambda path, **_: (path / "bin").mkdir())
    commands = []
    monkeypatch.setattr(bootstrap, "_run", lambda *words, **_: commands.append(words))
    (bootstrap.VENV / "bin").mkdir(parents=True)
    (bootstrap.VENV / "lib").mkdir()
    return commands


def test_set_up_has_nothing_to_do_the_second_time(commands):
    bootstrap.main([])
    assert any("requirements.txt" in words for words in commands)

    commands.clear()
    bootstrap.main([])
    assert commands == []

    pins = bootstrap.ROOT / "requirements.txt"
    pins.write_text(pins.read_text() + "# changed")
    bootstrap.main([])
    assert commands != []
    assert (bootstrap.VENV / "lib").exists(), "a whole environment is only brought up to date"


def test_packages_are_added_once_and_again_after_the_environment_was_made_anew(commands, tmp_path):
    more = tmp_path / "more.txt"
    more.write_text("jupyterhub==6.1.1")
    bootstrap.main([str(more)])
    assert commands[-1][-1] == more

    commands.clear()
    bootstrap.main([str(more)])
    assert commands == []

    pins = bootstrap.ROOT / "requirements.txt"
    pins.write_text(pins.read_text() + "# changed")
    bootstrap.main([str(more)])
    assert commands[-1][-1] == more


def test_an_interrupted_set_up_starts_over(commands, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(bootstrap, "_run", interrupt)
        bootstrap.main([])
    assert not bootstrap.STAMP.exists()

    bootstrap.main([])
    assert not (bootstrap.VENV / "lib").exists(), "the half-made one is thrown away"
    assert bootstrap.STAMP.exists()
    assert not bootstrap.UNFINISHED.exists()


def test_uv_looks_where_pip_looks():
    pip_config = "\n".join(
        [
            ":env:.find-links='/wheels /more'",
            "global.cert='/certificates.pem'",
            "global.extra-index-url='file:///a\\nfile:///b'",
            "global.find-links='/old'",
            "global.timeout='3'",
            "install.index-url='file:///index'",
        ]
    )
    assert bootstrap.uv_environment(pip_config, {}) == {
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_DEFAULT_INDEX": "file:///index",
        "UV_INDEX": "file:///a file:///b",
        "UV_FIND_LINKS": "/wheels,/more",
        "SSL_CERT_FILE": "/certificates.pem",
    }


@pytest.mark.parametrize(
    ("pip_config", "environment"),
    [("", {}), ("global.index-url='file:///index'", {"UV_DEFAULT_INDEX": "file:///mine"})],
)
def test_uvs_own_settings_are_left_alone(pip_config, environment):
    assert bootstrap.uv_environment(pip_config, environment) == {}


def test_pins_have_hashes_and_name_no_host():
    requirements = (ROOT / "requirements.txt").read_text()
    assert "//" not in requirements
    assert "--index-url" not in requirements
    assert re.fullmatch(
        r"uv==\S+ \\\n(    --hash=sha256:\w+( \\)?\n)+", bootstrap.pinned("uv", requirements)
    )
    with pytest.raises(SystemExit, match="no pin of nothing"):
        bootstrap.pinned("nothing", requirements)


@pytest.mark.parametrize("target", ["check", "answers", "grade", "feedback"])
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
    gone = ["build/x", ".pytest_cache/x", "src/workbook/__pycache__/x.pyc", "src/a.egg-info/x"]
    gone += ["notebooks/.ipynb_checkpoints/a.ipynb"]
    for name in kept + gone:
        (checkout / name).parent.mkdir(parents=True, exist_ok=True)
        (checkout / name).touch()
    assert make(checkout, "clean").returncode == 0
    assert [name for name in kept if not (checkout / name).exists()] == []
    assert [name for name in gone if (checkout / name).exists()] == []


def test_a_port_in_use_is_one_line_with_another_one(monkeypatch):
    monkeypatch.chdir(ROOT)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        result = CliRunner().invoke(app, ["lab", "--port", str(port)])
    assert result.exit_code == 1
    [line] = result.output.splitlines()
    assert re.fullmatch(rf"Port {port} is in use; try another one: make lab PORT=\d+", line)


def test_lab_suits_root_and_a_machine_without_display(monkeypatch):
    monkeypatch.setattr(lab.sys, "platform", "linux")
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    monkeypatch.setattr(lab.os, "geteuid", lambda: 0)
    assert {"--no-browser", "--allow-root"} < set(lab.arguments(ROOT, 8888))
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr(lab.os, "geteuid", lambda: 1000)
    assert not {"--no-browser", "--allow-root"} & set(lab.arguments(ROOT, 8888))


def test_only_students_are_spared_what_instructors_need():
    hidden = f"--LabApp.app_settings_dir={ROOT / 'labconfig' / 'student'}"
    assert hidden in lab.arguments(ROOT, 8888)
    assert hidden not in lab.arguments(ROOT, 8888, instructor=True)
    disabled = json.loads((ROOT / "labconfig" / "student" / "page_config.json").read_text())
    folder = Path(sys.prefix, "share", "jupyter", "labextensions", "@jupyter", "nbgrader", "static")
    code = "".join(path.read_text() for path in folder.glob("*.js"))
    ours = [name for name in disabled["disabledExtensions"] if "nbgrader" in name]
    assert len(ours) == 3
    assert [name for name in ours if f'"{name}"' not in code] == []


def test_lab_keeps_its_state_in_the_course(tmp_path):
    for instructor in (False, True):
        variables = lab.environment(tmp_path, instructor)
        for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
            assert Path(variables[name]).is_relative_to(tmp_path / ".jupyter")


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
