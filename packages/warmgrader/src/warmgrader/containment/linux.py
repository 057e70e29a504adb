"""Linux system calls that Python 3.11 does not offer, by way of ctypes."""

from __future__ import annotations

import ctypes
import os
import sys

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_NOEXEC = 0x8
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
MNT_DETACH = 2

PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38

_MADV_COLLAPSE = 25
_HUGE_PAGE = 1 << 21

_SYS_PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
_SYS_MOUNT_SETATTR = 442  # from 424 on, system calls have one number on all architectures
_SYS_LANDLOCK_CREATE_RULESET = 444
_SYS_LANDLOCK_ADD_RULE = 445
_SYS_LANDLOCK_RESTRICT_SELF = 446

_AT_FDCWD = -100
_AT_RECURSIVE = 0x8000
_MOUNT_ATTR_RDONLY = 0x1
_MOUNT_ATTR_NOSUID = 0x2
_MOUNT_ATTR_NODEV = 0x4

if sys.platform == "linux":
    _libc = ctypes.CDLL(None, use_errno=True)
    _libc.syscall.restype = ctypes.c_long


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(option: int, argument: int = 0) -> None:
    """Set a process attribute; see prctl(2)."""
    _check(_libc.prctl(option, argument, 0, 0, 0), f"prctl({option}, {argument})")


def use_huge_pages() -> None:
    """Put this process's memory on huge pages where the system can, which halves a fork's time.

    A child that writes gets small pages of its own; it needs no more memory than without.
    """
    with open("/proc/self/maps") as maps:
        lines = [line.split() for line in maps]
    for addresses, access, _, _, inode, *_ in lines:
        first, end = (int(address, 16) for address in addresses.split("-"))
        first = -(-first // _HUGE_PAGE) * _HUGE_PAGE
        length = end // _HUGE_PAGE * _HUGE_PAGE - first
        if access == "rw-p" and inode == "0" and length > 0:
            # It fails where there is nothing yet, and on systems that do not have it.
            _libc.madvise(ctypes.c_void_p(first), ctypes.c_size_t(length), _MADV_COLLAPSE)


def unshare(flags: int) -> None:
    """Move into new namespaces; see unshare(2)."""
    _check(_libc.unshare(flags), f"unshare({flags:#x})")


def mount(source: str, target: str, kind: str | None, flags: int, options: str = "") -> None:
    """Mount a file system; see mount(2)."""
    result = _libc.mount(
        source.encode(),
        target.encode(),
        kind.encode() if kind else None,
        ctypes.c_ulong(flags),
        options.encode(),
    )
    _check(result, f"mount {source} on {target}")


def pivot_root(new_root: str) -> None:
    """Make `new_root` the root of the file system and detach the old one."""
    os.chdir(new_root)
    number = _SYS_PIVOT_ROOT[os.uname().machine]
    # The old root ends up on top of the new one, from where it is taken off.
    _check(_libc.syscall(number, b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", MNT_DETACH), "umount the old root")
    os.chdir("/")


class _MountAttr(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("set", "clear", "propagation", "userns")]


def make_readonly(path: str, recursive: bool = True) -> None:
    """Make a mount read-only, without devices and set-user-id programs (Linux 5.12)."""
    attributes = _MountAttr(_MOUNT_ATTR_RDONLY | _MOUNT_ATTR_NOSUID | _MOUNT_ATTR_NODEV, 0, 0, 0)
    result = _libc.syscall(
        _SYS_MOUNT_SETATTR,
        _AT_FDCWD,
        path.encode(),
        _AT_RECURSIVE if recursive else 0,
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
    )
    _check(result, f"make {path} read-only")


class _CapHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapData(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]


def drop_capabilities() -> None:
    """Give up all capabilities, for this process and for what it executes."""
    with open("/proc/sys/kernel/cap_last_cap") as file:
        last = int(file.read())
    for capability in range(last + 1):
        prctl(PR_CAPBSET_DROP, capability)
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    header = _CapHeader(0x20080522, 0)
    data = (_CapData * 2)()
    _check(_libc.capset(ctypes.byref(header), ctypes.byref(data)), "capset")


class _LandlockRuleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("fs", "net", "scoped")]


class _LandlockPath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32)]


# Bits 0 to 15 of landlock(7)'s access rights, by what they are for.
_FS_EXECUTE, _FS_WRITE_FILE, _FS_READ = 1 << 0, 1 << 1, (1 << 2) | (1 << 3)
_FS_ALL_BY_ABI = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1}
_FS_ALL = (1 << 16) - 1  # from version 5 on
_FS_FILE = _FS_EXECUTE | _FS_WRITE_FILE | (1 << 2) | (1 << 14) | (1 << 15)
_SCOPE_ALL = 0b11  # abstract sockets and signals, from version 6 on


def landlock_abi() -> int:
    """Return the version of Landlock, or 0 where the kernel has none."""
    return max(0, _libc.syscall(_SYS_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), 1))


def landlock(writable: list[str]) -> None:
    """Allow this process to read everything and to write below `writable` only.

    It can't signal processes outside, where the kernel's Landlock knows signals. Does nothing
    where there is no Landlock.
    """
    abi = landlock_abi()
    if abi == 0:
        return
    handled = _FS_ALL_BY_ABI.get(abi, _FS_ALL)
    # TCP stays allowed: a kernel talks to its own subprocesses over the loopback device.
    rules = _LandlockRuleset(handled, 0, _SCOPE_ALL if abi >= 6 else 0)
    size = 8 if abi < 4 else 16 if abi < 6 else 24
    ruleset = _check(
        _libc.syscall(_SYS_LANDLOCK_CREATE_RULESET, ctypes.byref(rules), ctypes.c_size_t(size), 0),
        "landlock",
    )
    try:
        for path, access in [("/", _FS_EXECUTE | _FS_READ), *((p, handled) for p in writable)]:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            if not os.path.isdir(path):
                access &= _FS_FILE
            rule = _LandlockPath(access, descriptor)
            result = _libc.syscall(
                _SYS_LANDLOCK_ADD_RULE, ruleset, 1, ctypes.byref(rule), ctypes.c_uint32(0)
            )
            os.close(descriptor)
            _check(result, f"landlock rule for {path}")
        prctl(PR_SET_NO_NEW_PRIVS, 1)
        _check(_libc.syscall(_SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0), "landlock")
    finally:
        os.close(ruleset)
