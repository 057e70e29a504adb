"""`workbook run` executes every chapter, and says what failed where."""

import io
import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from places import SAMPLES
from rich.console import Console
from typer.testing import CliRunner

from workbook.authors import outputs
from workbook.authors.run import check_data, parse_parameters, run
from workbook.cli import app
from workbook.common import paths
from workbook.common.errors import WorkbookError

CHAPTER = (SAMPLES / "chapter.py").read_text()
FAILING = """# %% [markdown]
# # A chapter that fails

# %%
def ratio(x):
    return x / 0

# %% [markdown]
# ## Trouble ahead

# %%
print("before")
ratio(3)

# %%
print("never")
"""
# Two of these end only if they run at the same time.
MEETING = """# %%
import time
from pathlib import Path

folder = Path({folder!r})
(folder / "{me}").touch()
deadline = time.monotonic() + 60
while not (folder / "{other}").exists():
    assert time.monotonic() < deadline, "the other chapter never began"
    time.sleep(0.05)
Path("left-over.txt").touch()
"""
HUNGRY = "# %%\nimport time\n\nballast = bytearray(b'1') * 300_000_000\ntime.sleep(1)\n"
DYING = "# %% [markdown]\n# # The end\n\n# %%\nimport os\n\nos._exit(1)\n"


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """What a run of several chapters reported, and what it raised."""
    root = tmp_path_factory.mktemp("course")
    meeting = tmp_path_factory.mktemp("meeting")
    sources = {
        "01_first": MEETING.format(folder=str(meeting), me="first", other="second"),
        "02_second": MEETING.format(folder=str(meeting), me="second", other="first"),
        "03_failing": FAILING,
        "04_dying": DYING,
        "05_hungry": HUNGRY,
    }
    (root / "nbgrader_config.py").touch()
    for name, text in sources.items():
        (root / "chapters" / name).mkdir(parents=True)
        (root / "chapters" / name / "chapter.py").write_text(text)
    before = sorted(root.rglob("*"))
    text = io.StringIO()
    with pytest.raises(WorkbookError) as caught:
        run(root, console=Console(file=text, width=200))
    assert sorted(root.rglob("*")) == before, "files were left in the course"
    return text.getvalue(), str(caught.value)


def line_of(report, name):
    return re.search(rf"^{name} +(ok|FAILED) +([\d.]+) s +(\d+) MB$", report[0], re.MULTILINE)


def test_chapters_run_side_by_side(report):
    assert line_of(report, "01_first")[1] == line_of(report, "02_second")[1] == "ok"


def test_failures_do_not_stop_the_others(report):
    assert report[1] == "2 of 5 failed: 03_failing, 04_dying"
    assert line_of(report, "05_hungry")[1] == "ok"


def test_a_failure_is_told_by_source_line_cell_heading_and_traceback(report):
    text = report[0]
    where = 'chapters/03_failing/chapter.py:11: In [2] under "Trouble ahead": '
    assert f"  {where}ZeroDivisionError: division by zero\n" in text
    assert "----> 2 ratio(3)" in text
    assert "----> 2     return x / 0" in text
    assert "\x1b" not in text
    assert text.count("ZeroDivisionError: division by zero") == 2, "in the message and below"


def test_a_dead_kernel_is_told(report):
    where = 'chapters/04_dying/chapter.py:4: In [1] under "The end": '
    assert f"{where}the kernel died; is there enough memory?" in report[0]


def test_peak_memory_is_the_kernels(report):
    assert int(line_of(report, "05_hungry")[3]) > int(line_of(report, "01_first")[3]) + 200


def test_tracebacks_show_the_notebooks_frames_only(report):
    lines = [line for line in report[0].splitlines() if "ipykernel" in line]
    assert not lines


# ---------------------------------------------------------------- parameters


@pytest.fixture
def notebooks():
    def notebook(source):
        cell = new_code_cell(source, metadata={"tags": ["parameters"]})
        kernelspec = {"display_name": "Python 3", "language": "python", "name": "python3"}
        return new_notebook(cells=[cell], metadata={"kernelspec": kernelspec})

    return {
        "01_one": notebook('EPOCHS = 8  # int\nRATE = 0.5\nWORD = "a"\nQUICK = False\nSIZES = [1]'),
        "02_two": notebook("EPOCHS = 3"),
        "03_three": new_notebook(metadata=notebook("").metadata),
    }


def test_a_parameter_applies_to_all_chapters_that_have_it(notebooks):
    given = [
        ("EPOCHS", "1_000"), ("RATE", "2"), ("WORD", "7"), ("QUICK", "True"), ("SIZES", "[2, 3]"),
    ]  # fmt: skip
    assert parse_parameters(notebooks, given) == {
        "01_one": {"EPOCHS": 1000, "RATE": 2.0, "WORD": "7", "QUICK": True, "SIZES": [2, 3]},
        "02_two": {"EPOCHS": 1000},
        "03_three": {},
    }


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("EPOCH", "1"), "-p EPOCH: no such parameter; 01_one has EPOCHS=8, RATE=0.5, .* 02_two"),
        (("EPOCHS", "many"), "-p EPOCHS many: not of type int; 01_one has EPOCHS=8"),
        (("EPOCHS", "1.5"), "not of type int"),
        (("EPOCHS", "True"), "not of type int"),
        (("RATE", "fast"), "not of type float"),
        (("QUICK", "1"), "not of type bool"),
    ],
)
def test_other_parameters_are_refused(notebooks, given, message):
    with pytest.raises(WorkbookError, match=message):
        parse_parameters(notebooks, [given])


# ---------------------------------------------------------------- command line


def invoke(root, monkeypatch, *arguments):
    monkeypatch.chdir(root)
    return CliRunner().invoke(app, ["run", *arguments])


def test_parameters_on_the_command_line(course, monkeypatch):
    root = course({"05_sample/chapter.py": CHAPTER.replace("time.time()", "assert WORD == 'egg'")})
    result = invoke(root, monkeypatch, "05", "-p", "WORD", "egg", "-p", "REPEATS", "1")
    assert (result.exit_code, result.stderr) == (0, "")
    assert re.fullmatch(r"05_sample +ok +[\d.]+ s +\d+ MB\n", result.stdout)


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["06"], 1, "06: no such chapter; there are: 05_sample"),
        (["ex05"], 1, "ex05: no such chapter; there are: 05_sample"),
        (["--kernel", "none"], 1, "none: no such kernel; there are: python3"),
        (["-p", "WORDS", "x"], 1, "no such parameter; 05_sample has REPEATS=3, WORD=\"spam\""),
        (["-p", "WORD"], 2, "WORD has no value"),
        (["--store", "-p", "WORD", "x"], 2, "stored outputs must be those of the chapter's own"),
    ],
)  # fmt: skip
def test_bad_input_is_told_before_anything_runs(course, monkeypatch, arguments, status, message):
    root = course({"05_sample/chapter.py": CHAPTER, "05_sample/exercises.py": ""})
    monkeypatch.delenv(
        "JUPYTER_PATH", raising=False
    )  # tests of the grader have kernels of their own
    result = invoke(root, monkeypatch, *arguments)
    assert result.exit_code == status
    assert message in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


def test_a_malformed_chapter_is_told_before_anything_runs(course, monkeypatch):
    root = course({"05_sample/chapter.py": CHAPTER.replace("import time", "import")})
    result = invoke(root, monkeypatch)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("chapters/05_sample/chapter.py:20: syntax error: ")


def test_missing_data_is_told_before_anything_runs(tmp_path):
    source = "import keras\nkeras.datasets.fashion_mnist.load_data()"
    notebook = new_notebook(cells=[new_code_cell(source)])
    with pytest.raises(WorkbookError, match=r"^data/.*train-images.*: missing, and 01_a needs it"):
        check_data(tmp_path, {"01_a": notebook})
    check_data(tmp_path, {"01_a": new_notebook(cells=[new_code_cell("import keras")])})


def test_outside_a_course(tmp_path, monkeypatch):
    result = invoke(tmp_path, monkeypatch)
    assert result.exit_code == 1
    assert "not inside the course" in result.stderr


# ---------------------------------------------------------------- stored outputs


def test_store_keeps_outputs_and_only_those(course, monkeypatch):
    root = course({"05_sample/chapter.py": CHAPTER})
    assert invoke(root, monkeypatch, "--store").exit_code == 0
    path = paths.notebook_of(root, "05_sample")
    notebook = nbformat.read(path, as_version=4)
    assert notebook.metadata.keys() == {"kernelspec", "language_info"}
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == [1, 2, 3, 4, 5]
    assert code[2].outputs == [new_output("stream", text="0 spam\n1 spam\n2 spam\n")]
    assert code[3].outputs[0].execution_count == 4
    assert code[4].outputs[0].data["image/png"]
    assert code[4].outputs[0].metadata["image/png"]["alt"] == "A line that rises from 1 to 3"
    assert [set(cell.metadata) for cell in code] == [{"tags"}, set(), set(), {"tags"}, {"alt"}]


def executed(*cell_outputs):
    notebook = new_notebook(
        cells=[new_code_cell("x", id=f"cell-{i}") for i in range(len(cell_outputs))]
    )
    for cell, its_outputs in zip(notebook.cells, cell_outputs, strict=True):
        cell.outputs = its_outputs
    return notebook


def stored(*cell_outputs):
    notebook = executed(*[[] for _ in cell_outputs])
    outputs.store(notebook, executed(*cell_outputs))
    return [cell.outputs for cell in notebook.cells]


def test_streams_are_merged():
    assert stored([new_output("stream", text="a"), new_output("stream", text="b\n")]) == [
        [new_output("stream", text="ab\n")]
    ]


def test_tensorflows_native_log_is_left_out():
    log = (
        "WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        "I0000 00:00:1721900000.123456    4242 cpu_feature_guard.cc:210] some text\n"
        "2026-07-01 12:00:00.123456: W tensorflow/core/framework/op.cc:42] some text\n"
    )
    assert stored([new_output("stream", name="stderr", text=log)]) == [[]]


def test_other_words_on_stderr_stay():
    """They are for the guards to refuse."""
    warning = new_output("stream", name="stderr", text="UserWarning: careful\n")
    assert stored([warning]) == [[warning]]


def test_a_chapter_that_cannot_be_stored_fails_and_keeps_the_old_notebook(course, monkeypatch):
    root = course({
        "05_sample/chapter.py": '# %%\nimport sys\n\nprint("oh", file=sys.stderr)\n',
        "06_large/chapter.py": '# %%\nprint("x" * 2_000_000)\n',
    })  # fmt: skip
    result = invoke(root, monkeypatch, "--store")
    assert result.exit_code == 1
    assert "chapters/05_sample/chapter.py:1: In [1]: writes to stderr: oh" in result.stdout
    assert "the notebook has 2,0" in result.stdout
    assert not (root / "notebooks").exists()
