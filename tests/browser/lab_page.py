"""A running `make lab` and its page in a browser: the words that test_loop.py is written in."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import nbformat
from places import ROOT
from playwright.sync_api import Browser, Locator, Page, expect

# Milliseconds for a step that starts a kernel and imports Keras on a busy machine.
PATIENCE = 180_000


@contextmanager
def server(course: Path, environment: dict[str, str], *options: str) -> Iterator[str]:
    """`workbook lab` on a course, as long as the block runs; gives the address that it prints."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [Path(sys.executable).with_name("workbook"), "lab", "--port", str(port), *options]
    log = course / f"lab-{port}.log"
    with log.open("w") as file:
        process = subprocess.Popen(
            command,
            cwd=course,
            env={**os.environ, **environment},
            stdout=file,
            stderr=file,
        )
    try:
        deadline = time.monotonic() + PATIENCE / 1000
        while "http" not in log.read_text():
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        # What the terminal says is what its reader opens.
        [address] = [word for word in log.read_text().split() if "http" in word]
        yield address
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()


def copy_of(names: list[str], root: Path) -> Path:
    """A course of these files and folders of this one."""
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    return root


class Lab:
    """JupyterLab as somebody has it before them."""

    def __init__(
        self, browser: Browser, address: str, screenshots: Path | None, width: int = 1280
    ) -> None:
        """Open the page.

        Args:
            browser: where to open it.
            address: the page's.
            screenshots: a folder for them, or None for no screenshots.
            width: of the window, in pixels.
        """
        self.screenshots = screenshots
        context = browser.new_context(viewport={"width": width, "height": 860})
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()
        self.page.goto(address)
        expect(self.panel).to_be_visible()

    @property
    def panel(self) -> Locator:
        """The document in front."""
        return self.page.locator("#jp-main-dock-panel > .jp-MainAreaWidget:not(.lm-mod-hidden)")

    @property
    def tab(self) -> Locator:
        """The tab of the document in front."""
        return self.page.locator("#jp-main-dock-panel .lm-TabBar-tab.jp-mod-current")

    @property
    def dialog(self) -> Locator:
        """The dialog that waits for an answer."""
        return self.page.locator(".jp-Dialog")

    @property
    def tabs(self) -> list[str]:
        """The names of all open documents."""
        return self.page.locator("#jp-main-dock-panel .lm-TabBar-tabLabel").all_inner_texts()

    @property
    def modified(self) -> Locator:
        """The tabs of documents that are not saved."""
        return self.page.locator("#jp-main-dock-panel .lm-TabBar-tab.jp-mod-dirty")

    def screenshot(self, name: str) -> None:
        """Store the page as it is for the documentation, if that is wanted."""
        if self.screenshots:
            self.page.mouse.move(640, 5)  # away from what would show a tooltip
            self.page.screenshot(path=self.screenshots / f"{name}.png")

    def items(self, menu: str) -> list[str]:
        """What a menu of the bar offers."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=menu).click()
        labels = self.page.locator(".lm-Menu-itemLabel:visible")
        labels.first.wait_for()
        texts = labels.all_inner_texts()
        self.page.keyboard.press("Escape")
        return [text for text in texts if text]

    def choose(self, menu: str, item: str) -> None:
        """Choose what a menu of the bar offers."""
        self.page.locator(".lm-MenuBar-itemLabel", has_text=menu).click()
        self.page.locator(".lm-Menu-itemLabel", has_text=item).first.click()

    def open(self, path: str) -> None:
        """Open a file by its path."""
        self._go_to(path)
        expect(self.tab).to_contain_text(Path(path).name)

    def open_as_notebook(self, path: str) -> None:
        """Open a script with jupytext."""
        folder, _, name = path.rpartition("/")
        self.sidebar("File Browser")
        self._go_to(folder)
        self.page.get_by_role("listitem", name=name).click(button="right")
        self.page.locator(".lm-Menu-itemLabel", has_text="Open With").hover()
        self.page.locator(".lm-Menu-itemLabel", has_text="Jupytext Notebook").click()
        expect(self.tab).to_contain_text(name)

    def _go_to(self, path: str) -> None:
        self.choose("File", "Open from Path")
        self.dialog.locator("input").fill(path)
        self.confirm()

    def sidebar(self, name: str) -> None:
        """Show a panel of the left sidebar; a click on the one that is open would hide it."""
        tab = self.page.get_by_role("tab", name=name)
        if tab.get_attribute("aria-selected") != "true":
            tab.click()

    def show(self, heading: str) -> None:
        """Go to a heading of the notebook in front by its table of contents."""
        self.sidebar("Table of Contents")
        self.page.locator(".jp-tocItem-content", has_text=heading).click()
        expect(self.panel.get_by_role("heading", name=heading)).to_be_in_viewport()

    def idle(self) -> None:
        """Wait until the notebook in front has a kernel, which says that it has nothing to do.

        It says so also before it has heard of what it was just asked to do, and between two cells.
        """
        expect(self.panel.locator(".jp-KernelName")).to_contain_text("Python 3")
        indicator = self.panel.locator(".jp-Notebook-ExecutionIndicator")
        expect(indicator).to_have_attribute("data-status", "idle")

    def run_all(self, file: Path) -> nbformat.NotebookNode:
        """Run all cells of the notebook in front, to the end or to the first error.

        Cells that are scrolled away need not be in the page: the saved file says what has run.

        Args:
            file: the notebook's.

        Returns:
            The notebook as it was then saved.
        """
        self.idle()
        self.choose("Edit", "Clear Outputs of All Cells")  # and the stored numbers of the cells
        self.choose("Run", "Run All Cells")
        deadline = time.monotonic() + PATIENCE / 1000
        while True:
            self.idle()
            self.save()
            notebook = nbformat.read(file, as_version=4)
            cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
            outputs = [output for cell in cells for output in cell.outputs]
            if all(cell.execution_count for cell in cells) or any(
                output.output_type == "error" for output in outputs
            ):
                return notebook
            assert time.monotonic() < deadline, f"{file.name} has not run to its end"

    def cell(self, text: str) -> Locator:
        """The code cell that has a text."""
        return self.panel.locator(".jp-CodeCell", has_text=text).first

    def write(self, cell: Locator, source: str) -> None:
        """Replace what is in a cell, by the keyboard."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+a")
        self.page.keyboard.insert_text(source)

    def append(self, cell: Locator, line: str) -> None:
        """Write a line at the end of a cell."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("ControlOrMeta+End")
        self.page.keyboard.insert_text(f"\n{line}")

    def save(self) -> None:
        """Save the notebook in front, and wait until the file is written."""
        with self.page.expect_request(
            lambda request: request.method == "PUT" and "/api/contents/" in request.url
        ) as request:
            self.page.keyboard.press("ControlOrMeta+s")
        response = request.value.response()
        assert response and response.ok, "JupyterLab could not save the notebook"

    def validate(self) -> str:
        """Press the button Validate; returns what the dialog says."""
        self.panel.get_by_role("button", name="Validate").click()
        return self.dialog.inner_text()

    def confirm(self) -> None:
        """Close a dialog by its main button."""
        self.dialog.locator(".jp-mod-accept").click()
        expect(self.dialog).to_have_count(0)


class Formgrader:
    """nbgrader's page for instructors, in a tab of JupyterLab."""

    def __init__(self, lab: Lab) -> None:
        """Open it from the menu."""
        lab.choose("Nbgrader", "Formgrader")
        self.lab = lab
        self.frame = lab.panel.frame_locator("iframe")

    def press(self, icon: str) -> str:
        """Click a symbol in the first row of the table; returns what the message then says."""
        self.frame.locator(f"tbody a:has(.glyphicon-{icon})").first.click()
        message = self.frame.locator(".modal.in")
        message.wait_for()
        text = message.inner_text()
        message.locator(".modal-footer button").click()
        expect(self.frame.locator(".modal")).to_have_count(0)
        return text

    def follow(self, link: str) -> None:
        """Click a link and wait until its page has taken the place of this one."""
        page = self.lab.page
        with page.expect_event("framenavigated", lambda frame: frame != page.main_frame):
            self.frame.get_by_role("link", name=link, exact=True).last.click()

    def comment(self, task: str, text: str) -> None:
        """Write a comment below the answer to a task, and wait until it is stored."""
        box = self.frame.locator(f"#{task}-comment")
        # Set by the script that stores what is written, when it has loaded the comments.
        expect(box).to_have_attribute("placeholder", re.compile("."))
        box.scroll_into_view_if_needed()
        with self.lab.page.expect_response("**/formgrader/api/comment/*"):
            box.fill(text)
            box.blur()
