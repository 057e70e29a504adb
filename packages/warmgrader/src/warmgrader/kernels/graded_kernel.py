"""The kernel of a graded notebook: it obeys the grader's orders, and hands tests to the core."""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

from warmgrader.foreign.ipykernel import CoreKernel
from warmgrader.foreign.ipython import count_execution, keep_alive
from warmgrader.verdicts.core import Core
from warmgrader.verdicts.orders import METADATA, MOST_KEPT, Signer, digest_of
from warmgrader.verdicts.own_files import OwnFiles

_NAMELESS = ("warmgrader.verdicts", "warmgrader.foreign", "warmgrader.kernels.graded_kernel")
"""What nobody in a graded notebook finds by name, with all that is in it: it can't be replaced there."""


def kept_files(patterns: list[str], known: dict[str, str]) -> dict[str, Any]:
    """Return the files in the working directory that fit one of the patterns, in base64.

    Args:
        patterns: as `*.png`.
        known: digests of those that the grader has.
    """
    here, files, notes, left = Path.cwd(), {}, [], MOST_KEPT
    found = {path for pattern in patterns for path in here.rglob(pattern)}
    for path in sorted(found):
        name = path.relative_to(here).as_posix()
        if path.suffix == ".ipynb" or path.is_symlink() or not path.is_file():
            continue
        if name in known and digest_of(path.read_bytes()) == known[name]:
            continue
        left -= path.stat().st_size
        if left < 0 or here not in path.resolve().parents:
            notes.append(f"The file {ascii(name)[:100]} was not kept: all together are too large.")
            break
        files[name] = b64encode(path.read_bytes()).decode()
    return {"files": files, "notes": notes}


def install(kernel: CoreKernel, key: bytes) -> None:
    """Have a kernel obey orders that are signed with a key.

    All of it is in one function: no attribute of the kernel stands between an order and its answer.
    """
    keep_alive(kernel.shell)
    # What is installed comes before what the student has handed in.
    sys.path[:] = [*(entry for entry in sys.path if entry), ""]
    core, signer, home = Core(kernel.shell), Signer(key), os.getpid()
    check = core.check_file
    sys.meta_path.insert(0, OwnFiles(lambda path, content: check(path, content), kernel.shell))
    execute, prepare, pin, judge = kernel.do_execute, core.prepare, core.pin, core.judge

    async def do_execute(
        code: str,
        silent: bool,
        store_history: bool = True,
        user_expressions: dict | None = None,
        allow_stdin: bool = False,
        *,
        cell_meta: dict | None = None,
        cell_id: str | None = None,
    ) -> dict[str, Any]:
        streams = sys.stdout, sys.stderr
        message = (cell_meta or {}).pop(METADATA, None)
        # A fork could try out what a test says.
        order = signer.read_order(message) if os.getpid() == home else None
        del message
        if order is not None:
            prepare(order, code)
        if order is not None and "test" in order:
            outcome = await judge(order)
            reply = {**reply_for_test(kernel, outcome), METADATA: signer.answer(outcome)}
        elif order is not None and "keep" in order:
            files = signer.answer(kept_files(order["keep"], order["known"]))
            reply = {**reply_for_test(kernel, {"error": None}), METADATA: files}
        else:
            reply = await execute(
                code, silent, store_history, user_expressions, allow_stdin,
                cell_meta=cell_meta, cell_id=cell_id,
            )  # fmt: skip
            pin((order or {}).get("pins", ()))
        if sys.stdout is None or sys.stderr is None:
            # ipykernel would not answer; the student only wanted silence.
            sys.stdout, sys.stderr = streams
        return reply

    kernel.do_execute = do_execute
    # What is printed goes through the session; from there nothing leads to the kernel.
    kernel.session.parent = None
    for name in reversed([*sys.modules]):
        if name.startswith(_NAMELESS):
            module, (above, _, last) = sys.modules.pop(name), name.rpartition(".")
            vars(sys.modules.get(above, module)).pop(last, None)


def reply_for_test(kernel: CoreKernel, outcome: dict[str, Any]) -> dict[str, Any]:
    """Do what follows the execution of any cell, without a trace of the code."""
    reply: dict[str, Any] = {
        "status": "ok",
        "execution_count": count_execution(kernel.shell),
        "user_expressions": {},
        "payload": [],
    }
    if error := outcome["error"]:
        lines = error["traceback"].splitlines()
        reply.update(status="error", ename=error["name"], evalue=error["text"], traceback=lines)
    return reply
