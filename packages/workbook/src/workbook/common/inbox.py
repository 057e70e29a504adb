"""Collects what students handed in on a machine that they share.

Everybody may write into the exchange's inbox, and nbgrader copies what lies there with the rights
of the instructor: also what a link points to, and under any student's name.
"""

import os
import stat
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect


class Inbox(ExchangeCollect):
    """nbgrader's `collect`, which takes a student's own files only.

    With `check_owner`, a submission counts for the account that owns its folder, whatever name it
    has; without, where all share one account, for the name.
    """

    def init_src(self) -> None:
        """Choose the submissions; a link is none."""
        super().init_src()
        for record in list(self.src_records):
            if os.path.islink(os.path.join(self.inbound_path, record["filename"])):
                self.log.warning("%s is left out: it is a link", record["filename"])
                self.src_records.remove(record)

    def _path_to_record(self, path: str) -> dict[str, Any]:
        record = super()._path_to_record(path)
        owner = _name_of(os.lstat(path).st_uid) if self.check_owner else record["username"]
        if owner != record["username"]:
            self.log.warning(
                "%s names %s, but is by %s, whose submission it is taken for",
                *(record["filename"], record["username"], owner),
            )
        return {**record, "username": owner}

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy a folder without following links, whatever its owner does to it meanwhile."""
        folder = os.open(src, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            owner = os.fstat(folder).st_uid
            left = 1000 * self.coursedir.max_dir_size
            for name, folders, files, descriptor in os.fwalk(".", dir_fd=folder):
                folders[:] = [each for each in folders if not _matches(each, self.coursedir.ignore)]
                target = Path(dest, name)
                target.mkdir(parents=True, exist_ok=True)
                for file in sorted(files):
                    if _matches(file, self.coursedir.include) and not _matches(
                        file, self.coursedir.ignore
                    ):
                        left -= self._copy(file, descriptor, owner, target / file, left)
        finally:
            os.close(folder)

    def _copy(self, name: str, folder: int, owner: int, target: Path, most: int) -> int:
        """Copy a regular file of the owner's; returns its size, 0 if it is left out."""
        most = min(most, 1000 * self.coursedir.max_file_size)
        try:
            # Not following links, and not waiting for the other end of a pipe.
            source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
        except OSError as error:
            self.log.warning("%s is left out: %s", target, error.strerror)
            return 0
        with open(source, "rb") as file:
            status = os.fstat(source)
            if not stat.S_ISREG(status.st_mode) or status.st_uid != owner:
                self.log.warning("%s is left out: not a file of the student's own", target)
                return 0
            if status.st_size > most:
                self.log.warning("%s is left out: it is too large", target)
                return 0
            return target.write_bytes(file.read(most))


def _matches(name: str, patterns: list[str]) -> bool:
    return any(fnmatch(name, pattern) for pattern in patterns)


def _name_of(uid: int) -> str:
    import pwd  # which Windows has not

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"account-{uid}"
