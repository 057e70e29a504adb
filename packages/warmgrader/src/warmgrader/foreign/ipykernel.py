"""What is used of ipykernel's insides: how its application starts and ends, and its streams."""

from __future__ import annotations

from typing import Any

from ipykernel.iostream import OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelapp import IPKernelApp

USES = {
    "ipykernel.kernelapp.IPKernelApp.parent_handle": "1: do not poll the parent (6.0)",
    "ipykernel.kernelapp.IPKernelApp.kernel_class": "set before it is initialized (6.0)",
    "ipykernel.kernelapp.IPKernelApp.outstream_class": "set before it is initialized (6.0)",
    "ipykernel.kernelapp.IPKernelApp.control_thread": "ended before the outputs' thread (6.0)",
    "ipykernel.control.ControlThread.stop": "the same (6.0)",
    "ipykernel.iostream.OutStream.write": "overridden, and kept against IPython's (6.0)",
    "ipykernel.ipkernel.IPythonKernel.do_execute": "replaced in a graded kernel (6.0)",
    "ipykernel.kernelbase.Kernel.session": "its parent, the application, is forgotten (6.0)",
}

#: Imported by a kernel while it starts and while it runs its first cells.
MODULES = (
    "comm", "ipykernel.debugger", "ipykernel.subshell_manager", "ipykernel.zmqshell",
    "matplotlib_inline.config", "sqlite3", "tornado.platform.asyncio", "unittest.mock",
    "zmq.eventloop.zmqstream",
)  # fmt: skip


class CoreKernel(IPythonKernel):
    """An IPython kernel that obeys the grader's orders."""


def make_app(arguments: list[str], *, graded: bool, output: int | None) -> IPKernelApp:
    """Make a kernel in this process, ready to be started.

    Args:
        arguments: the command line behind `ipykernel_launcher`.
        graded: whether it obeys orders.
        output: how many characters it may print; without a limit if None.
    """
    # 1 means "a front end started me, but do not poll my parent": the supervisor does that.
    app = IPKernelApp.instance(parent_handle=1)
    if graded:
        app.kernel_class = CoreKernel
    if output is not None:
        BoundedStream.left = output
        app.outstream_class = f"{BoundedStream.__module__}.{BoundedStream.__name__}"
    app.initialize(arguments)
    return app


def run_app(app: IPKernelApp) -> None:
    """Run a kernel, and return when it has been shut down."""
    app.start()
    # ipykernel closes the thread that sends outputs first, while the one that was asked to shut down
    # may still wait for it, or write to its socket: the process would hang for seconds, or abort.
    if app.control_thread is not None and app.control_thread.is_alive():
        app.control_thread.stop()
        app.control_thread.join()


class BoundedStream(OutStream):
    """Drops what is printed beyond a limit.

    A notebook that prints without end would fill the kernel's memory faster than its output can be
    sent, and then something else than the notebook could fail for want of memory.
    """

    left = float("inf")
    """How many characters all streams of the process may still print."""

    def write(self, string: str) -> int | None:
        """Print as much of a text as there is room for."""
        if isinstance(string, str):
            left = BoundedStream.left
            BoundedStream.left -= len(string)
            if left <= 0:
                return len(string)
            if left < len(string):
                string = string[: int(left)]
        return super().write(string)

    def __setattr__(self, name: str, value: Any) -> None:
        """Keep `write`: IPython puts another in its place that keeps a copy of everything."""
        if name != "write":
            super().__setattr__(name, value)
