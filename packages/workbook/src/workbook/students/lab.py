"""JupyterLab on the course, with nbgrader ready: `workbook lab`, which `make lab` calls.

What JupyterLab and Notebook 7 show is set by the files in labconfig/: page_config.json (extensions)
and default_setting_overrides.json (settings) for everybody, and on top of it those in student/ for
students, or those in alone/ for students who have nobody to submit to. Jupyter looks for a folder
`labconfig` wherever its configuration may be; so there is one in each of these two.
"""

import os
import secrets
import socket
import sys
import time
from pathlib import Path
from threading import Thread
from urllib.parse import quote
from urllib.request import urlopen

from workbook.common.commands import command
from workbook.common.environment import with_scripts
from workbook.common.errors import WorkbookError
from workbook.common.exchange import shared_exchange
from workbook.common.paths import find_root

START_PAGE = "/lab/tree/notebooks/00_index.ipynb"


def lab_command(port: int, instructor: bool = False) -> None:
    """Run JupyterLab until it is ended.

    Args:
        port: where it listens.
        instructor: show what nbgrader and jupytext have for those who make the course.

    Raises:
        WorkbookError: Something else listens at the port.
    """
    root = find_root()
    if not is_free(port):
        other = next(number for number in range(port + 1, 65536) if is_free(number))
        target = "lab-instructor" if instructor else "lab"
        raise WorkbookError(
            f"Port {port} is in use; try another one: {command(target, option=f'port={other}')}"
        )
    os.environ.update(environment(root, instructor))
    os.chdir(root)
    token = os.environ.get("JUPYTER_TOKEN", secrets.token_urlsafe(24))
    address = f"http://localhost:{port}{START_PAGE}" + (f"?token={quote(token)}" if token else "")
    Thread(target=_announce, args=(port, address), daemon=True).start()

    from jupyterlab.labapp import LabApp  # reads the environment when it is imported

    LabApp.launch_instance(
        [*arguments(root, port, instructor), f"--IdentityProvider.token={token}"]
    )


def _announce(port: int, address: str) -> None:
    """Print the address once it works; Jupyter itself prints none whose token is given."""
    while True:
        try:
            with urlopen(f"http://127.0.0.1:{port}/api", timeout=5):
                break
        except OSError:
            time.sleep(0.2)
    print(f"JupyterLab is ready: {address}\n(Ctrl-C ends it)", flush=True)


def is_free(port: int) -> bool:
    """Whether a server could listen at a port of this machine."""
    with socket.socket() as probe:
        if os.name != "nt":  # where this would take the port from whoever has it
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def arguments(root: Path, port: int, instructor: bool = False) -> list[str]:
    """JupyterLab's arguments."""
    options = [
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url={START_PAGE}",
        # Warnings are about what no reader can act on: each notebook is "not trusted", pings are late.
        "--log-level=ERROR",
        "--LabApp.log_level=ERROR",
        "--ServerApp.contents_manager_class=workbook.students.desk.Desk",
        f"--Desk.is_students={not instructor}",
        # Without this, every kernel says on the terminal that it could encrypt and does not.
        "--KernelManager.transport_encryption=auto",
    ]
    if not has_display():
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    return options


def environment(root: Path, instructor: bool = False) -> dict[str, str]:
    """JupyterLab's environment, with nbgrader's configuration and labconfig/ in `root` found.

    What a reader changes in the settings, and which tabs are open, is kept in .jupyter/ in `root`:
    their other projects keep their own.
    """
    folders = [str(root), os.environ.get("JUPYTER_CONFIG_PATH")]
    if not instructor:
        who = "student" if shared_exchange(root) else "alone"
        folders.insert(0, str(root / "labconfig" / who))
    path = os.pathsep.join(filter(None, folders))
    kept = root / ".jupyter" / ("instructor" if instructor else "student")
    return {
        **os.environ,
        "JUPYTER_CONFIG_PATH": path,
        "JUPYTERLAB_SETTINGS_DIR": str(kept / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(kept / "workspaces"),
        "PATH": with_scripts(),
    }


def has_display() -> bool:
    """Whether a browser could show itself here."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
