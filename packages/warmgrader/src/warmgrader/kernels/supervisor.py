"""The process between the fork server and a kernel: passes signals on, reports the end, cleans up.

It holds the client's connection for as long as the kernel lives. When that breaks, because the
client was killed, the kernel is killed; when the kernel ends, so does everything it started.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import shutil
import signal
import socket
import sys
from dataclasses import replace
from typing import Any

import psutil

from warmgrader.containment import linux, sandbox
from warmgrader.kernels.kernel import KernelRequest
from warmgrader.kernels.wire import Channel


def supervise(channel: Channel, request: KernelRequest) -> KernelRequest:
    """Fork the kernel and watch it until it ends; only the kernel's process returns.

    Args:
        channel: the connection to the client. It gets `{"pid": …}` or `{"error": …}` at once and
            `{"exit": status, "reason": …}` at the end, and may send `{"signal": number}`.
        request: the kernel to run.
    """
    os.setsid()
    # Orphans of the kernel become children of this process, which therefore can end them.
    linux.prctl(linux.PR_SET_CHILD_SUBREAPER, 1)
    supervisor = os.getpid()
    box = None
    if request.sandbox is not None:
        box = sandbox.Sandbox.from_message(request.sandbox)
        try:
            sandbox.isolate()
        except sandbox.SandboxError as error:
            channel.send({"error": str(error)})
            os._exit(1)
    control, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        channel.close()
        control.close()
        _die_with_parent(supervisor)
        if box is None:
            theirs.close()
            os.setsid()
            return request
        return replace(request, seal=sandbox.run_init(box, theirs))
    theirs.close()
    reports = control.makefile("rb")
    for fd in request.stdio:
        os.close(fd)
    result: dict[str, Any] = {"exit": 1}
    try:
        if box is not None:
            answer = json.loads(reports.readline() or '{"error": "the sandbox could not start"}')
            if "error" in answer:
                channel.send(answer)
                os._exit(1)
        channel.send({"pid": pid})
        result = _watch(channel, pid, control if box else None)
        if line := reports.readline():
            result = json.loads(line)  # process 1 of a sandbox knows better how the kernel ended
    except (EOFError, OSError):
        # The client is gone, and with it the reason for the kernel to live.
        if box is not None:
            shutil.rmtree(box.sockets, ignore_errors=True)
    finally:
        _kill_descendants()
        with contextlib.suppress(OSError):
            channel.send(result)
        os._exit(0)


def _die_with_parent(parent: int) -> None:
    """Make the calling process end when its parent, whose id is given, does."""
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() not in (parent, 0):  # 0: the parent is outside of this process namespace
        os._exit(1)  # it was already too late


def _watch(channel: Channel, pid: int, control: socket.socket | None) -> dict[str, Any]:
    """Pass signals on until the kernel ends; return its status as `subprocess` counts it.

    Args:
        channel: the client.
        pid: the kernel, or process 1 of its sandbox.
        control: the connection to that process 1, which passes signals on to the kernel.
    """
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    with selectors.DefaultSelector() as selector:
        selector.register(channel.sock, selectors.EVENT_READ)
        selector.register(wake_read, selectors.EVENT_READ)
        while True:
            status = _reap(pid)
            if status is not None:
                return {"exit": status}
            for event, _ in selector.select():
                if event.fd == wake_read:
                    os.read(wake_read, 512)
                else:
                    while (message := channel.receive(block=False)) is not None:
                        number = message["signal"]
                        if control is None or number == signal.SIGKILL:
                            _send_signal(pid, number)
                        else:
                            control.sendall(json.dumps({"signal": number}).encode() + b"\n")


def _reap(pid: int) -> int | None:
    """Collect ended children; return the kernel's status if it is among them."""
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return 1
        if ended == pid:
            return os.waitstatus_to_exitcode(status)
        if ended == 0:
            return None


def _send_signal(pid: int, number: int) -> None:
    """Signal the kernel's process group, and the kernel alone where it has left that group."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _kill_descendants() -> None:
    """Kill everything the kernel has left behind."""
    while True:
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        for child in psutil.Process().children():
            with contextlib.suppress(psutil.NoSuchProcess):
                child.kill()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, 0)


if sys.platform != "linux":  # pragma: no cover - `preload.check_fork_safety` refuses before
    raise ImportError("warmgrader's supervisor needs Linux")
