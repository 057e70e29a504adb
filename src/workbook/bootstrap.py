"""Makes the virtual environment `.venv` from the pins in requirements.txt; `make` runs this.

Pins of more packages may be named: those of the class server, which students do not need.

It runs before anything is installed, so it uses the standard library only. When nothing has changed
it does nothing. An interrupted set-up is started again from an empty environment.

The user's pip configuration (an index of one's own, wheels on disk, certificates) is respected: pip
reads it by itself, and uv, which does not, is told.
"""

import ast
import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
#: Says for which inputs the environment is complete.
STAMP = VENV / ".complete"
#: There while the environment is being made.
UNFINISHED = VENV / ".unfinished"

INPUTS = ("pyproject.toml", "requirements.txt", "Makefile", "src/workbook/bootstrap.py")

#: pip's settings and the variables that mean the same to uv.
UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}


def fingerprint(root: Path, python_version: str) -> str:
    """What the environment depends on, in one word."""
    digest = hashlib.sha256(f"{root}\n{python_version}\n".encode())
    for name in INPUTS:
        digest.update((root / name).read_bytes())
    return digest.hexdigest()


def pinned(package: str, requirements: str) -> str:
    """The lines of one package in requirements.txt: version and hashes."""
    block = re.search(rf"^{re.escape(package)}==(?:.*\\\n)*.*$", requirements, re.MULTILINE)
    if block is None:
        raise SystemExit(f"requirements.txt: no pin of {package}; make it again with `make pins`")
    return block.group() + "\n"


def uv_environment(pip_config: str, environment: dict[str, str]) -> dict[str, str]:
    """Variables that make uv look where pip looks.

    Args:
        pip_config: What `pip config list` prints, one `group.name='value'` per line.
        environment: The variables that are set; uv's own settings win over pip's.
    """
    if any(name.startswith("UV_") and "INDEX" in name for name in environment):
        return {}
    settings = {}
    for group in ("global", "install", ":env:"):  # pip lets the later ones win
        for key, value in re.findall(rf"^{group}\.([\w-]+)=(.*)$", pip_config, re.MULTILINE):
            variable = UV_VARIABLES.get(key)
            if variable and variable not in environment:
                # pip separates several values by any white space; uv by a blank, or by a comma.
                joint = "," if variable == "UV_FIND_LINKS" else " "
                settings[variable] = joint.join(str(ast.literal_eval(value)).split())
    # pip takes the best version from all its indexes; uv, left alone, the first index that has any.
    return {"UV_INDEX_STRATEGY": "unsafe-best-match", **settings} if settings else {}


def _uv() -> dict[str, str]:
    """Variables that uv installs into `.venv` with, as pip would."""
    pip_config = _output(BIN / "python", "-m", "pip", "config", "list")
    return {"VIRTUAL_ENV": str(VENV), **uv_environment(pip_config, dict(os.environ))}


def _run(*command: str | Path, environment: dict[str, str] | None = None) -> None:
    try:
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **(environment or {})})
    except subprocess.CalledProcessError as error:
        words = " ".join([Path(command[0]).name, *map(str, command[1:])])
        raise SystemExit(
            f"Set-up failed (`{words}`, status {error.returncode}); "
            "the reason is above. Run make again once it is gone."
        ) from None


def _output(*command: str | Path) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return result.stdout.strip()


def _environment_version() -> str:
    """Version of the Python in the environment; empty if it does not work."""
    python = BIN / "python"
    if not python.exists():
        return ""
    return _output(python, "-c", "import platform; print(platform.python_version())")


def main(more: list[str]) -> None:
    """Bring `.venv` up to date with the pins.

    Args:
        more: files with pins of packages to be added.
    """
    make_environment()
    for name in more:
        add(Path(name).resolve())


def add(requirements: Path) -> None:
    """Add packages to the environment, until it is made anew."""
    stamp = VENV / ".added"
    wanted = hashlib.sha256(STAMP.read_bytes() + requirements.read_bytes()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return
    install = ("--require-hashes", "--compile-bytecode", "--requirements", requirements)
    _run(BIN / "uv", "pip", "install", *install, environment=_uv())
    stamp.write_text(wanted)


def make_environment() -> None:
    """Make `.venv`, or bring it up to date with requirements.txt."""
    version = ".".join(map(str, sys.version_info[:3]))
    wanted = fingerprint(ROOT, version)
    if STAMP.is_file() and STAMP.read_text() == wanted and BIN.is_dir():
        return
    STAMP.unlink(missing_ok=True)
    (VENV / ".added").unlink(missing_ok=True)
    anew = UNFINISHED.exists() or _environment_version() != version
    if anew and VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir(exist_ok=True)
    UNFINISHED.touch()
    if anew:
        print(f"Making .venv with Python {version}", flush=True)
        venv.create(VENV, with_pip=True)

    python = BIN / "python"
    uv_pin = VENV / "uv.txt"
    uv_pin.write_text(pinned("uv", (ROOT / "requirements.txt").read_text()))
    _run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", uv_pin)
    uv = _uv()
    # Compiled once here, TensorFlow is imported in half the time ever after.
    sync = ("--require-hashes", "--compile-bytecode", "requirements.txt")
    _run(BIN / "uv", "pip", "sync", *sync, environment=uv)
    editable = ("--quiet", "--no-deps", "--no-build-isolation", "--editable", ".")
    _run(BIN / "uv", "pip", "install", *editable, environment=uv)
    _run(python, "-m", "workbook.environment")
    _run(python, "-m", "warmgrader.cli", "install", "--sys-prefix")

    temporary = STAMP.with_suffix(".new")
    temporary.write_text(wanted)
    temporary.rename(STAMP)
    UNFINISHED.unlink()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        raise SystemExit("Set-up interrupted: run make again, it starts over.") from None
