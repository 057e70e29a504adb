"""What is used of jupyter_client's insides: how a client is made and waits, how a manager starts and interrupts.

So the grader talks to a kernel promptly, in orders, and with limits on what it hears.
"""

from __future__ import annotations

import logging
import time
import uuid
from queue import Empty
from typing import Any, ClassVar

import zmq.asyncio
from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import KernelProvisionerBase
from traitlets import Type

from warmgrader.verdicts.orders import METADATA

USES = {
    "jupyter_client.client.KernelClient._context_default": "overridden: options of sockets (6.0)",
    "jupyter_client.client.KernelClient._async_wait_for_ready": "overridden: does not sleep (7.0)",
    "jupyter_client.client.KernelClient._async_is_alive": "asked while it waits (7.0)",
    "jupyter_client.session.Session.msg": "makes requests with orders in their metadata (6.0)",
    "jupyter_client.manager.KernelManager._async_pre_start_kernel": "overridden (7.0)",
    "jupyter_client.manager.KernelManager._async_interrupt_kernel": "overridden: waits (7.0)",
    "jupyter_client.manager.KernelManager._connect_control_socket": "the same (7.0)",
    "jupyter_client.manager.KernelManager._async_post_start_kernel": "overridden (7.0)",
    "jupyter_client.provisioning.LocalProvisioner.pre_launch": "overridden, as documented (7.0)",
    "jupyter_client.provisioning.LocalProvisioner.launch_kernel": "overridden, as documented (7.0)",
}

_INTERRUPT_MILLISECONDS = 2000
_LONGEST_MESSAGE = 64 << 20  # bytes; a longer one is not received


class WarmKernelClient(AsyncKernelClient):
    """A client that knows when a kernel of ipykernel is ready, and that can give orders."""

    order: dict[str, Any] | None = None  # what goes with the next cell

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        # In milliseconds: how often a socket knocks at a kernel that does not listen yet.
        context.setsockopt(zmq.RECONNECT_IVL, 5)
        context.setsockopt(zmq.MAXMSGSIZE, _LONGEST_MESSAGE)
        return context

    def execute(self, code: str, **options: Any) -> str:
        """Send code, with the order that is to go with it; return the message's id."""
        order, self.order = self.order, None
        if order is None:
            return super().execute(code, **options)
        if order.pop("hides"):
            code = ""  # the test is in the order, where no history of inputs has it
        content = {
            "code": code, "silent": False, "store_history": True, "user_expressions": {},
            "allow_stdin": False, **options,
        }  # fmt: skip
        message = self.session.msg("execute_request", content, metadata={METADATA: order})
        self.shell_channel.send(message)
        return message["header"]["msg_id"]

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its output arrives here.

        The base class waits until nothing has been heard for a fifth of a second. Here the wait
        ends with the kernel's word that its output is subscribed to, which it gives once, or with
        the output of a request that was made after that.
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
                    message = await self.iopub_channel.get_msg(timeout=0.05)
                    if message["msg_type"] == "iopub_welcome" or (
                        message["parent_header"].get("msg_id") == request
                        and message["content"].get("execution_state") == "idle"
                    ):
                        return
            except Empty:
                if not await self._async_is_alive():
                    raise RuntimeError("Kernel died before replying to kernel_info") from None
        raise RuntimeError(f"Kernel didn't respond in {timeout} seconds")

    wait_for_ready = _async_wait_for_ready


class PromptKernelManager(AsyncKernelManager):
    """Has a kernel as soon as it is ready, and not only when it has been silent for a while."""

    client_factory = Type(WarmKernelClient, klass="jupyter_client.client.KernelClient")

    def __init__(self, **kwargs: Any) -> None:
        """Make a manager that raises errors and does not also log them."""
        silent = logging.Logger("warmgrader.kernels.kernel")
        silent.addHandler(logging.NullHandler())
        super().__init__(**{"log": silent, **kwargs})


class ProvisionedKernelManager(PromptKernelManager):
    """Takes its kernels from one provisioner, whatever the kernelspec says."""

    provisioner_class: ClassVar[type[KernelProvisionerBase]]

    async def _async_pre_start_kernel(self, **kwargs: Any) -> tuple[list[str], dict[str, Any]]:
        if self.provisioner is None:
            self.kernel_id = self.kernel_id or str(uuid.uuid4())
            self.provisioner = self.provisioner_class(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**kwargs)

    pre_start_kernel = _async_pre_start_kernel

    async def _async_interrupt_kernel(self) -> None:
        """Interrupt the kernel, and return when it has been done: late, it hits the next cell."""
        self._connect_control_socket()
        self.session.send(self._control_socket, self.session.msg("interrupt_request", {}))
        if await self._control_socket.poll(_INTERRUPT_MILLISECONDS):
            await self._control_socket.recv_multipart()
        else:
            await super()._async_interrupt_kernel()  # by a signal from outside

    interrupt_kernel = _async_interrupt_kernel


class WatchedKernelManager(AsyncKernelManager):
    """Tells which process the kernel is: a warm one is no child of this process."""

    kernel: ClassVar[int | None] = None

    async def _async_post_start_kernel(self, **kwargs: Any) -> None:
        WatchedKernelManager.kernel = self.provisioner.pid
        await super()._async_post_start_kernel(**kwargs)

    post_start_kernel = _async_post_start_kernel
