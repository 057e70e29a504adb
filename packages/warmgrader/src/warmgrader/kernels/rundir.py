"""The private directory in which fork servers and their clients meet."""

from __future__ import annotations

import os
import stat
from pathlib import Path


def runtime_dir() -> Path:
    """Return the user's own directory for sockets, locks and logs, made if need be.

    The place is short, because the path of a Unix socket may have 107 bytes at most.

    Raises:
        PermissionError: somebody else owns the directory or can enter it.
    """
    base = os.environ.get("XDG_RUNTIME_DIR")
    if base and os.path.isdir(base) and os.access(base, os.W_OK):
        path = Path(base) / "warmgrader"
    else:
        path = Path("/tmp") / f"warmgrader-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise PermissionError(f"{path} must be a directory that only you can enter: remove it")
    return path
