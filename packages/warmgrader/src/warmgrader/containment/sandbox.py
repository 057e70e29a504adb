"""The sandbox: a kernel's own system, in which nothing else of the machine can be seen.

Order of events, each in the process named:

1. supervisor: `isolate` moves into new namespaces;
2. process 1 of the sandbox: `run_init` builds the file system, forks the kernel, watches it;
3. kernel: gives up all privileges, before any notebook code runs.

As root the user namespace is entered last, and by the kernel only, as `nobody`: the mounts then
belong to a user that the notebook's code can never be.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from warmgrader.containment import linux
from warmgrader.containment.limits import MEGABYTE, Limits, Watch, set_rlimits

HOME = "/home/student"
WORK = f"{HOME}/work"
"""The working directory, inside the sandbox."""

_INNER_ID = 1000
_NOBODY = 65534
_WATCH_SECONDS = 0.1
_NAMESPACES = (
    linux.CLONE_NEWNS
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWNET
)
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
_ETC = (
    "alternatives", "fonts", "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime",
    "mime.types", "nsswitch.conf", "ssl/certs",
)  # fmt: skip
_WRITABLE = ("/tmp", "/dev/shm", HOME)
_DEVICES = ("null", "zero", "full", "random", "urandom")
# Exact names: what merely begins like them may be a secret (TF_ is Terraform's prefix, too).
_ENV_NAMES = frozenset(
    """
    LANG LANGUAGE LC_ALL LC_COLLATE LC_CTYPE LC_MESSAGES LC_MONETARY LC_NUMERIC LC_TIME TZ PATH
    NBGRADER_EXECUTION MPLBACKEND MPLCONFIGDIR
    KERAS_BACKEND KERAS_HOME
    TF_CPP_MIN_LOG_LEVEL TF_CPP_MIN_VLOG_LEVEL TF_CUDNN_DETERMINISTIC TF_CUDNN_USE_AUTOTUNE
    TF_DETERMINISTIC_OPS TF_DISABLE_MKL TF_ENABLE_ONEDNN_OPTS TF_FORCE_GPU_ALLOW_GROWTH
    TF_FORCE_UNIFIED_MEMORY TF_GPU_ALLOCATOR TF_GPU_THREAD_COUNT TF_GPU_THREAD_MODE
    TF_NUM_INTEROP_THREADS TF_NUM_INTRAOP_THREADS TF_USE_LEGACY_KERAS TF_XLA_FLAGS
    OMP_DYNAMIC OMP_NUM_THREADS OMP_PLACES OMP_PROC_BIND OMP_SCHEDULE OMP_STACKSIZE
    OMP_THREAD_LIMIT OMP_WAIT_POLICY KMP_AFFINITY KMP_BLOCKTIME
    OPENBLAS_CORETYPE OPENBLAS_NUM_THREADS MKL_CBWR MKL_DYNAMIC MKL_NUM_THREADS
    XLA_FLAGS XLA_PYTHON_CLIENT_ALLOCATOR XLA_PYTHON_CLIENT_MEM_FRACTION
    XLA_PYTHON_CLIENT_PREALLOCATE CUDA_DEVICE_ORDER CUDA_VISIBLE_DEVICES
    JAX_DEFAULT_MATMUL_PRECISION JAX_ENABLE_X64 JAX_PLATFORMS JAX_PLATFORM_NAME
    """.split()
)


class SandboxError(RuntimeError):
    """This machine does not allow the sandbox; the message says what failed."""


@dataclass(frozen=True)
class Sandbox:
    """What a sandboxed kernel sees and may use.

    Attributes:
        files: a directory whose content, notebooks excepted, is copied into the working directory.
        sockets: the directory for the kernel's connection file and sockets; beside it, a
            directory `root` is made, to mount the sandbox on.
        readable: further files and directories to show, read-only.
        data: directories to show as if they were writable; what is written there is lost.
        limits: see `Limits`.
        notebooks: a directory whose notebooks are copied into the working directory.
    """

    files: str
    sockets: str
    readable: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)
    notebooks: str = ""

    def as_message(self) -> dict[str, Any]:
        """Return what `from_message` understands, as JSON types."""
        return asdict(self)

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Sandbox:
        """Make the object that `as_message` described."""
        return cls(**{**message, "limits": Limits(**message["limits"])})


def clean_environment(env: Mapping[str, str]) -> dict[str, str]:
    """Keep of an environment what a notebook needs; the instructor's secrets are not in it."""
    kept = {name: value for name, value in env.items() if name in _ENV_NAMES}
    identity = dict.fromkeys(("USER", "LOGNAME"), "student")
    return {**kept, **identity, "HOME": HOME, "TMPDIR": "/tmp", "PWD": WORK, "SHELL": "/bin/sh"}


def isolate() -> None:
    """Move the calling process, which must have one thread, into new namespaces.

    Only its children are in the new process namespace.

    Raises:
        SandboxError: the system does not allow it.
    """
    uid, gid = os.geteuid(), os.getegid()
    try:
        if uid == 0:
            linux.unshare(_NAMESPACES)
        else:
            linux.unshare(linux.CLONE_NEWUSER | _NAMESPACES)
            _map_ids(uid, gid)
    except OSError as error:
        raise SandboxError(f"no namespaces: {error.strerror}") from None


def _map_ids(uid: int, gid: int) -> None:
    """Make the user outside, who has just entered a user namespace, `student` inside."""
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_INNER_ID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{_INNER_ID} {gid} 1")


def run_init(box: Sandbox, control: socket.socket) -> socket.socket:
    """Be process 1 of the sandbox: build it, fork the kernel into it, watch it until it ends.

    Only the kernel's process returns, unprivileged, with the socket on which it must report that
    its own sockets are open (`seal`).

    Args:
        box: what the sandbox is like.
        control: gets `{"ready": true}` or `{"error": …}`, then `{"exit": status, "reason": …}`;
            brings `{"signal": number}`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        _build(box)
        _bring_up_loopback()
        socket.sethostname("sandbox")
        ours, theirs = socket.socketpair()
        pid = os.fork()
        if pid == 0:
            control.close()
            ours.close()
            return _become_student(box, theirs)
        theirs.close()
    except OSError as error:
        _tell(control, {"error": error.strerror or str(error)})
        os._exit(1)
    _tell(control, {"ready": True})
    _tell(control, _watch(box, pid, control, ours))
    os._exit(0)


def _tell(control: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(OSError):
        control.sendall(json.dumps(message).encode() + b"\n")


def _build(box: Sandbox) -> None:
    """Build the file system and move into it."""
    root = os.path.join(os.path.dirname(box.sockets), "root")
    os.makedirs(root, exist_ok=True)
    linux.mount("none", "/", None, linux.MS_REC | linux.MS_PRIVATE)
    flags = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("tmpfs", root, "tmpfs", flags, "size=16m,mode=755")

    for path in _WRITABLE:  # first, because the environment or the data may be in one of them
        _writable_folder(root, path, box.limits.disk)
    for path in _SYSTEM:
        _show(root, path)
    for name in _ETC:
        _show(root, f"/etc/{name}")
    _write_etc(Path(root, "etc"))
    _show(root, "/sys/devices/system/cpu")
    shown = sorted({sys.prefix, sys.base_prefix, *box.readable})
    anchors = _anchors(root, [*shown, *box.data])
    for path in shown:
        _show(root, path)
    for path in box.data:
        _writable_folder(root, path, box.limits.disk)
        for entry in sorted(os.listdir(path)):
            _show(root, os.path.join(path, entry))
        for target in _linked(path):
            _show(root, target)
    # Before the anchors: the sockets may be in one of them, or in a folder that is shown.
    os.makedirs(root + box.sockets, exist_ok=True)
    _own(box.sockets)
    linux.mount(box.sockets, root + box.sockets, None, linux.MS_BIND)
    for anchor in anchors:
        linux.make_readonly(anchor, recursive=False)

    for device in _DEVICES:
        target = Path(root, "dev", device)
        target.parent.mkdir(exist_ok=True)
        target.touch()
        linux.mount(f"/dev/{device}", str(target), None, linux.MS_BIND)
    os.mkdir(f"{root}/dev/pts")  # terminals of its own: IPython's `!command` opens one
    with contextlib.suppress(OSError):  # not every system allows it, and little depends on it
        options = "newinstance,ptmxmode=666"
        linux.mount("devpts", f"{root}/dev/pts", "devpts", linux.MS_NOSUID, options)
    os.symlink("pts/ptmx", f"{root}/dev/ptmx")
    for name in ("fd", "stdin", "stdout", "stderr"):
        number = {"fd": "", "stdin": "/0", "stdout": "/1", "stderr": "/2"}[name]
        os.symlink(f"/proc/self/fd{number}", Path(root, "dev", name))
    os.mkdir(root + WORK)
    for source, kind in ((box.files, _notebooks), (box.notebooks, _but_notebooks)):
        if os.path.isdir(source):
            _copy_files(source, root + WORK, box.limits.disk, kind)
    _own(root + WORK)

    os.mkdir(f"{root}/proc")
    linux.mount("proc", f"{root}/proc", "proc", flags | linux.MS_NOEXEC)
    linux.make_readonly(root, recursive=False)
    linux.pivot_root(root)


def _anchors(root: str, paths: list[str]) -> list[str]:
    """Mount a folder for each path in a writable one, so that nobody in the sandbox can move it.

    Without, a submission could move the folder around an environment in /tmp, and put its own there.
    """
    anchors = []
    for path in paths:
        for writable in _WRITABLE:
            if not path.startswith(writable + "/"):
                continue
            first, *below = path.removeprefix(writable + "/").split("/")
            anchor = os.path.join(root + writable, first)
            if below and anchor not in anchors:
                os.makedirs(anchor)
                flags = linux.MS_NOSUID | linux.MS_NODEV
                linux.mount("tmpfs", anchor, "tmpfs", flags, "size=1m,mode=755")
                anchors.append(anchor)
    return anchors


def _show(root: str, path: str) -> None:
    """Show a file or directory of the machine, read-only, at the same place in the sandbox."""
    if os.path.islink(path) and os.path.dirname(path) == "/":
        os.symlink(os.readlink(path), root + path)
        return
    if not os.path.exists(path):
        return
    path = os.path.abspath(path)
    if os.path.lexists(root + path) and os.path.isdir(path) and os.listdir(root + path):
        return  # below a directory that is shown already
    if os.path.isdir(path):
        os.makedirs(root + path, exist_ok=True)
    elif not os.path.exists(root + path):
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        Path(root + path).touch()
    else:
        return
    linux.mount(path, root + path, None, linux.MS_BIND | linux.MS_REC)
    linux.make_readonly(root + path)


def _linked(path: str) -> list[str]:
    """Return where the links in a directory lead, as far as that is outside of it."""
    inside = os.path.realpath(path) + os.sep
    links = [
        os.path.join(folder, name)
        for folder, folders, files in os.walk(path)
        for name in (*folders, *files)
        if os.path.islink(os.path.join(folder, name))
    ]
    return sorted({t for t in map(os.path.realpath, links) if not t.startswith(inside)})


def _writable_folder(root: str, path: str, size: int) -> None:
    """Mount an empty directory that lives in memory."""
    os.makedirs(root + path, exist_ok=True)
    flags = linux.MS_NOSUID | linux.MS_NODEV
    linux.mount("tmpfs", root + path, "tmpfs", flags, f"size={size},nr_inodes=65536,mode=700")
    _own(root + path)


def _copy_files(source: str, target: str, space: int, left_out: Callable) -> None:
    """Copy the assignment's files."""
    try:
        shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True, ignore=left_out)
    except shutil.Error as error:
        _, path, reason = error.args[0][0]
        space_text = f"the limit on disk space is {space // MEGABYTE} MB"
        raise OSError(None, f"{path} can't be copied ({reason}; {space_text})") from None


def _but_notebooks(folder: str, names: list[str]) -> list[str]:
    """Leave out what is no notebook."""
    return [n for n in names if not n.endswith(".ipynb") and not Path(folder, n).is_dir()]


# The notebooks in the autograded folder have the hidden tests in them.
_notebooks = shutil.ignore_patterns("*.ipynb")


def _own(path: str) -> None:
    """Give a directory and all that is in it to the user that the kernel will be."""
    if os.geteuid() != 0:
        return  # it is the same user
    os.chown(path, _NOBODY, _NOBODY)
    for folder, folders, files in os.walk(path):
        for name in (*folders, *files):
            os.chown(os.path.join(folder, name), _NOBODY, _NOBODY, follow_symlinks=False)


def _write_etc(etc: Path) -> None:
    etc.mkdir(exist_ok=True)
    user = f"student:x:{_INNER_ID}:{_INNER_ID}:student:{HOME}:/bin/sh\n"
    (etc / "passwd").write_text(f"root:x:0:0:root:/:/bin/false\n{user}")
    (etc / "group").write_text(f"root:x:0:\nstudent:x:{_INNER_ID}:\n")
    (etc / "hosts").write_text("127.0.0.1 localhost sandbox\n")


def _bring_up_loopback() -> None:
    """Let code inside talk to itself by TCP; there is no other network."""
    import fcntl  # which Windows has not

    request = struct.pack("16sh", b"lo", 1 | 64)  # up, running
    with socket.socket() as any_socket:
        fcntl.ioctl(any_socket, 0x8914, request)  # SIOCSIFFLAGS


def _become_student(box: Sandbox, seal: socket.socket) -> socket.socket:
    """Give up, in the kernel's process, everything that notebook code must not have."""
    os.setsid()
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)
        linux.prctl(linux.PR_SET_DUMPABLE, 1)  # else /proc/self belongs to root
        linux.unshare(linux.CLONE_NEWUSER)
        _map_ids(_NOBODY, _NOBODY)
    with contextlib.suppress(OSError):
        # No further namespaces, in which it would have privileges again.
        Path("/proc/sys/user/max_user_namespaces").write_text("0")
    set_rlimits(box.limits)
    linux.drop_capabilities()
    linux.landlock(["/tmp", "/dev", HOME, box.sockets, *box.data])
    linux.prctl(linux.PR_SET_PDEATHSIG, signal.SIGKILL)
    linux.prctl(linux.PR_SET_DUMPABLE, 0)  # else a child could read tests in this process's memory
    return seal


def seal(sandbox: socket.socket) -> None:
    """Say, in the kernel, that its sockets are open; from now on it can make no more files there."""
    sandbox.sendall(b"!")
    sandbox.recv(1)
    sandbox.close()


def _watch(box: Sandbox, pid: int, control: socket.socket, kernel: socket.socket) -> dict[str, Any]:
    """Watch the kernel until it ends or exceeds a limit; return what to report."""
    linux.prctl(linux.PR_SET_DUMPABLE, 0)
    watch = Watch(box.limits, [*_WRITABLE, *box.data])
    wake_read, wake_write = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    sources: list[Any] = [wake_read, control, kernel]
    while True:
        while True:
            ended, status = os.waitpid(-1, os.WNOHANG)
            if ended == pid:
                return {"exit": os.waitstatus_to_exitcode(status)}
            if ended == 0:
                break
        ready = select.select(sources, [], [], _WATCH_SECONDS)[0]
        if wake_read in ready:
            os.read(wake_read, 512)
        if control in ready:
            line = control.recv(4096)
            if not line:
                return {"exit": -signal.SIGKILL}
            for message in line.splitlines():
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(pid, json.loads(message)["signal"])
        if kernel in ready:
            if kernel.recv(1):
                linux.make_readonly(box.sockets)
                kernel.sendall(b"!")
            sources.remove(kernel)
            kernel.close()
        if reason := watch.exceeded():
            return {"exit": -signal.SIGKILL, "reason": reason}
