"""Installs the kernelspec `python3-warm`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import ipykernel.kernelspec
from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel
from jupyter_core.paths import jupyter_data_dir

KERNEL_NAME = "python3-warm"


def kernel_dict(preload: list[str] | None = None) -> dict[str, Any]:
    """Return the content of `kernel.json`: the ordinary kernel's, plus the provisioner.

    The environment that the ordinary kernel `python3` sets is kept.
    """
    spec = ipykernel.kernelspec.get_kernel_dict(python_arguments=[])
    provisioner: dict[str, Any] = {"provisioner_name": "warmgrader"}
    if preload:
        provisioner["config"] = {"preload": preload}
    # The debugger attaches to processes that it has started itself.
    spec["metadata"] = {**spec["metadata"], "debugger": False, "kernel_provisioner": provisioner}
    spec["display_name"] = "Python 3 (warm)"
    try:
        spec["env"] = KernelSpecManager().get_kernel_spec("python3").env
    except NoSuchKernel:
        spec["env"] = {}
    return spec


def install(prefix: str | None = None, preload: list[str] | None = None) -> Path:
    """Write the kernelspec below `prefix`, or for the user, and return its folder.

    Writing it again changes nothing, unless what it says has changed.
    """
    base = Path(prefix) / "share" / "jupyter" if prefix else Path(jupyter_data_dir())
    folder = base / "kernels" / KERNEL_NAME
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(kernel_dict(preload), indent=1) + "\n"
    target = folder / "kernel.json"
    if not target.exists() or target.read_text() != text:
        temporary = folder / f"kernel.json.{os.getpid()}"
        temporary.write_text(text)
        temporary.rename(target)
    return folder
