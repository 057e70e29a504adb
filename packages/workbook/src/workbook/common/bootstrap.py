"""Makes the environment of the course from its pins: `python study.py` runs this before all else.

It runs before anything is installed, so it uses the standard library only. When nothing has changed
it does nothing. An interrupted set-up is started again from an empty environment.

Students get what requirements-student.txt pins; who makes or teaches the course, who says `--all`,
gets all of requirements.txt, and keeps it. For Macs with Intel chips there are pins of their own.

The user's pip configuration (an index of one's own, wheels on disk, certificates) is respected: pip
reads it by itself, and uv, which does not, is told.
"""

import ast
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[5]
PACKAGES = ("packages/warmgrader", "packages/workbook")
COMMON = "packages/workbook/src/workbook/common"
CODE = (
    *(f"{package}/pyproject.toml" for package in PACKAGES),
    *(f"{COMMON}/{name}.py" for name in ("bootstrap", "environment")),
)
STUDENT, ALL, INTEL_MAC = (
    "requirements-student.txt",
    "requirements.txt",
    "requirements-intel-mac.txt",
)
#: What an environment takes on the disk, in gigabytes.
GIGABYTES = {STUDENT: 2.7, ALL: 3.1, INTEL_MAC: 2.7}
#: Characters of the longest path that is installed, from the environment's folder on.
LONGEST_PATH = 190

#: pip's settings and the variables that mean the same to uv.
UV_VARIABLES = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "trusted-host": "UV_INSECURE_HOST",
    "cert": "SSL_CERT_FILE",
}


@dataclass(frozen=True)
class Environment:
    """An environment, by its folder: `.venv`, or one that conda has made."""

    prefix: Path

    @property
    def is_condas(self) -> bool:
        """Whether conda has made it, so that it must not be made anew here."""
        return (self.prefix / "conda-meta").is_dir()

    @property
    def scripts(self) -> Path:
        """Where its commands are."""
        return self.prefix / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        """Its interpreter."""
        if os.name != "nt":
            return self.scripts / "python"
        return (self.prefix if self.is_condas else self.scripts) / "python.exe"

    @property
    def stamp(self) -> Path:
        """Says which pins it has, and for which inputs it is complete."""
        return self.prefix / ".complete"

    @property
    def added(self) -> Path:
        """Says what was added to it."""
        return self.prefix / ".added"

    @property
    def unfinished(self) -> Path:
        """There while it is being made."""
        return self.prefix / ".unfinished"

    @property
    def has_all(self) -> bool:
        """Whether it once got all pins; it then keeps them."""
        return self.stamp.is_file() and self.stamp.read_text().startswith(f"{ALL} ")

    @property
    def made_for(self) -> Path:
        """Says for which folder it was made: its commands know no other one."""
        return self.prefix / ".made_for"

    def works_here(self) -> bool:
        """Whether its Python runs, is this one, and was not copied here with a course."""
        if not self.made_for.is_file() or self.made_for.read_text() != str(ROOT):
            return False
        code = "import platform; print(platform.python_version())"
        return self.python.exists() and _output(self.python, "-c", code) == (
            platform.python_version()
        )


def choose_pins(wants_all: bool) -> str:
    """The file of pins for this machine.

    Raises:
        SystemExit: what is wanted cannot be had here.
    """
    if sys.platform == "darwin" and platform.machine() == "x86_64":
        if wants_all:
            raise SystemExit("On a Mac with an Intel chip there is only the student's part.")
        return INTEL_MAC
    return ALL if wants_all else STUDENT


def fingerprint(root: Path, pins: str) -> str:
    """What the environment depends on, in one line that begins with the name of its pins."""
    digest = hashlib.sha256(f"{root}\n{platform.python_version()}\n".encode())
    for name in (pins, *CODE):
        digest.update((root / name).read_bytes())
    return f"{pins} {digest.hexdigest()}"


def pinned(package: str, requirements: str) -> str:
    """The lines of one package in a file of pins: version and hashes."""
    block = re.search(rf"^{re.escape(package)}==(?:.*\\\n)*.*$", requirements, re.MULTILINE)
    if block is None:
        raise SystemExit(f"no pin of {package}; make it again with `make pins`")
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


def _run(*command: str | Path, variables: dict[str, str] | None = None) -> None:
    try:
        subprocess.run(command, check=True, cwd=ROOT, env={**os.environ, **(variables or {})})
    except subprocess.CalledProcessError as error:
        words = " ".join([Path(command[0]).name, *map(str, command[1:])])
        raise SystemExit(
            f"Set-up failed (`{words}`, status {error.returncode}); "
            "the reason is above. Say the same again once it is gone."
        ) from None


def _output(*command: str | Path) -> str:
    result = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    return result.stdout.strip()


def _refuse_long_paths(prefix: Path) -> None:
    """Windows, as it comes, has no paths of more than 259 characters."""
    if sys.platform != "win32" or len(str(prefix)) + LONGEST_PATH < 260:
        return
    import winreg

    key = r"SYSTEM\CurrentControlSet\Control\FileSystem"
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as settings:
        if winreg.QueryValueEx(settings, "LongPathsEnabled")[0]:
            return
    raise SystemExit(
        f"{ROOT}: this folder's path is too long for Windows, which would not find TensorFlow's files. "
        f"Move the course to a shorter one, such as C:\\{ROOT.name}."
    )


def _make(environment: Environment, pins: str) -> None:
    """An empty environment, where there is none that can be brought up to date."""
    if environment.is_condas or (environment.works_here() and not environment.unfinished.exists()):
        return
    _refuse_long_paths(environment.prefix)
    try:
        if environment.prefix.exists():
            shutil.rmtree(environment.prefix)
        environment.prefix.mkdir()
    except OSError as error:
        raise SystemExit(
            f"{error}: is something of the course still running? End it first."
        ) from None
    environment.unfinished.touch()
    print(
        f"Making {environment.prefix.name} with Python {platform.python_version()}: "
        f"{GIGABYTES[pins]} GB, which takes a few minutes",
        flush=True,
    )
    venv.create(environment.prefix, with_pip=True)
    environment.made_for.write_text(str(ROOT))


def _uv(environment: Environment) -> tuple[tuple[Path, str], dict[str, str]]:
    """uv's command, and variables with which it looks where pip looks."""
    uv = (environment.scripts / ("uv.exe" if os.name == "nt" else "uv"), "pip")
    pip_config = _output(environment.python, "-m", "pip", "config", "list")
    return uv, uv_environment(pip_config, dict(os.environ))


def _install(environment: Environment, pins: str) -> None:
    """What the pins name, and the course's own commands and kernels."""
    python = environment.python
    uv_pin = environment.prefix / "uv.txt"
    uv_pin.write_text(pinned("uv", (ROOT / pins).read_text()))
    _run(python, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps", "-r", uv_pin)
    uv, variables = _uv(environment)
    # conda's own packages are not in the pins, and stay.
    sync = ("install", "--no-deps", "-r") if environment.is_condas else ("sync",)
    # Compiled once here, TensorFlow is imported in half the time ever after.
    options = ("--python", python, "--require-hashes", "--compile-bytecode")
    _run(*uv, *sync, pins, *options, variables=variables)
    options = ("--python", python, "--quiet", "--no-deps", "--no-build-isolation")
    editable = (word for package in PACKAGES for word in ("--editable", package))
    _run(*uv, "install", *options, *editable, variables=variables)
    _run(python, "-m", "workbook.common.environment")
    if sys.platform == "linux":
        _run(python, "-m", "warmgrader.cli", "install", "--sys-prefix")


def main(prefix: str, *options: str) -> None:
    """Bring an environment up to date.

    Args:
        prefix: its folder.
        options: `--all`, for those who make or teach the course; and files with pins of packages
            to be added.

    Raises:
        SystemExit: it cannot be made; the reason is its message, or stands above.
    """
    environment = Environment(Path(prefix))
    more = [option for option in options if option.endswith(".txt")]
    if unknown := set(options) - {"--all", *more}:
        raise SystemExit(f"{' '.join(sorted(unknown))}: no such option; there is --all")
    make_environment(environment, "--all" in options)
    for name in more:
        add(environment, Path(name).resolve())


def make_environment(environment: Environment, wants_all: bool) -> None:
    """Make an environment, or bring it up to date with its pins."""
    pins = choose_pins(wants_all or environment.has_all)
    wanted = fingerprint(ROOT, pins)
    stamp = environment.stamp
    if stamp.is_file() and stamp.read_text() == wanted and environment.scripts.is_dir():
        return
    stamp.unlink(missing_ok=True)
    environment.added.unlink(missing_ok=True)
    _make(environment, pins)
    environment.unfinished.touch()
    _install(environment, pins)
    temporary = stamp.with_suffix(".new")
    temporary.write_text(wanted)
    temporary.replace(stamp)
    environment.unfinished.unlink()


def add(environment: Environment, requirements: Path) -> None:
    """Add packages to an environment, until it is made anew."""
    wanted = hashlib.sha256(environment.stamp.read_bytes() + requirements.read_bytes()).hexdigest()
    if environment.added.is_file() and environment.added.read_text() == wanted:
        return
    uv, variables = _uv(environment)
    options = ("--python", environment.python, "--require-hashes", "--compile-bytecode")
    _run(*uv, "install", "-r", requirements, *options, variables=variables)
    environment.added.write_text(wanted)


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except KeyboardInterrupt:
        raise SystemExit("Set-up interrupted: say the same again, it starts over.") from None
