"""What a sandboxed kernel prints."""

from __future__ import annotations

from typing import Any

from ipykernel.iostream import OutStream


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
