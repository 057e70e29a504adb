"""What is used of IPython's insides: its history, its tracebacks, and how it reads magics."""

from __future__ import annotations

import sys
from typing import Any

from IPython.core.ultratb import AutoFormattedTB

USES = {
    "IPython.core.ultratb.AutoFormattedTB.structured_traceback": "fills its caches (8.0)",
    "IPython.core.history.HistoryManager.store_inputs": "a test leaves no code there (8.0)",
    "IPython.core.interactiveshell.InteractiveShell.execution_count": "counts on after a test (8.0)",
    "IPython.core.interactiveshell.InteractiveShell.exit_now": "is not obeyed any more (8.0)",
    "IPython.core.inputtransformer2.TransformerManager.transform_cell": "reads magics (7.0)",
    "IPython.extensions.autoreload": "whose hook after a cell is a known one (8.0)",
    "matplotlib_inline.backend_inline.flush_figures": "shows figures after a test (0.1)",
}

#: Imported by a kernel while it starts and while it runs its first cells.
MODULES = (
    "IPython.core.completerlib", "IPython.core.debugger", "IPython.core.magics",
    "IPython.core.oinspect", "IPython.extensions.storemagic", "pygments.formatters.terminal256",
    "pygments.lexers.python", "stack_data",
)  # fmt: skip


def show_an_error() -> None:
    """Fill the caches that the first traceback fills, for a fifth of a second in each kernel.

    Python notes the files of all modules, and IPython prepares to colour source code.
    """
    try:
        exec(compile("raise ValueError", "<warm>", "exec"), {})
    except ValueError:
        AutoFormattedTB(mode="Context").structured_traceback(*sys.exc_info())


def keep_alive(shell: Any) -> None:
    """Let nothing in a cell end the kernel after it.

    `quit()` would do so a little later, in a cell that has nothing to do with it.
    """
    shell.unobserve_all("exit_now")


def count_execution(shell: Any) -> int:
    """Do what follows the execution of any cell, without a trace of the code.

    Returns:
        The number of the execution.
    """
    shell.history_manager.store_inputs(shell.execution_count, "", "")
    shell.execution_count += 1
    backend = sys.modules.get("matplotlib_inline.backend_inline")
    if backend is not None and "matplotlib.pyplot" in sys.modules:
        backend.flush_figures()
    return shell.execution_count - 1
