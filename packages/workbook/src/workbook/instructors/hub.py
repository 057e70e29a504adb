"""The class server: `workbook hub`, which `make hub` calls.

It prepares folders, accounts and the gradebook for the people of a roster, then starts JupyterHub
with deploy/hub/jupyterhub_config.py. Everything may be repeated, and adds what is missing.
"""

import csv
import io
import os
import secrets
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import requests

from workbook.common.bootstrap import COMMON
from workbook.common.errors import WorkbookError
from workbook.common.paths import find_root, write_atomically
from workbook.instructors import accounts
from workbook.instructors.accounts import COURSE_ID
from workbook.instructors.class_list import COLUMNS, DETAILS, Person, read_class_list
from workbook.students.lab import is_free

#: Whose the course is: a user of JupyterHub and, for real, an account of the system.
ACCOUNT = COURSE_ID
#: What the environments of the server have beyond the course's own.
REQUIREMENTS = Path("deploy", "hub", "requirements.txt")

_START_SECONDS = 120


@dataclass(frozen=True)
class Folders:
    """Where things are."""

    root: Path  #: the course, with its solutions and the gradebook
    folder: Path  #: the server's own

    @property
    def state(self) -> Path:
        """What the hub remembers; nobody else's."""
        return self.folder / "state"

    @property
    def roster(self) -> Path:
        """The roster that holds."""
        return self.state / "roster.csv"

    @property
    def log(self) -> Path:
        """What the hub says while it runs."""
        return self.state / "hub.log"

    @property
    def shared(self) -> Path:
        """What the class may enter, and nobody else."""
        return self.folder / "class"

    @property
    def course(self) -> Path:
        """The course as its people get it."""
        return self.shared / "course" if for_real() else self.root

    @property
    def exchange(self) -> Path:
        """nbgrader's exchange."""
        return self.shared / "exchange" if for_real() else self.root / "exchange"

    @property
    def homes(self) -> Path:
        """People's homes, where they have no accounts."""
        return self.folder / "homes"

    def secret(self, name: str) -> str:
        """A password or token of the hub's, made when it is first asked for."""
        path = self.state / name
        if not path.exists():
            path.touch(mode=0o600)
            path.write_text(secrets.token_urlsafe(9 if name == "password" else 32) + "\n")
        return path.read_text().strip()


def for_real() -> bool:
    """Whether people get accounts of the system: only root can give them."""
    return os.geteuid() == 0


def hub_command(
    roster: Path | None, folder: Path | None, port: int | None, stop: bool = False
) -> None:
    """What `workbook hub` does.

    Args:
        roster: the list of people; without one, the one that was given last.
        folder: the server's own folder; by default hub/ in the course or, for real, beside it.
        port: of the address; the next two are used, too. Without one, as the last time, or 8888.
        stop: stop the server instead, and everybody's JupyterLab with it.

    Raises:
        WorkbookError: the roster or the machine does not allow it.
    """
    if sys.platform != "linux":
        raise WorkbookError(f"The class server needs Linux; this is {sys.platform}.")
    root = find_root()
    default = root.with_name(f"{root.name}-hub") if for_real() else root / "hub"
    hub = Folders(root, (folder or default).resolve())
    if stop:
        print(f"{stop_hub(hub)}. Start again: make hub")
        return
    if roster is None and not hub.roster.is_file():
        raise WorkbookError(
            "Who is in the class? make hub ROSTER=students.csv, an export of Canvas or Moodle, or "
            f"a file with the columns {', '.join(COLUMNS)} (role: student or instructor)"
        )
    people = read_people(root, roster or hub.roster)
    before = read_class_list(hub.roster).people if hub.roster.is_file() else []
    prepare(hub, people)
    noted = hub.state / "port"
    port = port or (int(noted.read_text()) if noted.is_file() else 8888)
    restart(hub, port, people)
    noted.write_text(f"{port}\n")
    names = {person.id for person in people}
    tell(hub, port, people, [person.id for person in before if person.id not in names])


def read_people(root: Path, path: Path) -> list[Person]:
    """The people of a class list, in its order.

    Raises:
        WorkbookError: the list can't be read, or names somebody in a way that can't work; every
            such line is named.
    """
    from workbook.instructors.export import CanvasExporter
    from workbook.instructors.gradebook import find_course

    ids: set[str] = set()

    def problem(person: Person) -> str:
        if text := accounts.problem_of(person.id):
            return text
        if person.id in ids:
            return f"the id {person.id} is there twice"
        ids.add(person.id)
        # Moodle's students may have another role, too; then they are students.
        if person.role and not person.is_instructor and "student" not in person.role.casefold():
            return f"the role of {person.id} is {person.role!r}; make it student or instructor"
        return ""

    _, config = find_course(root)
    preferred = CanvasExporter(config=config).student_id_column
    return read_class_list(path, preferred=preferred, lasting=True, check=problem).people


def prepare(hub: Folders, people: list[Person]) -> None:
    """Make folders, accounts and entries in the gradebook, where they are missing."""
    os.umask(0o022)
    if for_real():
        accounts.check(hub.root, people)
    hub.state.mkdir(parents=True, exist_ok=True)
    hub.state.chmod(0o700)
    enter(hub.root, people)
    if for_real():
        give_course(hub)
        accounts.make(people, hub.folder / "account", hub.state / "passwords.csv")
        accounts.share_exchange(hub.root, hub.exchange)
        accounts.protect(hub.root, hub.shared)
    else:
        hub.homes.mkdir(exist_ok=True)
    for name in ("api-token", "proxy-token", "password"):
        hub.secret(name)
    file = io.StringIO()
    csv.writer(file).writerows(
        [COLUMNS, *([getattr(person, name) for name in COLUMNS] for person in people)]
    )
    write_atomically(hub.roster, file.getvalue().encode())


def enter(root: Path, people: list[Person]) -> None:
    """Enter the students into the gradebook; nobody is removed, and an empty cell erases nothing."""
    from nbgrader.api import Gradebook

    from workbook.common.configuration import load_config

    config = load_config(root)
    with Gradebook(config.CourseDirectory.db_url, COURSE_ID) as gradebook:
        for person in people:
            if not person.is_instructor:
                known = {name: text for name in DETAILS if (text := getattr(person, name))}
                gradebook.update_or_create_student(person.id, **known)


def give_course(hub: Folders) -> None:
    """Put the course as students get it, and its environment, where they can read it."""
    from workbook.instructors.bundle import contents

    files = contents(hub.root)
    for name in ("nbgrader_config.py", "student-server"):
        path = Path("deploy", "hub", name)
        files[path.as_posix()] = (hub.root / path).read_bytes()
    for name, content in files.items():
        # What has not been released yet is not for students.
        if not name.startswith("exercises/"):
            write_atomically(hub.course / name, content)
    (hub.course / "deploy" / "hub" / "student-server").chmod(0o755)
    (hub.course / "exercises").mkdir(exist_ok=True)
    python = hub.course / ".venv" / "bin" / "python"
    for command in (
        [
            sys.executable,
            hub.course / COMMON / "bootstrap.py",
            hub.course / ".venv",
            hub.root / REQUIREMENTS,
        ],
        # Keras looks for its data in a folder that it can write to, or nowhere.
        [python, "-m", "workbook.common.environment", "${HOME}/.keras"],
        [python, "-m", "warmgrader.cli", "install", "--sys-prefix"],
    ):
        if subprocess.run(
            command, cwd=hub.course, stdout=subprocess.DEVNULL, check=False
        ).returncode:
            raise WorkbookError(f"{hub.course}: the environment of the students could not be made")


def restart(hub: Folders, port: int, people: list[Person]) -> None:
    """Start the hub, in place of one that runs; the people's servers are not disturbed.

    Raises:
        WorkbookError: a port is taken, or the hub does not start.
    """
    end_hub(hub)
    for number in range(port, port + 3):
        if not is_free(number):
            raise WorkbookError(
                f"Port {number} is in use; try another one: make hub PORT={port + 10}"
            )
    config = hub.root / "deploy" / "hub" / "jupyterhub_config.py"
    with hub.log.open("a") as log:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("jupyterhub"), "--config", config],
            cwd=hub.state,
            env={**os.environ, "HUB": str(hub.folder), "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    api = Api(hub, port)
    deadline = time.monotonic() + _START_SECONDS
    while not api.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            last = hub.log.read_text().strip().splitlines()[-1:]
            raise WorkbookError(f"The server did not start: {''.join(last)} (see {hub.log})")
        time.sleep(0.2)
    api.agree_with(people)


class Api:
    """JupyterHub's interface for programs."""

    def __init__(self, hub: Folders, port: int) -> None:
        self.address = f"http://127.0.0.1:{port + 1}/hub/api"
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Authorization"] = f"token {hub.secret('api-token')}"

    def answers(self) -> bool:
        """Whether the hub is there."""
        with suppress(requests.ConnectionError):
            return self.session.get(f"{self.address}/").ok
        return False

    def ask(self, method: str, path: str, **body: object) -> dict:
        """Send a request; what is gone or there already is as wanted."""
        reply = self.session.request(method, f"{self.address}/{path}", json=body or None)
        if reply.status_code not in (404, 409):
            reply.raise_for_status()
        return reply.json() if reply.content else {}

    def agree_with(self, people: list[Person]) -> None:
        """Take out of the hub's groups who is not in the roster's, and make the course's user."""
        self.ask("POST", f"users/{ACCOUNT}")
        roles = {
            person.id: "formgrade" if person.is_instructor else "nbgrader" for person in people
        }
        for role in ("formgrade", "nbgrader"):
            group = f"groups/{role}-{ACCOUNT}"
            for name in self.ask("GET", group)["users"]:
                if name not in roles:
                    # With it go all sessions, and the person's server.
                    self.ask("DELETE", f"users/{name}")
                elif roles[name] != role:
                    self.ask("DELETE", f"{group}/users", users=[name])


def end_hub(hub: Folders) -> bool:
    """End the hub and its proxy, if they run; people's servers go on. Returns whether it ran."""
    ran = False
    # One after the other: a hub whose proxy goes first starts another.
    for name in ("hub.pid", "proxy.pid"):
        process = _running(hub.state / name)
        if process:
            _end([process])
            ran = True
    return ran


def _end(processes: list[psutil.Process]) -> None:
    """End processes, gently at first; some of a container have nobody who buries them."""
    for send, seconds in ((psutil.Process.terminate, 20), (psutil.Process.kill, 5)):
        for process in filter(_lives, processes):
            with suppress(psutil.Error):
                send(process)
        deadline = time.monotonic() + seconds
        while any(map(_lives, processes)) and time.monotonic() < deadline:
            time.sleep(0.1)


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _running(pid_file: Path) -> psutil.Process | None:
    """The process that a file names, if it is still the hub or its proxy."""
    with suppress(OSError, ValueError, psutil.Error):
        process = psutil.Process(int(pid_file.read_text()))
        words = ("jupyterhub", "configurable-http-proxy")
        if _lives(process) and any(word in part for part in process.cmdline() for word in words):
            return process
    return None


def stop_hub(hub: Folders) -> str:
    """Stop the hub and everybody's JupyterLab; returns what was done."""
    servers = [
        process
        for process in psutil.process_iter(["environ"])
        if (process.info["environ"] or {}).get("EXCHANGE") == str(hub.exchange)
        and "JUPYTERHUB_USER" in process.info["environ"]
    ]
    ran = end_hub(hub)
    _end(servers)
    return "The server has been stopped" if ran or servers else "The server did not run"


def tell(hub: Folders, port: int, people: list[Person], left: list[str]) -> None:
    """Print where the server is, who can log in and how, where the files are, how to stop."""
    students = [person.id for person in people if not person.is_instructor]
    instructors = [person.id for person in people if person.is_instructor]
    homes = "/home" if for_real() else hub.homes
    print(f"\nThe class server runs: http://localhost:{port}")
    print(f"  {len(students)} students: {_some(students)}")
    print(f"  {len(instructors)} instructors: {_some(instructors) or 'nobody has this role'}")
    if left:
        print(f"  not in the roster any more, and shut out: {_some(left)}; their files stay")
    if for_real():
        print(f"They log in with their ids and the passwords of {hub.state / 'passwords.csv'}")
        print("(whoever had an account already, with its password). Only this machine can reach")
        print("the address yet: docs/server.md puts HTTPS in front of it.")
    else:
        print(f"They log in with their ids and the password {hub.secret('password')}")
        print("This is to try it: one account and one password for all, and this machine only.")
        print("It protects NOBODY FROM ANYBODY. For a class, run it as root: docs/server.md.")
    print(f"Course and gradebook: {hub.root}")
    print(f"Homes: {homes}   Exchange: {hub.exchange}   Log: {hub.log}")
    print("Add people: make hub ROSTER=longer.csv   Stop: make hub-stop")


def _some(names: list[str]) -> str:
    return ", ".join(names[:6]) + (" …" if len(names) > 6 else "")
