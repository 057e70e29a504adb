"""What an instructor hands out: complete, the same bytes every time, and without any secret."""

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from urllib.parse import unquote

import nbformat
import pytest
from leaks import lines_of_notebook, secret_lines
from places import ROOT, SAMPLES

from workbook.authors.build import build
from workbook.common.errors import WorkbookError
from workbook.instructors import bundle

LOCAL_LINK = re.compile(r"\]\(([^()\s:#]+)(?:#[^()\s]*)?\)")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return bundle.make_bundle(ROOT, tmp_path_factory.mktemp("bundle"))


@pytest.fixture
def unpacked(archive, tmp_path):
    """The bundle as a student has it, in a folder with a blank in its name."""
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(tmp_path / "My course")
    return tmp_path / "My course" / bundle.NAME


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def leaks(files: dict[str, bytes]) -> set[tuple[str, str]]:
    """Secret lines among the files that are text, and where they stand."""
    secrets = secret_lines(ROOT)
    found = set()
    for name, content in files.items():
        if name.endswith((".png", ".gz")):
            continue
        if name.endswith((".ipynb", ".json")):
            lines = lines_of_notebook(content)
        else:
            lines = {line.strip() for line in content.decode().splitlines()}
        found |= {(name, line) for line in lines & secrets}
    return found


def test_folder_and_zip_hold_the_same_files(archive, unpacked):
    assert files_in(archive.with_suffix("")) == files_in(unpacked)
    assert not [path for path in unpacked.rglob("*") if path.is_symlink()]


def test_no_secret_is_in_it(unpacked):
    files = files_in(unpacked)
    assert leaks(files) == set()
    secret = re.compile(
        r"(^|/)(chapters|solutions|answers|tests)/|^(grading|site)/|chapter\.py|right_|wrong_"
        r"|submission\.png"  # a picture of an instructor's view of a solved task
    )
    assert [name for name in files if secret.search(name)] == []


def test_a_secret_would_be_noticed(unpacked):
    """A line of a hidden test, in a notebook and in a module."""
    hidden = max(secret_lines(ROOT), key=len)
    notebook = unpacked / "exercises/ex01_sequential/ex01_sequential.ipynb"
    cells = nbformat.read(notebook, as_version=4)
    cells.cells[-1].source += f"\n    {hidden}\n"
    nbformat.write(cells, notebook)
    module = unpacked / "packages/workbook/src/workbook/students/check.py"
    module.write_text(f"{module.read_text()}    {hidden}\n")
    places = {name for name, _ in leaks(files_in(unpacked))}
    assert places == {str(path.relative_to(unpacked)) for path in (notebook, module)}


def test_it_has_the_same_bytes_every_time(archive, tmp_path):
    assert bundle.make_bundle(ROOT, tmp_path).read_bytes() == archive.read_bytes()


def test_its_links_lead_somewhere_in_it(unpacked):
    texts = {path: path.read_text() for path in unpacked.rglob("*.md")}
    for path in unpacked.rglob("*.ipynb"):
        cells = nbformat.read(path, as_version=4).cells
        texts[path] = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    targets = [
        (path, target) for path, text in texts.items() for target in LOCAL_LINK.findall(text)
    ]
    assert len(targets) > 100
    # Code in prose, such as `layers[0](inputs)`, looks like a link to a file without a suffix.
    files = [(path, unquote(target)) for path, target in targets if "." in target]
    broken = [(path.name, target) for path, target in files if not (path.parent / target).exists()]
    assert broken == []


def make_n(folder: Path, *words: str) -> str:
    """What make would do, with all of its variables filled in."""
    command = ["make", "--dry-run", "--warn-undefined-variables", *words]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    assert "undefined variable" not in result.stderr
    return result.stdout


def test_make_has_the_students_targets(unpacked):
    result = subprocess.run(
        ["make", "--no-print-directory"], cwd=unpacked, capture_output=True, text=True, check=True
    )
    listed = set(re.findall(r"^make ([\w-]+)", result.stdout, re.MULTILINE))
    assert listed == {"help", "lab", "fetch", "check", "submit", "progress", "clean"}
    assert 'study.py check "ex01"' in make_n(unpacked, "check", "EX=ex01")
    makefile = (unpacked / "Makefile").read_text()
    assert [word for word in ("WRITTEN", "chapters", "solutions") if word in makefile] == []


def environment(folder: Path) -> dict[str, str]:
    """Variables with which Python takes the modules of the bundle."""
    folders = [str(folder / f"packages/{name}/src") for name in ("workbook", "warmgrader")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(folders)}


def workbook(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command with the modules of the bundle, and none of the repository's."""
    code = (
        "import workbook.common.kernels; workbook.common.kernels.default_kernel = lambda: 'python3'\n"
        "assert len(workbook.__path__) == 1, workbook.__path__\n"
        f"assert workbook.__path__[0].startswith({str(folder)!r}), workbook.__path__\n"
        "from workbook.cli import app; app()"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_self_check_works_without_the_repository(unpacked, course):
    """On a small assignment without Keras, of which one task is solved."""
    sample = course({"05_sample/exercises.py": (SAMPLES / "exercises.py").read_text()})
    build(sample)
    (sample / "exercises/ex05_sample").rename(unpacked / "exercises/ex05_sample")
    source = unpacked / "exercises/ex05_sample/ex05_sample.ipynb"
    result = workbook(unpacked, "check", "ex05_sample")
    assert result.returncode == 1
    assert "not fetched yet" in result.stderr

    assert workbook(unpacked, "fetch", "ex05_sample").returncode == 0
    fetched = unpacked / "work/ex05_sample/ex05_sample.ipynb"
    assert fetched.read_bytes() == source.read_bytes()
    notebook = nbformat.read(fetched, as_version=4)
    [answer] = [cell for cell in notebook.cells if cell.id == "area"]
    answer.source = "import math\n\n\ndef area(radius):\n    return math.pi * radius**2"
    nbformat.write(notebook, fetched)
    result = workbook(unpacked, "check", "ex05_sample")
    assert result.returncode == 0, result.stderr
    assert re.search(r"area\W+passed", result.stdout)
    assert re.search(r"Counter\W+not attempted", result.stdout)

    result = workbook(unpacked, "submit", "ex05_sample")
    assert result.returncode == 0, result.stderr
    assert "Not attempted: Counter" in result.stdout
    assert f"The file to upload: {Path('work/upload/ex05_sample.ipynb')}" in result.stdout


def test_all_of_its_modules_can_be_imported(unpacked):
    """Nothing in it needs a module that was left out."""
    folders = [unpacked / f"packages/{name}/src" for name in ("workbook", "warmgrader")]
    modules = [
        ".".join(path.relative_to(folder).with_suffix("").parts)
        for folder in folders
        for path in folder.rglob("[!_]*.py")
        if not {"bench", "cluster.py"} & {*path.parts}  # the latter is for schedulers of Dask's
    ]
    assert {"workbook.students.check", "warmgrader.kernels.client"} <= {*modules}
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "loaded = {name.split('.')[1] for name in sys.modules if name.startswith('workbook.')}\n"
        "assert loaded == {'cli', 'common', 'students'}, loaded"
    )
    subprocess.run(
        [sys.executable, "-c", code, *modules],
        cwd=unpacked,
        env=environment(unpacked),
        check=True,
    )


def test_a_command_for_instructors_is_one_line(unpacked):
    result = workbook(unpacked, "build")
    assert result.returncode == 1
    assert result.stderr == (
        "build: a student's copy does not have it; it has fetch, submit, check, progress, lab\n"
    )


def test_hidden_tests_are_not_in_it(unpacked):
    assert workbook(unpacked, "fetch", "ex01_sequential").returncode == 0
    result = workbook(unpacked, "check", "ex01_sequential", "--all")
    assert result.returncode == 1
    assert "no solutions and no hidden tests" in result.stderr


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(WorkbookError, match=r"^LICENSE: missing, and students need it\n"):
        bundle.make_bundle(tmp_path, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_a_password_is_not_handed_out(tmp_path, unpacked):
    (unpacked / "docs/students.md").write_text("# For students\n")
    makefile = unpacked / bundle.MAKEFILE
    makefile.write_bytes((unpacked / "Makefile").read_bytes())
    config = unpacked / "nbgrader_config.py"
    assert "nbgrader_config.py" in bundle.contents(unpacked)
    url = "postgresql://teacher:secret@host/gradebook"
    config.write_text(f'{config.read_text()}c.CourseDirectory.db_url = "{url}"\n')
    with pytest.raises(WorkbookError, match=r"^nbgrader_config\.py: an address with a password"):
        bundle.contents(unpacked)
