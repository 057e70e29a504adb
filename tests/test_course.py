"""The course as one work: its chapters have the same parts, its links lead somewhere."""

import ast
import re
from pathlib import Path
from urllib.parse import quote

import pytest
from places import ROOT, parameter_bounds

from workbook.authors import build, coverage

SOURCES = build.find_sources(ROOT)
CHAPTERS = {item.name: item for item in SOURCES if not item.is_assignment}
ASSIGNMENTS = {item.name: item for item in SOURCES if item.is_assignment}
LESSONS = {name: item for name, item in CHAPTERS.items() if f"ex{name}" in ASSIGNMENTS}
APPENDICES = {name: item for name, item in CHAPTERS.items() if name.startswith("appendix_")}

HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
LINK = re.compile(r"\]\(([^()\s]+(?:\([^()]*\)[^()\s]*)?)\)")
# What a reader goes through; *Going further* at the end of a lesson comes on top.
MAIN_LINE_CELLS, MAIN_LINE_CODE = 75, 450
PARAMETER_COMMENT = re.compile(r"# (int|float|bool|str): \S")


@pytest.fixture(scope="module", autouse=True)
def sources_are_read() -> None:
    """Only when a test here runs: every process of `pytest -n` collects, and that is a second."""
    build.read_sources(ROOT, SOURCES)


def markdown(item: build.Source) -> str:
    """All markdown of a source file."""
    return "\n\n".join(cell.source for cell in item.cells if cell.kind == "markdown")


def headings(item: build.Source) -> list[str]:
    """The text of all its headings, in order."""
    return HEADING.findall(markdown(item))


def anchor(heading: str) -> str:
    """The fragment by which JupyterLab finds a heading."""
    return quote(heading.replace("`", "").replace(" ", "-"), safe="-,:?=")


def tasks(item: build.Source) -> set[str]:
    """Names of the graded tasks of an assignment."""
    return {cell.task for cell in item.cells if cell.task}


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_all_parts(name: str) -> None:
    item = LESSONS[name]
    number = int(name[:2])
    found = headings(item)
    assert found[0].startswith(f"{number} · ")
    last = [heading for heading in found if heading in {"What changed", "Try it", "Recap"}]
    assert last == ["What changed", "Try it", "Recap"]
    text = markdown(item)
    assert f"../exercises/ex{name}/ex{name}.ipynb" in text, "no link to its assignment"
    for row in ("**Know first**", "**Running time**", "**Assignment**"):
        assert row in text, f"no row {row} in the table at the top"
    assert "**Pitfall: " in text
    questions = text.split("## Try it")[1].split("## Recap")[0]
    assert questions.count("<details>") == questions.count("</details>") >= 2


@pytest.mark.parametrize("name", LESSONS)
def test_the_main_line_of_a_lesson_is_short(name: str) -> None:
    """What is beyond stands in *Going further*, the last section, or in an appendix."""
    cells = LESSONS[name].cells
    sections = re.findall(r"^## (.+)$", markdown(LESSONS[name]), flags=re.MULTILINE)
    assert "Going further" not in sections[:-1]
    beyond = [i for i, cell in enumerate(cells) if "## Going further" in cell.source.splitlines()]
    main_line = cells[: beyond[0]] if beyond else cells
    assert len(main_line) <= MAIN_LINE_CELLS
    code = [cell.source for cell in main_line if cell.kind == "code"]
    assert sum(len(source.splitlines()) for source in code) <= MAIN_LINE_CODE


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_has_one_playground(name: str) -> None:
    [cell] = [cell for cell in LESSONS[name].cells if "playground" in cell.tags]
    assert "interact(" in cell.source.splitlines()[-1] or cell.source.rstrip().endswith(");")
    assert cell.alt, "describe the picture that stands for it on a page"


@pytest.mark.parametrize("name", APPENDICES)
def test_an_appendix_says_where_it_belongs(name: str) -> None:
    found = headings(APPENDICES[name])
    assert found[0].startswith("Appendix · ")
    assert "Recap" in found
    belongs = [lesson for lesson in LESSONS if f"({lesson}.ipynb" in markdown(APPENDICES[name])]
    assert any(f"({name}.ipynb" in markdown(LESSONS[lesson]) for lesson in belongs)


@pytest.mark.parametrize("item", SOURCES, ids=lambda item: item.name)
def test_no_link_is_written_as_code(item: build.Source) -> None:
    """In JupyterLab it would not look like a link."""
    assert re.findall(r"\[`[^`\]]*`\]\(", markdown(item)) == []


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_task_has_statement_example_and_three_hints(name: str) -> None:
    item = ASSIGNMENTS[name]
    statements = re.split(r"^## Task \d+ · ", markdown(item), flags=re.MULTILINE)[1:]
    assert len(statements) == len(tasks(item))
    for statement in statements:
        assert statement.count("**Example") >= 1, statement[:60]
        assert statement.count("<details><summary>Hint ") == 3, statement[:60]


@pytest.mark.parametrize("name", [*LESSONS, *APPENDICES])
def test_parameters_are_documented_and_used(name: str) -> None:
    """Each parameter has its type and meaning beside it, a value of that type, and a use.

    The next code cell refuses with a sentence what is out of its bounds.
    """
    cells = [cell for cell in CHAPTERS[name].cells if cell.kind == "code"]
    (parameters,) = [cell for cell in cells if "parameters" in cell.tags]
    bounds = parameter_bounds(cells[cells.index(parameters) + 1].source)
    lines = parameters.source.splitlines()
    used = {
        node.id
        for cell in cells
        if cell is not parameters
        for node in ast.walk(ast.parse(re.sub(r"^[%!].*$", "", cell.source, flags=re.MULTILINE)))
        if isinstance(node, ast.Name)
    }
    statements = ast.parse(parameters.source).body
    names = [statement.targets[0].id for statement in statements]
    assert "SEED" in names
    for statement, parameter in zip(statements, names, strict=True):
        comment = PARAMETER_COMMENT.search(lines[statement.end_lineno - 1])
        assert comment, f"{parameter}: say what it is, as in `# int: epochs`"
        value = ast.literal_eval(statement.value)
        assert type(value).__name__ == comment[1], f"{parameter}: {value!r} is no {comment[1]}"
        assert parameter in used, f"{parameter}: nothing uses it"
        assert parameter in bounds, f"{parameter}: no assert 1 <= {parameter} <= 9, 'Choose …'"
        least, most = bounds[parameter]
        assert least <= value <= most


def table_row(item: build.Source, name: str) -> str:
    """A row of the table at the top of a lesson."""
    return re.search(rf"^\| \*\*{name}\*\* \| (.*) \|$", markdown(item), re.MULTILINE)[1]


def test_the_map_says_what_the_chapters_say() -> None:
    """Title and time of each; its arrows are what they want to be known first."""
    map_ = CHAPTERS["00_index"]
    for number, item in enumerate(LESSONS.values(), start=1):
        [row] = re.findall(rf"^\| {number} \| .* \|$", markdown(map_), re.MULTILINE)
        _, _, title, _, seconds, _, _ = row.split("|")
        assert f"({item.name}.ipynb)" in title
        assert f"about {seconds.strip()} on" in table_row(item, "Running time"), row

    [code] = [cell.source for cell in map_.cells if cell.kind == "code"]
    arrows = [
        arrow
        for node in ast.parse(code).body
        if isinstance(node, ast.Assign | ast.AugAssign) and "arrows" in ast.unparse(node)
        for arrow in ast.literal_eval(node.value)
    ]
    before: dict[int, set[int]] = {number: set() for number in range(1, len(LESSONS) + 1)}
    for start, end in sorted(arrows, key=lambda arrow: arrow[1]):
        before[end] |= before[start] | {start}
    for number, item in enumerate(LESSONS.values(), start=1):
        links = re.findall(r"\((\d\d)_\w+\.ipynb\)", table_row(item, "Know first"))
        told = {int(link) for link in links}
        assert told <= before[number], f"{item.name}: no arrows from {told - before[number]}"
        drawn = {start for start, end in arrows if end == number}
        assert drawn <= told, f"{item.name}: an arrow from {drawn - told}, not told there"


@pytest.mark.parametrize("item", SOURCES, ids=lambda item: item.name)
def test_what_can_be_counted_is_not_written_by_hand(item: build.Source) -> None:
    """The numbers of tasks, their order and their points: the build knows them from the cells."""
    text = item.path.read_text()
    number = r"(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    assert re.findall(rf"(?i)\b{number} tasks?\b|\btask \d+|\b20 points", text) == []


@pytest.mark.parametrize("item", SOURCES, ids=lambda item: item.name)
def test_links_between_notebooks_lead_somewhere(item: build.Source) -> None:
    folder = Path("exercises") / item.name if item.is_assignment else Path("notebooks")
    targets = {f"notebooks/{name}.ipynb": chapter for name, chapter in CHAPTERS.items()}
    targets |= {f"exercises/{name}/{name}.ipynb": work for name, work in ASSIGNMENTS.items()}
    for link in LINK.findall(markdown(item)):
        if link.startswith(("http://", "https://")):
            continue
        path, _, fragment = link.partition("#")
        if path:
            target = (ROOT / folder / path).resolve().relative_to(ROOT)
            if target.suffix != ".ipynb":
                assert (ROOT / target).is_file(), f"{link}: no such file"
                continue
            assert str(target) in targets, f"{link}: no such notebook"
        linked = targets[str(target)] if path else item
        if fragment:
            assert fragment in map(anchor, headings(linked)), f"{link}: no such heading"


def test_no_two_headings_of_a_chapter_are_the_same() -> None:
    """Else a link to the second would lead to the first."""
    for name, item in LESSONS.items():
        found = headings(item)
        assert len(set(found)) == len(found), name


def test_coverage_is_complete() -> None:
    concepts = coverage.concepts(ROOT)
    assert len(concepts) >= 120
    ids = [concept["id"] for concept in concepts]
    assert len(set(ids)) == len(ids)
    # How many ideas the older material has on each subject: none may be lost.
    older = dict(A=8, B=12, C=7, D=12, E=4, F=15, G=15, H=15, I=11, J=2, K=11, L=3, M=3, N=2, O=2)
    wanted = {f"{letter}{i}" for letter, count in older.items() for i in range(1, count + 1)}
    assert wanted <= set(ids), f"missing: {sorted(wanted - set(ids))}"


def test_every_concept_is_taught_where_the_table_says() -> None:
    wrong = []
    for concept in coverage.concepts(ROOT):
        item = CHAPTERS.get(concept["chapter"])
        if item is None or concept["heading"] not in headings(item):
            wrong.append(f"{concept['id']}: {concept['chapter']} has no {concept['heading']!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", ASSIGNMENTS)
def test_every_task_has_a_section_to_read(name: str) -> None:
    sections = {cell.section for cell in ASSIGNMENTS[name].cells if cell.role == "answer"}
    assert sections <= set(headings(LESSONS[name.removeprefix("ex")]))
    assert len(sections) > 1, "not the same for all of them"
