"""The website is whole: every page and link, nothing from other hosts, and no secret."""

import re
import tomllib
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from leaks import lines_of_notebook, secret_lines
from places import ROOT, SAMPLES

from workbook.authors import links, site
from workbook.authors.build import build
from workbook.common.errors import WorkbookError


@pytest.fixture(scope="module")
def html(tmp_path_factory) -> Path:
    """The website, built once; that fails if a link is broken or a page loads from elsewhere."""
    target = tmp_path_factory.mktemp("site") / "html"
    site.build_site(ROOT, target)
    return target


class Text(HTMLParser):
    """Collects what a reader of a page can read, with code in prose between backticks."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.in_program = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.in_program |= tag == "pre"
        self._mark(tag)

    def handle_endtag(self, tag: str) -> None:
        self._mark(tag)
        self.in_program &= tag != "pre"

    def _mark(self, tag: str) -> None:
        if tag == "code" and not self.in_program:
            self.parts.append("`")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)

    def lines(self) -> set[str]:
        return {line.strip() for line in "".join(self.parts).splitlines()}


def leaks(folder: Path) -> set[tuple[str, str]]:
    """Secret lines of pages and of the notebooks behind their download buttons."""
    secrets = secret_lines(ROOT)
    found = set()
    for path in folder.rglob("*"):
        if path.suffix == ".html":
            lines = Text(path.read_text()).lines()
        elif path.suffix == ".ipynb":
            lines = lines_of_notebook(path.read_bytes())
        elif path.suffix in (".md", ".txt", ".py"):
            lines = {line.strip() for line in path.read_text().splitlines()}
        else:
            continue
        found |= {(path.name, line) for line in lines & secrets}
    return found


def test_every_notebook_is_a_page(html):
    notebooks = [*ROOT.glob("notebooks/*.ipynb"), *ROOT.glob("exercises/*/*.ipynb")]
    pages = [path.relative_to(ROOT).with_suffix(".html") for path in notebooks]
    assert len(pages) == 26
    assert [str(page) for page in pages if not (html / page).is_file()] == []
    index = (html / "searchindex.js").read_text()
    assert [str(page) for page in pages if str(page.with_suffix("")) not in index] == []


def test_pictures_have_their_descriptions(html):
    """Those that chapters draw, too; MyST-NB would give the path of the file."""
    pages = [*html.glob("notebooks/*.html"), *html.glob("docs/*.html")]
    pictures = [tag for page in pages for tag in re.findall(r"<img [^>]*>", page.read_text())]
    drawn = [tag for tag in pictures if "_images/" in tag]
    assert len(drawn) > 40
    described = re.compile(r'alt="[^"/]*[a-z] [a-z][^"]*"')
    assert [tag for tag in drawn if not described.search(tag)] == []


def test_outputs_links_to_colab_and_hints_are_there(html):
    chapter = (html / "notebooks/01_sequential.html").read_text()
    assert re.search(r'href="https://colab.research.google.com/github/[^>]*><kbd>Open', chapter)
    assert chapter.count('class="output ') > 20
    assignment = (html / "exercises/ex01_sequential/ex01_sequential.html").read_text()
    assert assignment.count("<details><summary>Hint ") == 18


def test_no_secret_is_shown(html):
    assert leaks(html) == set()
    names = {path.name for path in html.rglob("*")}
    # The last is a picture of an instructor's view of a solved task.
    assert not {"chapter.py", "exercises.py", "solutions", "submission.png"} & names


def test_a_secret_would_be_noticed(tmp_path):
    """Also where the colours of a program divide its line."""
    secret = max(secret_lines(ROOT), key=len)
    coloured = "".join(f"<span>&#{ord(letter)};</span>" for letter in secret)
    (tmp_path / "page.html").write_text(f"<pre>x = 1\n    {coloured}\n</pre>")
    assert leaks(tmp_path) == {("page.html", secret)}


def test_the_table_of_ideas_has_them_all(html):
    with open(ROOT / "chapters" / "coverage.toml", "rb") as file:
        concepts = tomllib.load(file)["concept"]
    page = (html / "coverage.html").read_text()
    assert page.count("<tr ") == len(concepts) + len({concept["chapter"] for concept in concepts})
    linked = links.read_page(html / "coverage.html").linked
    assert "notebooks/01_sequential.html#fit" in linked
    task = "exercises/ex01_sequential/ex01_sequential.html#task-1-dense-params-1-1-points"
    assert task in linked


@pytest.mark.parametrize("package", site.PACKAGES)
def test_the_reference_has_every_module(html, package):
    anchors = links.read_page(html / "api" / f"{package}.html").anchors
    folder = ROOT / "packages" / package / "src"
    paths = [path.relative_to(folder).with_suffix("") for path in folder.rglob("[!_]*.py")]
    modules = [".".join(path.parts) for path in paths]
    assert len(modules) > 40
    assert [name for name in modules if f"module-{name}" not in anchors] == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ('task = "area"', "chapters/coverage.toml: A1: ex05_sample has no task area"),
        ('chapter = "06_none"', "06_none.ipynb: there is no such file"),
    ],
)
def test_a_wrong_line_of_the_table_is_named(course, change, problem):
    root = course({"05_sample/chapter.py": (SAMPLES / "chapter.py").read_text()})
    build(root)
    exercise = root / "exercises" / "ex05_sample" / "ex05_sample.ipynb"
    exercise.parent.mkdir(parents=True)
    nbformat.write(nbformat.v4.new_notebook(), exercise)
    concept = {"chapter": 'chapter = "05_sample"', "task": ""} | {change.split()[0]: change}
    (root / "chapters" / "coverage.toml").write_text(
        '[[concept]]\nid = "A1"\nidea = "x"\nheading = "Words"\n' + "\n".join(concept.values())
    )
    with pytest.raises(WorkbookError, match=re.escape(problem)):
        site.coverage_page(root)


# ---------------------------------------------------------------- links


def test_what_is_broken_is_found(tmp_path):
    pages = {
        "index.html": '<a href="sub/page.html#there">a</a><a href="sub/">b</a><img src="no.png">',
        "sub/page.html": '<p id="there"></p><a href="../index.html#not-there">a</a>'
        '<a href="../../index.html">b</a><a href="https://example.org/">c</a>'
        '<script src="https://cdn.example.org/x.js"></script>',
        "style.css": '@import "//fonts.example.org/css"; a { background: url(data:image/png;x) }',
    }
    for name, text in pages.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    assert links.problems(tmp_path) == [
        "index.html: no.png: no such file",
        "index.html: sub/: a folder, not a page",
        "sub/page.html: ../../index.html: outside of the site",
        "sub/page.html: ../index.html#not-there: no such place in the page",
        "sub/page.html: loads https://cdn.example.org/x.js from the network",
        "style.css: loads //fonts.example.org/css from the network",
    ]


@pytest.mark.parametrize(
    ("link", "becomes"),
    [
        ("../nbgrader_config.py", "https://github.com/owner/course/blob/main/nbgrader_config.py"),
        ("../README.md", "../index.md"),
        ("other.md#part", "other.md#part"),
        ("https://example.org/x.md", "https://example.org/x.md"),
        ("missing.md", "missing.md"),
    ],
)
def test_links_of_a_page_lead_to_the_site_or_the_repository(tmp_path, link, becomes):
    (tmp_path / "docs").mkdir()
    files = {
        "pyproject.toml": '[tool.workbook]\nrepository = "owner/course"\n',
        "nbgrader_config.py": "",
        "README.md": "",
        "docs/other.md": "",
        "docs/page.md": f"See [it]({link}).\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    page = site.markdown_page(tmp_path, tmp_path / "docs" / "page.md")
    assert page == f"See [it]({becomes}).\n"


@pytest.mark.parametrize(
    ("anchor", "slug"),
    [
        ("Fit", "fit"),
        ("Choose-the-threshold,-don%27t-inherit-it", "choose-the-threshold-dont-inherit-it"),
        ("training=True,-or-not", "trainingtrue-or-not"),
    ],
)
def test_anchors_of_jupyterlab_become_those_of_the_site(anchor, slug):
    assert site.slug(anchor) == slug
