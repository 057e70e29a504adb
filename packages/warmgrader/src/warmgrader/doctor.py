"""`warmgrader doctor`: says what this machine can do."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from pathlib import Path

from nbgrader.apps.baseapp import NbGrader
from nbgrader.coursedir import CourseDirectory

from warmgrader.containment import linux, packages
from warmgrader.containment.limits import Limits
from warmgrader.containment.sandbox import Sandbox, SandboxError
from warmgrader.kernels import client
from warmgrader.kernels.preload import ForkUnsafeError, check_fork_safety
from warmgrader.kernels.recipe import DEFAULT_PRELOAD, Recipe
from warmgrader.kernels.rundir import runtime_dir

# Settings with which a system forbids its users the namespaces of a sandbox.
_OBSTACLES = {
    "kernel.apparmor_restrict_unprivileged_userns": "1",
    "kernel.unprivileged_userns_clone": "0",
    "user.max_user_namespaces": "0",
}


def examine() -> list[tuple[str, bool, str]]:
    """Return what was examined, whether it is all right, and what there is to say about it."""
    findings = [("system", sys.platform == "linux", f"{platform.system()} {platform.release()}")]
    try:
        check_fork_safety()
        findings.append(("forking", True, "safe"))
    except ForkUnsafeError as error:
        return [*findings, ("forking", False, str(error))]
    try:
        findings.append(("runtime directory", True, str(runtime_dir())))
    except OSError as error:
        return [*findings, ("runtime directory", False, str(error))]
    findings.append(_kernel(None))
    findings.append(_kernel("sandbox"))
    abi = linux.landlock_abi()
    findings.append(("Landlock", abi > 0, f"version {abi}" if abi else "not in this kernel"))
    findings += _packages()
    cores = len(os.sched_getaffinity(0))
    findings.append(("processor cores", True, f"{cores}: as many local workers by default"))
    return findings


def _kernel(sandbox: str | None) -> tuple[str, bool, str]:
    """Start a kernel process, which ends at once for want of a connection file."""
    name = "kernel in a sandbox" if sandbox else "warm kernel"
    with tempfile.TemporaryDirectory(prefix="k", dir=runtime_dir()) as folder:
        request = {"arguments": ["--version"], "cwd": "/", "env": dict(os.environ)}
        if sandbox:
            request["sandbox"] = Sandbox(folder, folder, limits=Limits()).as_message()
        recipe = Recipe.for_kernel(sys.executable, DEFAULT_PRELOAD, dict(os.environ))
        try:
            status = client.start_kernel(recipe, request, silent=True).wait(60)
        except SandboxError as error:
            return name, False, f"{error}{_obstacle()}"
        except client.ServerError as error:
            return name, False, str(error)
    return name, status == 0, "works" if status == 0 else f"ended with status {status}"


def _packages() -> list[tuple[str, bool, str]]:
    """Say which folders outside of Python's own submissions can import from."""
    app = NbGrader()
    app.load_config_file()
    hidden = packages.hidden_folders(CourseDirectory(parent=app))
    found = [("packages", True, f"{path} is shown") for path in packages.shown(hidden)]
    reason = "can't be shown: the course's own folders, or a home, are in there"
    return found + [("packages", True, f"{path} {reason}") for path in packages.left_out(hidden)]


def _obstacle() -> str:
    """Name the setting that stands in the way of a sandbox, if it is a known one."""
    for name, value in _OBSTACLES.items():
        path = Path("/proc/sys", *name.split("."))
        if path.exists() and path.read_text().strip() == value:
            return f"; {name} is {value}, which an administrator can change with `sysctl`"
    return ""


def main() -> int:
    """Print the findings; return 1 if something does not work."""
    findings = examine()
    for name, fine, text in findings:
        print(f"{'ok  ' if fine else 'FAIL'} {name}: {text}")
    return 0 if all(fine for _, fine, _ in findings) else 1
