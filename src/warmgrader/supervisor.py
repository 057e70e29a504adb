"""The process between the fork server and a kernel: passes signals on, reports the end, cleans up.

It holds the client's connection for as long as the kernel lives. When that breaks, because the
client was killed, the kernel is killed; when the kernel ends, so does everything it started.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import selectors
import signal
import sys

import psutil

from warmgrader.kernel import KernelRequest
from warmgrader.wire import Channel

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


def supervise(channel: Channel, request: KernelRequest) -> KernelRequest:
    """Fork the kernel and watch it until it ends; only the kernel's process returns.

    Args:
        channel: the connection to the client. It gets `{"pid": …}` at once and `{"exit": status}`
            at the end, and may send `{"signal": number}`.
        request: the kernel to run.
    """
    os.setsid()
    # Orphans of the kernel become children of this process, which therefore can end them.
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    supervisor = os.getpid()
    pid = os.fork()
    if pid == 0:
        channel.close()
        os.setsid()
        die_with_parent(supervisor)
        return request
    for fd in request.stdio:
        os.close(fd)
    status = 1
    try:
        channel.send({"pid": pid})
        status = _watch(channel, pid)
    except (EOFError, OSError):
        pass  # the client is gone, and with it the reason for the kernel to live
    finally:
        _kill_descendants()
        with contextlib.suppress(OSError):
            channel.send({"exit": status})
        os._exit(0)


def die_with_parent(parent: int) -> None:
    """Make the calling process end when its parent, whose id is given, does."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() not in (parent, 0):
        os._exit(1)  # it was already too late


def _watch(channel: Channel, pid: int) -> int:
    """Pass signals on until the kernel `pid` ends; return its status as `subprocess` counts it."""
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    with selectors.DefaultSelector() as selector:
        selector.register(channel.sock, selectors.EVENT_READ)
        selector.register(wake_read, selectors.EVENT_READ)
        while True:
            status = _reap(pid)
            if status is not None:
                return status
            for event, _ in selector.select():
                if event.fd == wake_read:
                    os.read(wake_read, 512)
                else:
                    while (message := channel.receive(block=False)) is not None:
                        _send_signal(pid, message["signal"])


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
