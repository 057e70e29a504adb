"""`warmgrader doctor` says what a machine can do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from test_sandbox import refuse_namespaces

DOCTOR = "import sys\nfrom warmgrader import doctor\ndoctor.DEFAULT_PRELOAD = ('numpy',)\n"


def examine() -> tuple[int, list[str]]:
    """Run the command, with a server that imports NumPy only; return its status and its lines."""
    command = [sys.executable, "-c", f"{DOCTOR}sys.exit(doctor.main())"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.stderr == ""
    return result.returncode, result.stdout.splitlines()


def test_a_machine_that_can_do_all(runtime: Path) -> None:
    status, lines = examine()
    assert status == 0
    assert "ok   warm kernel: works" in lines
    assert "ok   kernel in a sandbox: works" in lines
    assert f"ok   runtime directory: {runtime / 'warmgrader'}" in lines
    assert all(line.startswith("ok ") for line in lines)


def test_a_machine_without_namespaces(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_namespaces(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    status, lines = examine()
    assert status == 1
    assert "ok   warm kernel: works" in lines
    [problem] = [line for line in lines if not line.startswith("ok ")]
    assert problem.startswith("FAIL kernel in a sandbox: no namespaces: Operation not permitted")
