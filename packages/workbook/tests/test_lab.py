"""What `make lab` starts, and for whom."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from jupyterlab_server.config import get_page_config
from places import ROOT
from typer.testing import CliRunner

from workbook.cli import app
from workbook.students import lab


def test_a_port_in_use_is_one_line_with_another_one(monkeypatch):
    monkeypatch.chdir(ROOT)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        result = CliRunner().invoke(app, ["lab", "--port", str(port)])
    assert result.exit_code == 1
    [line] = result.output.splitlines()
    advised = r"python3 study.py lab --port=\d+"
    assert re.fullmatch(rf"Port {port} is in use; try another one: {advised}", line)


def test_the_one_address_that_is_printed_works(tmp_path):
    """At once, and for nobody who does not know it."""
    course = tmp_path / "Mein Kürs"
    for name in ("labconfig", "exercises/ex01_sequential"):
        shutil.copytree(ROOT / name, course / name)
    (course / "notebooks").mkdir()
    for name in ("nbgrader_config.py", "notebooks/00_index.ipynb"):
        shutil.copy(ROOT / name, course / name)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    variables = {name: value for name, value in os.environ.items() if name != "JUPYTER_TOKEN"}
    log = tmp_path / "log"
    with log.open("w") as file:
        command = [sys.executable, "-m", "workbook.cli", "lab", "--port", str(port)]
        process = subprocess.Popen(command, cwd=course, env=variables, stdout=file, stderr=file)
    try:
        while "Ctrl-C" not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        [address] = re.findall(r"\w+://\S+", log.read_text())
        page, _, token = address.partition("?token=")
        assert page == f"http://localhost:{port}/lab/tree/notebooks/00_index.ipynb"
        with urlopen(address) as answer:
            assert b"JupyterLab" in answer.read()
        contents = f"http://localhost:{port}/api/contents?token="
        with urlopen(contents + token) as answer:
            names = {each["name"] for each in json.load(answer)["content"]}
        assert "notebooks" in names and "exercises" not in names
        with pytest.raises(HTTPError, match="403"):
            urlopen(contents + "other")
    finally:
        process.terminate()
        process.wait(30)


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
    assert "--Desk.is_students=False" in lab.arguments(ROOT, 8888, True)
    assert "--Desk.is_students=True" in lab.arguments(ROOT, 8888)
    path = ROOT / "labconfig" / "student" / "labconfig" / "page_config.json"
    disabled = json.loads(path.read_text())
    folder = Path(sys.prefix, "share", "jupyter", "labextensions", "@jupyter", "nbgrader", "static")
    code = "".join(path.read_text() for path in folder.glob("*.js"))
    ours = [name for name in disabled["disabledExtensions"] if "nbgrader" in name]
    assert len(ours) == 3
    assert [name for name in ours if f'"{name}"' not in code] == []


def test_lab_keeps_its_state_in_the_course(tmp_path):
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    for instructor in (False, True):
        variables = lab.environment(tmp_path, instructor)
        for name in ("JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
            assert Path(variables[name]).is_relative_to(tmp_path / ".jupyter")


#: What who has nobody to submit to must not see, and what no student needs.
SUBMITTING = {"@jupyter/nbgrader:assignment-list", "@jupyter/nbgrader:menu"}
TEACHING = {"@jupyter/nbgrader:formgrader", "jupyterlab-jupytext"}
NEWS = {"@jupyterlab/apputils-extension:announcements"}


@pytest.mark.parametrize(
    ("exchange", "system", "instructor", "hidden"),
    [
        (None, "linux", False, SUBMITTING | TEACHING | NEWS),
        ("/srv/nbgrader/exchange", "linux", False, TEACHING | NEWS),
        ("/srv/nbgrader/exchange", "win32", False, SUBMITTING | TEACHING | NEWS),
        (None, "linux", True, NEWS),
    ],
)
def test_only_who_has_somebody_to_submit_to_can_submit(
    tmp_path, monkeypatch, exchange, system, instructor, hidden
):
    """As JupyterLab and Notebook 7 read it from the environment."""
    shutil.copytree(ROOT / "labconfig", tmp_path / "labconfig")
    shutil.copy(ROOT / "nbgrader_config.py", tmp_path)
    if exchange:
        config = tmp_path / "nbgrader_config.py"
        config.write_text(f"{config.read_text()}\nc.Exchange.root = {exchange!r}\n")
    with monkeypatch.context() as patched:
        patched.setattr(sys, "platform", system)
        variables = lab.environment(tmp_path, instructor)
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", variables["JUPYTER_CONFIG_PATH"])
    disabled = set(get_page_config([])["disabledExtensions"])
    assert disabled & (SUBMITTING | TEACHING | NEWS) == hidden
