"""What a fork server is made of, and the key under which clients that want the same one share it."""

from __future__ import annotations

import hashlib
import json
import os
import site
import sys
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PRELOAD = ("numpy", "tensorflow", "keras", "matplotlib.pyplot", "IPython", "ipykernel")
"""Modules that a server imports before it serves; those that are not installed are left out."""

DEFAULT_IDLE_SECONDS = 300.0
"""How long a server without kernels lives."""

# Read while Python starts or while a library is imported: a forked child comes too late for them.
_IMPORT_PREFIXES = (
    "CUDA_", "GOTO_", "JAX_", "KERAS_", "LD_", "MKL_", "MPL", "NUMBA_", "NUMPY_", "NVIDIA_", "OMP_",
    "OPENBLAS_", "PYTHON", "TF_", "XLA_",
)  # fmt: skip
_IMPORT_NAMES = ("LANG", "LC_ALL", "LC_CTYPE", "VIRTUAL_ENV")
INLINE_BACKEND = "module://matplotlib_inline.backend_inline"


@dataclass(frozen=True)
class Recipe:
    """Everything that decides whether two kernels can come out of the same server."""

    python: str
    preload: tuple[str, ...]
    env: dict[str, str]

    @classmethod
    def for_kernel(cls, python: str, preload: tuple[str, ...], env: dict[str, str]) -> Recipe:
        """Keep of a kernel's environment what matters at import."""
        kept = {
            name: value
            for name, value in env.items()
            if name.startswith(_IMPORT_PREFIXES) or name in _IMPORT_NAMES
        }
        # A kernel sets this before matplotlib is imported; here matplotlib is imported first.
        kept.setdefault("MPLBACKEND", INLINE_BACKEND)
        return cls(python, tuple(preload), kept)

    @property
    def key(self) -> str:
        """A short name for this server: it changes when the installed packages do."""
        content = [self.python, self.preload, sorted(self.env.items()), self._installation()]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]

    def _installation(self) -> list[tuple[str, int]]:
        """Return time stamps that change with every (un)installed package."""
        watched = [self.python, *Path(__file__).parents[1].rglob("*.py")]
        if self.python == sys.executable:
            watched += [*site.getsitepackages(), site.getusersitepackages()]
        watched += filter(None, self.env.get("PYTHONPATH", "").split(os.pathsep))
        return [(str(path), os.stat(path).st_mtime_ns) for path in watched if os.path.exists(path)]
