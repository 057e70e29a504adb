"""`workbook colab`: every notebook alone in an empty directory, with the versions that Colab has.

The environment `.venv-colab` holds what `requirements-colab.in` names and nothing of this course; the
course's own environment only starts its kernels. The data in `data/keras/` stand in for the download.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from workbook.authors import build, source
from workbook.authors.executing import Job
from workbook.authors.run import failure_lines, report, results
from workbook.common import paths
from workbook.common.bootstrap import uv_environment
from workbook.common.errors import WorkbookError

KERNEL = "colab"
PYTHON = "python3.13"
#: Proves that the versions are Colab's, and that nothing of this repository can be imported.
PROOF = """
import importlib.util
import sys

import keras
import numpy
import tensorflow

versions = (tensorflow.__version__, keras.__version__, numpy.__version__)
assert [v.rsplit(".", 1)[0] for v in versions] == ["2.20", "3.13", "2.1"], versions
assert sys.version_info[:2] == (3, 13), sys.version
for name in ("workbook", "warmgrader", "nbgrader"):
    assert importlib.util.find_spec(name) is None, f"{name} can be imported"
"""


def run_as_in_colab(root: Path, names: list[str]) -> None:
    """Make or update the environment, then execute chapters and solved assignments in it.

    Args:
        root: the repository.
        names: such as ``05_losses``, ``ex05_losses`` or ``05``; everything if empty.

    Raises:
        WorkbookError: no Python 3.13, a failed installation, or a line for every notebook that
            did not run to its end.
    """
    sources = {
        item.name: item for item in build.read_sources(root, build.find_sources(root), names)
    }
    make_environment(root)
    proof = build.Source(Path(__file__), "the environment", "versions")
    proof.cells = [source.Cell("code", PROOF.strip(), line=1)]
    sources[proof.name] = proof
    jobs = [
        Job(name, build.notebook_from(item.cells), kernel=KERNEL) for name, item in sources.items()
    ]
    console = Console()
    failed = []
    for result in results(root, jobs, console):
        problems = failure_lines(sources[result.name], result)
        report(result, problems, console)
        if problems:
            failed.append(result.name)
    if failed:
        raise WorkbookError(f"{len(failed)} of {len(jobs)} failed: {', '.join(sorted(failed))}")


def make_environment(root: Path) -> None:
    """Bring `.venv-colab` up to date, with a kernelspec that this process's Jupyter finds."""
    python = os.environ.get("PYTHON_COLAB") or shutil.which(PYTHON)
    if python is None:
        raise WorkbookError(
            f"{PYTHON} is not on this machine, and Colab has it; install it, or name it: "
            f"PYTHON_COLAB=/path/to/{PYTHON} make test-colab"
        )
    folder = root / ".venv-colab"
    interpreter = folder / "bin" / "python"
    pip_config = _output(sys.executable, "-m", "pip", "config", "list")
    environment = {**os.environ, **uv_environment(pip_config, dict(os.environ))}
    environment["VIRTUAL_ENV"] = str(folder)
    uv = str(Path(sys.executable).parent / "uv")
    if not interpreter.exists():
        _run([python, "-m", "venv", "--without-pip", str(folder)], environment)
    pins = str(root / "requirements-colab.txt")
    _run([uv, "pip", "sync", "--quiet", "--require-hashes", pins], environment)

    spec = {
        "argv": [str(interpreter), "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": "Colab's versions",
        "language": "python",
    }
    kernels = folder / "share" / "jupyter"
    path = kernels / "kernels" / KERNEL / "kernel.json"
    paths.write_atomically(path, (json.dumps(spec, indent=1) + "\n").encode())
    os.environ["JUPYTER_PATH"] = os.pathsep.join(
        filter(None, [str(kernels), os.environ.get("JUPYTER_PATH")])
    )


def _run(command: list[str], environment: dict[str, str]) -> None:
    result = subprocess.run(command, env=environment, check=False)
    if result.returncode:
        raise WorkbookError(f"`{' '.join(command[:4])} …` failed; its reason is above")


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
