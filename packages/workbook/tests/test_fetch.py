"""A student's work is never overwritten, never in a place where nobody looks, and gets handed in."""

import os
import shutil

import nbformat
import pytest
import sample_course
from typer.testing import CliRunner

from workbook.cli import app
from workbook.common.paths import exercise_of, work_of
from workbook.common.tasks import Task, read_notebook
from workbook.students import fetch, submit
from workbook.students.check import State, TaskResult

NAME = sample_course.NAME
SHOWN = f"work/{NAME}/{NAME}.ipynb"
DOUBLE = "def double(x):\n    return 2 * x\n"
MEAN = "def mean(values):\n    return np.mean(values)\n"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    return sample_course.release(sample_course.make_course(tmp_path_factory.mktemp("course")))


@pytest.fixture
def course(released, tmp_path, monkeypatch):
    """A course with one released assignment; the working directory is in it."""
    path = exercise_of(tmp_path, NAME)
    path.parent.mkdir(parents=True)
    nbformat.write(released, path)
    (path.parent / "data.csv").write_text("1,2\n")
    (tmp_path / "work").mkdir()
    shutil.copy(sample_course.ROOT / "nbgrader_config.py", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def run(monkeypatch):
    """Runs `workbook`; gives its exit status and its output on one line."""
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments):
        result = CliRunner().invoke(app, arguments)
        return result.exit_code, " ".join(result.output.split())

    return run


def files(course):
    """What is in work/, hidden or not."""
    return {
        path.relative_to(course / "work").as_posix(): path.read_text()
        for path in (course / "work").rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize("name", ["01", "1", "ex01", NAME, f"exercises/{NAME}/"])
def test_an_assignment_is_fetched_with_all_its_files(course, run, name):
    assert run("fetch", name) == (0, f"Fetched {SHOWN}: work in there")
    original = exercise_of(course, NAME).read_text()
    assert files(course) == {f"{NAME}/{NAME}.ipynb": original, f"{NAME}/data.csv": "1,2\n"}


def test_work_is_not_overwritten_and_what_is_missing_is_copied(course, run):
    mine = work_of(course, NAME)
    mine.parent.mkdir()
    mine.write_text("my work")
    status, output = run("fetch", NAME)
    assert status == 1
    assert f"{SHOWN}: fetched already, and left as it is." in output
    assert output.endswith(f"python3 study.py fetch {NAME} --again")
    assert files(course) == {f"{NAME}/{NAME}.ipynb": "my work", f"{NAME}/data.csv": "1,2\n"}


def test_again_keeps_what_was_there_however_often(course, run):
    run("fetch", NAME)
    mine = work_of(course, NAME)
    for text in ("first", "second", "third"):
        mine.write_text(text)
        os.utime(mine, (1_800_000_000, 1_800_000_000))
        status, output = run("fetch", NAME, "--again")
        assert status == 0
        assert f"Kept what you had as work/{NAME}/{NAME} (2027-01-15 " in output
    found = files(course)
    assert found.pop(f"{NAME}/{NAME}.ipynb") == exercise_of(course, NAME).read_text()
    assert sorted(found.values()) == ["1,2\n", "first", "second", "third"]


def test_what_was_kept_can_be_checked(course, run, released):
    run("fetch", NAME)
    mine = work_of(course, NAME)
    nbformat.write(sample_course.with_answers(released, double=DOUBLE), mine)
    run("fetch", NAME, "--again")
    [kept] = mine.parent.glob("*(*).ipynb")
    status, output = run("check", str(kept))
    assert status == 0
    assert "4 of 9 points" in output
    assert "not in exercises/" not in output


def test_a_fetch_that_fails_leaves_everything_as_it_was(course, run, monkeypatch):
    def fail(source, target):
        raise OSError("No space left on device")

    run("fetch", NAME)
    before = files(course)
    monkeypatch.setattr(fetch.shutil, "copyfile", fail)
    status, output = run("fetch", NAME, "--again")
    assert (status, output) == (
        1,
        f"work/{NAME}: could not be written (No space left on device)",
    )
    assert files(course) == before


def test_a_file_in_the_place_of_the_folder_is_one_line(course, run):
    (course / "work" / NAME).write_text("a file")
    status, output = run("fetch", NAME)
    assert status == 1
    assert output.startswith(f"work/{NAME}: could not be written (")
    assert files(course) == {NAME: "a file"}


def test_with_make_the_advice_is_make_s(course, run, monkeypatch):
    run("fetch", NAME)
    monkeypatch.setenv("MAKELEVEL", "1")
    assert run("fetch", NAME)[1].endswith(f"make fetch EX={NAME} AGAIN=1")


# ---------------------------------------------------------------- work in the wrong folder


@pytest.fixture
def misplaced(course, released):
    """Work that was done in exercises/."""
    path = exercise_of(course, NAME)
    nbformat.write(sample_course.with_answers(released, double=DOUBLE), path)
    return path


@pytest.mark.parametrize("command", ["check", "submit"])
def test_answers_in_exercises_are_found_and_their_way_is_named(command, misplaced, run):
    status, output = run(command, NAME)
    assert status == 1
    assert output.startswith(
        f"exercises/{NAME}/{NAME}.ipynb: has answers of yours (double), but what counts is {SHOWN}: "
        f"it gets there with python3 study.py fetch {NAME}."
    )


def test_a_check_of_the_released_notebook_itself_says_so_too(misplaced, run):
    assert "has answers of yours (double)" in run("check", str(misplaced))[1]


def test_fetching_takes_them_along(misplaced, run, course):
    status, output = run("fetch", NAME)
    assert status == 0
    assert "It has the answers that you wrote into exercises/ (double). After that, unpac" in output
    assert work_of(course, NAME).read_text() == misplaced.read_text()
    output = run("check", NAME)[1]
    assert "4 of 9 points" in output
    assert "copy there what it lacks" in output


# ---------------------------------------------------------------- handing in


def test_the_file_to_upload_is_the_work_under_its_name(course, run, released):
    run("fetch", NAME)
    mine = work_of(course, NAME)
    nbformat.write(sample_course.with_answers(released, double=DOUBLE), mine)
    os.utime(mine, (1_800_000_000, 1_800_000_000))
    for _ in range(2):
        status, output = run("submit", NAME)
        assert status == 0
        assert "Not attempted: mean It is as you saved it on 2027-01-15 at " in output
        assert output.endswith(f"The file to upload: work/upload/{NAME}.ipynb")
    upload = course / "work" / "upload"
    assert [path.name for path in upload.iterdir()] == [f"{NAME}.ipynb"], "the same, so no second"
    assert (upload / f"{NAME}.ipynb").read_bytes() == mine.read_bytes()

    nbformat.write(sample_course.with_answers(released, double=DOUBLE, mean=MEAN), mine)
    assert "All tasks pass their visible tests." in run("submit", NAME)[1]
    assert len(list(upload.iterdir())) == 2, "the earlier one is kept"
    assert (upload / f"{NAME}.ipynb").read_bytes() == mine.read_bytes()


def test_a_copy_is_not_handed_in_nor_the_original_in_its_place(course, run, released, tmp_path):
    run("fetch", NAME)
    mine = work_of(course, NAME)
    copies = [mine.with_name(f"{NAME}-Copy1.ipynb"), tmp_path / "old" / f"{NAME} (2).ipynb"]
    for path in copies:
        path.parent.mkdir(exist_ok=True)
        nbformat.write(sample_course.with_answers(released, mean=MEAN), path)
    for path in [*copies, exercise_of(course, NAME)]:
        status, output = run("submit", str(path))
        assert status == 1
        assert output.startswith(f"{path.name}: what is handed in is {SHOWN}, and this is another")
    assert not (course / "work" / "upload").exists()
    assert run("submit", str(mine))[0] == 0


def test_what_lacks_is_said_by_its_kind():
    states = {"a": State.PASSED, "b": State.NOT_YET, "c": State.NOT_ATTEMPTED, "d": State.NOT_RUN}
    results = [TaskResult(Task(name, 1, 1), state) for name, state in states.items()]
    assert submit.warnings(results) == [
        "Not attempted: c",
        "Not right yet: b",
        "Could not be run: d",
    ]


@pytest.mark.parametrize("command", ["check", "submit"])
def test_what_is_not_fetched_is_not_handed_in(course, run, command):
    status, output = run(command, NAME)
    assert (status, output) == (
        1,
        f"{SHOWN}: not fetched yet; get it with python3 study.py fetch {NAME}",
    )


def test_in_a_class_on_one_server_nbgrader_takes_it(course, run, tmp_path_factory):
    exchange = tmp_path_factory.mktemp("exchange")
    exchange.chmod(0o777)
    config = course / "nbgrader_config.py"
    config.write_text(f"{config.read_text()}\nc.Exchange.root = {str(exchange)!r}\n")
    run("fetch", NAME)
    status, output = run("submit", NAME)
    assert status == 1, "nothing was released there"
    assert f"{NAME}: not submitted: " in output

    outbound, inbound = (exchange / "keras" / kind for kind in ("outbound", "inbound"))
    shutil.copytree(exercise_of(course, NAME).parent, outbound / NAME)
    inbound.mkdir()
    status, output = run("submit", NAME)
    assert status == 0, output
    assert f"Submitted {NAME} on " in output
    [submitted] = inbound.glob(f"*/{NAME}.ipynb")
    assert read_notebook(submitted) == read_notebook(work_of(course, NAME))
    assert not (course / "work" / "upload").exists()
