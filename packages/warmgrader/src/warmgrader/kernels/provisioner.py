"""A Jupyter kernel provisioner that takes kernels from the fork server.

It makes warm kernels usable by everything that speaks Jupyter: papermill, nbclient, nbval,
nbgrader, JupyterLab. A kernelspec asks for it with `metadata.kernel_provisioner`; see
`warmgrader.kernels.kernelspec`.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import sys
import tempfile
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Bool, Dict, Float, List, Unicode

from warmgrader.containment import packages
from warmgrader.containment.limits import Limits
from warmgrader.containment.sandbox import WORK, Sandbox, SandboxError, clean_environment
from warmgrader.foreign.jupyter_client import ProvisionedKernelManager
from warmgrader.kernels import client
from warmgrader.kernels.recipe import DEFAULT_IDLE_SECONDS, DEFAULT_PRELOAD, Recipe
from warmgrader.kernels.rundir import runtime_dir

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

    sandbox = Bool(
        False,
        help="""Run the kernel in a sandbox. Its working directory is a copy; what the notebook
        writes is lost. Where that is not possible, no kernel starts.""",
    ).tag(config=True)

    graded = Bool(
        False,
        help="Have test cells run by `warmgrader.verdicts.core`, on signed orders of the grader.",
    ).tag(config=True)

    limits = Dict(
        help="Limits on a kernel in a sandbox; see `warmgrader.containment.limits.Limits`."
    ).tag(config=True)

    readable = List(
        Unicode(), help="Files and directories that a kernel in a sandbox may read."
    ).tag(config=True)

    notebooks = Unicode(
        help="Directory whose notebooks a kernel in a sandbox finds in its working directory."
    ).tag(config=True)

    hidden = List(
        Unicode(), help="Directories that are never shown, nor anything that they are in."
    ).tag(config=True)

    data = List(
        Unicode(),
        help="""Directories that a kernel in a sandbox sees as if they were writable; what it
        writes there is lost. The directory that KERAS_HOME names is one of them.""",
    ).tag(config=True)

    _warned: set[str] = set()  # what has been said once in this process is not said again
    _sockets: str | None = None
    key = b""  # what orders to the kernel are signed with

    @property
    def end_reason(self) -> str | None:
        """Why the sandbox ended the kernel, or None if it did not."""
        return getattr(self.process, "reason", None)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Choose where the kernel listens: without a network, at sockets in a private directory."""
        if self.sandbox and self._sockets is None:
            self._sockets = tempfile.mkdtemp(prefix="k", dir=runtime_dir())
            self.parent.transport = "ipc"
            self.parent.ip = os.path.join(self._sockets, "s")
            self.parent.connection_file = os.path.join(self._sockets, "connection.json")
        return await super().pre_launch(**kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Take the kernel from the fork server, or start an ordinary one and say why.

        Raises:
            SandboxError: a sandbox was asked for, and the system does not allow it.
            ServerError: a sandbox was asked for, and there is no fork server.
        """
        if self.sandbox and sys.platform != "linux":
            raise SandboxError(f"there are no namespaces on {sys.platform}")
        try:
            self.process = await asyncio.to_thread(self._start, cmd, kwargs)
        except client.ServerError as error:
            if self.sandbox:
                raise
            self._warn(f"Starting an ordinary kernel instead of a warm one: {error}")
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.process.pid
        self.pgid = None  # signals go through the supervisor
        return self.connection_info

    def _start(self, cmd: list[str], kwargs: dict[str, Any]) -> client.WarmProcess:
        if "ipykernel_launcher" not in cmd:
            raise client.ServerError(f"{' '.join(cmd)} does not start ipykernel_launcher")
        env = dict(kwargs.get("env") or os.environ)
        cwd = os.path.abspath(kwargs.get("cwd") or os.getcwd())
        recipe = Recipe.for_kernel(cmd[0], tuple(self.preload), env)
        request: dict[str, Any] = {
            "arguments": cmd[cmd.index("ipykernel_launcher") + 1 :],
            "cwd": cwd,
            "env": env,
        }
        if self.sandbox:
            request.update(cwd=WORK, env=clean_environment(env))
            request["sandbox"] = self._box(cwd, env).as_message()
        if self.graded:
            self.key = secrets.token_bytes(32)
            request["key"] = self.key.hex()
        return client.start_kernel(recipe, request, self.idle_timeout)

    def _box(self, cwd: str, env: dict[str, str]) -> Sandbox:
        assert self._sockets is not None
        data = list(self.data)
        if os.path.isdir(env.get("KERAS_HOME", "")):
            data.append(os.path.abspath(env["KERAS_HOME"]))
        shown = (*self.readable, *packages.shown(self.hidden))
        limits = Limits(**self.limits)
        return Sandbox(cwd, self._sockets, shown, tuple(data), limits, self.notebooks)

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

    async def cleanup(self, restart: bool = False) -> None:
        """Remove the kernel's sockets."""
        await super().cleanup(restart)
        if self._sockets is not None and not restart:
            shutil.rmtree(self._sockets, ignore_errors=True)
            self._sockets = None


class WarmKernelManager(ProvisionedKernelManager):
    """Has warm kernels only."""

    provisioner_class = WarmProvisioner
