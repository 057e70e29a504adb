"""Limits what one person's processes on the class server take, by the kernel's control groups.

JupyterHub starts local processes without limits. Its own way to have them, systemdspawner, needs a
machine that systemd has booted; containers are none.
"""

import os
import resource
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
from jupyterhub.spawner import LocalProcessSpawner
from traitlets import Int

CGROUPS = Path("/sys/fs/cgroup")
GROUP = "class-server"
_PERIOD = 100_000  # microseconds in which the processor time is shared out


class LimitedSpawner(LocalProcessSpawner):
    """Starts a server as the system's user, within `mem_limit`, `cpu_limit` and `task_limit`."""

    task_limit = Int(400, help="Processes and threads of one person.").tag(config=True)

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """Enter the limits, then become the user."""
        become_user = super().make_preexec_fn(name)
        folders = [folder for folder, _ in self._settings(name)]
        limited = self._apply(name)

        def enter() -> None:
            if limited:
                for folder in folders:
                    (folder / "cgroup.procs").write_text("0")
            elif self.mem_limit:
                # The next best: what each process allocates, instead of all of them together.
                resource.setrlimit(resource.RLIMIT_DATA, (int(self.mem_limit),) * 2)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            become_user()

        return enter

    async def poll(self) -> int | None:
        """Whether the server runs; one that is dead does not, though nobody has buried it.

        It is not the hub's child any more when the hub has been restarted, and not every container
        has a first process that buries what is left to it.
        """
        status = await super().poll()
        if status is None and self.proc is None:
            with suppress(psutil.Error):
                if psutil.Process(self.pid).status() == psutil.STATUS_ZOMBIE:
                    self.clear_state()
                    return 0
        return status

    def _apply(self, name: str) -> bool:
        """Make the person's control groups; False where the system allows none."""
        try:
            for folder, settings in self._settings(name):
                _delegate(folder)
                folder.mkdir(parents=True, exist_ok=True)
                for file, value in settings.items():
                    (folder / file).write_text(str(value))
        except OSError as error:
            self.log.warning("No control groups here, so %s is limited by process: %s", name, error)
            return False
        return True

    def _settings(self, name: str) -> Iterator[tuple[Path, dict[str, object]]]:
        """Folders of the control groups, and what is written into their files."""
        memory = int(self.mem_limit or 0)
        quota = int(_PERIOD * (self.cpu_limit or os.cpu_count() or 1))
        if (CGROUPS / "cgroup.controllers").exists():
            yield (
                CGROUPS / GROUP / name,
                {
                    "memory.max": memory or "max",
                    "memory.oom.group": 0,
                    "cpu.max": f"{quota} {_PERIOD}",
                    "pids.max": self.task_limit,
                },
            )
            return
        # The older version: a tree for each kind.
        yield CGROUPS / "memory" / GROUP / name, {"memory.limit_in_bytes": memory or -1}
        yield (
            CGROUPS / "cpu" / GROUP / name,
            {"cpu.cfs_period_us": _PERIOD, "cpu.cfs_quota_us": quota},
        )
        yield CGROUPS / "pids" / GROUP / name, {"pids.max": self.task_limit}


def _delegate(folder: Path) -> None:
    """Let a control group of version 2 have limits: its parents must say so."""
    for parent in (CGROUPS, CGROUPS / GROUP):
        control = parent / "cgroup.subtree_control"
        if control.exists() or folder.parent.parent == CGROUPS:
            parent.mkdir(exist_ok=True)
            control.write_text("+memory +cpu +pids")
