"""The course website: `workbook site`, which `make site` calls.

The pages are those of the repository, at the same paths, so that links between them hold. What is
made for the site alone: the front page and the pictures (site/), the table of what is taught where
(from chapters/coverage.toml) and the reference (from docstrings).
"""

import pkgutil
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from urllib.parse import unquote

import nbformat
from myst_parser.mdit_to_docutils.base import default_slugify

from workbook.authors import coverage, links
from workbook.authors.placeholders import settings
from workbook.common import paths
from workbook.common.errors import WorkbookError
from workbook.common.tasks import read_notebook

#: What of the repository is shown; never the sources, solutions or answers.
SHOWN = (
    "README.md",
    "CONTRIBUTING.md",
    "data/DATA.md",
    "docs/**/*",
    "notebooks/*.ipynb",
    "exercises/*/*.ipynb",
)
#: Pages that another command writes, and what stands in for one that it has not written.
LATER = {
    "docs/bench/README.md": "# Benchmark\n\nNothing has been measured yet: `make bench` does.\n",
}
PACKAGES = ("workbook", "warmgrader")

_NOTEBOOK_ANCHOR = re.compile(r"(?<=\]\()([^()\s#]*\.ipynb|)#([^()\s]+)(?=\))")
_MARKDOWN_LINK = re.compile(r"(?<!!)\[([^\[\]]*)\]\(([^()\s#:]+)(#[^()\s]*)?\)")


def site_command() -> None:
    """What `workbook site` does."""
    root = paths.find_root()
    target = root / "build" / "site"
    build_site(root, target)
    print(f"The website is made; open {target.relative_to(root) / 'index.html'}")


def build_site(root: Path, target: Path) -> None:
    """Make the website of a course anew; an earlier one stays if that fails.

    Args:
        root: the course.
        target: the folder that will have `index.html`.

    Raises:
        WorkbookError: Sphinx warns of something, or a link in the pages leads nowhere.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".site-") as folder:
        source, html = Path(folder) / "source", Path(folder) / "html"
        stage(root, source)
        _run_sphinx(root / "site", source, html)
        problems = links.problems(html)
        if problems:
            raise WorkbookError(*problems)
        shutil.rmtree(target, ignore_errors=True)
        html.rename(target)


def _run_sphinx(configuration: Path, source: Path, html: Path) -> None:
    options = ["--jobs", "auto", "--fail-on-warning", "--keep-going"]
    folders = ["--conf-dir", configuration, "--doctree-dir", html.with_name("doctrees")]
    command = [sys.executable, "-m", "sphinx", *options, *folders, source, html]
    if subprocess.run(command, check=False).returncode:
        raise WorkbookError("the website was not made: see Sphinx's warnings above")


def stage(root: Path, source: Path) -> None:
    """Put the pages of the site where Sphinx reads them, with links as the site needs them."""
    for path in _shown(root):
        name = path.relative_to(root)
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".ipynb":
            target.write_text(notebook_page(path))
        elif path.suffix == ".md":
            target.write_text(markdown_page(root, path))
        else:
            shutil.copy(path, target)
    shutil.copytree(root / "site", source, dirs_exist_ok=True, ignore=_configuration)
    pages = {name: text for name, text in LATER.items() if not (source / name).exists()}
    pages["coverage.md"] = coverage_page(root)
    pages |= {f"api/{package}.md": api_page(package) for package in PACKAGES}
    for name, text in pages.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text)


def _configuration(folder: str, names: list[str]) -> set[str]:
    """What in site/ is no page."""
    return {"conf.py", "static", "__pycache__", ".ipynb_checkpoints"} & set(names)


def _shown(root: Path) -> Iterator[Path]:
    for pattern in SHOWN:
        for path in sorted(root.glob(pattern)):
            hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
            if path.is_file() and not hidden:
                yield path


def notebook_page(path: Path) -> str:
    """A notebook whose links work on the site, and whose pictures have their descriptions."""
    notebook = read_notebook(path)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = _NOTEBOOK_ANCHOR.sub(
                lambda link: f"{link[1]}#{slug(link[2])}", cell.source
            )
        elif alt := cell.metadata.get("alt"):
            cell.metadata["mystnb"] = {"image": {"alt": alt}}
    return nbformat.writes(notebook)


def slug(anchor: str) -> str:
    """MyST's anchor of the heading that JupyterLab's `#Heading-text` means."""
    return default_slugify(unquote(anchor))


def markdown_page(root: Path, path: Path) -> str:
    """A page whose links to files that the site does not show lead to the repository on GitHub.

    Where the course is not public, they are no links.
    """
    repository, branch = settings(root)
    shown = set(_shown(root))

    def link(match: re.Match[str]) -> str:
        text, name, anchor = match[1], match[2], match[3] or ""
        target = (path.parent / name).resolve()
        if target == root / "README.md":
            return f"[{text}]({name.replace('README.md', 'index.md')}{anchor})"
        if target in shown or not target.exists() or root not in target.parents:
            return match[0]
        if not repository:
            return text
        address = f"https://github.com/{repository}/blob/{branch}/{target.relative_to(root)}"
        return f"[{text}]({address}{anchor})"

    return _MARKDOWN_LINK.sub(link, path.read_text(encoding="utf-8"))


def coverage_page(root: Path) -> str:
    """The table of what is taught where, a section for each chapter."""
    concepts = coverage.concepts(root)
    lines = [
        "# What is taught where",
        "",
        f"{len(concepts)} ideas: the section that shows each of them, and the task that asks for it.",
    ]
    for chapter in sorted({concept["chapter"] for concept in concepts}):
        title = headings(paths.notebook_of(root, chapter))[0]
        assignment = paths.exercise_of(root, f"ex{chapter}")
        tasks = headings(assignment) if assignment.exists() else []  # an appendix has none
        lines += ["", f"## {title}", "", "| idea | section | task |", "|---|---|---|"]
        for concept in concepts:
            if concept["chapter"] == chapter:
                lines.append(_coverage_row(concept, tasks))
    return "\n".join(lines) + "\n"


def _coverage_row(concept: dict[str, str], tasks: list[str]) -> str:
    """One idea, its section and its task; `tasks` are the headings of the assignment."""
    chapter, section, task = concept["chapter"], concept["heading"], concept.get("task")
    idea = re.sub(r"([\\|*_<`\[\]])", r"\\\1", concept["idea"])
    # On a phone, long lists of names break, too.
    idea = re.sub(r"[/,](?=\S)", r"\g<0><wbr>", idea)
    cells = [idea, _link(section, f"notebooks/{chapter}.ipynb", section), ""]
    if task:
        heading = next((heading for heading in tasks if f"`{task}`" in heading), None)
        if heading is None:
            raise WorkbookError(
                f"chapters/coverage.toml: {concept['id']}: ex{chapter} has no task {task}"
            )
        cells[2] = _link(f"`{task}`", f"exercises/ex{chapter}/ex{chapter}.ipynb", heading)
    return f"| {' | '.join(cells)} |"


def _link(text: str, page: str, heading: str) -> str:
    return f"[{text}]({page}#{default_slugify(heading.replace('`', ''))})"


def headings(path: Path) -> list[str]:
    """The headings of a notebook, in order."""
    cells = read_notebook(path).cells
    text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return re.findall(r"^#{1,6} +(.+?) *$", text, re.MULTILINE)


def api_page(package: str) -> str:
    """The reference of a package: what the docstrings of its modules say."""
    root = import_module(package)
    names = [module.name for module in pkgutil.walk_packages(root.__path__, f"{package}.")]
    lines = [f"# {package}"]
    for name in [package, *sorted(names)]:
        if not name.endswith("__main__") and import_module(name).__doc__:
            directive = ["```{eval-rst}", f".. automodule:: {name}", "```"]
            lines += ["", f"## `{name}`", "", *directive]
    return "\n".join(lines) + "\n"
