"""What the grader assumes of other packages' insides is there, and they are of a version that was tried."""

from __future__ import annotations

import importlib
import inspect
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from warmgrader.foreign import ipykernel, ipython, jupyter_client, nbclient, nbgrader

ROOMS = {
    module.__name__: module for module in (ipykernel, ipython, jupyter_client, nbclient, nbgrader)
}
PROJECT = Path(__file__).parents[1] / "pyproject.toml"
#: Methods that are overridden or called, with the arguments that they get.
ARGUMENTS = {
    "nbclient.client.NotebookClient._async_handle_timeout": ["timeout", "cell"],
    "nbclient.client.NotebookClient._get_timeout": ["cell"],
    "nbclient.client.NotebookClient.process_message": ["msg", "cell", "cell_index"],
    "nbgrader.api.Gradebook.__init__": ["db_url", "course_id", "authenticator"],
    "IPython.core.history.HistoryManager.store_inputs": ["line_num", "source", "source_raw"],
}


def find(path: str) -> object:
    """The module, class or attribute of a dotted name."""
    parts = path.split(".")
    for length in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:length]))
        except ModuleNotFoundError:
            continue
        for name in parts[length:]:
            if name in getattr(found, "__annotations__", {}) and not hasattr(found, name):
                return None  # an attribute of instances
            found = getattr(found, name)
        return found
    raise LookupError(path)


@pytest.mark.parametrize(
    ("room", "path"), [(name, path) for name, module in ROOMS.items() for path in module.USES]
)
def test_what_is_used_is_there(room: str, path: str) -> None:
    package = path.partition(".")[0]
    try:
        found = find(path)
    except (AttributeError, LookupError, ImportError) as error:
        used = ROOMS[room].USES[path]
        pytest.fail(f"{package} {version(package)} has no {path} ({error}); {room}: {used}")
    if path in ARGUMENTS:
        parameters = [name for name in inspect.signature(found).parameters if name != "self"]
        assert parameters[: len(ARGUMENTS[path])] == ARGUMENTS[path], (
            f"{path} of {package} {version(package)} has other arguments"
        )


def test_a_missing_one_would_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(nbclient.USES, "nbclient.client.NotebookClient._gone", "for a test (9.9)")
    with pytest.raises(pytest.fail.Exception, match="_gone.*for a test"):
        test_what_is_used_is_there(nbclient.__name__, "nbclient.client.NotebookClient._gone")


@pytest.mark.parametrize("name", [*ROOMS])
def test_the_version_is_one_that_was_tried(name: str) -> None:
    project = tomllib.loads(PROJECT.read_text())["project"]
    ranges = {r.name.replace("-", "_"): r for r in map(Requirement, project["dependencies"])}
    package = name.rpartition(".")[2]
    assert ranges[package].specifier.contains(version(package), prereleases=True)
