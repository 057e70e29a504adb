"""A Jupyter kernel provisioner that takes kernels from the fork server.

It makes warm kernels usable by everything that speaks Jupyter: papermill, nbclient, nbval,
nbgrader, JupyterLab. A kernelspec asks for it with `metadata.kernel_provisioner`; see
`warmgrader.kernelspec`.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Float, List, Unicode

from warmgrader import client
from warmgrader.recipe import DEFAULT_IDLE_SECONDS, DEFAULT_PRELOAD, Recipe

_POLL_SECONDS = 0.005
_KILL_SECONDS = 5.0


class WarmProvisioner(LocalProvisioner):
    """Starts kernels warm, and the ordinary way where that is not possible."""

    preload = List(
        Unicode(),
        default_value=list(DEFAULT_PRELOAD),
        help="Modules that the fork server imports; what is not installed is left out.",
    ).tag(config=True)

    idle_timeout = Float(
        DEFAULT_IDLE_SECONDS, help="Seconds after which a fork server without kernels ends."
    ).tag(config=True)

    _warned: set[str] = set()  # what has been said once in this process is not said again

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Take the kernel from the fork server, or start an ordinary one and say why."""
        try:
            self.process = await asyncio.to_thread(self._start, cmd, kwargs)
        except client.ServerError as error:
            self._warn(f"Starting an ordinary kernel instead of a warm one: {error}")
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.process.pid
        self.pgid = None  # signals go through the supervisor
        return self.connection_info

    def _start(self, cmd: list[str], kwargs: dict[str, Any]) -> client.WarmProcess:
        if "ipykernel_launcher" not in cmd:
            raise client.ServerError(f"{' '.join(cmd)} does not start ipykernel_launcher")
        env = dict(kwargs.get("env") or os.environ)
        request = {
            "arguments": cmd[cmd.index("ipykernel_launcher") + 1 :],
            "cwd": os.path.abspath(kwargs.get("cwd") or os.getcwd()),
            "env": env,
        }
        recipe = Recipe.for_kernel(cmd[0], tuple(self.preload), env)
        return client.start_kernel(recipe, request, self.idle_timeout)

    def _warn(self, message: str) -> None:
        if message not in self._warned:
            self._warned.add(message)
            self.log.warning(message)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and everything it started, and see it gone."""
        await super().kill(restart)
        if isinstance(self.process, client.WarmProcess):
            # Milliseconds, where the caller's own check would sleep for a tenth of a second.
            for _ in range(int(_KILL_SECONDS / _POLL_SECONDS)):
                if self.process.poll() is not None:
                    break
                await asyncio.sleep(_POLL_SECONDS)
