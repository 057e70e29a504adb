"""Warm kernels behave like ordinary ones, and nothing is left of them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from warmgrader.kernels import client
from warmgrader.kernels.recipe import Recipe

TIMEOUT = 60


@contextmanager
def running(kernel: str, **kwargs: object) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """Run a kernel for the length of a `with` block."""
    manager, kernel_client = start_new_kernel(startup_timeout=TIMEOUT, kernel_name=kernel, **kwargs)
    try:
        yield manager, kernel_client
    finally:
        kernel_client.stop_channels()
        manager.shutdown_kernel(now=True)


def evaluate(kernel_client: BlockingKernelClient, expression: str) -> str:
    """Return the representation of an expression's value in the kernel."""
    reply = kernel_client.execute(
        "", user_expressions={"value": expression}, reply=True, timeout=TIMEOUT
    )
    value = reply["content"]["user_expressions"]["value"]
    assert value["status"] == "ok", value
    return value["data"]["text/plain"]


def execute(kernel_client: BlockingKernelClient, code: str) -> dict:
    """Execute code and return the reply's content."""
    reply = kernel_client.execute(code, reply=True, timeout=TIMEOUT, stop_on_error=False)
    return reply["content"]


def server_of(manager: KernelManager) -> int:
    """Return the id of the server process that a kernel came out of."""
    supervisor = psutil.Process(manager.provisioner.pid).parent()
    return supervisor.ppid()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for a condition, for at most a minute."""
    end = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < end, "the condition did not come true"
        time.sleep(0.02)


def test_own_environment_directory_and_random_numbers(warm_kernel: str, tmp_path: Path) -> None:
    env = {**os.environ, "COURSE": "keras"}
    with (
        running(warm_kernel, env=env, cwd=str(tmp_path)) as (first, a),
        running(warm_kernel) as (
            second,
            b,
        ),
    ):
        execute(a, "import os, sys, numpy, random")
        execute(b, "import os, sys, numpy, random")
        assert evaluate(a, "os.environ['COURSE']") == "'keras'"
        assert evaluate(b, "os.environ.get('COURSE')") == "None"
        assert evaluate(a, "os.getcwd()") == repr(str(tmp_path))
        assert evaluate(a, "'JPY_PARENT_PID' in os.environ") == "False"
        for generator in ("numpy.random.rand()", "random.random()"):
            assert evaluate(a, generator) != evaluate(b, generator)
        assert server_of(first) == server_of(second)


def test_same_interpreter_state_as_an_ordinary_kernel(warm_kernel: str) -> None:
    """Notebook code must not be able to tell where it runs."""
    expressions = [
        "sys.path",
        "__name__",
        "sys.modules['__main__'].__dict__ is globals()",
        "os.path.basename(sys.argv[0])",
        "get_ipython().history_manager.hist_file",
        "sorted(t.name for t in threading.enumerate() if 'Thread-' not in t.name)",
        "[str(signal.getsignal(s)).split(' at ')[0] for s in (2, 15, 17)]",
        "sorted(k for k in globals() if not k.startswith('_'))",
        "matplotlib.get_backend() if matplotlib.use('inline') is None else 0",
    ]
    answers = []
    for kernel in (warm_kernel, "python3"):
        arguments = {"extra_arguments": ["--HistoryManager.hist_file=:memory:"]}
        with running(kernel, **arguments) as (_, kernel_client):
            execute(kernel_client, "import sys, os, threading, signal, matplotlib")
            answers.append([evaluate(kernel_client, expression) for expression in expressions])
    assert answers[0] == answers[1]


def test_a_kernel_is_a_batch_job(warm_kernel: str) -> None:
    with running(warm_kernel) as (_, kernel_client):
        execute(kernel_client, "import os")
        assert evaluate(kernel_client, "os.sched_getscheduler(0) == os.SCHED_BATCH") == "True"


PICTURES = (
    "import matplotlib\nimport matplotlib.pyplot as plt",
    "plt.plot([1, 2]);",  # shown at the end of the cell
    "plt.plot([1, 3]); plt.show(); print('then')",
    "figure, axes = plt.subplots(figsize=(2, 1), dpi=50)\nfigure",
    "plt.ioff(); plt.plot([1, 4]);",
    "plt.ion()\n%matplotlib inline\n%config InlineBackend.print_figure_kwargs = {'dpi': 40}",
    "plt.plot([1, 5]);",
    "matplotlib.get_backend(), plt.rcParams['figure.dpi'], plt.rcParams['figure.figsize']",
    "%config InlineBackend.figure_format = 'jpeg'",
    "plt.plot([1, 6]);",
)


def outputs(kernel: str, cells: tuple[str, ...]) -> list[list[dict]]:
    """Return what a kernel shows for each cell."""
    shown = []
    with running(kernel) as (_, kernel_client):
        for code in cells:
            messages: list[dict] = []
            kernel_client.execute_interactive(
                code, timeout=TIMEOUT, store_history=True, output_hook=messages.append
            )
            kinds = ("stream", "display_data", "execute_result", "error")
            shown.append([m["content"] for m in messages if m["msg_type"] in kinds])
    return shown


def test_same_pictures_as_an_ordinary_kernel(make_kernelspec: Callable[..., str]) -> None:
    warm = make_kernelspec("warm-pictures", preload=("matplotlib.pyplot",))
    pictures = outputs(warm, PICTURES)
    assert pictures == outputs("python3", PICTURES)
    assert ["image/png" in str(picture) for picture in pictures[1:4]] == [True, True, True]


def test_interrupt_stops_the_cell_and_keeps_the_kernel(warm_kernel: str) -> None:
    with running(warm_kernel) as (manager, kernel_client):
        code = "x = 1\nprint('go')\nwhile True: pass"
        message = kernel_client.execute(code, stop_on_error=False)
        while kernel_client.get_iopub_msg(timeout=TIMEOUT)["msg_type"] != "stream":
            pass
        manager.interrupt_kernel()
        reply = kernel_client.get_shell_msg(timeout=TIMEOUT)
        assert reply["parent_header"]["msg_id"] == message
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert evaluate(kernel_client, "x") == "1"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("import os; os._exit(3)", 3),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", -signal.SIGSEGV),
        ("import os; os.abort()", -signal.SIGABRT),
    ],
)
def test_exit_status(warm_kernel: str, code: str, status: int) -> None:
    with running(warm_kernel) as (manager, kernel_client):
        process = manager.provisioner.process
        kernel_client.execute(code)
        assert process.wait(TIMEOUT) == status
        assert not manager.is_alive()


def test_restart_gives_a_fresh_kernel(warm_kernel: str) -> None:
    with running(warm_kernel) as (manager, kernel_client):
        execute(kernel_client, "x = 1")
        first = manager.provisioner.pid
        manager.restart_kernel(now=True)
        kernel_client.wait_for_ready(timeout=TIMEOUT)
        assert manager.provisioner.pid != first
        assert evaluate(kernel_client, "'x' in globals()") == "False"
        assert not psutil.pid_exists(first)


def test_polite_shutdown_runs_exit_handlers(warm_kernel: str, tmp_path: Path) -> None:
    with running(warm_kernel) as (manager, kernel_client):
        mark = tmp_path / "mark"
        execute(kernel_client, f"import atexit; atexit.register(open, {str(mark)!r}, 'w')")
        process = manager.provisioner.process
        manager.shutdown_kernel()
        assert process.returncode == 0
        assert mark.exists()


START_ORPHAN = """
import subprocess, sys
orphan = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"],
                          start_new_session=True).pid
"""


def test_what_a_notebook_started_ends_with_it(warm_kernel: str) -> None:
    with running(warm_kernel) as (_, kernel_client):
        execute(kernel_client, START_ORPHAN)
        orphan = int(evaluate(kernel_client, "orphan"))
        assert psutil.pid_exists(orphan)
    wait_until(lambda: not psutil.pid_exists(orphan))


def test_kernel_of_a_killed_client_ends(warm_kernel: str) -> None:
    code = f"""
from jupyter_client.manager import start_new_kernel
manager, client = start_new_kernel(kernel_name={warm_kernel!r})
client.execute({START_ORPHAN!r}, reply=True, timeout={TIMEOUT})
print(manager.provisioner.pid, flush=True)
import time; time.sleep(1000)
"""
    victim = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert victim.stdout is not None
    kernel = psutil.Process(int(victim.stdout.readline()))
    family = [kernel, kernel.parent(), *kernel.children(recursive=True)]
    assert len(family) == 3
    victim.kill()
    victim.wait()
    wait_until(lambda: not any(process.is_running() for process in family))


def test_a_dead_server_is_replaced_and_its_kernels_live_on(warm_kernel: str) -> None:
    with running(warm_kernel) as (first, a):
        server = psutil.Process(server_of(first))
        server.kill()
        wait_until(lambda: server.status() == psutil.STATUS_ZOMBIE or not server.is_running())
        assert evaluate(a, "1 + 1") == "2"
        with running(warm_kernel) as (second, b):
            assert evaluate(b, "1 + 1") == "2"
            assert server_of(second) != server.pid


def test_clients_that_come_at_once_share_one_server(
    make_kernelspec: Callable[..., str], runtime: Path
) -> None:
    kernel = make_kernelspec("warm-shared", preload=("numpy", "wave"))
    servers = []

    def run() -> None:
        with running(kernel) as (manager, _):
            servers.append(server_of(manager))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(servers) == 4
    assert len(set(servers)) == 1


def test_server_ends_when_idle(make_kernelspec: Callable[..., str], runtime: Path) -> None:
    kernel = make_kernelspec("warm-brief", preload=("numpy", "queue"), idle_timeout=0.2)
    before = set((runtime / "warmgrader").glob("*.sock"))
    with running(kernel) as (manager, _):
        server = psutil.Process(server_of(manager))
        assert set((runtime / "warmgrader").glob("*.sock")) > before
    wait_until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE)
    assert set((runtime / "warmgrader").glob("*.sock")) == before


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import threading, time\nthreading.Thread(target=time.sleep, args=(1000,), daemon=True)"
         ".start()", "left Python threads running"),
        ("import os\nos._exit(5)", "could not start"),
    ],
)  # fmt: skip
def test_unsafe_or_broken_server_means_an_ordinary_kernel(
    make_kernelspec: Callable[..., str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    source: str,
    reason: str,
) -> None:
    (tmp_path / "startsthread.py").write_text(source)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    kernel = make_kernelspec("warm-unsafe", preload=("startsthread",))
    with running(kernel) as (manager, kernel_client):
        assert evaluate(kernel_client, "1 + 1") == "2"
        assert isinstance(manager.provisioner.process, subprocess.Popen)
    warnings = [record.message for record in caplog.records if reason in record.message]
    assert len(warnings) == 1
    assert "\n" not in warnings[0]


def test_what_an_import_reads_decides_which_server(tmp_path: Path) -> None:
    def key(**env: str) -> str:
        return Recipe.for_kernel(sys.executable, ("numpy",), {"PATH": "/bin", **env}).key

    assert key() == key(COURSE="keras")
    assert key() != key(TF_ENABLE_ONEDNN_OPTS="0")
    assert key() != key(KERAS_HOME="/tmp")
    packages = str(tmp_path)
    before = key(PYTHONPATH=packages)
    (tmp_path / "new-1.0.dist-info").mkdir()
    assert key(PYTHONPATH=packages) != before


def test_stop_ends_servers_and_spares_kernels(warm_kernel: str) -> None:
    with running(warm_kernel) as (manager, kernel_client):
        server = psutil.Process(server_of(manager))
        assert client.stop_servers() >= 1
        wait_until(lambda: not server.is_running() or server.status() == psutil.STATUS_ZOMBIE)
        assert evaluate(kernel_client, "1 + 1") == "2"
    assert client.stop_servers() == 0


ELSEWHERE = """
import ctypes, os, socket, sys
import distributed, jupyter_client.provisioning, nbclient, nbgrader.apps.api, psutil, sqlalchemy, tqdm
from traitlets.config import Config

for name in ("fcntl", "grp", "pwd", "resource", "termios"):
    sys.modules[name] = None
for owner, name in ((os, "fork"), (os, "getuid"), (os, "sysconf"), (socket, "CMSG_SPACE")):
    delattr(owner, name)
ctypes.CDLL = None
sys.platform = "win32"

import warmgrader.kernels.provisioner
from warmgrader.switch import use_warmgrader

config = Config()
use_warmgrader(config)
"""


def test_a_system_without_fork_can_import_it() -> None:
    """It then starts ordinary kernels; a course's configuration must not fail there."""
    command = [sys.executable, "-c", ELSEWHERE]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
