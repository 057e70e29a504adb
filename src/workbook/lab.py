"""JupyterLab on the course, with nbgrader ready: `workbook lab`, which `make lab` calls.

What JupyterLab shows is set by the files in labconfig/: page_config.json (extensions) and
default_setting_overrides.json (settings) for everybody, student/ for students on top.
"""

import os
import socket
import sys
from pathlib import Path

from workbook.environment import with_scripts
from workbook.errors import WorkbookError
from workbook.paths import assignments, exercise_of, find_root

COURSE_ID = "keras"
START_PAGE = "/lab/tree/notebooks/00_index.ipynb"


def lab_command(port: int, instructor: bool = False) -> None:
    """Become JupyterLab; for a student, after releasing what can be fetched.

    Args:
        port: where it listens.
        instructor: show what nbgrader and jupytext have for those who make the course, and leave
            releasing to them.

    Raises:
        WorkbookError: Something else listens at the port.
    """
    root = find_root()
    if not is_free(port):
        other = next(number for number in range(port + 1, 65536) if is_free(number))
        target = "lab-instructor" if instructor else "lab"
        raise WorkbookError(f"Port {port} is in use; try another one: make {target} PORT={other}")
    if not instructor:
        release_assignments(root)
    # Jupyter prints the address with its token, but not if the token is the user's own.
    print(f"JupyterLab starts on http://localhost:{port}{START_PAGE} (Ctrl-C ends it)", flush=True)
    os.chdir(root)
    os.execve(
        sys.executable,
        [sys.executable, *arguments(root, port, instructor)],
        environment(root, instructor),
    )


def is_free(port: int) -> bool:
    """Whether a server could listen at a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def arguments(root: Path, port: int, instructor: bool = False) -> list[str]:
    """Arguments to Python that start JupyterLab, which prints its address."""
    options = [
        f"--port={port}",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={root}",
        f"--LabApp.default_url={START_PAGE}",
        "--log-level=WARN",
        # Without this, every kernel says on the terminal that it could encrypt and does not.
        "--KernelManager.transport_encryption=auto",
    ]
    if not instructor:
        options.append(f"--LabApp.app_settings_dir={root / 'labconfig' / 'student'}")
    if not has_display():
        options.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--allow-root")
    return ["-m", "jupyterlab", *options]


def environment(root: Path, instructor: bool = False) -> dict[str, str]:
    """JupyterLab's environment, with nbgrader's configuration and labconfig/ in `root` found.

    What a reader changes in the settings, and which tabs are open, is kept in .jupyter/ in `root`:
    their other projects keep their own.
    """
    inherited = os.environ.get("JUPYTER_CONFIG_PATH")
    path = os.pathsep.join(filter(None, [str(root), inherited]))
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


def release_assignments(root: Path) -> list[str]:
    """Offer every assignment in JupyterLab's Assignment List, where that is this course's to do.

    A student with a copy of the repository has nobody who releases assignments for them. With an
    exchange outside of the repository, as a class on one server has, nothing is released here.
    """
    exchange = root / "exchange"
    changed = [name for name in assignments(root) if not _is_released(root, exchange, name)]
    if not changed:
        return []

    # Slow to import, and rarely needed.
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange.default import ExchangeReleaseAssignment
    from traitlets.config import PyFileConfigLoader

    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    if Path(config.Exchange.root) != exchange:
        return []
    for name in changed:
        directory = CourseDirectory(config=config)
        directory.assignment_id = name
        release = ExchangeReleaseAssignment(
            coursedir=directory, authenticator=Authenticator(config=config), config=config
        )
        release.force = True
        release.start()
    return changed


def _is_released(root: Path, exchange: Path, name: str) -> bool:
    offered = exchange / COURSE_ID / "outbound" / name / f"{name}.ipynb"
    source = exercise_of(root, name)
    return not source.is_file() or (
        offered.is_file() and offered.read_bytes() == source.read_bytes()
    )
