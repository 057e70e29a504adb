"""Every chapter runs, and shows today what its notebook in `notebooks/` says it shows.

A chapter is executed once, by papermill: with the code of `workbook run`. nbval's own classes then
compare the outputs with the stored ones, strictly: every output of every cell but those tagged
`nbval-ignore-output`. nbval could execute the chapters itself, but then papermill would have to run
them a second time.

What nbval leaves out is asserted here: it never looks at cells that have not been run, at pictures,
and it reports a time-out as an expected failure (xfail). `workbook.authors.stored` refuses the first in the
stored notebook, and in both, stored and fresh, pictures that are missing or blank, errors, stderr,
progress bars, absolute paths and addresses. Nothing is ever marked xfail here.
"""

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbval.plugin import IPyNbFile, coalesce_streams, get_sanitize_patterns
from places import ROOT, SAMPLES, parameter_bounds

from workbook.authors import outputs, stored
from workbook.authors.build import find_sources
from workbook.authors.executing import Executed, Job, execute
from workbook.common.environment import kernel_environment

SANITIZE = Path(__file__).with_name("nbval_sanitize.cfg").read_text(encoding="utf-8")
CHAPTERS = [item.name for item in find_sources(ROOT) if not item.is_assignment]
NOTEBOOKS = sorted((SAMPLES / "notebooks").glob("*.ipynb"), key=lambda path: path.stem)


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def stored_problems(path: Path) -> list[str]:
    """What is wrong with a stored notebook."""
    found = guarded(read(path))
    if path.stat().st_size > outputs.MAX_BYTES:
        found.append(f"larger than {outputs.MAX_BYTES:,} bytes")
    return found


def fresh_problems(path: Path, result: Executed, session: pytest.Session) -> list[str]:
    """In what the execution of a stored notebook differs from it, or is wrong of itself."""
    if result.failure:
        return [f"In [{result.failure.number}]: {result.failure.reason}", result.failure.traceback]
    fresh = read(path)
    outputs.store(fresh, result.notebook)
    return guarded(fresh) + differences(path, fresh, session)


def guarded(notebook: NotebookNode) -> list[str]:
    return [f"In [{number}]: {problem}" for number, problem in stored.problems(notebook)]


def differences(path: Path, fresh: NotebookNode, session: pytest.Session) -> list[str]:
    """Where nbval finds other outputs in a fresh run than in a stored notebook."""
    file = IPyNbFile.from_parent(session, path=path)
    file.sanitize_patterns.update(get_sanitize_patterns(SANITIZE))
    fresh_cells = [cell for cell in fresh.cells if cell.cell_type == "code"]
    found = []
    for item, cell in zip(file.collect(), fresh_cells, strict=True):
        if not item.options["check"]:
            continue
        # nbval merges streams in place.
        now, before = (coalesce_streams(deepcopy(one.outputs)) for one in (cell, item.cell))
        if not item.compare_outputs(now, before):
            found.append(f"In [{item.cell_num + 1}]: {''.join(item.comparison_traceback)}")
    return found


@pytest.fixture
def executed(monkeypatch) -> Callable[..., Executed]:
    """Executes a notebook as `workbook run` does: ``executed(path, EPOCHS=1)``.

    Another notebook than the one that is stored there can be given, too.
    """
    for name, value in kernel_environment(ROOT).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(ROOT)  # papermill changes the directory

    def run(path: Path, other: NotebookNode | None = None, **parameters: object) -> Executed:
        job = Job(path.stem, other or read(path), parameters)
        return execute(job, on_cell=lambda index: None)

    return run


# ---------------------------------------------------------------- the chapters


def notebook(chapter: str) -> Path:
    return ROOT / "notebooks" / f"{chapter}.ipynb"


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_stored_outputs_are_sound(chapter):
    assert not stored_problems(notebook(chapter))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_chapter_shows_what_is_stored(chapter, executed, request):
    path = notebook(chapter)
    problems = fresh_problems(path, executed(path), request.session)
    assert not problems, "\n".join(["", *problems])


WITH_PARAMETERS = [name for name in CHAPTERS if name != "00_index"]


def least(chapter: str) -> dict[str, int | float]:
    """The smallest value that a chapter takes for each of its parameters."""
    cells = [cell for cell in read(notebook(chapter)).cells if cell.cell_type == "code"]
    sources = [cell.source for cell in cells if "parameters" not in cell.metadata.get("tags", [])]
    return {name: bounds[0] for name, bounds in parameter_bounds(sources[0]).items()}


@pytest.mark.slow
@pytest.mark.parametrize("chapter", WITH_PARAMETERS)
def test_the_smallest_parameters_are_enough(chapter, executed):
    result = executed(notebook(chapter), **least(chapter))
    assert result.failure is None, result.failure


# The models and the made-up numbers that a chapter leaves behind, each with a digest.
LEFT_BEHIND = """
import hashlib, keras, numpy
for name, value in sorted(globals().items()):
    arrays = []
    if isinstance(value, keras.Layer):
        arrays = [numpy.asarray(weight) for weight in value.trainable_variables]
    elif isinstance(value, numpy.ndarray) and value.dtype.kind == "f":
        arrays = [value]
    if arrays:
        print(name, hashlib.sha256(b"".join(array.tobytes() for array in arrays)).hexdigest())
"""


@pytest.mark.slow
@pytest.mark.parametrize("chapter", WITH_PARAMETERS)
def test_claims_hold_for_other_seeds_which_count(chapter, executed):
    original = read(notebook(chapter))
    original.cells.append(new_code_cell(LEFT_BEHIND))

    def left_behind(**parameters: int) -> set[str]:
        result = executed(notebook(chapter), original, **parameters)
        assert result.failure is None, f"{parameters}: {result.failure}"
        return set(result.notebook.cells[-1].outputs[0].text.splitlines())

    reproducible = left_behind() & left_behind()
    for seed in range(1, 6):
        unchanged = reproducible & left_behind(SEED=seed)
        assert reproducible - unchanged, "another SEED changes nothing that is reproducible"


# ---------------------------------------------------------------- what must not be stored, and the comparison

# The names of the samples say the verdict; these are the words that it must come with.
REFUSALS = {
    "refused_cell_that_has_not_run": "has not been run",
    "refused_numbers_of_two_runs": "numbered 7",
    "refused_print_without_output": "shows nothing",
    "refused_value_without_output": "shows nothing",
    "refused_caught_error_that_never_came": "shows nothing",
    "refused_picture_that_is_missing": "a picture is missing",
    "refused_figure_without_picture": "a picture is missing",
    "refused_blank_picture": "a blank picture",
    "refused_blank_transparent_picture": "a blank picture",
    "refused_broken_picture": "a blank picture",
    "refused_picture_without_description": "without a description",
    "refused_error": "ends in ZeroDivisionError",
    "refused_stderr": "writes to stderr: UserWarning: careful",
    "refused_progress_bar_of_keras": "a progress bar",
    "refused_progress_bar_of_tqdm": "a progress bar",
    "refused_carriage_return": "a progress bar",
    "refused_absolute_path": "the absolute path /home/someone/keras/model.keras",
    "refused_absolute_path_in_html": "the absolute path /tmp/tmpab12/logs",
    "refused_memory_address": "the memory address 0x7f3a5c1b2d90",
    "refused_widget": "a widget",
}
DIFFERENCES = {
    "differs_in_a_number": "mismatch 'stdout'",
    "differs_in_a_missing_line": "mismatch 'stdout'",
    "differs_in_the_kind_of_output": "Missing output fields",
    "differs_by_raising": "NameError: name 'y' is not defined",
    "differs_in_a_picture_that_is_blank_now": "a blank picture",
}
SAMPLE_PATHS = {path.stem: path for path in NOTEBOOKS}


def samples(*verdicts: str) -> list[str]:
    return [name for name in SAMPLE_PATHS if name.startswith(verdicts)]


def test_every_sample_is_tried():
    assert set(samples("refused")) == set(REFUSALS)
    assert set(samples("differs")) == set(DIFFERENCES)
    assert len(samples("accepted", "refused", "differs", "agrees")) == len(SAMPLE_PATHS)


@pytest.mark.parametrize("name", samples("accepted"))
def test_guards_accept(name):
    assert not stored_problems(SAMPLE_PATHS[name])


@pytest.mark.parametrize("name", samples("refused"))
def test_guards_refuse(name):
    [problem] = stored_problems(SAMPLE_PATHS[name])
    assert problem.startswith("In [2]: ")
    assert REFUSALS[name] in problem


def test_a_large_notebook_is_refused(tmp_path):
    path = tmp_path / "large.ipynb"
    path.write_bytes(SAMPLE_PATHS["accepted_value"].read_bytes() + b" " * outputs.MAX_BYTES)
    assert stored_problems(path) == ["larger than 1,500,000 bytes"]


@pytest.mark.parametrize("sample", samples("agrees"))
def test_comparison_agrees(sample, executed, request):
    path = SAMPLE_PATHS[sample]
    assert not fresh_problems(path, executed(path), request.session)


@pytest.mark.parametrize("sample", samples("differs"))
def test_comparison_differs(sample, executed, request):
    path = SAMPLE_PATHS[sample]
    problems = fresh_problems(path, executed(path), request.session)
    assert any(DIFFERENCES[sample] in problem for problem in problems), problems
