"""The kernel of a graded notebook: test cells go through the vault (`warmgrader.vault`)."""

from __future__ import annotations

import builtins
import ctypes
import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

from ipykernel.ipkernel import IPythonKernel
from IPython.core.inputtransformer2 import TransformerManager

METADATA = "warmgrader"
"""Where requests carry orders and replies carry results."""


def load_vault() -> dict[str, Any]:
    """Execute the vault's source in a namespace that nothing else refers to."""
    path = Path(__file__).with_name("vault.py")
    namespace = {
        "__builtins__": dict(vars(builtins)),
        "__name__": "warmgrader.vault",
        "__file__": str(path),
    }
    exec(compile(path.read_text(), str(path), "exec", dont_inherit=True), namespace)
    return namespace


def take_stock(vault: dict[str, Any]) -> tuple:
    """Have the vault remember, in the fork server, what everything is before any notebook runs."""
    return vault["survey"](), vault["loaded_codes"]()


class GuardedKernel(IPythonKernel):
    """Passes orders of the grader on to the vault."""

    async def do_execute(  # noqa: D102 - the base class says it
        self,
        code: str,
        silent: bool,
        store_history: bool = True,
        user_expressions: dict | None = None,
        allow_stdin: bool = False,
        *,
        cell_meta: dict | None = None,
        cell_id: str | None = None,
    ) -> dict[str, Any]:
        audit = sys.audit
        streams = sys.stdout, sys.stderr
        order = (cell_meta or {}).pop(METADATA, None)
        evidence: dict[str, Any] = {}
        if order is not None:
            audit("warmgrader.order", order, code, evidence)
        if "result" in evidence:
            reply = self._reply_for_test(evidence["result"])
        else:
            reply = await super().do_execute(
                code,
                silent,
                store_history,
                user_expressions,
                allow_stdin,
                cell_meta=cell_meta,
                cell_id=cell_id,
            )
        if sys.stdout is None or sys.stderr is None:
            # ipykernel would not answer; the student only wanted silence.
            sys.stdout, sys.stderr = streams
        audit("warmgrader.ran")
        return {**reply, METADATA: evidence}

    def _reply_for_test(self, result: dict[str, Any]) -> dict[str, Any]:
        """Do what follows the execution of any cell, without a trace of the code."""
        shell = self.shell
        shell.history_manager.store_inputs(shell.execution_count, "", "")
        shell.execution_count += 1
        backend = sys.modules.get("matplotlib_inline.backend_inline")
        if backend is not None and "matplotlib.pyplot" in sys.modules:
            backend.flush_figures()
        reply: dict[str, Any] = {
            "status": "ok",
            "execution_count": shell.execution_count - 1,
            "user_expressions": {},
            "payload": [],
        }
        if error := result["error"]:
            reply.update(
                status="error",
                ename=error["name"],
                evalue=error["text"],
                traceback=error["traceback"].splitlines(),
            )
        return reply


def install(kernel: GuardedKernel, key: bytes, vault: dict[str, Any], stock: tuple) -> None:
    """Install the audit hook that decides about test cells; nothing can remove it."""
    # `quit()` would end the kernel a little later, in a cell that has nothing to do with it.
    kernel.shell.unobserve_all("exit_now")
    # What is installed comes before what the student has handed in.
    sys.path[:] = [*(entry for entry in sys.path if entry), ""]
    hook, baseline = vault["build"](key, kernel, *stock)
    baseline["report"] = _report_comparisons
    baseline["source"] = _lazy_source
    baseline["transform"] = TransformerManager().transform_cell
    _report_classes()
    sys.addaudithook(hook)
    _report_frames(vault["FRAME_PARTS"])
    audit = sys.audit
    os.register_at_fork(after_in_child=lambda: audit("warmgrader.forked"))


def _lazy_source(path: str) -> Callable[[], str | None]:
    """Return what `linecache` calls when it needs the source of a test."""
    audit = sys.audit

    def source() -> str | None:
        answer: list[str] = []
        audit("warmgrader.source", path, answer)
        return answer[0] if answer else None

    return source


def _report_frames(names: tuple[str, ...]) -> None:
    """Have every look at a frame reported: there are too many ways to get one."""
    audit = sys.audit

    def guarded(name: str) -> property:
        def get(frame: FrameType) -> Any:
            answer: list[Any] = []
            audit("warmgrader.frame", name, frame, answer)
            return answer[0]

        def change(frame: FrameType, value: Any = None) -> None:
            audit("warmgrader.frame changed", name, frame, value)

        return property(get, change, change)

    # The type itself does not let its attributes be replaced.
    [attributes] = gc.get_referents(vars(FrameType))
    for name in names:
        attributes[name] = guarded(name)
    ctypes.pythonapi.PyType_Modified(ctypes.py_object(FrameType))


def _report_classes() -> None:
    """Have every `class` statement reported."""
    original, audit = builtins.__build_class__, sys.audit

    def __build_class__(*arguments: Any, **keywords: Any) -> Any:  # noqa: N807
        cls = original(*arguments, **keywords)
        audit("warmgrader.class", cls)
        return cls

    builtins.__build_class__ = __build_class__


def _report_comparisons(cls: type, name: str) -> None:
    """Have what a method of a class answers reported."""
    method, audit = vars(cls)[name], sys.audit

    # Without `functools.wraps`, which the notebook's code could replace.
    def reporting(self: Any, *arguments: Any, **keywords: Any) -> Any:
        call = method.__get__(self) if hasattr(type(method), "__get__") else method
        audit("warmgrader.comparing", name, call, self, *arguments)
        answer = call(*arguments, **keywords)
        audit("warmgrader.compared", name, call, self, answer)
        return answer

    with suppress(TypeError):  # a class, or metaclass, that is made in C and says no
        type.__setattr__(cls, name, reporting)  # whatever a metaclass of the notebook's says
