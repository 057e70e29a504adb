"""The website in a real browser: from the disk, on a phone, a tablet and a desktop, light and dark."""

import pytest
from places import ROOT

from workbook.authors import site

pytestmark = pytest.mark.browser

WIDTHS = (390, 820, 1440)
PAGES = (
    "index.html",
    "coverage.html",
    "api/warmgrader.html",
    "docs/instructors.html",
    "notebooks/12_churn.html",
    "exercises/ex06_metrics/ex06_metrics.html",
)


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    target = tmp_path_factory.mktemp("site") / "html"
    site.build_site(ROOT, target)
    return target


@pytest.fixture
def open_page(browser, html):
    """Opens pages of the site; what goes wrong while they are shown fails the test."""
    wrong, contexts = [], []

    def open_page(width, scheme):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on("requestfailed", lambda request: wrong.append(f"{page.url}: {request.url}"))
        page.on(
            "console",
            lambda message: message.type == "error" and wrong.append(f"{page.url}: {message.text}"),
        )

        def show(name):
            page.goto((html / name).as_uri())
            page.wait_for_load_state("networkidle")
            return page

        return show

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_is_wider_than_its_screen(open_page, width, scheme):
    show = open_page(width, scheme)
    wide = {}
    for name in PAGES:
        page = show(name)
        assert page.locator("html").get_attribute("data-theme") == scheme
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wide[name] = needed
    assert wide == {}


def test_every_page_fits_a_phone(open_page, html):
    show = open_page(WIDTHS[0], "light")
    names = [path.relative_to(html) for path in html.rglob("*.html") if "_static" not in path.parts]
    assert len(names) > 30
    script = "document.documentElement.scrollWidth"
    wide = {
        str(name): width for name in names if (width := show(name).evaluate(script)) > WIDTHS[0]
    }
    assert wide == {}


def test_a_phone_shows_the_tables_of_assignments_whole(open_page, html):
    show = open_page(WIDTHS[0], "light")
    names = [path.relative_to(html) for path in html.glob("exercises/*/*.html")]
    assert len(names) == 12
    cut = "tables => tables.some(table => table.scrollWidth > table.parentElement.clientWidth)"
    assert [
        str(name) for name in names if show(name).locator("article table").evaluate_all(cut)
    ] == []


def test_mathematics_is_typeset_without_a_network(open_page):
    page = open_page(WIDTHS[2], "light")("exercises/ex06_metrics/ex06_metrics.html")
    page.locator("mjx-container svg, mjx-container mjx-math").first.wait_for()
    assert page.locator("mjx-merror").count() == 0


def test_a_hint_opens(open_page):
    page = open_page(WIDTHS[0], "light")("exercises/ex01_sequential/ex01_sequential.html")
    hint = page.locator("details").first
    text = hint.locator("p, div").first
    assert not text.is_visible()
    hint.locator("summary").click()
    assert text.is_visible()


def test_the_search_finds_a_chapter(open_page):
    page = open_page(WIDTHS[2], "light")("search.html")
    page.goto(f"{page.url}?q=gradient+tape")
    found = page.locator("#search-results a").first
    found.wait_for()
    assert "Training loops" in found.inner_text()
    found.click()
    assert "notebooks/09_loops.html" in page.url


def test_a_link_between_chapters_leads_to_its_section(open_page):
    page = open_page(WIDTHS[2], "light")("notebooks/00_index.html")
    page.get_by_role("link", name="9 · Clipping: a step that cannot explode").click()
    page.wait_for_load_state("networkidle")
    assert page.url.endswith("notebooks/09_loops.html#clipping-a-step-that-cannot-explode")
    assert page.locator(":target").count() == 1
