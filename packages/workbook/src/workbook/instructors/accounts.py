"""Accounts of the system for the people of a class, and what they may enter. Needs root."""

import grp
import os
import pwd
import re
import secrets
import shutil
import subprocess
import sys
from pathlib import Path

from workbook.common.errors import WorkbookError
from workbook.instructors.class_list import Person

#: The group of all people of the class; the course's own account is in it, too.
#: nbgrader's name of the course, which is also the course's account.
COURSE_ID = "keras"
CLASS = f"{COURSE_ID}-class"
#: The parts of the course that instructors write to. The rest is run by root: it stays root's.
WRITABLE = ("chapters", "notebooks", "solutions", "exercises", "grading", "work", "build", "data")

_FIRST_PERSON = 1000  # accounts below are the system's own
#: What is a login name on Linux, a user name in JupyterHub and a student's id in nbgrader alike.
_LOGIN_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")


def problem_of(name: str) -> str:
    """Why an id can't be a login name; empty if it can."""
    if name == COURSE_ID:
        return f"the id {name} is the course's own: give that person another one"
    if _LOGIN_NAME.fullmatch(name):
        return ""
    return (
        f"the id {name!r} can't be a login name: at most 32 of a-z (in lower case), 0-9, "
        "and after the first also . _ -"
    )


def check(root: Path, people: list[Person]) -> None:
    """Whether the people can have accounts, and reach what they need.

    Raises:
        WorkbookError: somebody would get an account of the system's, or Python is out of reach.
    """
    uids = {account.pw_name: account.pw_uid for account in pwd.getpwall()}
    problems = [
        f"The id {person.id} is an account of the system's own: give that person another one"
        for person in people
        if uids.get(person.id, _FIRST_PERSON) < _FIRST_PERSON
    ]
    if problems:
        raise WorkbookError(*problems)
    python = os.path.realpath(sys.base_prefix)
    for path, remedy in (
        (str(root.parent), f"move the course, for example to /srv/{root.name}"),
        (python, "remove .venv, then make hub PYTHON=/usr/bin/python3"),
    ):
        test = ["runuser", "--user", "nobody", "--", "test", "-x", path]
        if subprocess.run(test, check=False).returncode:
            raise WorkbookError(f"The class can't get to {path}: {remedy}")


def make(people: list[Person], home: Path, passwords: Path) -> None:
    """Make the accounts that are missing; exactly these people are the class afterwards.

    Args:
        people: the class.
        home: of the course's own account.
        passwords: a file that the first passwords of new accounts are added to.
    """
    known = {account.pw_name for account in pwd.getpwall()}
    if CLASS not in {group.gr_name for group in grp.getgrall()}:
        _run("groupadd", "--system", CLASS)
    new = ["useradd", "--create-home", "--user-group", "--shell", "/bin/bash"]
    if COURSE_ID not in known:
        _run(*new, "--system", "--home-dir", home, COURSE_ID)
    home.mkdir(mode=0o700, exist_ok=True)
    home.chmod(0o700)
    shutil.chown(home, COURSE_ID, COURSE_ID)
    passwords.touch(mode=0o600)
    for person in people:
        if person.id not in known:
            # Numbers are names, too: many students are known by one.
            _run(*new, "--badname", "--comment", _full_name(person), person.id)
            word = secrets.token_urlsafe(9)
            # Noted before it holds: whatever happens between, running again can't lose it.
            with passwords.open("a") as file:
                file.write(f"{person.id},{word}\n")
            _run("chpasswd", text=f"{person.id}:{word}\n")
        os.chmod(pwd.getpwnam(person.id).pw_dir, 0o700)
    members = ",".join([COURSE_ID, *(person.id for person in people)])
    _run("gpasswd", "--members", members, CLASS)


def protect(root: Path, shared: Path) -> None:
    """Shut the course to all but its own account, and what is shared to all but the class."""
    course, group = pwd.getpwnam(COURSE_ID), grp.getgrnam(CLASS)
    shutil.chown(root, "root", course.pw_gid)
    root.chmod(0o750)
    for name in WRITABLE:
        (root / name).mkdir(exist_ok=True)
        _run("chown", "--recursive", "--no-dereference", f"{COURSE_ID}:", root / name)
    shutil.chown(shared, "root", group.gr_gid)
    shared.chmod(0o750)


def share_exchange(root: Path, exchange: Path) -> None:
    """Put nbgrader's exchange where the class can reach it; what was in the old one comes along.

    Nobody can list the inbox but the course, and nobody can take away what another put there.

    Raises:
        WorkbookError: there are two exchanges.
    """
    inside = root / "exchange"
    if not inside.is_symlink():
        if exchange.exists() and inside.is_dir() and any(inside.iterdir()):
            raise WorkbookError(
                f"{inside}: there is another exchange, {exchange}; keep one of them"
            )
        if inside.is_dir() and not exchange.exists():
            shutil.move(inside, exchange)
        elif inside.is_dir():
            inside.rmdir()
        exchange.mkdir(exist_ok=True)
        inside.symlink_to(exchange)
    exchange.chmod(0o1777)
    for name, mode in (("", 0o755), ("outbound", 0o755), ("inbound", 0o1733), ("feedback", 0o711)):
        folder = exchange / COURSE_ID / name
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)
        shutil.chown(folder, COURSE_ID)


def _full_name(person: Person) -> str:
    """For the list of accounts, which separates its fields with these characters."""
    return f"{person.first_name} {person.last_name}".translate(str.maketrans(":,\n", "   ")).strip()


def _run(*command: str | Path, text: str | None = None) -> None:
    result = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    if result.returncode:
        raise WorkbookError(f"{' '.join(map(str, command))}: {result.stderr.strip()}")
