"""What is used of nbclient's insides: when it gives up on a cell, and how it ends kernels."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import zmq
from jupyter_core.utils import run_sync
from nbclient.output_widget import OutputWidget
from nbformat import NotebookNode

USES = {
    "nbclient.client.NotebookClient._async_cleanup_kernel": "overridden: none need be there (0.5)",
    "nbclient.client.NotebookClient._async_handle_timeout": "overridden: notes that it was (0.5)",
    "nbclient.client.NotebookClient._get_timeout": "overridden: limits a notebook's time (0.5)",
    "nbclient.client.NotebookClient.process_message": "overridden: limits outputs (0.5)",
    "nbclient.client.NotebookClient.clear_display_id_mapping": "called before a verdict (0.5)",
    "nbclient.client.NotebookClient.start_new_kernel": "called again for another kernel (0.5)",
    "nbclient.client.NotebookClient.start_new_kernel_client": "the same (0.5)",
    "nbclient.output_widget.OutputWidget.send": "replaced by nothing (0.5)",
}
_SETTLE_SECONDS = 10.0


class ClientInsides:
    """To be mixed in before `nbclient.NotebookClient`, or what inherits from it.

    Attributes:
        timed_out: whether the last cell took longer than it may.
        interruption: an interrupt that the kernel has not answered yet.
        deadline: when the notebook's time is over, on the monotonic clock.
    """

    timed_out = False
    interruption: asyncio.Future[None] | None = None
    deadline = float("inf")

    def is_over(self) -> bool:
        """Return whether the notebook's time is over."""
        return time.monotonic() >= self.deadline

    async def _async_cleanup_kernel(self) -> None:
        """End the kernel, should there be one; the base class needs one."""
        if self.km is not None:
            await super()._async_cleanup_kernel()

    _cleanup_kernel = run_sync(_async_cleanup_kernel)

    def end_kernel(self) -> None:
        """End the kernel, should there be one."""
        self.interruption = None
        self._cleanup_kernel()

    async def _async_settle(self) -> bool:
        """Tell whether the kernel has got over an interrupt.

        One that comes when a cell has just ended by itself stops whatever the kernel does then.
        """
        interruption, self.interruption = self.interruption, None
        try:
            if interruption is not None:
                await interruption
            await self.kc.wait_for_ready(_SETTLE_SECONDS)
        except (RuntimeError, zmq.ZMQError):
            return False
        return True

    settle = run_sync(_async_settle)

    async def _async_handle_timeout(self, timeout: int, cell: Any = None) -> Any:
        self.timed_out = True
        return await super()._async_handle_timeout(timeout, cell)

    def _get_timeout(self, cell: NotebookNode | None) -> int | None:
        """Limit a cell's time to what the notebook has left."""
        timeout = super()._get_timeout(cell)
        if self.deadline == float("inf"):
            return timeout
        left = max(1, int(self.deadline - time.monotonic()) + 1)
        return left if timeout is None else min(timeout, left)


def silence_widgets() -> None:
    """Let no client in this process tell a kernel what its widgets show.

    Sent while the client waits for a cell's reply on the same socket, that can lose the wake-up for
    this reply, and the cell ends after its time limit (seen with 0.11). What is stored comes from the
    client's own copy; nothing there needs the kernel's.
    """
    OutputWidget.send = lambda self, *arguments, **keywords: None
