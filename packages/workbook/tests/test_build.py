"""The built notebooks are what the sources say, and malformed sources are refused by line."""

import inspect
import re
import shutil
from pathlib import Path

import nbformat
import pytest
from ipykernel.ipkernel import IPythonKernel
from leaks import lines_of_notebook, visible_and_secret_lines
from nbclient import NotebookClient
from nbformat import NotebookNode
from places import ROOT, SAMPLES, copy_configuration

from workbook.authors import task_cells
from workbook.authors.build import build, find_sources
from workbook.common import paths
from workbook.common.errors import WorkbookError

CHAPTER = (SAMPLES / "chapter.py").read_text()
EXERCISES = (SAMPLES / "exercises.py").read_text()
SAMPLE = {"05_sample/chapter.py": CHAPTER, "05_sample/exercises.py": EXERCISES}
STUB = 'raise NotImplementedError("Not attempted yet: replace this line with your answer.")'


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def built_files(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes()
        for folder in ("notebooks", "solutions", "exercises")
        for path in (root / folder).rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }


def cells_by_id(notebook: NotebookNode) -> dict[str, NotebookNode]:
    return {cell.id: cell for cell in notebook.cells}


# ---------------------------------------------------------------- the repository itself


def test_repository_is_built(tmp_path):
    """`workbook build` has nothing to do; tried on a copy, so that the work tree stays as it is."""
    for folder in ("chapters", "notebooks", "solutions", "exercises"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    copy_configuration(tmp_path)
    assert not build(tmp_path), "run `workbook build` and commit what it writes"


def test_building_from_scratch_elsewhere_gives_the_same_bytes(tmp_path):
    shutil.copytree(ROOT / "chapters", tmp_path / "chapters")
    copy_configuration(tmp_path)
    build(tmp_path)
    here, there = built_files(ROOT), built_files(tmp_path)
    assert there.keys() == here.keys()
    for name, content in here.items():
        if name.startswith("notebooks/"):  # the outputs cannot be made from the sources alone
            content = without_outputs(content)
        assert there[name] == content, name


def without_outputs(content: bytes) -> bytes:
    notebook = nbformat.reads(content.decode(), as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return (nbformat.writes(notebook, indent=1) + "\n").encode()


ADDRESSES = """# %% [markdown]
# # Title
# {{ colab_badge }}

# %%
DATA = "{{ data }}"
"""


@pytest.mark.parametrize(
    ("setting", "badge", "data"),
    [
        (
            'repository = "someone/fork"',
            "[<kbd>Open in Colab</kbd>](https://colab.research.google.com/github/someone/fork/blob/main/",
            "https://raw.githubusercontent.com/someone/fork/main/data/",
        ),
        (
            'repository = "someone/fork"\nbranch = "autumn"',
            "(https://colab.research.google.com/github/someone/fork/blob/autumn/",
            "https://raw.githubusercontent.com/someone/fork/autumn/data/",
        ),
        ('repository = ""', "upload this notebook there", ""),
    ],
)
def test_addresses_are_filled_from_one_place(course, setting, badge, data):
    root = course({"05_sample/chapter.py": ADDRESSES})
    (root / "pyproject.toml").write_text(f"[tool.workbook]\n{setting}\n")
    build(root)
    title, code = read(root / "notebooks" / "05_sample.ipynb").cells
    assert badge in title.source
    assert code.source == f'DATA = "{data}"'
    if data:
        assert title.source.endswith("/notebooks/05_sample.ipynb)")


def test_no_address_stands_in_a_source():
    """All of them come from the one setting."""
    sources = [
        *ROOT.glob("chapters/*/*.py"),
        *ROOT.glob("site/*"),
        *ROOT.glob("packages/workbook/src/**/*.py"),
    ]
    texts = {path: path.read_text() for path in sources if path.is_file()}
    assert [
        path.name for path, text in texts.items() if "keras-workbook/keras-workbook" in text
    ] == []


def test_an_unknown_placeholder_is_refused(course):
    root = course({"05_sample/chapter.py": "# %% [markdown]\n# # Title\n# {{ colab }}\n"})
    with pytest.raises(WorkbookError, match=r"chapter\.py:1: unknown placeholder \{\{ colab \}\}"):
        build(root)


# ---------------------------------------------------------------- secrets


def leaks(exercises_py: str, answers: list[str], exercise: bytes) -> set[str]:
    """Lines of a student's notebook that only an answer or a hidden test can have brought there.

    Right and wrong answers share signatures, imports and lines such as `return x` with what the
    student sees anyway. So a line counts as leaked exactly if it is secret and stands nowhere
    among the visible lines of the source.
    """
    visible, secret = visible_and_secret_lines(exercises_py)
    # What the build writes around every check.
    visible |= {line.strip() for line in inspect.getsource(task_cells).splitlines()}
    for answer in answers:
        secret |= {line.strip() for line in answer.splitlines()}
    return (lines_of_notebook(exercise) & secret) - visible - {""}


def assignments() -> list:
    return [item for item in find_sources(ROOT) if item.is_assignment]


@pytest.mark.parametrize("item", assignments(), ids=lambda item: item.name)
def test_no_secret_reaches_students(item):
    answers = [path.read_text() for path in item.path.parent.glob("answers/**/*.py")]
    exercise = paths.exercise_of(ROOT, item.name)
    assert exercise.is_file(), "run `workbook build`"
    leaked = leaks(item.path.read_text(), answers, exercise.read_bytes())
    assert not leaked, "students can read this (or the source is newer: run `workbook build`)"
    files = [path.name for path in exercise.parent.rglob("*") if path.is_file()]
    assert [name for name in files if "-checkpoint" not in name] == [exercise.name]


@pytest.mark.parametrize("secret", ["return math.pi * squared", "secret_radius = 2.5", "other = 1"])
def test_a_leak_would_be_noticed(course, secret):
    root = course(SAMPLE)
    build(root)
    path = paths.exercise_of(root, "ex05_sample")
    answers = ["def area(radius):\n    other = 1\n    return other\n"]
    assert not leaks(EXERCISES, answers, path.read_bytes())
    notebook = read(path)
    notebook.cells[1].source += f"\n{secret}"
    assert leaks(EXERCISES, answers, nbformat.writes(notebook).encode()) == {secret}


# ---------------------------------------------------------------- what a build makes


def test_assignment_has_nbgraders_metadata(course):
    root = course(SAMPLE)
    build(root)
    cells = cells_by_id(read(paths.solution_of(root, "ex05_sample")))
    graded = {
        key: cell.metadata.nbgrader for key, cell in cells.items() if "nbgrader" in cell.metadata
    }
    assert {key: meta.get("points") for key, meta in graded.items()} == {
        "area": None, "area_check": 4, "area_hidden": 6,
        "Counter": None, "Counter_check": 9, "Counter_hidden": 1,
    }  # fmt: skip
    for key, meta in graded.items():
        is_answer = key in ("area", "Counter")
        assert meta["grade_id"] == key
        assert meta["schema_version"] == 3
        assert (meta["solution"], meta["grade"], meta["locked"]) == (
            is_answer, not is_answer, not is_answer,
        )  # fmt: skip


def test_stubs_stand_where_the_solutions_stood(course):
    root = course(SAMPLE)
    build(root)
    cells = cells_by_id(read(paths.exercise_of(root, "ex05_sample")))
    assert cells["area"].source == (
        f'def area(radius):\n    """Return the area of a circle."""\n    {STUB}'
    )
    assert cells["Counter"].source == (
        'class Counter:\n    """Counts calls."""\n\n'
        f"    def __init__(self, start=0):\n        {STUB}\n\n"
        f"    def __call__(self):\n        {STUB}"
    )
    assert cells["area_hidden"].source == (
        "# @title Hidden tests of area (6 points): they run when your work is graded"
    )
    assert "Hidden tests of Counter (1 point):" in cells["Counter_hidden"].source


def test_run_all_shows_the_verdict_on_every_task(course):
    """JupyterLab's Run All goes on after a failed cell only where the tag allows it."""
    root = course(SAMPLE)
    build(root)
    notebook = read(paths.exercise_of(root, "ex05_sample"))
    NotebookClient(notebook, allow_errors=False).execute()
    cells = cells_by_id(notebook)
    for check in ("area_check", "Counter_check"):
        assert [output.ename for output in cells[check].outputs] == ["NotImplementedError"]


def test_chapter_keeps_tags_and_magics(course):
    root = course(SAMPLE)
    build(root)
    notebook = read(paths.notebook_of(root, "05_sample"))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code[0].metadata.tags == ["parameters"]
    assert code[1].source.startswith("%matplotlib inline\nimport")
    assert code[3].metadata.tags == ["nbval-ignore-output"]


def test_nothing_is_left_for_jupyterlab_to_add_but_the_version(course):
    """Else every notebook would be modified as soon as it is open."""
    root = course(SAMPLE)
    build(root)
    info = IPythonKernel.language_info.copy()
    del info["version"]
    for path in (paths.notebook_of(root, "05_sample"), paths.exercise_of(root, "ex05_sample")):
        metadata = read(path).metadata
        assert metadata.language_info == info
        assert set(metadata.kernelspec) == {"display_name", "language", "name"}


def test_building_again_changes_nothing(course):
    root = course(SAMPLE)
    assert len(build(root)) == 3
    before = built_files(root)
    assert build(root) == []
    assert built_files(root) == before


def test_ids_of_equal_cells_differ(course):
    root = course({"05_sample/chapter.py": "# %%\nx = 1\n\n# %%\nx = 1\n"})
    build(root)
    first, second = read(paths.notebook_of(root, "05_sample")).cells
    assert second.id == f"{first.id}-2"


def test_only_outputs_of_unchanged_cells_are_kept(course):
    root = course(SAMPLE)
    build(root)
    path = paths.notebook_of(root, "05_sample")
    notebook = read(path)
    for number, cell in enumerate((c for c in notebook.cells if c.cell_type == "code"), start=1):
        cell.execution_count = number
        cell.outputs = [nbformat.v4.new_output("stream", text=f"output {number}\n")]
    nbformat.write(notebook, path)

    changed = CHAPTER.replace(
        "# ## Words", "# ## Inserted\n\n# %%\ninserted = True\n\n# %% [markdown]\n# ## Words"
    )
    changed = changed.replace("print(number, WORD)", "print(WORD, number)")
    (root / "chapters/05_sample/chapter.py").write_text(changed)
    build(root)
    outputs = {
        cell.source.partition("\n")[0]: [output.text for output in cell.outputs]
        for cell in read(path).cells
        if cell.cell_type == "code"
    }
    assert outputs["inserted = True"] == []
    assert outputs["for number in range(REPEATS):"] == []
    assert outputs["import time"] == ["output 4\n"]
    assert outputs["plt.plot([1, 2, 3])"] == ["output 5\n"]


def test_a_new_description_reaches_the_stored_picture(course):
    root = course(SAMPLE)
    build(root)
    path = paths.notebook_of(root, "05_sample")
    notebook = read(path)
    picture = nbformat.v4.new_output("display_data", {"image/png": "AAAA"})
    notebook.cells[-1].outputs = [picture]
    nbformat.write(notebook, path)
    (root / "chapters/05_sample/chapter.py").write_text(CHAPTER.replace("A line that", "It"))
    build(root)
    metadata = read(path).cells[-1].outputs[0].metadata
    assert metadata == {"image/png": {"alt": "It rises from 1 to 3"}}


def test_names_choose_what_is_built(course):
    root = course({**SAMPLE, "06_other/chapter.py": CHAPTER})
    assert build(root, ["05_sample"]) == ["notebooks/05_sample.ipynb"]
    assert len(build(root, ["ex05"])) == 2
    with pytest.raises(WorkbookError, match="^07: no such chapter; there are: 05_sample, ex05"):
        build(root, ["07"])
    assert build(root, ["05"]) == []
    assert build(root, ["06"]) == ["notebooks/06_other.ipynb"]


# ---------------------------------------------------------------- what is counted

TELLS = """# %% [markdown]
# # Map
#
# To do: {{ ex05_sample }}. That is {{ ex05_sample.tasks }}.
"""
HEAD = EXERCISES.replace("# {{ tasks }}", "# {{ counts }}.\n#\n# {{ tasks }}")


def told(root: Path) -> str:
    """All that the pages of a course say."""
    paths = [*root.glob("notebooks/*.ipynb"), *root.glob("exercises/*/*.ipynb")]
    return "\n".join(cell.source for path in sorted(paths) for cell in read(path).cells)


def test_a_changed_point_changes_every_page_that_tells_it(course):
    root = course({"05_sample/exercises.py": HEAD, "06_map/chapter.py": TELLS})
    build(root)
    before = told(root)
    for words in (
        "Two tasks, 20 points.",
        "## Task 1 · `area` (4 + 6 points)\n\n*About 10 minutes",
        "## Task 2 · `Counter` (9 + 1 points)",
        "| `area` | a circle | 10 |",
        "Check area (4 points)",
        "Its hidden tests (1 point) also try another start.",
        "[ex05_sample](../exercises/ex05_sample/ex05_sample.ipynb): two tasks, 20 points. "
        "That is two tasks.",
    ):
        assert words in before
    text = HEAD.replace("points=4", "points=3").replace("points=9", "points=10")
    (root / "chapters/05_sample/exercises.py").write_text(text)
    build(root)
    after = told(root)
    for words in ("(3 + 6 points)", "(10 + 1 points)", "| `area` | a circle | 9 |"):
        assert words in after
    assert not re.search(r"\(4 \+|\(4 points|\(9 \+|\(9 points|\| 10 \| 10 ", after)


def test_a_task_less_is_told_everywhere(course):
    root = course({
        "05_sample/chapter.py": CHAPTER, "05_sample/exercises.py": HEAD, "06_map/chapter.py": TELLS
    })  # fmt: skip
    build(root)
    text = HEAD.partition("# %% [markdown]\n# ## `Counter`")[0].replace("points=4", "points=14")
    (root / "chapters/05_sample/exercises.py").write_text(text)
    assert "notebooks/06_map.ipynb" in build(root, ["ex05"]), "where it is told is built along"
    after = told(root)
    assert "One task, 20 points." in after and "): one task, 20 points. That is one task." in after
    assert "wo tasks" not in after and "Task 2" not in after and "`Counter`" not in after


COVERAGE = """\
[[concept]]
id = "A1"
idea = "shapes"
chapter = "05_sample"
heading = "Circles"
task = "area"

[read.05_sample]
area = "A1"
Counter = "A1"
"""


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('task = "area"', 'task = "volume"', "A1: ex05_sample has no task volume; change or remove"),
        ("area =", "volume =", "[read.05_sample] volume: no such task; remove the line"),
        ('Counter = "A1"', "", '[read.05_sample] has no idea of this chapter for Counter; write Counter = "A1"'),
        ('Counter = "A1"', 'Counter = "B1"', "[read.05_sample] has no idea of this chapter for Counter"),
        ("[read.", "[[read.", "Expected ']]'"),
    ],
)  # fmt: skip
def test_a_table_that_names_other_tasks_is_refused(course, old, new, problem):
    root = course({**SAMPLE, "coverage.toml": COVERAGE})
    build(root)
    cells = cells_by_id(read(paths.exercise_of(root, "ex05_sample")))
    assert cells["area"].metadata.section == "Circles"
    (root / "chapters/coverage.toml").write_text(COVERAGE.replace(old, new))
    with pytest.raises(WorkbookError) as caught:
        build(root)
    assert any(line.startswith("chapters/coverage.toml: ") for line in caught.value.problems)
    assert problem in str(caught.value)


@pytest.mark.parametrize("placeholder", ["ex06_sample", "ex05_sample.hours", "data.tasks"])
def test_an_unknown_count_is_refused(course, placeholder):
    text = TELLS.replace("ex05_sample.tasks", placeholder)
    root = course({**SAMPLE, "06_map/chapter.py": text})
    with pytest.raises(WorkbookError, match=r"06_map/chapter\.py:1: unknown placeholder"):
        build(root)


# ---------------------------------------------------------------- what is refused

HIDDEN_AREA = EXERCISES[
    EXERCISES.index('# %% task="area" role="hidden"') : EXERCISES.index(
        "# %% [markdown]\n# ## `Cou"
    )
]
AREA_CHECK = 'task="area" role="check" points=4'
AREA_TITLE = "# %% [markdown]\n# ## `area`"

# What is replaced in the sample, by what, the line that the message must name, and its reason.
REFUSED = {
    "no hidden cell": (HIDDEN_AREA, "", '"area" role="answer"', "area has no hidden cell"),
    "repeated task": (
        'task="Counter" role="answer"', 'task="area" role="answer"',
        'task="area" role="answer"', "area has its answer cell twice",
    ),
    "no table": ("#\n# {{ tasks }}\n", "", "# ---", "no table of the tasks"),
    "no heading": ("# ## `area`", "# ## Circle", 'task="area" role="answer"', "no heading of area"),
    "points in a heading": ("`area`", "Task 1 · `area` (4 + 6 points)", AREA_TITLE[:5], "write ## `area`,"),
    "two headings": ("# ## `Counter`", "# ## `area`\n#\n# ## `Counter`", "# %% [m", "a second heading ## `area`"),
    "no minutes": (" minutes=10", "", "# %% task=\"area\" role=\"ans", "needs minutes"),
    "minutes in words": ("minutes=10", 'minutes="ten"', '"ten"', "needs minutes"),
    "too difficult": ("difficulty=3", "difficulty=4", "difficulty=4", "difficulty=1, 2 or 3"),
    "about nothing": ('about="state"', 'about=" "', 'about=" "', "needs about"),
    "no word on the hidden tests": (' tries="another start"', "", 'points=1', "needs tries"),
    "minutes of a check": ("points=4", "points=4 minutes=3", "minutes=3", "write it on the task's answer"),
    "string over several lines in a check": (
        '"The first call returns 1"', '"""The first call\nreturns 1"""', "points=9", "several lines",
    ),
    "magic in a check": ("assert Counter()", "%time\nassert Counter()", "points=9", "a magic"),
    "wrong sum": ("points=4", "points=5", "# ---", "the points add up to 21, not 20"),
    "unknown role": (AREA_CHECK, 'task="area" role="test"', 'role="test"', "unknown role 'test'"),
    "role without task": (AREA_CHECK, 'role="check"', '# %% role="check"', "without a task"),
    "task without role": (AREA_CHECK, 'task="area"', '# %% task="area"', "without a role"),
    "points alone": (AREA_CHECK, "points=4", "# %% points=4", "points without a task"),
    "no points": (' role="check" points=4', ' role="check"', 'role="check"', "needs points"),
    "points in quotes": ("points=4", 'points="4"', 'points="4"', "needs points"),
    "no point": ("points=4", "points=0", "points=0", "needs points"),
    "points on an answer": (
        '"area" role="answer"', '"area" role="answer" points=1',
        'role="answer" points=1', "points on the answer of area; write it on the task's check",
    ),
    "misspelt metadata": ("points=4", "point=4", "point=4", "unknown metadata 'point'"),
    "unquoted metadata": ('task="area" role="check"', "task=area", "task=area", "cannot read"),
    "task of no name": ('task="area" role="check"', 'task="a b" role="check"', '"a b"', "name"),
    "misspelt cell type": (AREA_TITLE, "# %% [markdwn]\n# x", "[markdwn]", "unexpected text"),
    "marker without blank": ("# %% " + AREA_CHECK, "# %%" + AREA_CHECK, "# %%t", "not a cell mark"),
    "no begin mark": ("    ### BEGIN SOLUTION\n    sq", "    sq", "### END", "stray solution mark"),
    "no end mark": ("squared\n    ### END SOLUTION", "squared", "### BEGIN", "no ### END SOLUTION"),
    "misaligned mark": ('"""\n    ### BEGIN', '"""\n### BEGIN', "### BEGIN", "align them"),
    "no marks": (
        "    ### BEGIN SOLUTION\n    squared = radius**2\n    return math.pi * squared\n"
        "    ### END SOLUTION\n", "    return 1\n",
        'role="answer"', "has no ### BEGIN SOLUTION",
    ),
    "empty solution": ("        self.count = start\n", "", "### END", "empty solution"),
    "mark outside an answer": ("import math", "### BEGIN SOLUTION", "### BEGIN", "outside an answer"),
    "hidden mark by hand": (
        "secret_radius = 2.5", "### BEGIN HIDDEN TESTS", "### BEGIN HIDDEN", "added by the build",
    ),
    "stub is not Python": (
        "    squared = radius**2\n    return math.pi * squared\n    ### END SOLUTION",
        "    x = (\n    ### END SOLUTION\n    )",
        'task="area" role="answer"', "is not Python",
    ),
    "syntax error": ("import math", "import math as", "import math as", "syntax error"),
    "tab": ("    squared =", "\tsquared =", "\tsquared", "a tab"),
    "unknown tag": ("# %%\nim", '# %% tags=["parametres"]\nim', "parametres", "unknown tag"),
    "tags of no list": ("# %%\nim", '# %% tags="x"\nim', "tags=", "cannot read the cell's metadata"),
    "tags of numbers": ("# %%\nim", "# %% tags=[1]\nim", "tags=", "cannot read the cell's metadata"),
    "text before": ("# ---\n\n# %%", "# ---\nimport os\n# %%", "import os", "before the first cell"),
    "open header": ("percent\n# ---", "percent", "# ---", "the header has no end"),
    "empty cell": ("import math\n", "", "# %%", "empty cell"),
    "code in a text cell": ("# The area", "The area", "The area", "uncommented line"),
    "raw cell": (AREA_TITLE, "# %% [raw]\n# x", "[raw]", "raw cells are not used"),
    "task in a text cell": (
        AREA_TITLE, f"# %% [markdown] {AREA_CHECK}\n# x", "[markdown]", "not a code cell",
    ),
    "alt of a text cell": (AREA_TITLE, '# %% [markdown] alt="x"\n# x', "alt=", "alt describes"),
    "Windows line end": ("import math\n", "import math\r\n", "import math\r", "Windows line end"),
    "byte order mark": ("# ---\n# jup", "\ufeff# ---\n# jup", "# ---", "byte order mark"),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "named", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_malformed_assignments_are_refused(course, old, new, named, reason):
    assert old in EXERCISES
    root = course({"05_sample/chapter.py": CHAPTER})
    text = EXERCISES.replace(old, new, 1)
    (root / "chapters/05_sample/exercises.py").write_bytes(text.encode())
    with pytest.raises(WorkbookError) as caught:
        build(root)
    problems = [
        re.fullmatch(r"chapters/05_sample/exercises\.py:(\d+): (.+[;:(].+)", problem)
        for problem in caught.value.problems
    ]
    assert all(problems), f"not file:line: reason; what to do: {caught.value}"
    [line] = {int(problem[1]) for problem in problems if reason in problem[2]}
    assert named in text.split("\n")[line - 1]
    assert built_files(root) == {}, "something was written in spite of the error"


def test_all_problems_of_all_files_are_told_at_once(course):
    root = course({
        "05_sample/exercises.py": EXERCISES.replace("import math", "import").replace("points=9", "points=-9"),
        "06_other/chapter.py": "# %% task=\"a\" role=\"answer\"\nx = 1\n",
    })  # fmt: skip
    with pytest.raises(WorkbookError) as caught:
        build(root)
    places = [problem.partition(": ")[0] for problem in caught.value.problems]
    assert {
        "chapters/05_sample/exercises.py:15",
        "chapters/05_sample/exercises.py:57",
        "chapters/06_other/chapter.py:1",
    } <= set(places)


def test_a_file_of_another_encoding_is_refused(course):
    root = course({})
    path = root / "chapters/05_sample/chapter.py"
    path.parent.mkdir(parents=True)
    path.write_bytes("# %%\nx = 'ä'\n".encode("latin-1"))
    with pytest.raises(WorkbookError, match=r"chapter\.py:2: not UTF-8"):
        build(root)


def test_a_second_parameters_cell_is_refused(course):
    second = CHAPTER.replace('["nbval-ignore-output"]', '["parameters"]')
    with pytest.raises(WorkbookError, match="chapter.py:19: a second cell tagged parameters"):
        build(course({"05_sample/chapter.py": second}))


def test_a_notebook_without_source_is_refused(course):
    root = course(SAMPLE)
    build(root)
    shutil.rmtree(root / "chapters/05_sample")
    (root / "chapters/06_sample").mkdir()
    with pytest.raises(WorkbookError, match="nothing in chapters/ makes this notebook") as caught:
        build(root)
    assert len(caught.value.problems) == 3


def test_a_broken_notebook_is_refused(course):
    root = course(SAMPLE)
    path = paths.notebook_of(root, "05_sample")
    path.parent.mkdir()
    path.write_text("<<<<<<< HEAD\n")
    with pytest.raises(WorkbookError, match="not a Jupyter notebook .* restore it with git"):
        build(root)


def test_a_folder_of_another_name_is_refused(course):
    with pytest.raises(WorkbookError, match="chapters/Losses: not a chapter's name"):
        build(course({"Losses/chapter.py": CHAPTER}))
