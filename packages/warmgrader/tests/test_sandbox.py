"""What notebook code can and can't do in a sandbox, tried from inside."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel
from test_warm_kernels import TIMEOUT, evaluate, execute, running, wait_until

from warmgrader.containment.sandbox import SandboxError

PROBES = {
    "network": "socket.create_connection(('192.0.2.1', 80), 2)",
    "write to the system": "open('/usr/probe', 'w')",
    "write to the environment": "open(os.path.join(sys.prefix, 'probe'), 'w')",
    "write beside the sockets": "open(os.path.join(sockets, 'probe'), 'w')",
    "signal process 1": "os.kill(1, 9)",
    "read memory of process 1": "open('/proc/1/mem', 'rb').read(1)",
    "read the kernel's memory": "subprocess.check_output(f'< /proc/{os.getpid()}/mem', shell=True)",
    "new user namespace": "check(libc.unshare(0x10000000))",
    "mount": "check(libc.mount(b'none', b'/tmp', b'tmpfs', 0, b''))",
    "become root": "os.setuid(0)",
    "large file": "open('/tmp/big', 'wb').write(bytes(3 << 20))",
    "much memory": "bytearray(600 << 20)",
    "fill the disk": "[open(f'/tmp/{i}', 'wb').write(bytes(1 << 20)) for i in range(9)]",
}
FORK_BOMB = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
SETUP = """
import ctypes, getpass, os, socket, subprocess, sys
libc = ctypes.CDLL(None, use_errno=True)
sockets = os.path.dirname(get_ipython().config.IPKernelApp.connection_file)
def check(result):
    if result:
        raise OSError(ctypes.get_errno(), "refused")
"""


@pytest.fixture(scope="module")
def boxed(
    make_kernelspec: Callable[..., str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BlockingKernelClient]:
    """A sandboxed kernel with tight limits, in a folder with a data file and a notebook."""
    folder = tmp_path_factory.mktemp("assignment")
    (folder / "values.csv").write_text("1,3\n")
    (folder / "graded.ipynb").write_text("hidden tests")
    limits = {"file_size": 2 << 20, "memory": 500 << 20, "disk": 8 << 20}
    kernel = make_kernelspec("boxed", sandbox=True, limits=limits)
    env = {**os.environ, "SECRET_TOKEN": "instructor's"}
    with running(kernel, cwd=str(folder), env=env) as (_, kernel_client):
        execute(kernel_client, SETUP)
        yield kernel_client


@pytest.mark.parametrize("name", PROBES)
def test_refused(boxed: BlockingKernelClient, name: str) -> None:
    reply = execute(boxed, PROBES[name])
    assert reply["status"] == "error", f"allowed: {name}"
    errors = "OSError", "PermissionError", "MemoryError", "TimeoutError", "CalledProcessError"
    assert reply["ename"] in errors


def test_sees_the_assignment_and_nothing_else(boxed: BlockingKernelClient, tmp_path: Path) -> None:
    def value(expression: str) -> object:
        return ast.literal_eval(evaluate(boxed, expression))

    assert value("open('values.csv').read()") == "1,3\n"
    assert value("sorted(os.listdir('.'))") == ["values.csv"]
    assert value("getpass.getuser()") == "student"
    assert value("[p for p in os.listdir('/proc') if p.isdigit()]") == ["1", "2"]
    assert value("'SECRET_TOKEN' in os.environ") is False
    environment = "subprocess.check_output(['cat', '/proc/self/environ'])"
    assert value(f"b'SECRET_TOKEN' in {environment}, b'HOME' in {environment}") == (False, True)
    assert value("os.path.exists('/etc/shadow'), os.path.exists('/var')") == (False, False)
    # Where pytest imports from is shown; other folders of the machine are not.
    assert value(f"os.path.exists({str(tmp_path)!r})") is False
    assert value("open('own', 'w').write('kept') and open('own').read()") == "kept"


def test_works_as_usual(boxed: BlockingKernelClient) -> None:
    """What honest notebooks do must not be refused."""
    assert (
        evaluate(boxed, "subprocess.run(['echo', 'hi'], capture_output=True).stdout") == "b'hi\\n'"
    )
    code = "import multiprocessing as m\nwith m.Pool(2) as p: squares = p.map(abs, [-1, 2])"
    assert execute(boxed, code)["status"] == "ok"
    assert evaluate(boxed, "squares") == "[1, 2]"
    assert execute(boxed, "!echo hi")["status"] == "ok"
    code = "s = socket.create_server(('127.0.0.1', 0)); socket.create_connection(s.getsockname())"
    assert execute(boxed, code)["status"] == "ok"


@pytest.mark.parametrize(
    ("limits", "code", "reason"),
    [
        ({"wall": 1.0}, "while True: pass", "longer than 1 s"),
        ({"cpu": 1.0}, "while True: pass", "more than 1 s of processor time"),
        ({"tasks": 40, "wall": 3.0}, FORK_BOMB, "longer than 3 s"),
        (
            {"memory": 300 << 20},
            "import os\nfor _ in range(4): os.fork()\nx = bytearray(100 << 20)\nwhile True: pass",
            "more than 300 MB",
        ),
    ],
)
def test_limit_ends_the_kernel_and_says_why(
    make_kernelspec: Callable[..., str], limits: dict, code: str, reason: str, tmp_path: Path
) -> None:
    kernel = make_kernelspec("limited", sandbox=True, limits=limits)
    manager, kernel_client = start_new_kernel(
        startup_timeout=TIMEOUT, kernel_name=kernel, cwd=str(tmp_path)
    )
    try:
        family = psutil.Process(manager.provisioner.pid).parent().children(recursive=True)
        kernel_client.execute(code)
        manager.provisioner.process.wait(TIMEOUT)
        ended = manager.provisioner.end_reason or ""
        assert reason in ended
        wait_until(lambda: not any(process.is_running() for process in family))
    finally:
        kernel_client.stop_channels()
        manager.shutdown_kernel(now=True)


def test_sockets_may_share_a_folder_with_what_is_shown(
    make_kernelspec: Callable[..., str], runtime: Path, tmp_path: Path
) -> None:
    library = runtime / "library"
    library.mkdir()
    (library / "words.txt").write_text("shown")
    kernel = make_kernelspec("beside", sandbox=True, readable=[str(library)])
    with running(kernel, cwd=str(tmp_path)) as (_, kernel_client):
        assert evaluate(kernel_client, f"open('{library}/words.txt').read()") == "'shown'"
        assert evaluate(kernel_client, f"sorted(__import__('os').listdir('{runtime}'))") == (
            "['library', 'warmgrader']"
        )


def refuse_namespaces(folder: Path) -> None:
    """Make a server with `folder` on its PYTHONPATH behave as on a system without namespaces."""
    (folder / "sitecustomize.py").write_text(
        "import warmgrader.containment.linux\n"
        "def refuse(flags): raise OSError(1, 'Operation not permitted')\n"
        "warmgrader.containment.linux.unshare = refuse\n"
    )


def test_nothing_starts_where_the_system_refuses(
    make_kernelspec: Callable[..., str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_namespaces(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    kernel = make_kernelspec("refused", sandbox=True)
    manager = KernelManager(kernel_name=kernel)
    with pytest.raises(SandboxError, match="Operation not permitted"):
        manager.start_kernel()
    assert not manager.has_kernel
