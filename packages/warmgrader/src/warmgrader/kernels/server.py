"""The fork server: imports the heavy libraries once and forks ready kernels out of itself.

`python -m warmgrader.kernels.server` is started by `warmgrader.kernels.client` and never by hand. For each request
it forks a supervisor (`warmgrader.kernels.supervisor`), which forks the kernel (`warmgrader.kernels.kernel`). The
server itself never runs notebook code and never starts a thread.
"""

from __future__ import annotations

import argparse
import fcntl
import gc
import json
import os
import selectors
import signal
import socket
import struct
import sys
import time
from pathlib import Path

from warmgrader.containment import linux
from warmgrader.foreign.ipython import show_an_error
from warmgrader.kernels import kernel, supervisor
from warmgrader.kernels.preload import ForkUnsafeError, check_fork_safety, import_all
from warmgrader.kernels.wire import Channel

_REQUEST_SECONDS = 5.0


class Server:
    """Listens on `path` until it has had no kernel for `idle` seconds."""

    def __init__(self, path: Path, idle: float) -> None:
        self.path = path
        self.idle = idle
        self.children: dict[int, int] = {}  # pidfd of a supervisor -> its process id
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        temporary = path.with_suffix(f".{os.getpid()}")
        self.listener.bind(str(temporary))
        self.listener.listen(128)
        temporary.rename(path)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.listener, selectors.EVENT_READ)

    def serve(self) -> kernel.KernelRequest | None:
        """Serve until idle, then return None; in a new kernel's process return what it shall run.

        Returning, rather than running the kernel from in here, gives the kernel a clean stack: it
        ends like any Python program, exit handlers included.
        """
        idle_since = time.monotonic()
        while True:
            remaining = None
            if not self.children:
                remaining = idle_since + self.idle - time.monotonic()
                if remaining <= 0:
                    return None
            for event, _ in self.selector.select(remaining):
                if event.fileobj is self.listener:
                    request = self._accept()
                    if request is not None:
                        return request
                else:
                    self._reap(event.fd)
                idle_since = time.monotonic()

    def _accept(self) -> kernel.KernelRequest | None:
        """Fork a supervisor for one connection; return a request only in the kernel's process."""
        connection, _ = self.listener.accept()
        channel = Channel(connection)
        _, uid, _ = struct.unpack(
            "3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
        )
        if uid != os.getuid():
            channel.close()
            return None
        connection.settimeout(_REQUEST_SECONDS)
        fds: list[int] = []
        try:
            message = channel.receive()
            fds = channel.take_fds()
            assert message is not None
            if message.get("command") == "stop":
                raise SystemExit(0)
            request = kernel.KernelRequest(**message, stdio=tuple(fds))
            pid = os.fork()
            if pid == 0:
                self._close_in_child()
                connection.settimeout(None)
                return supervisor.supervise(channel, request)
            pidfd = os.pidfd_open(pid)
            self.children[pidfd] = pid
            self.selector.register(pidfd, selectors.EVENT_READ)
        except (EOFError, OSError, TypeError, ValueError) as error:
            print(f"request refused: {error}", file=sys.stderr, flush=True)
        for fd in fds:
            os.close(fd)
        channel.close()
        return None

    def _reap(self, pidfd: int) -> None:
        self.selector.unregister(pidfd)
        os.waitpid(self.children.pop(pidfd), 0)
        os.close(pidfd)

    def _close_in_child(self) -> None:
        """Close in a fork what belongs to the server, and undo its signal handling."""
        self.selector.close()
        self.listener.close()
        for pidfd in self.children:
            os.close(pidfd)
        self.children.clear()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)

    def close(self) -> None:
        """Stop listening; a client that has just connected notices and starts another server."""
        self.path.unlink(missing_ok=True)
        self.path.with_suffix(".log").unlink(missing_ok=True)
        self.listener.close()


def _announce(ready: int, message: dict[str, str]) -> None:
    """Tell the client that started this server how it went, over the pipe `ready`."""
    os.write(ready, json.dumps(message).encode())
    os.close(ready)


def main() -> None:
    """Import, listen, serve; in each forked kernel, run the kernel."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--socket", type=Path, required=True)
    parser.add_argument("--preload", default="")
    parser.add_argument("--idle", type=float, required=True)
    parser.add_argument("--ready", type=int, required=True, help="pipe that gets one JSON line")
    arguments = parser.parse_args()
    # `python -m` put the start directory first; kernels put their own there.
    sys.path = [entry for entry in sys.path if entry not in ("", "/")]

    missing = import_all(filter(None, arguments.preload.split(",")))
    if missing:
        print(f"not imported: {', '.join(missing)}", flush=True)
    from warmgrader.kernels import graded_kernel  # noqa: F401 - only now, because it imports IPython
    from warmgrader.verdicts.messages import remember_classes

    show_an_error()
    try:
        check_fork_safety()
    except ForkUnsafeError as error:
        _announce(arguments.ready, {"refused": str(error)})
        sys.exit(1)
    remember_classes()
    gc.collect()
    gc.freeze()  # the collector would otherwise write to, and so copy, every shared page
    linux.use_huge_pages()
    # Threads of several kernels would otherwise interrupt each other all the time: on two cores, two
    # trainings at once take a quarter longer.
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = Server(arguments.socket, arguments.idle)
    _announce(arguments.ready, {"serving": str(arguments.socket)})
    owner = os.getpid()
    try:
        request = server.serve()
    finally:
        if os.getpid() == owner:
            with open(arguments.socket.with_suffix(".lock"), "a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                server.close()
    if request is not None:
        kernel.run(request)


if __name__ == "__main__":
    main()
