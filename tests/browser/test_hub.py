"""The class server for real, in a system of its own and a real browser: `make test-hub`.

An instructor releases; two students fetch, one solves, one half; they submit, the server is killed
meanwhile; the instructor grades; they read their feedback. Then everybody tries what is not theirs.
"""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import nbformat
import pytest
from class_server import NAME, PYTHON, ROSTER, ClassServer, Desk, copy_course, log_in
from lab_page import PATIENCE, Formgrader
from places import ROOT
from playwright.sync_api import expect
from test_loop import official_answers

pytestmark = pytest.mark.hub

expect.set_options(timeout=PATIENCE)

RELEASED = "#released_assignments_list"
FETCHED = "#fetched_assignments_list"
SUBMITTED = "#submitted_assignments_list"
STUDENTS = ("anna", "ben", "4711")


@pytest.fixture(scope="module")
def hub():
    """`make hub` by root in a fresh copy of the course."""
    server = ClassServer(copy_course(Path("/srv/keras")), port=9200)
    # Somebody with an account who is not in the course.
    subprocess.run(["useradd", "--create-home", "stranger"], check=True)
    subprocess.run(["chpasswd"], input="stranger:sesame", text=True, check=True)
    server.said = server.start(ROSTER)
    yield server
    server.make("hub-stop")


@pytest.fixture(scope="module")
def instructor(hub, browser):
    """The instructor's browser, which a login leads to the course."""
    page = log_in(browser, hub, "lehmann", hub.passwords()["lehmann"], width=1500)
    return Desk(page, "keras")


@pytest.fixture(scope="module")
def released(hub, instructor):
    """Formgrader, in which the instructor has generated and released the assignment."""
    formgrader = Formgrader(instructor)
    assert "Successfully created the student version" in formgrader.press("education")
    assert "Successfully released" in formgrader.press("cloud-upload")
    return formgrader


@pytest.fixture(scope="module")
def desks(hub, browser, released):
    """The browsers of two students, who have fetched the assignment."""
    desks = {}
    for name in ("anna", "ben"):
        desks[name] = Desk(log_in(browser, hub, name, hub.passwords()[name]), name)
        desks[name].choose("Nbgrader", "Assignment List")
        desks[name].page.locator(RELEASED).get_by_role("button", name="Fetch").click()
        expect(desks[name].page.locator(FETCHED).get_by_role("button", name=NAME)).to_be_visible()
    return desks


def test_it_says_where_it_is_and_who_can_log_in(hub):
    for words in (
        "http://localhost:9200",
        "3 students: anna, ben, 4711",
        "1 instructors: lehmann",
        "/srv/keras-hub/state/passwords.csv",
        "/srv/keras-hub/class/exchange",
        "make hub-stop",
    ):
        assert words in hub.said


def test_a_student_starts_on_the_map_and_sees_what_is_released(desks, hub):
    assert desks["anna"].items("Nbgrader") == ["Assignment List"]
    found = hub.run("anna", "ls", "/home/anna/notebooks").stdout.split()
    assert found == sorted(path.name for path in ROOT.glob("notebooks/*.ipynb"))
    assert hub.run("anna", "ls", "/home/anna/work").stdout.split() == [NAME]
    # What has not been released is nowhere.
    found = hub.run("anna", "find", "/srv", "/home/anna", "-name", "ex0*.ipynb").stdout.split()
    assert {Path(path).stem for path in found} == {NAME}


def test_the_loop(desks, hub, released, browser):
    answers = official_answers(hub.course)
    for name, solved in (("anna", answers), ("ben", answers[: len(answers) // 2])):
        solve(desks[name], solved)
    assert "Success! Your notebook passes all the tests." in desks["anna"].validate()
    desks["anna"].confirm()
    submit(desks["anna"])
    kill(hub)
    hub.start(ROSTER)
    for desk in (*desks.values(), released.lab):
        dismiss(desk)
    submit(desks["ben"])
    result = hub.make("grade", f"EX={NAME}", account="keras")
    assert result.returncode == 0, result.stdout + result.stderr
    assert hub.make("report", account="keras").returncode == 0
    released.follow("Manage Assignments")
    assert "Successfully released feedback" in released.press("envelope")
    for name, score in (("anna", "20.0"), ("ben", scores(hub)["ben"])):
        assert score != "0.0"
        assert f"Score: {score} / 20.0" in feedback(desks[name])
    assert scores(hub).keys() == {"anna", "ben"}
    assert scores(hub)["anna"] == "20.0"
    assert float(scores(hub)["ben"]) < 20


def dismiss(desk: Desk) -> None:
    """JupyterLab ran on, but may say that there was nobody at the address, or no such folder."""
    while desk.dialog.count():
        desk.dialog.get_by_role("button", name=re.compile("Dismiss|Ok")).first.click()
        desk.page.wait_for_timeout(500)


def solve(desk: Desk, answers: list[str]) -> None:
    """Write answers into their cells."""
    fetched = desk.page.locator(FETCHED)
    fetched.get_by_role("button", name=NAME).click()
    fetched.get_by_text(NAME, exact=True).last.click()
    expect(desk.tab).to_have_text(f"{NAME}.ipynb")
    desk.idle()
    for answer in answers:
        desk.write(desk.cell(answer.splitlines()[0]), answer)
    desk.save()


def submit(desk: Desk) -> None:
    """Press Submit."""
    desk.choose("Nbgrader", "Assignment List")
    desk.page.locator(FETCHED).get_by_role("button", name="Submit").click()
    expect(desk.page.locator(SUBMITTED)).to_contain_text("UTC")


def feedback(desk: Desk) -> str:
    """Fetch the feedback and open it; returns its text."""
    desk.choose("Nbgrader", "Assignment List")
    submitted = desk.page.locator(SUBMITTED)
    submitted.get_by_role("button", name="Fetch Feedback").click()
    desk.sidebar("File Browser")
    submitted.get_by_text("view feedback").click()
    desk.page.get_by_role("listitem", name=f"{NAME}.html").dblclick()
    page = desk.panel.frame_locator("iframe").locator("body")
    expect(page).to_contain_text("Score")
    return page.inner_text()


def kill(hub: ClassServer) -> None:
    """Kill the hub and its proxy, as a machine without memory would."""
    for name in ("hub", "proxy"):
        os.kill(hub.pid(name), signal.SIGKILL)


def scores(hub: ClassServer) -> dict[str, str]:
    """The scores in the gradebook, by student."""
    query = (
        "from nbgrader.api import Gradebook;"
        "book = Gradebook('sqlite:////srv/keras/grading/gradebook.db', 'keras');"
        f"print(*(f'{{s.student.id}}={{s.score}}' for s in book.assignment_submissions('{NAME}')))"
    )
    result = hub.run("keras", hub.course / ".venv" / "bin" / "python", "-c", query)
    return dict(pair.split("=") for pair in result.stdout.split())


#: What nobody but some may read or enter.
THINGS = {
    "home of anna": ("/home/anna/work", {"anna"}),
    "home of ben": ("/home/ben/work", {"ben"}),
    "solutions": (f"/srv/keras/solutions/{NAME}/{NAME}.ipynb", {"keras"}),
    "sources": ("/srv/keras/chapters/01_sequential/exercises.py", {"keras"}),
    "their history": ("/srv/keras/.git", {"keras"}),
    "gradebook": ("/srv/keras/grading/gradebook.db", {"keras"}),
    "what the hub knows": ("/srv/keras-hub/state/passwords.csv", set()),
    "exchange": ("/srv/keras-hub/class/exchange/keras/outbound", {*STUDENTS, "lehmann", "keras"}),
    "inbox": ("/srv/keras-hub/class/exchange/keras/inbound", {"keras"}),
    "feedback": ("/srv/keras-hub/class/exchange/keras/feedback", {"keras"}),
    "course of the students": ("/srv/keras-hub/class/course", {*STUDENTS, "lehmann", "keras"}),
}


@pytest.mark.parametrize("thing", THINGS)
def test_who_may_read_files(hub, thing):
    path, allowed = THINGS[thing]
    if thing == "their history":
        (hub.course / ".git").mkdir(exist_ok=True)
    who = ("anna", "ben", "4711", "lehmann", "keras", "stranger")
    assert {name for name in who if hub.run(name, "test", "-r", path).returncode == 0} == allowed


@pytest.mark.parametrize("path", ["", "lab", "api/contents", "formgrader", "files/work"])
def test_who_may_open_whose_server(desks, instructor, browser, hub, path):
    people = {**desks, "lehmann": instructor}
    for server, allowed in {"anna": {"anna"}, "ben": {"ben"}, "keras": {"lehmann"}}.items():
        url = f"{hub.address}/user/{server}/{path}"
        for name, desk in people.items():
            opened = desk.page.context.request.get(url)
            reached = opened.ok and "/hub/" not in opened.url
            assert reached <= (name in allowed), f"{name} could open {url}"
        opened = browser.new_context().request.get(url)
        assert not opened.ok or "/hub/login" in opened.url


def test_nobody_starts_or_stops_the_server_of_another(desks, hub):
    page = desks["anna"].page
    for name in ("ben", "keras"):
        reply = page.context.request.get(f"{hub.address}/hub/spawn/{name}")
        assert reply.status in (403, 404)
    assert page.context.request.get(f"{hub.address}/hub/admin").status == 403


def test_who_is_not_in_the_course_is_not_let_in(browser, hub):
    page = log_in(browser, hub, "stranger", "sesame")
    expect(page.locator("body")).to_contain_text("Invalid username or password")


def test_nobody_takes_away_or_changes_what_another_submitted(hub):
    inbound = Path("/srv/keras-hub/class/exchange/keras/inbound")
    [folder] = inbound.glob("anna+*")
    assert hub.run("ben", "mv", folder, f"{folder}-gone").returncode
    assert hub.run("ben", "rm", "-r", folder).returncode
    assert folder.is_dir()


def test_a_submission_under_anothers_name_and_links_get_nobody_anything(hub):
    """Ben hands in as Anna, with links to the solutions in place of a notebook."""
    inbound = "/srv/keras-hub/class/exchange/keras/inbound"
    secret = f"/srv/keras/solutions/{NAME}"
    script = f"""
        mkdir -m 777 '{inbound}/anna+{NAME}+2035-01-01 00:00:00.000000 UTC+x'
        cd '{inbound}/anna+{NAME}+2035-01-01 00:00:00.000000 UTC+x'
        ln -s {secret}/{NAME}.ipynb . && ln -s {secret} folder && mkfifo pipe
        echo 2035-01-01 00:00:00.000000 UTC > timestamp.txt
        ln -s {secret} '{inbound}/4711+{NAME}+2034-01-01 00:00:00.000000 UTC+x'
    """
    assert hub.run("ben", "sh", "-ec", script).returncode == 0
    before = (hub.course / "grading/submitted/anna" / NAME / f"{NAME}.ipynb").read_bytes()
    nbgrader = hub.course / ".venv" / "bin" / "nbgrader"
    result = hub.run("keras", "sh", "-c", f"cd /srv/keras && {nbgrader} collect {NAME} --update")
    assert result.returncode == 0, result.stderr
    assert "is by ben" in result.stderr
    submitted = hub.course / "grading" / "submitted"
    assert (submitted / "anna" / NAME / f"{NAME}.ipynb").read_bytes() == before
    assert {path.name for path in (submitted / "ben" / NAME).rglob("*")} == {"timestamp.txt"}
    assert not (submitted / "4711").exists()


def test_limits_hold(hub, desks):
    """What a student's kernel takes is counted, and ends where it should."""
    code = "x = bytearray(4 * 10**9); print(len(x))"
    group = f"/proc/{server_of(hub, 'anna')}/cgroup"
    assert "/class-server/anna" in Path(group).read_text()
    desk = desks["anna"]
    desk.open("notebooks/01_sequential.ipynb")
    desk.idle()
    desk.write(desk.panel.locator(".jp-CodeCell").first, code)
    desk.page.keyboard.press("Shift+Enter")
    # Either the kernel is killed, or it gets an error.
    expect(desk.page.locator("body")).to_contain_text("appears to have died")
    desk.confirm()
    assert hub.run("anna", "true").returncode == 0


def server_of(hub: ClassServer, name: str) -> int:
    """The process id of somebody's JupyterLab."""
    found = subprocess.run(
        ["pgrep", "--uid", name, "--full", "jupyterhub-singleuser"], capture_output=True, text=True
    )
    return int(found.stdout.split()[0])


def test_a_longer_roster_adds_people_and_a_shorter_one_shuts_out(hub, desks, browser):
    passwords = hub.passwords()
    before = server_of(hub, "anna")
    said = hub.start(ROSTER.replace("4711,Cem,Öz", "dora,Dora,Dahl") + "eva,Eva,Ebert,,,\n")
    assert "4 students: anna, ben, dora, eva" in said
    assert "shut out: 4711" in said
    # Nobody else noticed.
    assert server_of(hub, "anna") == before
    assert {name: word for name, word in hub.passwords().items() if name in passwords} == passwords
    page = log_in(browser, hub, "4711", passwords["4711"])
    expect(page.locator("body")).to_contain_text("Invalid username or password")
    Desk(log_in(browser, hub, "eva", hub.passwords()["eva"]), "eva")
    assert hub.run("4711", "test", "-r", THINGS["exchange"][0]).returncode
    assert Path("/home/4711").is_dir()


@pytest.mark.parametrize(
    ("roster", "words"),
    [
        ("id\nroot\n", "The id root is an account of the system's own"),
        ("id\nkeras\n", "line 2: the id keras is the course's own"),
        ("id\nMüller\n", "line 2: the id 'Müller' can't be a login name"),
    ],
)
def test_a_roster_that_can_not_work_changes_nothing(hub, roster, words):
    path = Path("/srv/wrong.csv")
    path.write_text(roster)
    result = hub.make("hub", f"ROSTER={path}", f"PYTHON={PYTHON}")
    assert result.returncode
    assert words in result.stderr
    assert "Traceback" not in result.stderr


def test_stopped_it_is_gone_and_started_again_all_is_there(hub, browser):
    assert "has been stopped" in hub.make("hub-stop").stdout
    deadline = time.monotonic() + 20
    while subprocess.run(["pgrep", "--full", "singleuser|configurable-http"]).returncode == 0:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    hub.make("hub", "PORT=9200", f"PYTHON={PYTHON}")
    desk = Desk(log_in(browser, hub, "anna", hub.passwords()["anna"]), "anna")
    desk.choose("Nbgrader", "Assignment List")
    expect(desk.page.locator(SUBMITTED)).to_contain_text("UTC")


def test_to_try_it_one_account_is_enough(browser):
    """Not root: everybody has the same account and password, and only their names are apart."""
    subprocess.run(["useradd", "--create-home", "trier"], check=True)
    course = copy_course(Path("/srv/try"))
    subprocess.run(["chown", "--recursive", "trier:", course], check=True)
    server = ClassServer(course, port=9210, account="trier")
    try:
        said = server.start(ROSTER)
        assert "It protects NOBODY FROM ANYBODY" in said
        word = (server.folder / "state" / "password").read_text().strip()
        assert word in said
        formgrader = Formgrader(Desk(log_in(browser, server, "lehmann", word, width=1500), "keras"))
        formgrader.press("education")
        assert "Successfully released" in formgrader.press("cloud-upload")
        for name in ("anna", "ben"):
            desk = Desk(log_in(browser, server, name, word), name)
            desk.choose("Nbgrader", "Assignment List")
            desk.page.locator(RELEASED).get_by_role("button", name="Fetch").click()
            submit(desk)
            # What is somebody else's is not there, though it is no secret.
            assert server.run("trier", "ls", server.folder / "homes" / name / "work").stdout
        assert "Successfully collected" in formgrader.press("cloud-download")
        submitted = course / "grading" / "submitted"
        assert {path.name for path in submitted.iterdir()} == {"anna", "ben"}
        notebook = submitted / "anna" / NAME / f"{NAME}.ipynb"
        assert nbformat.read(notebook, as_version=4).cells
    finally:
        server.make("hub-stop")
