"""The front door: which Python is taken, what is said where none fits, and how set-up goes on."""

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest
from places import ROOT

from workbook.common import bootstrap

MADE_OF = ["study.py", *bootstrap.CODE]
PINS = [bootstrap.STUDENT, bootstrap.ALL, bootstrap.INTEL_MAC]
Version = namedtuple("Version", "major minor micro")


@pytest.fixture
def checkout(tmp_path):
    """A copy of what set-up reads, in a folder with a blank and an umlaut in its name."""
    root = tmp_path / "Ein Kürs"
    for name in MADE_OF + PINS:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    return root


@pytest.fixture
def study(checkout, monkeypatch):
    """The module study.py of the checkout."""
    spec = importlib.util.spec_from_file_location("study", checkout / "study.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.delenv("PYTHON", raising=False)
    return module


@pytest.fixture
def machine(monkeypatch):
    """Pretends another computer or Python."""

    def pretend(system, processor, version=(3, 12, 1), maxsize=2**63 - 1):
        monkeypatch.setattr(sys, "platform", system)
        monkeypatch.setattr(platform, "machine", lambda: processor)
        monkeypatch.setattr(sys, "version_info", Version(*version))
        monkeypatch.setattr(sys, "maxsize", maxsize)

    return pretend


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("linux", "x86_64"), ""),
        (("linux", "aarch64", (3, 13, 0)), ""),
        (("win32", "AMD64", (3, 11, 0)), ""),
        (("darwin", "arm64", (3, 13, 2)), ""),
        (("darwin", "x86_64", (3, 12, 9)), ""),
        (("darwin", "x86_64", (3, 13, 0)), "Intel chips, TensorFlow stops at Python 3.12"),
        (("win32", "ARM64"), "no build for Windows on ARM"),
        (("win32", "AMD64", (3, 12, 0), 2**31 - 1), "32-bit"),
        (("linux", "x86_64", (3, 10, 4)), "it is Python 3.10"),
        (("win32", "AMD64", (3, 14, 0)), "it is Python 3.14"),
    ],
)
def test_every_computer_is_told_whether_it_can(study, machine, monkeypatch, arguments, words):
    monkeypatch.setattr(study, "_output", lambda command: "0")
    machine(*arguments)
    reason = study.why_not()
    assert words in reason
    assert bool(reason) == bool(words)


def test_a_mac_is_told_that_its_python_is_for_the_other_chip(study, machine, monkeypatch):
    monkeypatch.setattr(study, "_output", lambda command: "1")
    machine("darwin", "x86_64")
    assert "this Mac has an Apple chip" in study.why_not()


def test_where_no_python_fits_the_way_to_colab_is_named(study, machine, monkeypatch):
    monkeypatch.setattr(study, "_output", lambda command: "")
    machine("win32", "ARM64")
    with pytest.raises(SystemExit, match=r"^No Python here is Python 3.11 to 3.13.*Colab"):
        study.find_python()


def test_the_pythons_of_windows_are_found_by_its_launcher(study, machine, monkeypatch):
    machine("win32", "AMD64", (3, 14, 0))
    monkeypatch.setattr(study, "WINDOWS", True)
    monkeypatch.setattr(study, "_output", lambda words: "yes" if words[1] == "-3.12" else "")
    assert study.find_python() == ["py", "-3.12"]


def test_the_python_of_the_environment_is_kept(study, checkout, monkeypatch):
    environment = checkout / ".venv"
    environment.mkdir()
    (environment / ".complete").touch()
    (environment / "pyvenv.cfg").write_text("home = /x\nexecutable = /x/python3.11\n")
    monkeypatch.setattr(study, "_output", lambda words: "yes" if "/x/python3.11" in words else "")
    assert study.find_python() == ["/x/python3.11"]


@pytest.mark.parametrize("python", ["/no/such/python", "sh"])
def test_a_python_that_is_none_is_one_line(study, monkeypatch, python):
    monkeypatch.setenv("PYTHON", python)
    with pytest.raises(SystemExit, match=f"^{python} is not Python 3.11 to 3.13 .* does not run.$"):
        study.find_python()


def test_interpreters_are_where_each_system_has_them(study, tmp_path, monkeypatch):
    assert study.python_of("env") == "env/bin/python"
    monkeypatch.setattr(study, "WINDOWS", True)
    assert Path(study.python_of("env")) == Path("env", "Scripts", "python.exe")
    (tmp_path / "conda-meta").mkdir()
    assert Path(study.python_of(str(tmp_path))) == tmp_path / "python.exe"


def test_an_environment_of_conda_is_used_as_it_is(study, tmp_path, monkeypatch):
    commands = []
    monkeypatch.setattr(study, "run", lambda command: commands.append(command) or 1)
    prefix = tmp_path / "keras-workbook"
    (prefix / "conda-meta").mkdir(parents=True)
    monkeypatch.setattr(sys, "prefix", str(prefix))
    assert study.study("check", ["01"]) == 1
    [[python, script, folder]] = commands
    assert (python, folder) == (sys.executable, str(prefix))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "other"))
    study.study("check", ["01"])
    assert commands[1][-1] == study.VENV


def test_windows_starts_the_tool_with_its_arguments(study, monkeypatch, tmp_path):
    """From another folder, and with an environment that is complete."""
    commands = []
    monkeypatch.setattr(study, "run", lambda command: commands.append(command) or 0)
    monkeypatch.setattr(study, "find_python", lambda: ["python"])
    monkeypatch.setattr(study, "WINDOWS", True)
    monkeypatch.chdir(tmp_path)
    Path("mine.ipynb").touch()
    assert study.study("check", ["mine.ipynb", "--help"]) == 0
    assert commands[1][1:] == [
        "-P",
        "-m",
        "workbook.cli",
        "check",
        str(tmp_path / "mine.ipynb"),
        "--help",
    ]


def test_help_needs_no_environment(checkout):
    command = [sys.executable, checkout / "study.py", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for name in ("lab", "fetch", "check", "submit", "progress", "setup"):
        assert f"\n  {name} " in said
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("words", [[], ["chekc"], ["check"], ["check", "01", "--al"]])
def test_what_was_typed_wrongly_is_explained_in_the_words_that_were_typed(words):
    command = [sys.executable, "-m", "workbook.cli", *words]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "python3 study.py" in result.stdout + result.stderr
    assert "workbook " not in result.stdout + result.stderr


def test_an_old_python_can_read_it():
    """At least as old as 3.6, which says then what it lacks."""
    import ast

    ast.parse((ROOT / "study.py").read_text(), feature_version=(3, 6))


# ---------------------------------------------------------------- the environment


@pytest.fixture
def commands(checkout, monkeypatch):
    """Set-up in the checkout with an environment that is only pretended; collects its commands."""
    monkeypatch.setattr(bootstrap, "ROOT", checkout)
    monkeypatch.setattr(bootstrap, "_output", lambda *_: platform.python_version())

    def create(path, **_):
        (path / "bin").mkdir()
        (path / "bin" / "python").touch()

    monkeypatch.setattr(bootstrap.venv, "create", create)
    commands = []
    monkeypatch.setattr(bootstrap, "_run", lambda *words, **_: commands.append(words))
    return commands


@pytest.fixture
def set_up(checkout):
    """Runs set-up for `.venv` of the checkout; gives the environment."""

    def set_up(*options):
        bootstrap.main(str(checkout / ".venv"), *options)
        return bootstrap.Environment(checkout / ".venv")

    return set_up


def pins_of(commands):
    return {str(word) for words in commands for word in words} & set(PINS)


def test_students_get_the_smaller_part(commands, set_up):
    set_up()
    assert pins_of(commands) == {bootstrap.STUDENT}
    commands.clear()
    set_up("--all")
    assert pins_of(commands) == {bootstrap.ALL}
    commands.clear()
    set_up()
    assert commands == [], "who has all, keeps it"


def test_set_up_has_nothing_to_do_the_second_time(commands, set_up, checkout):
    environment = set_up()
    commands.clear()
    set_up()
    assert commands == []

    (environment.prefix / "lib").mkdir()
    pins = checkout / bootstrap.STUDENT
    pins.write_text(pins.read_text() + "# changed")
    set_up()
    assert commands != []
    assert (environment.prefix / "lib").exists(), "a whole environment is only brought up to date"


def test_packages_are_added_once_and_again_after_the_pins_changed(commands, set_up, checkout):
    more = checkout / "more.txt"
    more.write_text("jupyterhub==6.1.1")
    set_up("--all", str(more))
    assert more in commands[-1]

    commands.clear()
    set_up(str(more))
    assert commands == []

    pins = checkout / bootstrap.ALL
    pins.write_text(pins.read_text() + "# changed")
    set_up(str(more))
    assert more in commands[-1]


def test_an_interrupted_set_up_starts_over(commands, set_up, checkout, monkeypatch):
    def interrupt(*_, **__):
        (checkout / ".venv" / "lib").mkdir()
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(bootstrap, "_run", interrupt)
        set_up()
    environment = set_up()
    assert not (environment.prefix / "lib").exists(), "the half-made one is thrown away"
    assert environment.stamp.exists()
    assert not environment.unfinished.exists()


def test_an_environment_that_was_copied_with_its_course_is_made_anew(
    commands, set_up, checkout, tmp_path, monkeypatch
):
    """Its commands would start those of the other course."""
    (set_up().prefix / "lib").mkdir()
    copy = tmp_path / "copy"
    shutil.copytree(checkout, copy)
    monkeypatch.setattr(bootstrap, "ROOT", copy)
    bootstrap.main(str(copy / ".venv"))
    assert not (copy / ".venv" / "lib").exists()


def test_macs_with_intel_chips_have_pins_of_their_own(commands, set_up, machine):
    machine("darwin", "x86_64")
    set_up()
    assert pins_of(commands) == {bootstrap.INTEL_MAC}
    assert not any("warmgrader.cli" in words for words in commands), "warm kernels need Linux"
    with pytest.raises(SystemExit, match="only the student's part"):
        set_up("--all")


def test_what_conda_made_is_never_removed(commands, checkout):
    prefix = checkout / "keras-workbook"
    for folder in ("conda-meta", "bin", "lib"):
        (prefix / folder).mkdir(parents=True)
    bootstrap.main(str(prefix))
    assert (prefix / "lib").exists()
    assert not any("sync" in words for words in commands), "conda's packages stay"
    commands.clear()
    bootstrap.main(str(prefix))
    assert commands == []


def test_an_unknown_option_is_one_line(commands, set_up):
    with pytest.raises(SystemExit, match="^--al: no such option; there is --all$"):
        set_up("--al")
    assert commands == []


def test_a_path_too_long_for_windows_is_named_before_anything_is_made(
    commands, checkout, machine, monkeypatch
):
    registry = type(sys)("winreg")
    registry.HKEY_LOCAL_MACHINE = 0
    registry.OpenKey = lambda *_: (checkout / "study.py").open()
    registry.QueryValueEx = lambda *_: (0, 4)
    monkeypatch.setitem(sys.modules, "winreg", registry)
    machine("win32", "AMD64")
    long = checkout / ("x" * 90)
    long.mkdir()
    with pytest.raises(SystemExit, match="path is too long for Windows"):
        bootstrap.main(str(long / ".venv"))
    assert list(long.iterdir()) == []


# ---------------------------------------------------------------- pins


def test_pins_have_hashes_and_name_no_host():
    for name in PINS:
        pins = (ROOT / name).read_text()
        assert "//" not in pins
        assert "--index-url" not in pins
        assert bootstrap.pinned("uv", pins).count("--hash=sha256:") > 1
    with pytest.raises(SystemExit, match="no pin of nothing"):
        bootstrap.pinned("nothing", pins)


def pinned_versions(name):
    """Every package of a file of pins, with its version and its hashes."""
    return set((ROOT / name).read_text().replace("\\\n", "").splitlines())


def test_students_have_everybodys_versions():
    student, everybody = pinned_versions(bootstrap.STUDENT), pinned_versions(bootstrap.ALL)
    assert len(student) < 0.75 * len(everybody)
    packages = {line.partition("==")[0] for line in student}
    assert not packages & {"pytest", "ruff", "playwright", "distributed", "jupyter-book"}
    assert {line.split()[0] for line in student} <= {line.split()[0] for line in everybody}


def test_macs_with_intel_chips_get_the_last_tensorflow_that_is_made_for_them():
    versions = [line.split()[0] for line in pinned_versions(bootstrap.INTEL_MAC)]
    assert "tensorflow==2.16.2" in versions
    [keras] = [version for version in versions if version.startswith("keras==")]
    everybody = [line.split()[0] for line in pinned_versions(bootstrap.STUDENT)]
    assert keras in everybody, "the same Keras for everybody"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "computer", "python"),
    [
        *(
            (bootstrap.STUDENT, computer, python)
            for computer in (
                "windows",
                "aarch64-apple-darwin",
                "x86_64-unknown-linux-gnu",
                "aarch64-unknown-linux-gnu",
            )
            for python in ("3.11", "3.12", "3.13")
        ),
        (bootstrap.INTEL_MAC, "x86_64-apple-darwin", "3.11"),
        (bootstrap.INTEL_MAC, "x86_64-apple-darwin", "3.12"),
    ],
)
def test_every_pin_has_a_wheel_for_every_computer(name, computer, python, tmp_path):
    """Asks the index that pip is configured for; nothing is downloaded."""
    pip = [sys.executable, "-m", "pip", "config", "list"]
    pip_config = subprocess.run(pip, capture_output=True, text=True, check=True).stdout
    uv = [Path(sys.executable).with_name("uv"), "pip", "install", "--dry-run", "--no-deps"]
    wheels = ["--require-hashes", "--only-binary", ":all:", "--target", tmp_path / "nothing"]
    machine = ["--python-platform", computer, "--python-version", python]
    result = subprocess.run(
        [*uv, *wheels, *machine, "-r", ROOT / name],
        env={**os.environ, **bootstrap.uv_environment(pip_config, dict(os.environ))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "+ tensorflow" in result.stderr


#: Imports what students use in an environment that lacks what they don't get.
WITH_STUDENTS_PACKAGES = """
import importlib, re, sys
from importlib.metadata import packages_distributions
missing = set(sys.argv[2:])
for module, packages in packages_distributions().items():
    if {re.sub("[-_.]+", "-", package).lower() for package in packages} <= missing:
        sys.modules[module] = None
for name in sys.argv[1].split():
    importlib.import_module(f"workbook.{name}")
"""
LEARNERS = " ".join(
    [
        "authors.solution",
        "common.environment",
        *(f"students.{name}" for name in "check desk fetch lab own_grade progress submit".split()),
    ]
)


def test_what_students_use_needs_no_package_that_they_lack():
    """With the commands of who learns alone in a course that has the solutions."""
    everybody, student = (
        {line.partition("==")[0] for line in pinned_versions(name)}
        for name in (bootstrap.ALL, bootstrap.STUDENT)
    )
    missing = everybody - student
    assert "jupytext" in missing
    command = [sys.executable, "-c", WITH_STUDENTS_PACKAGES, LEARNERS, *missing]
    subprocess.run(command, cwd=ROOT, check=True)


#: Imports what students use once more, as on Windows, when all packages of others are there.
AS_ON_WINDOWS = """
import builtins, importlib, os, sys
def import_all():
    for name in sys.argv[1].split():
        importlib.import_module(f"workbook.{name}")
    importlib.import_module("warmgrader.switch").use_warmgrader(Config())
from traitlets.config import Config
import_all()
for name in [name for name in sys.modules if name.partition(".")[0] in ("workbook", "warmgrader")]:
    del sys.modules[name]
for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[name] = None
for name in ("fork", "geteuid", "getuid", "killpg", "sched_getaffinity", "setsid", "sysconf"):
    delattr(os, name)
sys.platform = "win32"
import_all()
"""


def test_nothing_that_students_use_needs_unix():
    subprocess.run([sys.executable, "-c", AS_ON_WINDOWS, LEARNERS], cwd=ROOT, check=True)


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
