"""The course on any computer: python study.py COMMAND

  lab                       JupyterLab on the course; what a double click does
  fetch ex01_sequential     get an assignment into work/ (--again: a new one beside yours)
  check ex01_sequential     which of its tasks pass, and what is wrong with the others
  submit ex01_sequential    hand it in, or make the file to upload
  progress                  your state in all fetched assignments, and what to do next
  setup                     only install or update; every command does so if need be

`python study.py COMMAND --help` says more. The first call installs the course's packages into .venv,
which needs Python 3.11, 3.12 or 3.13. An environment of conda from environment.yml is used as it is.
"""

# Whatever Python is called must be able to read this file, to say which one is needed: so nothing
# here is newer than Python 3.6, and nothing is imported that has to be installed.

import os
import platform
import subprocess
import sys

__file__ = os.path.abspath(__file__)
ROOT = os.path.dirname(__file__)
VENV = os.path.join(ROOT, ".venv")
WINDOWS = os.name == "nt"
BOOTSTRAP = ("packages", "workbook", "src", "workbook", "common", "bootstrap.py")
#: As environment.yml names it.
CONDA_NAME = "keras-workbook"
COLAB = "Chapters and assignments run in Colab all the same: see docs/students.md or README.md."


def why_not() -> str:
    """Why the course cannot be installed with this Python; empty if it can."""
    machine, version = platform.machine().lower(), sys.version_info[:2]
    if sys.platform == "win32" and machine == "arm64":
        return (
            "TensorFlow has no build for Windows on ARM; take the 64-bit Python for Intel and AMD"
        )
    if sys.maxsize < 2**32:
        return "this is a 32-bit Python, and TensorFlow needs one with 64 bits"
    intel_mac = sys.platform == "darwin" and machine == "x86_64"
    if intel_mac and _output(["sysctl", "-n", "sysctl.proc_translated"]) == "1":
        return "this Mac has an Apple chip, and this Python is one for Intel; install the other one"
    if intel_mac and version == (3, 13):
        return "for Macs with Intel chips, TensorFlow stops at Python 3.12"
    if not (3, 11) <= version <= (3, 13):
        return f"it is Python {version[0]}.{version[1]}"
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        return "it has no venv module (on Debian it is the package python3-venv)"
    return ""


def _output(command: list) -> str:
    """The first line that a command prints; empty if it cannot be run or fails."""
    try:
        text = subprocess.check_output(command, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return ""
    return text.decode(errors="replace").partition("\n")[0].strip()


def in_conda() -> bool:
    """Whether this Python is that of the environment which environment.yml makes."""
    is_conda = os.path.isdir(os.path.join(sys.prefix, "conda-meta"))
    return is_conda and os.path.basename(sys.prefix) == CONDA_NAME


def python_of(prefix: str) -> str:
    """The interpreter of an environment."""
    if not WINDOWS:
        return os.path.join(prefix, "bin", "python")
    scripts = "" if os.path.isdir(os.path.join(prefix, "conda-meta")) else "Scripts"
    return os.path.join(prefix, scripts, "python.exe")


def find_python() -> list:
    """The command of a Python that the environment can be made with.

    Without one named by PYTHON that is, in this order: that of the environment, this one, others.
    """
    named = os.environ.get("PYTHON")
    if named:
        reason = _reason([named])
        if reason:
            sys.exit(f"{named} is not Python 3.11 to 3.13 with its venv module: {reason}.")
        return [named]
    made_with = _python_behind(VENV)
    if made_with and not _reason([made_with]):
        return [made_with]
    own = why_not()
    if not own:
        return [sys.executable]
    for version in ("3.13", "3.12", "3.11"):
        command = ["py", "-" + version] if WINDOWS else ["python" + version]
        if not _reason(command):
            return command
    sys.exit(
        f"No Python here is Python 3.11 to 3.13 with its venv module ({sys.executable}: {own}). "
        "Install one, from python.org on Windows and Macs, python3 and python3-venv on Debian, "
        f"or name it in the variable PYTHON. {COLAB}"
    )


def _python_behind(prefix: str) -> str:
    """The Python that an environment was made with; empty if there is no whole environment."""
    if os.path.isfile(os.path.join(prefix, ".complete")):
        with open(os.path.join(prefix, "pyvenv.cfg"), encoding="utf-8") as file:
            for line in file:
                name, _, value = line.partition(" = ")
                if name == "executable":
                    return value.strip()
    return ""


def _reason(command: list) -> str:
    """What another Python says against itself."""
    # To a shell, say, this is an error at once.
    code = f"print(__import__('runpy').run_path({__file__!a})['why_not']() or 'yes')"
    said = _output(command + ["-c", code])
    return {"yes": "", "": "it does not run"}.get(said, said)


def run(command: list) -> int:
    """Run a command to its end; Ctrl-C is for the command alone."""
    process = subprocess.Popen(command, cwd=ROOT)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            pass


def study(command: str, arguments: list) -> int:
    """Set up what is missing, then run a command of the course; returns its status."""
    if command in ("help", "--help", "-h"):
        print(__doc__.strip())
        return 0
    here = in_conda() and not os.environ.get("PYTHON")
    prefix = sys.prefix if here else VENV
    bootstrap = [os.path.join(ROOT, *BOOTSTRAP), prefix]
    wanted = arguments if command == "setup" else []
    # So that files and terminals have UTF-8 on Windows, too.
    os.environ["PYTHONUTF8"] = "1"
    status = run(([sys.executable] if here else find_python()) + bootstrap + wanted)
    if status or command == "setup":
        return status
    # A file that is named from another folder is meant, wherever the command runs.
    named = [os.path.abspath(word) if os.path.isfile(word) else word for word in arguments]
    tool = [python_of(prefix), "-P", "-m", "workbook.cli", command] + named
    if WINDOWS:
        return run(tool)
    os.chdir(ROOT)
    return os.execv(tool[0], tool)


def main() -> None:
    """Run the command; a window that a double click opened on Windows stays until it is read."""
    try:
        status = study((sys.argv[1:] or ["lab"])[0], sys.argv[2:])
    except SystemExit as error:
        status = error.code
    if status and WINDOWS and len(sys.argv) == 1:
        print(status if isinstance(status, str) else "The reason is above.", file=sys.stderr)
        input("Press Enter to close this window.")
    sys.exit(status)


if __name__ == "__main__":
    main()
