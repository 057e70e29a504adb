"""The class of these tests, and the server that they start for it by `make hub`."""

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

from lab_page import PATIENCE, Lab
from places import ROOT
from playwright.sync_api import Browser, BrowserContext, Page, expect

NAME = "ex01_sequential"
ROSTER = """id,first_name,last_name,email,lms_user_id,role
lehmann,Lea,Lehmann,lea@example.org,,instructor
anna,Anna,Müller,anna@example.org,0012,student
ben,Ben,"O'Neil, Jr.",ben@example.org,13,
4711,Cem,Öz,cem@example.org,14,student
"""
#: One that everybody may run, where this environment's is in somebody's home.
PYTHON = os.environ.get("HUB_PYTHON") or "/usr/bin/python3"


def copy_course(target: Path) -> Path:
    """The files of this repository, as a fresh clone would have them."""
    names = subprocess.run(
        ["git", "-C", ROOT, "-c", f"safe.directory={ROOT}", "ls-files", "-z", "-co"]
        + ["--exclude-standard"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    for name in filter(None, names):
        if not os.path.lexists(ROOT / name):
            continue
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target / name, follow_symlinks=False)
    return target


class ClassServer:
    """A course of which `make hub` has made a class server."""

    def __init__(self, course: Path, port: int, account: str = "root") -> None:
        self.course = course
        self.port = port
        self.account = account
        self.address = f"http://127.0.0.1:{port}"
        #: The server's own folder: as root beside the course.
        self.folder = course.with_name(f"{course.name}-hub")
        if account != "root":
            self.folder = course / "hub"

    def make(self, *words: str, account: str | None = None) -> subprocess.CompletedProcess:
        """What `make` says in the course."""
        return self.run(account or self.account, "make", "-C", self.course, *words)

    def start(self, roster: str) -> str:
        """`make hub`, which must succeed; returns what it prints."""
        path = self.course.parent / "roster.csv"
        path.write_text(roster, encoding="utf-8")
        result = self.make("hub", f"ROSTER={path}", f"PORT={self.port}", f"PYTHON={PYTHON}")
        assert result.returncode == 0, result.stdout + result.stderr + self.log()
        return result.stdout

    def log(self) -> str:
        """What the hub said."""
        path = self.folder / "state" / "hub.log"
        return path.read_text() if path.exists() else ""

    def run(self, account: str, *words: str | Path) -> subprocess.CompletedProcess:
        """A command as somebody with an account."""
        command = ["runuser", "--user", account, "--", *map(str, words)]
        # As after a login, but with what this machine says about indexes and certificates.
        environment = {
            **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": pwd.getpwnam(account).pw_dir,
        }
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, cwd="/"
        )

    def passwords(self) -> dict[str, str]:
        """The first passwords that the server has noted."""
        lines = (self.folder / "state" / "passwords.csv").read_text().splitlines()
        return dict(line.split(",") for line in lines)

    def pid(self, name: str) -> int:
        """The process id of the hub or its proxy."""
        return int((self.folder / "state" / f"{name}.pid").read_text())


def log_in(browser: Browser, server: ClassServer, name: str, password: str, **size: int) -> Page:
    """A browser of somebody's own, after the login page has been sent."""
    context: BrowserContext = browser.new_context(viewport={"width": 1280, "height": 860, **size})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.goto(server.address)
    page.locator("#username_input").fill(name)
    page.locator("#password_input").fill(password)
    page.locator("#login_submit").click()
    return page


class Desk(Lab):
    """JupyterLab on the class server, as somebody has it before them after a login."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.screenshots = None
        page.wait_for_url(re.compile(f"/user/{home}/lab"))
        expect(self.panel).to_be_visible()

    def status(self, path: str) -> int:
        """The status of what the server answers to this person; a way to the login is 403."""
        reply = self.page.context.request.get(path, max_redirects=0)
        return reply.status
