"""Looks at the files that a notebook imports or runs: are they those that have been read?"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any


def _loader(check: Callable[[str, bytes], None]) -> type[SourceFileLoader]:
    """Return what imports a file that is not installed, and has it looked at."""

    class OwnFile(SourceFileLoader):
        def get_code(self, fullname: str) -> CodeType:
            """Compile the source, whatever has been compiled before."""
            path = self.get_filename(fullname)
            content = self.get_data(path)
            check(path, content)
            return self.source_to_code(content, path)

    return OwnFile


class OwnFiles:
    """Finds modules that are not installed, after all others, and looks at what is in them."""

    def __init__(self, check: Callable[[str, bytes], None], shell: Any) -> None:
        """Remember what is installed; look at what `%run` runs, too.

        Args:
            check: gets a file's path and content.
            shell: IPython's.
        """
        self.loader = _loader(check)
        self.unread = lambda path: check(path, b"(compiled)")
        here = os.path.join(os.getcwd(), "")
        paths = [
            sys.prefix,
            sys.base_prefix,
            *(p for p in sys.path if p and not here.startswith(p)),
        ]
        self.installed = tuple(os.path.join(path, "") for path in paths)
        run_file = shell.safe_execfile

        def safe_execfile(name: Any, *arguments: Any, **options: Any) -> None:
            with suppress(OSError):
                check(str(name), Path(name).read_bytes())
            run_file(name, *arguments, **options)

        shell.safe_execfile = safe_execfile

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Find a module as Python does, and have those that are not installed looked at."""
        spec = PathFinder.find_spec(name, path, target)
        origin = os.path.abspath(spec.origin) if spec is not None and spec.has_location else ""
        if origin and not origin.startswith(self.installed):
            if origin.endswith(".py"):
                spec.loader = self.loader(name, spec.origin)
            else:
                self.unread(origin)
        return spec
