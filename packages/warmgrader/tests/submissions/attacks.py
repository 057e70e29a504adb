"""Attacks by what is in the files: tags, metadata, outputs, links, folders that are shipped.

Attacks by code that runs are in the folder `code`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable

from case import Desk, case
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output
from three_tasks import ASSIGNMENT, NOTEBOOK, RIGHT, TESTS, find, position


def change(name: str, says: str = "") -> Callable:
    """Register a function that changes a notebook with wrong answers before it is handed in."""

    def register(edit: Callable[[NotebookNode], None]) -> None:
        def write(desk: Desk) -> None:
            notebook = desk.wrong()
            edit(notebook)
            desk.write(notebook)

        case(name, says)(write)

    return register


def tests(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the test cells."""
    return [find(notebook, grade_id) for grade_id in TESTS]


def tag(name: str, **metadata: object) -> None:
    """Register a case where the test cells have metadata of the student's."""

    @change(name)
    def _(notebook: NotebookNode) -> None:
        for cell in tests(notebook):
            cell.metadata.update(metadata)


tag("attack-skip-tag-gets-0", tags=["skip-execution"])
tag("attack-raises-exception-tag-gets-0", tags=["raises-exception"])
tag("attack-remove-cell-tags-gets-0", tags=["remove_cell", "remove-output", "nbval-skip", "hide"])
tag("attack-injected-parameters-tag-gets-0", tags=["parameters", "injected-parameters"])
tag(
    "attack-not-executed-metadata-gets-0", execution={"skip": True}, jupyter={"source_hidden": True}
)


@change("attack-skip-tag-on-the-notebook-gets-0")
def _(notebook: NotebookNode) -> None:
    notebook.metadata["tags"] = ["skip-execution"]
    notebook.metadata["execution"] = {"allow_errors": True, "timeout": -1}
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution", "raises-exception"]


@change("attack-honest-tags-stay-gets-2")
def _(notebook: NotebookNode) -> None:
    find(notebook, "scale").source = RIGHT["scale"]
    for cell in notebook.cells:
        cell.metadata["tags"] = ["skip-execution"]


STEAL = """
trace = kept.__traceback__
while trace is not None:
    if "baseline" in trace.tb_frame.f_locals:
        trace.tb_frame.f_locals["baseline"]["transform"] = lambda code: "2"
    trace = trace.tb_next
"""


@change("attack-exception-keeps-the-frames-gets-0")
def _(notebook: NotebookNode) -> None:
    answer = "kept = ValueError('kept')\ndef mean(values):\n    raise kept"
    find(notebook, "mean").source = answer
    notebook.cells.insert(position(notebook, "mean_hidden"), new_code_cell(STEAL))


@change("attack-points-raised-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.metadata.nbgrader.points = 1000


@change("attack-negative-points-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.metadata.nbgrader.points = -1e308


@change("attack-points-infinite-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.metadata.nbgrader.points = float("inf")


@change("attack-tests-replaced-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.source = "assert True"


@change("attack-tests-replaced-and-unlocked-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.source = "2.0"
        cell.metadata.nbgrader.update(locked=False, solution=True, checksum="0" * 32)


@change("attack-tests-made-manual-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.metadata.nbgrader.update(solution=True)


@change("attack-tests-made-task-cells-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.metadata.nbgrader.update(task=True, grade=False)


@change("attack-tests-not-graded-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.metadata.nbgrader.update(grade=False, locked=False)
        cell.metadata.nbgrader.pop("points")


@change("attack-tests-deleted-gets-0")
def _(notebook: NotebookNode) -> None:
    notebook.cells = [cell for cell in notebook.cells if cell not in tests(notebook)]


@change("attack-ids-of-tests-on-own-cells-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        own = new_code_cell("2.0", metadata={"nbgrader": dict(cell.metadata.nbgrader)})
        own.metadata.nbgrader.update(locked=False)
        notebook.cells.append(own)
        del cell.metadata["nbgrader"]


@change("attack-ids-of-tests-on-text-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        meta = dict(cell.metadata.nbgrader)
        at = notebook.cells.index(cell)
        notebook.cells[at] = new_markdown_cell("passed", metadata={"nbgrader": meta})


@change("attack-easy-test-instead-of-hard-gets-0")
def _(notebook: NotebookNode) -> None:
    for grade_id in TESTS:
        cell = find(notebook, grade_id)
        cell.source = find(notebook, "total_score").source
    find(notebook, "mean").source = "total = lambda values: 3\ndef mean(values):\n    return -1"


@change("attack-own-graded-cell-gets-0")
def _(notebook: NotebookNode) -> None:
    meta = {**find(notebook, "mean_check").metadata.nbgrader, "grade_id": "bonus", "points": 50}
    notebook.cells.append(new_code_cell("assert True", metadata={"nbgrader": meta}))


@change("attack-answer-graded-by-hand-gets-0")
def _(notebook: NotebookNode) -> None:
    find(notebook, "mean").metadata.nbgrader.update(grade=True, points=6)


@change("attack-tests-as-raw-with-outputs-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.cell_type = "raw"


@change("attack-fake-outputs-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        points = cell.metadata.nbgrader.points
        cell.outputs = [new_output("execute_result", {"text/plain": str(points)})]
        cell.execution_count = 1


@change("attack-fake-outputs-in-stripped-cells-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.outputs = [new_output("execute_result", {"text/plain": "2.0"})]
        cell.metadata = NotebookNode()


@change("attack-tests-above-everything-gets-0")
def _(notebook: NotebookNode) -> None:
    moved = tests(notebook)
    notebook.cells = moved + [cell for cell in notebook.cells if cell not in moved]
    notebook.cells.insert(0, new_code_cell("mean = scale = total = None"))


@change("attack-kernelspec-of-a-shell-gets-0")
def _(notebook: NotebookNode) -> None:
    notebook.metadata["kernelspec"] = {
        "name": "../../evil", "display_name": "x", "language": "bash", "argv": ["touch", "/tmp/x"],
    }  # fmt: skip


@change("attack-second-notebook-for-the-test-ids-gets-0")
def _(notebook: NotebookNode) -> None:
    notebook.metadata["nbgrader"] = {"points": 100}
    notebook.cells += [
        new_code_cell("2.0", id=f"copy{n}", metadata=cell.metadata)
        for n, cell in enumerate(tests(notebook))
    ]


@change("attack-magic-swallows-the-test-gets-0")
def _(notebook: NotebookNode) -> None:
    for cell in tests(notebook):
        cell.source = "%%script false --no-raise-error\n" + cell.source


@case("attack-deeply-nested-json-gets-0", "not a notebook")
def _(desk: Desk) -> None:
    desk.path.write_text("[" * 200_000)


@case("attack-deeply-nested-metadata-gets-0")
def _(desk: Desk) -> None:
    text = json.dumps(json.loads(desk.text(**{"mean": "mean = 0", "scale": "0", "total": "0"})))
    deep = '{"a":' * 3000 + "1" + "}" * 3000
    desk.path.write_text(text.replace('"metadata": {', f'"metadata": {{"deep": {deep},', 1))


@case("attack-huge-number-gets-0", "not a notebook")
def _(desk: Desk) -> None:
    desk.path.write_text(desk.text().replace('"execution_count": null', '"x": ' + "9" * 10_000, 1))


@case("attack-many-small-values-gets-0", "too many values")
def _(desk: Desk) -> None:
    desk.path.write_text('{"cells": [' + "[]," * 10_000_000 + "1]}")


@case("attack-formula-as-a-file-name-gets-0", "symbolic link")
def _(desk: Desk) -> None:
    desk.write(desk.wrong())
    (desk.folder / "=HYPERLINK(A1,B1)").symlink_to("nowhere")


@case("attack-notebook-of-30-megabytes-gets-0")
def _(desk: Desk) -> None:
    notebook = desk.wrong()
    notebook.cells.append(new_markdown_cell("x" * 30_000_000))
    desk.write(notebook)


@case("attack-twenty-thousand-cells-gets-0", "more than 5000 cells")
def _(desk: Desk) -> None:
    notebook = desk.wrong()
    cell = {"cell_type": "markdown", "metadata": {}, "source": "text"}
    notebook.cells += [NotebookNode(cell, id=f"c{n}") for n in range(20_000)]
    desk.write(notebook)


@case("attack-a-hundred-copies-of-each-test-gets-0")
def _(desk: Desk) -> None:
    notebook = desk.wrong()
    copies = [NotebookNode(cell) for cell in tests(notebook) for _ in range(100)]
    notebook.cells += copies
    desk.write(notebook)


# Links and folders.


@case("attack-link-to-a-classmate-gets-0", "symbolic link")
def _(desk: Desk) -> None:
    desk.path.symlink_to(desk.neighbour / f"{NOTEBOOK}.ipynb")


@case("attack-relative-link-to-a-classmate-gets-0", "symbolic link")
def _(desk: Desk) -> None:
    target = os.path.relpath(desk.neighbour / f"{NOTEBOOK}.ipynb", desk.folder)
    desk.path.symlink_to(target)


@case("attack-link-to-the-source-gets-0", "symbolic link")
def _(desk: Desk) -> None:
    desk.path.symlink_to(desk.course / "source" / ASSIGNMENT / f"{NOTEBOOK}.ipynb")


@case("attack-renamed-link-gets-0", "symbolic link")
def _(desk: Desk) -> None:
    (desk.folder / "ex01 (1).ipynb").symlink_to(desk.neighbour / f"{NOTEBOOK}.ipynb")


@case("attack-folder-is-a-link-gets-0", "symbolic link")
def _(desk: Desk) -> None:
    desk.folder.rmdir()
    desk.folder.symlink_to(desk.neighbour)


@case("attack-linked-subfolder-gets-0", "symbolic link")
def _(desk: Desk) -> None:
    (desk.folder / ASSIGNMENT).symlink_to(desk.neighbour)


@case("attack-linked-data-gets-0", "symbolic link")
def _(desk: Desk) -> None:
    desk.write(desk.wrong(mean="print(open('stolen').read())"))
    (desk.folder / "stolen").symlink_to(desk.course / "source" / ASSIGNMENT / f"{NOTEBOOK}.ipynb")
    (desk.folder / "everything").symlink_to(desk.course)


@case("attack-endless-link-gets-0", "symbolic link")
def _(desk: Desk) -> None:
    desk.path.symlink_to(desk.path.name)


@case("attack-dangling-timestamp-gets-0", "symbolic link")
def _(desk: Desk) -> None:
    desk.write(desk.wrong())
    (desk.folder / "timestamp.txt").symlink_to("/nowhere")


@case("attack-notebook-is-a-pipe-gets-0", "no notebook")
def _(desk: Desk) -> None:
    os.mkfifo(desk.path)


@case("attack-path-as-long-as-can-be-gets-0", "in too many folders")
def _(desk: Desk) -> None:
    desk.write(desk.wrong())
    deepest = os.pathconf(desk.folder, "PC_PATH_MAX") - len(str(desk.folder)) - 10
    folder = os.open(desk.folder, os.O_RDONLY)
    for name in [*["d" * 99] * (deepest // 100), "d" * (deepest % 100), "file"]:
        if name == "file":
            os.close(os.open(name, os.O_CREAT, dir_fd=folder))
        elif name:
            os.mkdir(name, dir_fd=folder)
            above, folder = folder, os.open(name, os.O_RDONLY, dir_fd=folder)
            os.close(above)
    os.close(folder)


def ship(name: str, files: dict[str, str]) -> None:
    """Register a case where files come with the notebook that Python might load."""

    @case(name)
    def _(desk: Desk) -> None:
        desk.write(desk.wrong())
        for file, content in files.items():
            path = desk.folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)


ALWAYS = """
class _Any:
    def __getattr__(self, name):
        return self
    def __call__(self, *args, **kwargs):
        return self
import sys
def __getattr__(name):
    return _Any()
testing = _Any()
"""
PATCH = """
import builtins, os
builtins.int = lambda *a: 1
builtins.list = lambda *a: [0]
try:
    os.makedirs('/tmp/leftover-7351', exist_ok=True)
except OSError:
    pass
"""
STARTUP = "get_ipython().run_code = None\nint = lambda *a: 1\nlist = lambda *a: [0]\n"

ship("attack-ships-numpy-gets-0", {"numpy/__init__.py": ALWAYS})
ship("attack-ships-numpy-module-gets-0", {"numpy.py": ALWAYS})
ship("attack-ships-numpy-testing-gets-0", {"numpy/testing.py": ALWAYS, "numpy/__init__.py": ALWAYS})
ship("attack-ships-sitecustomize-gets-0", {"sitecustomize.py": PATCH, "usercustomize.py": PATCH})
ship("attack-ships-conftest-gets-0", {"conftest.py": PATCH, "pytest.ini": "[pytest]\n"})
ship("attack-ships-pth-gets-0", {"evil.pth": "import os; os.makedirs('/tmp/leftover-7351')\n"})
ship("attack-ships-ipython-gets-0", {"IPython/__init__.py": PATCH, "ipykernel/__init__.py": PATCH})
ship("attack-ships-standard-library-gets-0", {f"{m}.py": PATCH for m in ("ast", "json", "typing")})
ship(
    "attack-ships-startup-files-gets-0",
    {
        ".ipython/profile_default/startup/00.py": STARTUP,
        "profile_default/startup/00.py": STARTUP,
        "ipython_config.py": "c = get_config()\nc.InteractiveShellApp.exec_lines = ['int = 1']\n",
        "ipython_kernel_config.py": "c = get_config()\nc.IPKernelApp.exec_lines = ['int = 1']\n",
        ".pythonrc.py": STARTUP,
        ".pdbrc": "import os",
    },
)
ship(
    "attack-ships-configuration-gets-0",
    {
        "nbgrader_config.py": PATCH,
        "jupyter_config.py": PATCH,
        ".jupyter/jupyter_nbconvert_config.py": PATCH,
        "templates/feedback/index.html.j2": "{{ resources }}",
        "kernels/python3/kernel.json": '{"argv": ["touch", "/tmp/leftover-7351"]}',
        ".local/share/jupyter/kernels/python3/kernel.json": '{"argv": ["false"]}',
        "gradebook.db": "not a database",
    },
)
ship(
    "attack-ships-matplotlibrc-gets-0", {"matplotlibrc": "backend: module://evil", "evil.py": PATCH}
)
ship(
    "attack-ships-warmgrader-gets-0",
    {"warmgrader/__init__.py": PATCH, "nbgrader/__init__.py": PATCH},
)
ship(
    "attack-ships-values-gets-0",
    {"values.csv": "=cmd|' /C calc'!A0", "source/ps1/ex01.ipynb": "{}"},
)


# Code that would run in the browser of whoever reads the feedback.

SCRIPT = "<script>document.title = 'steal_7351'</script>"
ATTRIBUTE = '<img src="x" onerror="steal_7351()">'
LINK = "[click](javascript:steal_7351())"
FRAME = '<iframe srcdoc="<script>steal_7351()</script>"></iframe>'
SVG = '<svg xmlns="http://www.w3.org/2000/svg" onload="steal_7351()"><script>steal_7351()</script></svg>'


@change("attack-script-in-text-gets-0")
def _(notebook: NotebookNode) -> None:
    for text in (SCRIPT, ATTRIBUTE, LINK, FRAME, SVG):
        notebook.cells.insert(0, new_markdown_cell(text))
    find(notebook, "essay").source = f"{SCRIPT}\n\n{ATTRIBUTE}\n\n{LINK}\n\n{FRAME}"


@change("attack-script-in-formula-gets-0")
def _(notebook: NotebookNode) -> None:
    notebook.cells.append(new_markdown_cell(f"$$ x {SCRIPT} $$ and `` {ATTRIBUTE} ``"))
    notebook.cells.append(new_markdown_cell("<style>body{background:url(//steal_7351)}</style>"))
    notebook.cells.append(new_markdown_cell("</div></body><base href='//steal_7351'>" + FRAME))


@change("attack-script-in-attachment-gets-0")
def _(notebook: NotebookNode) -> None:
    cell = new_markdown_cell("![x](attachment:x.svg)")
    cell["attachments"] = {"x.svg": {"image/svg+xml": SVG, "text/html": SCRIPT}}
    notebook.cells.append(cell)


@change("attack-script-in-raw-cell-gets-0")
def _(notebook: NotebookNode) -> None:
    raw = NotebookNode(cell_type="raw", id="raw", source=SCRIPT, metadata={"format": "text/html"})
    notebook.cells.append(raw)


@change("attack-script-in-metadata-gets-0")
def _(notebook: NotebookNode) -> None:
    notebook.metadata["title"] = SCRIPT
    notebook.metadata["language_info"] = {
        "name": SCRIPT,
        "pygments_lexer": '"><script>steal_7351()',
    }
    state = {"m": {"model_name": SCRIPT, "state": {"value": SCRIPT}}}
    notebook.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": state}}


@change("attack-script-in-source-gets-0")
def _(notebook: NotebookNode) -> None:
    find(notebook, "mean").source = f"# {SCRIPT}\nmean = '''{ATTRIBUTE}'''\nraise ValueError(mean)"


@case("attack-script-in-student-id-gets-0", student="<b onclick=steal_7351()>mia")
def _(desk: Desk) -> None:
    desk.write(desk.wrong())


@change("attack-script-in-grade-id-gets-0")
def _(notebook: NotebookNode) -> None:
    find(notebook, "mean").metadata.nbgrader.grade_id = SCRIPT


def display(name: str, mime: str, content: str) -> None:
    """Register a case that displays something with code for the browser in it."""

    @change(name)
    def _(notebook: NotebookNode) -> None:
        source = (
            f"from IPython.display import display\ndisplay({{{mime!r}: {content!r}}}, raw=True)"
        )
        notebook.cells.insert(position(notebook, "mean"), new_code_cell(source))
        find(
            notebook, "mean"
        ).source = f"def mean(values):\n    display({{{mime!r}: {content!r}}}, raw=True)"


display("attack-script-in-html-gets-0", "text/html", SCRIPT + ATTRIBUTE + FRAME)
display("attack-script-in-svg-gets-0", "image/svg+xml", SVG)
display("attack-script-in-javascript-gets-0", "application/javascript", "steal_7351()")
display("attack-script-in-latex-gets-0", "text/latex", f"$$x$$ {SCRIPT}")
display("attack-script-in-markdown-output-gets-0", "text/markdown", SCRIPT + LINK)
display("attack-script-in-png-gets-0", "image/png", '"><script>steal_7351()</script>')
display("attack-script-in-terminal-colours-gets-0", "text/plain", f"\x1b[31m{SCRIPT}\x1b]8;;x\x07")
