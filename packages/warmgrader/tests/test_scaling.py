"""Three hosts with nothing in common but a network: docs/scaling.md's scheduler and its workers.

A host is a network namespace with its own view of the file system, in which a worker's is without
the course. `make test-scaling` runs this; it needs root, for the namespaces, and iproute2.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from course import ASSIGNMENT, BIASED, MAXIMUM, RIGHT, Course

pytestmark = pytest.mark.root

BIN = Path(sys.executable).parent
HEAD = "10.77.0.1"
WORKERS = {"one": "10.77.0.2", "two": "10.77.0.3"}
STUDENTS = 12


def ip(*words: str, namespace: str = "") -> None:
    """Run iproute2's command."""
    subprocess.run(["ip", *(["-n", namespace] if namespace else []), *words], check=True)


@pytest.fixture
def network() -> Iterator[dict[str, str]]:
    """Hosts on one wire; gives the namespace of each by its name."""
    assert os.geteuid() == 0, "Making network namespaces needs root."
    hosts = {name: f"wg-{os.getpid()}-{name}" for name in ("head", *WORKERS)}
    head = hosts["head"]
    with ExitStack() as stack:
        for namespace in hosts.values():
            ip("netns", "add", namespace)
            stack.callback(ip, "netns", "delete", namespace)
            ip("link", "set", "lo", "up", namespace=namespace)
        ip("link", "add", "wire", "type", "bridge", namespace=head)
        ip("address", "add", f"{HEAD}/24", "dev", "wire", namespace=head)
        ip("link", "set", "wire", "up", namespace=head)
        for name, address in WORKERS.items():
            plug = ["type", "veth", "peer", "name", "eth0", "netns", hosts[name]]
            ip("link", "add", f"to-{name}", *plug, namespace=head)
            ip("link", "set", f"to-{name}", "master", "wire", "up", namespace=head)
            ip("address", "add", f"{address}/24", "dev", "eth0", namespace=hosts[name])
            ip("link", "set", "eth0", "up", namespace=hosts[name])
        yield hosts


@pytest.fixture
def start(
    network: dict[str, str], runtime: Path
) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Starts a command on a host; what still runs is ended with the test."""
    with ExitStack() as stack:

        def start(
            host: str, *command: str, cwd: Path, hide: Path | None = None
        ) -> subprocess.Popen[bytes]:
            environment = {**os.environ, "XDG_RUNTIME_DIR": str(folder_of(runtime, host))}
            mount = f"mount -t tmpfs none '{hide}' && " if hide else ""
            with (runtime / f"{command[0]}-{host}.log").open("w") as log:
                process = subprocess.Popen(
                    ["ip", "netns", "exec", network[host], "sh", "-c", f'{mount}exec "$@"', host]
                    + [str(BIN / command[0]), *command[1:]],
                    cwd=cwd,
                    env=environment,
                    stdout=log,
                    stderr=log,
                )
            stack.callback(end, process, environment)
            return process

        yield start


def folder_of(runtime: Path, host: str) -> Path:
    """Where a host keeps the sockets of its fork servers."""
    folder = runtime / host
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def end(process: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
    """End a process, and the fork servers of its host."""
    process.terminate()
    process.wait()
    subprocess.run([BIN / "warmgrader", "stop"], env=environment, check=True)


def test_workers_on_other_hosts_grade(
    generated_course: Course,
    tmp_path: Path,
    runtime: Path,
    network: dict[str, str],
    start: Callable[..., subprocess.Popen[bytes]],
) -> None:
    """None of them sees the course; one fails in the middle, and the other does the rest."""
    course = Course(tmp_path / "course", generated_course)
    answers = {f"s{number}": RIGHT if number % 2 else BIASED for number in range(STUDENTS)}
    for student, answer in answers.items():
        course.submit(student, answer)
    address = f"tcp://{HEAD}:8786"

    start("head", "dask", "scheduler", "--host", HEAD, "--no-dashboard", cwd=tmp_path)
    options = ["--nworkers", "1", "--nthreads", "1", "--memory-limit", "0", "--no-dashboard"]
    for host in WORKERS:
        start(host, "dask", "worker", address, *options, cwd=tmp_path, hide=course.root)
    command = ["warmgrader", "autograde", ASSIGNMENT, f"--scheduler={address}"]
    grader = start("head", *command, cwd=course.root)
    while not all(served(folder_of(runtime, host)) for host in WORKERS):
        assert grader.poll() is None, (runtime / "warmgrader-head.log").read_text()
        time.sleep(0.05)
    power_off(network["one"])
    assert grader.wait(240) == 0, (runtime / "warmgrader-head.log").read_text()
    totals = {
        student: scores["check"] + scores["hidden"] for student, scores in course.scores().items()
    }
    expected = {name: MAXIMUM if answer == RIGHT else 0 for name, answer in answers.items()}
    assert totals == expected


def power_off(namespace: str) -> None:
    """End everything that runs on a host, at once."""
    found = subprocess.run(
        ["ip", "netns", "pids", namespace], check=True, capture_output=True, text=True
    )
    for pid in map(int, found.stdout.split()):
        with suppress(ProcessLookupError):  # ended with another one
            os.kill(pid, signal.SIGKILL)


def served(runtime: Path) -> bool:
    """Whether a host's fork server has been asked for a kernel."""
    return any(runtime.glob("warmgrader/*.sock"))
