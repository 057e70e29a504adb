"""What a submission may use, and the watch over it."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import dataclass
from pathlib import Path

if sys.platform == "linux":
    import resource

    _TICKS = os.sysconf("SC_CLK_TCK")

MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Limits:
    """Limits on one kernel and all that it starts.

    Attributes:
        memory: bytes, beyond what the warm kernel has when it starts; files count, because a
            sandbox keeps them in memory.
        cpu: seconds of processor time.
        wall: seconds from start to end.
        tasks: processes and threads.
        file_size: bytes of one file.
        disk: bytes of all files together.
        output: characters that are printed; what comes after them is lost.
    """

    memory: int = 2048 * MEGABYTE
    cpu: float = 3600.0
    wall: float = 3600.0
    tasks: int = 512
    file_size: int = 256 * MEGABYTE
    disk: int = 512 * MEGABYTE
    output: int = 64 * MEGABYTE


def set_rlimits(limits: Limits) -> None:
    """Set the limits that the kernel itself enforces on each process.

    They turn an honest mistake into an exception that the notebook shows (`MemoryError`,
    `OSError`); `Watch` ends what gets round them with several processes.
    """
    data = _status_bytes("self", "VmData")
    for kind, value in (
        (resource.RLIMIT_DATA, data + limits.memory),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NPROC, limits.tasks),
        (resource.RLIMIT_CPU, int(limits.cpu) + 1),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_MEMLOCK, MEGABYTE),
        (resource.RLIMIT_MSGQUEUE, MEGABYTE),
    ):
        hard = resource.getrlimit(kind)[1]
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(kind, (value, value))


class Watch:
    """Looks, from process 1 of a sandbox, at everything that runs in it."""

    def __init__(self, limits: Limits, folders: list[str]) -> None:
        """Start counting; `folders` are the file systems in memory."""
        self.limits = limits
        self.folders = folders
        self.start = time.monotonic()
        # What a fresh fork shares with the server costs nothing and is not counted.
        self.shared = _status_bytes("self", "RssAnon")

    def exceeded(self) -> str | None:
        """Return which limit is exceeded, in words for the instructor, or None."""
        if time.monotonic() - self.start > self.limits.wall:
            return f"ran longer than {self.limits.wall:g} s"
        seconds, tasks, memory = 0.0, 0, 0
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds += usage.ru_utime + usage.ru_stime
        processes = [entry for entry in os.listdir("/proc") if entry.isdigit() and entry != "1"]
        for process in processes:
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
                seconds += (int(fields[11]) + int(fields[12])) / _TICKS
                tasks += int(fields[17])
                memory += max(0, _status_bytes(process, "RssAnon") - self.shared)
        if tasks > self.limits.tasks:
            return f"had more than {self.limits.tasks} processes and threads"
        if seconds > self.limits.cpu:
            return f"used more than {self.limits.cpu:g} s of processor time"
        for folder in self.folders:
            status = os.statvfs(folder)
            memory += (status.f_blocks - status.f_bfree) * status.f_frsize
        if memory > self.limits.memory:
            return f"used more than {self.limits.memory // MEGABYTE} MB of memory"
        return None


def _status_bytes(process: str, name: str) -> int:
    """Return one of the sizes of /proc/PID/status in bytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return 0
