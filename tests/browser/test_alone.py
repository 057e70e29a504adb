"""A student who has the course for themselves, in a folder with a blank and an umlaut."""

import re

import pytest
from lab_page import PATIENCE, Lab, copy_of, server
from playwright.sync_api import expect

from workbook.common.paths import assignments, exercise_of, work_of
from workbook.students import progress_page

pytestmark = pytest.mark.browser

COPY = ["nbgrader_config.py", "work/nbgrader_config.py", "labconfig", "notebooks", "exercises"]
MAP = "notebooks/00_index.ipynb"
FIRST, SECOND = "ex01_sequential", "ex02_functional"

expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    return copy_of(COPY, tmp_path_factory.mktemp("alone") / "Mein Kürs")


@pytest.fixture(scope="module")
def address(course, home):
    with server(course, home) as address:
        yield address


@pytest.fixture
def lab(browser, address):
    return Lab(browser, address, None)


def test_there_is_nothing_that_leads_nowhere(lab):
    assert "Nbgrader" not in lab.page.locator(".lm-MenuBar-itemLabel").all_inner_texts()
    lab.sidebar("File Browser")
    lab.page.locator(".jp-BreadCrumbs-home").click()
    listed = lab.page.locator(".jp-DirListing-itemName")
    expect(listed.filter(has_text="notebooks")).to_be_visible()
    assert "exercises" not in listed.all_inner_texts()


def test_a_check_shows_no_test_whatever_an_answer_raises(lab):
    lab.open(f"work/{FIRST}/{FIRST}.ipynb")
    lab.idle()
    check = lab.cell("Check dense_params (")
    lab.cell("import keras").locator(".cm-content").click()
    lab.page.keyboard.press("Shift+Enter")
    for answer, said in (
        ("def dense_params():\n    return 0", "✗ TypeError: dense_params() "),
        ("def dense_params(*args, **kwargs):\n    return None", "✗ dense_params returned None"),
        ("def dense_params(*args, **kwargs):\n    return {}['mine']", "return {}['mine']"),
    ):
        lab.write(lab.cell("def dense_params("), answer)
        for _ in range(2):
            lab.page.keyboard.press("Shift+Enter")
        expect(check.locator(".jp-OutputArea")).to_contain_text(said)
        expect(check.locator(".jp-OutputArea")).not_to_contain_text("_failed")
    lab.choose("File", "Reload Notebook from Disk")
    lab.confirm()


@pytest.mark.parametrize(
    "path", [MAP, "notebooks/01_sequential.ipynb", f"work/{FIRST}/{FIRST}.ipynb"]
)
def test_a_notebook_opens_unmodified_and_stays_as_it_was(lab, course, path):
    lab.open(path)
    lab.idle()
    before = (course / path).read_bytes()
    expect(lab.modified).to_have_count(0)
    lab.save()
    assert (course / path).read_bytes() == before


def test_a_link_opens_ones_own_copy(lab, course):
    lab.open(MAP)
    lab.idle()
    lab.panel.get_by_role("link", name=SECOND).click()
    expect(lab.tab).to_have_text(f"{SECOND}.ipynb")
    lab.idle()
    expect(lab.page).to_have_url(re.compile(f"/lab/tree/work/{SECOND}/{SECOND}.ipynb"))
    assert work_of(course, SECOND).read_bytes() == exercise_of(course, SECOND).read_bytes()


def test_what_everybody_gets_is_read_only(lab):
    lab.open(f"exercises/{FIRST}/{FIRST}.ipynb")
    expect(lab.panel.get_by_text("notebook is read-only")).to_be_visible()


def test_the_links_of_the_progress_page_work(lab, course):
    text = progress_page.render([], assignments(course), None, ["0 of 0 points.", "Next"])
    (course / "work" / "progress.md").write_text(text)
    lab.open("work/progress.md")
    lab.panel.get_by_role("link", name="ex03_subclassing").click()
    expect(lab.tab).to_have_text("ex03_subclassing.ipynb")
    assert work_of(course, "ex03_subclassing").exists()


def test_notebook_7_does_the_same(lab, course, address):
    page = lab.page.context.new_page()
    page.goto(address.partition("/lab/")[0] + f"/notebooks/{MAP}")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="ex04_layers").click()
    page = opened.value
    expect(page).to_have_title(re.compile("ex04_layers"))
    assert work_of(course, "ex04_layers").exists()
    page.get_by_role("link", name="Open in Colab").wait_for()
    menus = page.locator(".lm-MenuBar-itemLabel").all_inner_texts()
    assert "File" in menus and "Nbgrader" not in menus


def test_the_page_needs_no_network(browser, address):
    """The map and a chapter ask no other host for anything."""
    context = browser.new_context()
    asked = []
    context.on("request", lambda request: asked.append(request.url))
    page = context.new_page()
    page.goto(address)
    expect(page.locator(".jp-KernelName").first).to_contain_text("Python 3", timeout=PATIENCE)
    here = address.partition("/lab/")[0]
    assert [url for url in asked if not url.startswith((here, "data:", "blob:"))] == []
