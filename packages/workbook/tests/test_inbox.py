"""What is collected from an exchange that all can write to is a student's own."""

import os
import socket

import pytest
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from workbook.common.inbox import Inbox


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """An empty one: to make it takes long."""
    url = f"sqlite:///{tmp_path_factory.mktemp('book')}/gradebook.db"
    with Gradebook(url, "keras"):
        return url


@pytest.fixture
def collect(tmp_path, gradebook):
    """Collects ex01; gives what lies in grading/submitted afterwards, by path."""
    inbound = tmp_path / "exchange" / "keras" / "inbound"
    inbound.mkdir(parents=True)

    def run(check_owner=False, **settings):
        config = Config()
        config.CourseDirectory.root = str(tmp_path)
        config.CourseDirectory.course_id = "keras"
        config.CourseDirectory.assignment_id = "ex01"
        config.CourseDirectory.submitted_directory = "submitted"
        config.CourseDirectory.db_url = gradebook
        config.CourseDirectory.update(settings)
        config.Exchange.root = str(tmp_path / "exchange")
        config.ExchangeCollect.check_owner = check_owner
        config.ExchangeCollect.update = True
        directory = CourseDirectory(config=config)
        Inbox(coursedir=directory, authenticator=None, config=config).start()
        top = tmp_path / "submitted"
        return {str(path.relative_to(top)) for path in top.rglob("*") if path.is_file()}

    run.inbound = inbound
    return run


def submit(inbound, student, hour=10):
    folder = inbound / f"{student}+ex01+2026-11-02 {hour}:00:00.000000 UTC+x"
    folder.mkdir()
    (folder / "ex01.ipynb").write_text(f"{student} {hour}")
    (folder / "timestamp.txt").write_text(f"2026-11-02 {hour}:00:00.000000 UTC")
    return folder


def test_files_and_folders_are_collected(collect):
    folder = submit(collect.inbound, "anna")
    (folder / "data").mkdir()
    (folder / "data" / "more.csv").write_text("1")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "ex01.ipynb").write_text("old")
    names = ("ex01.ipynb", "timestamp.txt", "data/more.csv")
    assert collect() == {f"anna/ex01/{name}" for name in names}


def test_the_last_one_counts(collect, tmp_path):
    submit(collect.inbound, "anna", 10)
    collect()
    submit(collect.inbound, "anna", 11)
    collect()
    assert (tmp_path / "submitted" / "anna" / "ex01" / "ex01.ipynb").read_text() == "anna 11"


def test_links_and_what_is_no_file_are_left_out(collect, tmp_path):
    secret = tmp_path / "solutions"
    secret.mkdir()
    (secret / "ex01.ipynb").write_text("the solution")
    folder = submit(collect.inbound, "anna")
    (folder / "ex01.ipynb").unlink()
    (folder / "ex01.ipynb").symlink_to(secret / "ex01.ipynb")
    (folder / "all").symlink_to(secret)
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as endpoint:
        here = os.getcwd()
        os.chdir(folder)  # the address of a socket must be short
        endpoint.bind("socket")
        os.chdir(here)
    (collect.inbound / "ben+ex01+2026-11-02 10:00:00.000000 UTC+x").symlink_to(secret)
    assert collect() == {"anna/ex01/timestamp.txt"}


def test_what_is_too_large_is_left_out(collect):
    folder = submit(collect.inbound, "anna")
    (folder / "large").write_bytes(b"x" * 1500)
    assert "anna/ex01/large" not in collect(max_file_size=1)
    (folder / "large").write_bytes(b"x" * 900)
    (folder / "many").write_bytes(b"x" * 900)
    submit(collect.inbound, "ben")
    assert "anna/ex01/many" not in collect(max_dir_size=1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_a_submission_is_its_owner_s_whatever_its_name(collect, tmp_path):
    import pwd

    folder = submit(collect.inbound, "anna")
    other = pwd.getpwnam("nobody")
    for path in (folder, *folder.iterdir()):
        os.chown(path, other.pw_uid, other.pw_gid)
    assert {name.split("/")[0] for name in collect(check_owner=True)} == {"nobody"}
