"""The kernel side: turns a fresh fork of the server into an IPython kernel."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import ipykernel_launcher

from warmgrader.containment import sandbox

_HISTORY_OPTION = "--HistoryManager.hist_file"
# Connects itself, while it is imported, to the kernel that there is; in the server there was none.
_INLINE_BACKEND = "matplotlib_inline.backend_inline"


@dataclass(frozen=True)
class KernelRequest:
    """What a client asks for.

    Attributes:
        arguments: the command line behind `ipykernel_launcher`.
        cwd: the kernel's working directory.
        env: the kernel's whole environment.
        sandbox: what the kernel may see and use (`warmgrader.containment.sandbox.Sandbox`); without it, what
            its user may.
        key: the key with which the grader signs its orders, in hexadecimal digits; without it,
            the kernel is an ordinary one.
        stdio: open files for standard output and standard error.
        seal: set by the supervisor for a kernel that is in its sandbox.
    """

    arguments: list[str]
    cwd: str
    env: dict[str, str] = field(repr=False)
    sandbox: dict[str, Any] | None = None
    key: str = field(default="", repr=False)
    stdio: tuple[int, ...] = ()
    seal: socket.socket | None = None


def run(request: KernelRequest) -> None:
    """Become the kernel that was asked for, and return when it has been shut down."""
    _take_over_process(request)
    from warmgrader.foreign.ipykernel import make_app, run_app

    arguments = request.arguments
    if not any(argument.startswith(_HISTORY_OPTION) for argument in arguments):
        # As nbclient does for the kernel named `python3`, and only for that: many kernels at once
        # would wait for each other's locks on one history file.
        arguments = [*arguments, f"{_HISTORY_OPTION}=:memory:"]
    output = request.sandbox["limits"]["output"] if request.sandbox is not None else None
    app = make_app(arguments, graded=bool(request.key), output=output)
    if request.key:
        from warmgrader.kernels.graded_kernel import install

        install(app.kernel, bytes.fromhex(request.key))
    if request.seal is not None:
        sandbox.seal(request.seal)
    run_app(app)


def _take_over_process(request: KernelRequest) -> None:
    """Give the process everything that a freshly started one would have of its own."""
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    null = os.open(os.devnull, os.O_RDWR)
    for target, source in enumerate((null, *(request.stdio or (null, null)))):
        os.dup2(source, target)
        os.close(source) if source > 2 and source != null else None
    os.close(null)

    os.environ.clear()
    os.environ.update(request.env)
    os.environ.pop("JPY_PARENT_PID", None)
    time.tzset()
    os.chdir(request.cwd)
    sys.argv = [ipykernel_launcher.__file__, *request.arguments]
    # Python reseeds its own generator after a fork; NumPy does not.
    if "numpy.random" in sys.modules:
        sys.modules["numpy.random"].seed()
    if sys.modules.pop(_INLINE_BACKEND, None) is not None:
        del sys.modules["matplotlib_inline"].backend_inline
