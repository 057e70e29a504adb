"""Where this Python finds packages outside of its own folder: what a course brings from elsewhere.

They come by `PYTHONPATH`, by `.pth` files, by `pip install --user` and `pip install -e`. A sandbox shows them
too, unless they are beside what no submission may see.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from functools import cache
from importlib.machinery import PathFinder
from importlib.metadata import distributions
from urllib.parse import unquote, urlparse

from nbgrader.coursedir import CourseDirectory


def shown(hidden: Iterable[str]) -> list[str]:
    """Return the folders outside of Python's own that a sandbox may show.

    Args:
        hidden: folders that must not be seen: the course's solutions, submissions, gradebook.
    """
    return [path for path in _outside() if not _leads_to(path, hidden)]


def left_out(hidden: Iterable[str]) -> list[str]:
    """Return the folders that can't be shown because something hidden is in them."""
    return [path for path in _outside() if _leads_to(path, hidden)]


def found_outside(module: str, hidden: Iterable[str]) -> str | None:
    """Return in which folder that can't be shown there is a module, should it be in one."""
    folders = left_out(hidden)
    spec = PathFinder.find_spec(module.partition(".")[0], folders) if folders else None
    origin = spec and (spec.origin or next(iter(spec.submodule_search_locations or ()), None))
    return next((folder for folder in folders if origin and origin.startswith(folder)), None)


@cache
def _outside() -> tuple[str, ...]:
    """Return the folders from which this Python imports, but for its own and the current one."""
    here = os.path.realpath(os.getcwd())
    own = tuple(os.path.join(os.path.realpath(p), "") for p in (sys.prefix, sys.base_prefix))
    given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    folders = [entry for entry in sys.path if os.path.realpath(entry) != here or entry in given]
    found = dict.fromkeys(os.path.abspath(entry) for entry in [*folders, *_editable()] if entry)
    return tuple(
        path
        for path in found
        if os.path.exists(path) and not os.path.join(os.path.realpath(path), "").startswith(own)
    )


def _editable() -> list[str]:
    """Return the projects that `pip install -e` has installed."""
    found = []
    for distribution in distributions():
        origin = json.loads(distribution.read_text("direct_url.json") or "{}")
        if origin.get("dir_info", {}).get("editable"):
            folder = unquote(urlparse(origin["url"]).path)
            if not any(entry.startswith(os.path.join(folder, "")) for entry in sys.path):
                found.append(folder)  # else a folder in it is on the path
    return found


def _leads_to(path: str, hidden: Iterable[str]) -> bool:
    """Tell whether a folder has something hidden in it, or somebody's home, or is in something hidden."""
    real, home = _folder(path), _folder(os.path.expanduser("~"))
    others = [_folder(p) for p in hidden]
    return home.startswith(real) or any(o.startswith(real) or real.startswith(o) for o in others)


def _folder(path: str) -> str:
    return os.path.join(os.path.realpath(path), "")


def hidden_folders(coursedir: CourseDirectory) -> list[str]:
    """Return the folders of a course that no submission may see."""
    names = ("source", "submitted", "autograded", "feedback")
    folders = [getattr(coursedir, f"{name}_directory") for name in names]
    database = coursedir.db_url.removeprefix("sqlite:///")
    places = [*folders, *([database] if database != coursedir.db_url else [])]
    return [os.path.join(coursedir.root, place) for place in places]
