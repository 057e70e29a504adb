"""Finds or starts the fork server and asks it for kernels."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from warmgrader.containment.sandbox import SandboxError
from warmgrader.kernels.recipe import DEFAULT_IDLE_SECONDS, Recipe
from warmgrader.kernels.rundir import runtime_dir
from warmgrader.kernels.wire import Channel

_START_SECONDS = 180.0
_REPLY_SECONDS = 30.0


class ServerError(RuntimeError):
    """No warm kernel can be had; the message says why in one line."""


class WarmProcess:
    """A kernel that the fork server runs, with the interface of `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, channel: Channel, pid: int) -> None:
        self._channel = channel
        self.pid = pid
        self.returncode: int | None = None
        self.reason: str | None = None

    def poll(self) -> int | None:
        """Return the exit status, negative for a signal, or None while the kernel runs."""
        if self.returncode is None:
            try:
                message = self._channel.receive(block=False)
            except (EOFError, OSError):
                # The supervisor was killed, and the kernel dies with it.
                message = {"exit": -signal.SIGKILL}
            if message is not None:
                self.returncode = message["exit"]
                self.reason = message.get("reason")
                self._channel.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit status.

        Raises:
            subprocess.TimeoutExpired: the kernel still runs after `timeout` seconds.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            remaining = None if end is None else end - time.monotonic()
            if remaining is not None and remaining <= 0:
                raise subprocess.TimeoutExpired("kernel", timeout or 0)
            # poll(2), because select(2) fails for the file descriptors of a large process
            waiter = select.poll()
            waiter.register(self._channel.sock, select.POLLIN)
            waiter.poll(None if remaining is None else remaining * 1000)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the kernel's process group; does nothing once it has ended."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                self._channel.send({"signal": int(number)})

    def terminate(self) -> None:
        """Send SIGTERM."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Send SIGKILL."""
        self.send_signal(signal.SIGKILL)


def start_kernel(
    recipe: Recipe,
    request: dict[str, Any],
    idle: float = DEFAULT_IDLE_SECONDS,
    silent: bool = False,
) -> WarmProcess:
    """Run a kernel in the server that `recipe` describes, which is started if need be.

    Args:
        recipe: the server.
        request: the fields of `warmgrader.kernels.kernel.KernelRequest` but for the open files.
        idle: seconds after which a server that is started now ends without kernels.
        silent: whether what the kernel writes past Jupyter is lost. That of a sandboxed kernel
            always is: it could hold codes that rule a terminal.

    Raises:
        ServerError: the server can't be started, refuses to serve, or dies again and again.
        SandboxError: the system does not allow the sandbox that was asked for.
    """
    error: Exception | None = None
    for _ in range(3):  # a server may end, idle or killed, between connecting and asking
        try:
            channel = _connect(recipe, idle)
            with _standard_streams(silent or "sandbox" in request) as fds:
                channel.sock.settimeout(_REPLY_SECONDS)
                channel.send(request, fds)
                reply = channel.receive()
            channel.sock.settimeout(None)
        except (EOFError, OSError) as failure:
            error = failure
            continue
        assert reply is not None
        if "error" in reply:
            raise SandboxError(reply["error"])
        return WarmProcess(channel, reply["pid"])
    raise ServerError(f"the fork server does not answer: {error}")


@contextlib.contextmanager
def _standard_streams(silent: bool) -> Iterator[list[int]]:
    """Give duplicates of this process's output streams, or the null device in their place."""
    fds = []
    for number in (1, 2):
        try:
            fds.append(os.open(os.devnull, os.O_WRONLY) if silent else os.dup(number))
        except OSError:
            fds.append(os.open(os.devnull, os.O_WRONLY))
    try:
        yield fds
    finally:
        for fd in fds:
            os.close(fd)


def _connect(recipe: Recipe, idle: float) -> Channel:
    """Connect to the recipe's server; the first of several clients starts it, the others wait."""
    if sys.platform != "linux":
        raise ServerError(f"forking ready kernels is not safe on {sys.platform}")
    path = runtime_dir() / f"{recipe.key}.sock"
    with contextlib.suppress(OSError):
        return _open(path)
    with _locked(path.with_suffix(".lock")):
        with contextlib.suppress(OSError):
            return _open(path)
        _start(recipe, path, idle)
        return _open(path)


def _open(path: Path) -> Channel:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.connect(str(path))
    except OSError:
        sock.close()
        raise
    return Channel(sock)


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a file lock; the kernel lets go of it if this process dies."""
    import fcntl  # which Windows has not

    with open(path, "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(recipe: Recipe, path: Path, idle: float) -> None:
    """Start a server and wait until it serves.

    Raises:
        ServerError: it refuses to serve or fails. Why is kept beside the socket, so that the next
            client need not import everything again to learn the same.
    """
    refusal = path.with_suffix(".refused")
    if refusal.exists():
        raise ServerError(refusal.read_text())
    log = path.with_suffix(".log")
    # What a kernel needs beyond the recipe is given to the kernel; the server gets the minimum.
    env = {name: os.environ[name] for name in ("HOME", "PATH", "TMPDIR") if name in os.environ}
    read, write = os.pipe()
    command = [
        recipe.python, "-m", "warmgrader.kernels.server", "--socket", str(path), "--idle", str(idle),
        "--preload", ",".join(recipe.preload), "--ready", str(write),
    ]  # fmt: skip
    with open(log, "w") as output:
        try:
            process = subprocess.Popen(
                command,
                env={**env, **recipe.env},
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[write],
                start_new_session=True,
            )
        except OSError as error:
            os.close(read)
            raise ServerError(f"the fork server can't be started: {error}") from None
        finally:
            os.close(write)
    with open(read, "rb") as pipe:
        if not select.select([pipe], [], [], _START_SECONDS)[0]:
            process.kill()
        answer = pipe.read()
    message = json.loads(answer) if answer else {}
    if "serving" in message:
        _detached.append(process)
        return
    process.wait()
    if "refused" in message:
        refusal.write_text(message["refused"])
        raise ServerError(message["refused"])
    lines = log.read_text().strip().splitlines() or [f"exit status {process.returncode}"]
    raise ServerError(f"the fork server could not start: {lines[-1]} (see {log})")


# Servers outlive the client that started them; kept, so that `subprocess` does not complain.
_detached: list[subprocess.Popen[bytes]] = []


def stop_servers() -> int:
    """Ask all of this user's servers to end once their connections are done; return how many."""
    stopped = 0
    for path in runtime_dir().glob("*.sock"):
        try:
            channel = _open(path)
        except OSError:
            path.unlink(missing_ok=True)
            continue
        with contextlib.suppress(OSError, EOFError):
            channel.send({"command": "stop"})
            channel.sock.settimeout(_REPLY_SECONDS)
            channel.receive()
        channel.close()
        stopped += 1
    for path in runtime_dir().glob("*.refused"):
        path.unlink()
    return stopped
