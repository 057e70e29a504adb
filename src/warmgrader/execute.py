"""Runs a submitted notebook in a warm, sandboxed kernel."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute
from traitlets import DottedObjectName, Integer

from warmgrader.provisioner import WarmProvisioner

NOTE = "warmgrader_note"
"""Attribute of a log record that belongs into the report."""


class WarmKernelClient(AsyncKernelClient):
    """A client that knows when a kernel of ipykernel is ready, without waiting for silence."""

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its output arrives here.

        The base class waits until nothing has been heard for a fifth of a second. Here the wait
        ends with the output of one request that was made after the subscription.
        """
        deadline = time.monotonic() + (timeout or float("inf"))
        while time.monotonic() < deadline:
            request = self.kernel_info()
            try:
                while True:
                    reply = await self.shell_channel.get_msg(timeout=1)
                    if reply["parent_header"].get("msg_id") == request:
                        break
                while True:
                    message = await self.iopub_channel.get_msg(timeout=0.2)
                    if message["parent_header"].get("msg_id") == request and (
                        message["content"].get("execution_state") == "idle"
                    ):
                        return
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    wait_for_ready = _async_wait_for_ready


class WarmKernelManager(AsyncKernelManager):
    """Takes its kernels from `WarmProvisioner`, whatever the kernelspec says."""

    client_class = DottedObjectName("warmgrader.execute.WarmKernelClient")

    def __init__(self, **kwargs: Any) -> None:
        """Make a manager that raises errors and does not also log them."""
        silent = logging.Logger("warmgrader.kernel")
        silent.addHandler(logging.NullHandler())
        super().__init__(**{"log": silent, **kwargs})

    async def _async_pre_start_kernel(self, **kwargs: Any) -> tuple[list[str], dict[str, Any]]:
        if self.provisioner is None:
            self.kernel_id = self.kernel_id or str(uuid.uuid4())
            self.provisioner = WarmProvisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**kwargs)

    pre_start_kernel = _async_pre_start_kernel


class WarmExecute(Execute):
    """nbgrader's `Execute` in a warm kernel, and with an end to output and to dead kernels."""

    output_limit = Integer(
        10_000_000, help="How many bytes of output of any kind one notebook may have."
    ).tag(config=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("kernel_manager_class", WarmKernelManager)
        kwargs.setdefault("shutdown_kernel", "immediate")
        super().__init__(*args, **kwargs)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run all cells of a notebook."""
        self.output_bytes = 0
        self.death: str | None = None
        return super().preprocess(nb, resources, km)

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell; without a kernel, say so in the cell's output."""
        if self.death is None:
            try:
                return super().preprocess_cell(cell, resources, index)
            except DeadKernelError:
                self.death = self._why_dead(index)
                self.log.warning(self.death, extra={NOTE: self.death})
        if cell.cell_type == "code" and cell.source.strip():
            cell.setdefault("outputs", []).append(_error("DeadKernelError", self.death))
        return cell, resources

    def _why_dead(self, index: int) -> str:
        """Say in one line why the kernel ended in a cell."""
        provisioner = self.km.provisioner
        reason = provisioner.end_reason
        if reason is None:
            status = getattr(provisioner.process, "returncode", None)
            reason = f"ended with signal {-status}" if (status or 0) < 0 else f"exited ({status})"
        return f"The kernel {reason} in cell {index + 1}; the cells from there on did not run."

    def process_message(
        self, msg: dict[str, Any], cell: NotebookNode, cell_index: int
    ) -> NotebookNode | None:
        """Add a message from the kernel to a cell's outputs, as long as there are not too many."""
        if msg["msg_type"] == "status":
            return super().process_message(msg, cell, cell_index)
        before = self.output_bytes
        self.output_bytes += _size(msg["content"])
        if self.output_bytes <= self.output_limit:
            return super().process_message(msg, cell, cell_index)
        if before <= self.output_limit:
            text = f"The notebook printed or displayed more than {self.output_limit} bytes."
            self.log.warning(text, extra={NOTE: f"Cell {cell_index + 1}: {text}"})
            cell.outputs.append(_error("OutputLimitError", text))
            self._interruption = asyncio.ensure_future(self.km.interrupt_kernel())
        return None


def _error(name: str, text: str) -> NotebookNode:
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])


def _size(content: Any) -> int:
    """Count the characters and bytes in a message."""
    if isinstance(content, str | bytes):
        return len(content)
    if isinstance(content, dict):
        return sum(_size(value) for value in content.values())
    if isinstance(content, list):
        return sum(_size(value) for value in content)
    return 8
