"""Runs the tests of a graded notebook in its kernel, and seals their verdicts.

A test does not run as a cell of the notebook does: it comes compiled, in an order of the grader's
(`warmgrader.grading.sheets`), and runs in the notebook's namespace. Before it, what it relies on has its meaning again: builtins,
the public attributes of packages that tests name, and what the instructor's cells have imported and
defined. The verdict leaves as text with a signature that only the grader's key gives.

What this does not stop (frames, the garbage collector, threads, …) is read in the submission before it
runs (`warmgrader.reading.read`); docs/security.md says which is which.
"""

from __future__ import annotations

import builtins
import importlib
import linecache
import marshal
import os
import secrets
import sys
import tempfile
import traceback
from base64 import b64decode
from collections.abc import Iterable
from contextlib import suppress
from inspect import CO_COROUTINE
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from warmgrader.verdicts.messages import Spoken, is_known, known_name
from warmgrader.verdicts.orders import COURSES, PYTHON, digest_of
from warmgrader.verdicts.values import LOOK, Values, content_of

_MISSING = object()
_NAMED = (FunctionType, BuiltinFunctionType, type, ModuleType)
_OF_PYTHON = ("__dict__", "__weakref__", "__doc__")
_TRACEBACK_LIMIT = 20_000
# `super` without arguments is known to the compiler by its name.
_BUILTINS = {name for name in vars(builtins) if not name.startswith("_")} - {"super"}
_MUST_FAIL = [
    compile(test, "<must fail>", "exec")
    for test in (
        "assert one == other", "assert_allclose(one, other)", "assert_allclose([[one] * size], other)"
    )
]  # fmt: skip


class Core:
    """What runs tests, and remembers what they rely on."""

    def __init__(self, shell: Any) -> None:
        """Look at builtins before any code of the notebook has run."""
        self.shell = shell
        self.namespace = shell.user_ns
        self.builtins = dict(vars(builtins))
        self.before: dict[str, Any] = {}  # what names of builtins meant before a cell
        self.own = {"get_ipython": shell.get_ipython}
        self.pins: dict[str, Any] = {}
        self.tests_names: set[str] = set()  # that tests have given a meaning
        self.watched: dict[str, tuple[Any, str, Any, bool]] = {
            f"builtins.{name}": (builtins, name, value, True)
            for name, value in self.builtins.items()
            if name != "_"
        }
        self.sure: set[str] = set()  # what was watched before any code of the notebook ran
        self.names: list[str] = []
        self.watched_data: list[str] = []  # the instructor's variables that tests use
        self.data: dict[str, Any] = {}  # what was in them
        self.spared: list[str] = []  # what the course itself changes
        self.spoken = Spoken()
        self.instructors_files: set[str] = set()
        self.files: dict[str, str] = {}  # the course's and the submission's, with what they are
        self.unread: list[str] = []  # what was imported and is not as it was read
        self.home = os.getpid()

    def prepare(self, order: dict[str, Any], code: str) -> None:
        """Get ready for a cell."""
        if "names" in order:  # with the first one
            self.names, self.files, self.spared = order["names"], order["files"], order["spared"]
            self.watched_data = order["data"]
            for name in self.spared:
                self.watched.pop(name, None)
            for name in order["asked"]:
                if " " in name:
                    continue  # `import X`: only whether it came to that
                root = name.partition(".")[0]
                if Path(root).exists() or Path(f"{root}.py").exists():
                    continue  # the student's own, which runs when the notebook imports it
                # Whole path: a part that is imported later could be changed before it is watched.
                for depth in range(1, name.count(".") + 1):
                    with suppress(Exception):
                        importlib.import_module(".".join(name.split(".")[:depth]))
            self.watch()
            self.sure = set(self.watched)
        self.before = {name: self.namespace.get(name) for name in _BUILTINS}
        if "pins" in order:
            self.put_back()
            if order["instructors"]:
                self.instructors_files.add(self.shell.compile.get_code_name(code, code, 0))

    def pin(self, names: Iterable[str]) -> None:
        """Remember what names stand for after the instructor's own cell has run."""
        if "*" in names:  # `from numpy import *` brings a `sum` of its own
            new = {n for n, v in self.before.items() if self.namespace.get(n) is not v}
            names = [*names, *new]
        for name in names:
            value = self.namespace.get(name)
            if _is_code(value):
                self.pins[name] = value
            for part, content in vars(value).items() if type(value) is type else ():
                if part not in _OF_PYTHON and f".{part}" not in self.spared:
                    self.watched[f"{name}.{part}"] = value, part, content, True
        self.remember([*names])
        self.tests_names -= set(names)
        if names:
            self.watch()

    def remember(self, names: Iterable[str]) -> None:
        """Remember the content of the instructor's variables: `LIMITS.update(…)` would change it."""
        values = {name: self.namespace.get(name) for name in names if name in self.watched_data}
        self.data |= {name: content_of(value) for name, value in values.items()}

    def data_changed(self, names: Iterable[str]) -> list[str]:
        """Return those of the instructor's variables that have another content now."""
        known = [name for name in names if name in self.data]
        return [n for n in known if self.data[n] != content_of(self.namespace.get(n))]

    # --- what tests rely on ---------------------------------------------------------------

    def watch(self) -> None:
        """Remember the attributes that tests name (`numpy.testing.assert_allclose`)."""
        for name in self.names:
            if name not in self.watched and (found := _find(name)) is not None:
                owner, attribute = found
                there = hasattr(owner, attribute)  # some are loaded when they are asked for
                value = vars(owner).get(attribute, _MISSING)
                # Only what code is made of: a counter, or an option, is there to be changed.
                if value is _MISSING or isinstance(value, (*_NAMED, staticmethod, classmethod)):
                    self.watched[name] = owner, attribute, value, there

    def put_back(self) -> list[str]:
        """Give what is watched its value again; return what had another."""
        changed = []
        self.namespace["__builtins__"] = builtins
        for name, (owner, attribute, value, there) in self.watched.items():
            if vars(owner).get(attribute, _MISSING) is value or not there:
                continue
            changed.append(name)
            if value is _MISSING:
                delattr(owner, attribute)
            else:
                setattr(owner, attribute, value)
        return changed

    def files_changed(self, named: Iterable[str]) -> list[str]:
        """Return the files that a test names and that are not as they were given."""
        here = Path.cwd()
        return [
            name
            for name in named
            if not (here / name).is_file()
            or digest_of((here / name).read_bytes()) != self.files[name]
        ]

    def check_file(self, path: str, content: bytes) -> None:
        """Note a file that is run and is not one that has been read."""
        if digest_of(content) not in self.files.values():
            self.unread.append(os.path.basename(path))

    def is_harmless(self, name: str) -> bool:
        """Tell whether what is there now was there before, or is a mere addition."""
        owner, attribute, value, there = self.watched[name]
        added = vars(owner).get(attribute, value)
        # A property would come before what objects of the class have themselves.
        return there or isinstance(owner, ModuleType) or isinstance(added, FunctionType)

    def settled(self, asked: Iterable[str]) -> list[str]:
        """Return those of the names whose change could not matter to the test."""
        sure = {*self.sure, *self.pins, *_BUILTINS} - self.tests_names if asked else ()
        return [
            name
            for name in asked
            if name in sure
            and (name not in self.watched or self.is_harmless(name))
            or (name.startswith("import ") and name[7:] not in sys.modules)
        ]

    def mean(self, code: CodeType, file: str, own: bool = True) -> CodeType:
        """Let the names that a test uses mean what they mean to the instructor, and give it a file.

        They have another name, which no code of the notebook's can write: what the notebook means by
        `sum` or `np` stays as it is, for its own functions. The functions of a test have their source in
        another file: its own lines have none, as Python shows the line that a warning or a stack is from.
        """
        names = tuple(
            self.meant(name) if name.endswith(COURSES) else name for name in code.co_names
        )
        inner = [
            self.mean(part, file, False) if isinstance(part, CodeType) else part
            for part in code.co_consts
        ]
        place = file if own else _beside(file)
        return code.replace(co_names=names, co_consts=tuple(inner), co_filename=place)

    def meant(self, marked: str) -> str:
        """Return the name under which a test finds what the instructor means by one."""
        name = marked.removesuffix(COURSES)
        built_in = name in _BUILTINS and name not in self.tests_names
        meaning = self.pins.get(
            name, self.own.get(name, self.builtins[name] if built_in else _MISSING)
        )
        if meaning is _MISSING:
            return name
        self.namespace[marked] = meaning
        return marked

    # --- running a test -------------------------------------------------------------------

    async def judge(self, order: dict[str, Any]) -> dict[str, Any]:
        """Run a test; return what came of it, as JSON types only."""
        outcome: dict[str, Any] = {"passed": False, "value": None, "error": None, "says_yes": False}
        values = Values(order["ordinary"], self.is_notebooks)
        self.namespace[LOOK] = values.look
        changed: list[str] = []
        try:
            self.reload()
            self.put_back()
            changed += self.files_changed(order["named"])
            changed += self.data_changed(order["data"])
            outcome |= await self.run(order.pop("test"), order["hidden"])
            changed += self.put_back()
            changed += self.data_changed(n for n, given in order["data"].items() if not given)
            outcome["says_yes"] = outcome["passed"] and await self.says_yes()
            self.remember(order["data"])
        except BaseException as error:  # an interrupt that comes late, for one
            outcome |= {"passed": False, "error": self.describe(error, "")}
        outcome["changed"] = [*map(_exactly, dict.fromkeys([*changed, *self.unread]))]
        outcome["deciding"] = sorted(map(_exactly, values.found))
        outcome["settled"] = self.settled(order["asked"])
        return outcome

    def reload(self) -> None:
        """Let `%autoreload` do what it does before each cell."""
        for event in list(self.shell.events.callbacks.get("pre_run_cell", ())):
            if getattr(event, "__module__", "") == "IPython.extensions.autoreload":
                event(None)

    async def says_yes(self) -> bool:
        """Tell whether small tests with random numbers pass that must fail."""
        one, more = secrets.randbelow(10**6), 1 + secrets.randbelow(10**6)
        space = {"__builtins__": builtins, "one": one, "other": one + more, "size": 1 + more % 9}
        if testing := sys.modules.get("numpy.testing"):
            space["assert_allclose"] = testing.assert_allclose
        # One of the two of NumPy's: they take a millisecond.
        chosen = [_MUST_FAIL[0], secrets.choice(_MUST_FAIL[1:])]
        for code in chosen if testing else chosen[:1]:
            try:
                await self.evaluate(code, space)
            except BaseException:
                continue
            return True
        return False

    async def run(self, sheet: dict[str, Any], hidden: bool) -> dict[str, Any]:
        """Run a test to its end, or to its error."""
        outcome: dict[str, Any] = {"passed": False, "value": None, "error": None}
        folder = os.path.join(tempfile.gettempdir(), f"ipykernel_{self.home}")
        file = os.path.join(folder, f"test-{secrets.token_hex(8)}.py")
        self.tests_names.update(sheet["top"])
        try:
            body, last = self.made(sheet, file)
            await self.evaluate(body)
            value = None if last is None else await self.evaluate(last)
            if type(value) in (int, float) and abs(value) < float("inf"):
                outcome["value"] = value
            self.leave_if_forked()
            outcome["passed"] = True
        except BaseException as error:
            self.leave_if_forked()
            outcome["error"] = self.describe(error, file)
        finally:
            # What a test imports or defines is the course's, too.
            self.pins |= {n: v for n in sheet["top"] if _is_code(v := self.namespace.get(n))}
            if hidden:
                linecache.cache.pop(_beside(file), None)
        return outcome

    def made(self, sheet: dict[str, Any], file: str) -> tuple[CodeType, CodeType | None]:
        """Return a test's code, and that of its last expression by itself."""
        if sheet["python"] != PYTHON:
            raise RuntimeError(f"the grader runs {sheet['python']}, and this kernel {PYTHON}")
        if lines := sheet["functions"]:
            linecache.cache[_beside(file)] = (sum(map(len, lines)), None, lines, _beside(file))
        numbers = (n for n in sheet["known"] if type(self.namespace.get(n)) in (int, float))
        self.spoken.learn(sheet, {*self.pins, *numbers})
        self.namespace.update(self.spoken.names())
        body, last = marshal.loads(b64decode(sheet["code"]))
        return self.mean(body, file), last and self.mean(last, file)

    async def evaluate(self, code: CodeType, space: dict[str, Any] | None = None) -> Any:
        """Run code, in the notebook's namespace by default."""
        value = eval(code, self.namespace if space is None else space)
        return await value if code.co_flags & CO_COROUTINE else value

    def leave_if_forked(self) -> None:
        """End a fork of the kernel that has come back out of the notebook's code."""
        if os.getpid() != self.home:
            os._exit(1)

    def describe(self, error: BaseException, file: str) -> dict[str, Any]:
        """Return what there is to say about an exception, as plain text."""
        kind = known_name(type(error))
        through, text, lines, told = False, "", [], None
        try:
            text = _exactly(str(error))
            trace = error.__traceback__
            while trace and trace.tb_frame.f_code.co_filename not in (file, _beside(file)):
                trace = trace.tb_next
            steps = traceback.extract_tb(trace)
            through = any(self.is_notebooks(step.filename) for step in steps)
            if not through:
                by_test = bool(steps) and _is_tests(steps[-1].filename)
                told = self.spoken.told(error, text, by_test)
            lines = traceback.format_list(steps) + traceback.format_exception_only(error)
        except BaseException:
            lines = [f"{kind}: its text can't be shown"]
        shown = "".join(map(_exactly, lines))[-_TRACEBACK_LIMIT:]
        for name in (_beside(file), file):
            shown = shown.replace(name, "the test").replace(COURSES, "")
            text = text.replace(os.path.basename(name), "the test").replace(COURSES, "")
        return {
            "name": kind,
            "text": text[:_TRACEBACK_LIMIT],
            "told": told,
            "through": through,
            "traceback": shown,
        }

    def is_notebooks(self, file: str) -> bool:
        """Tell whether code of a file is a cell, or comes with the notebook; not the instructor's."""
        if file in self.instructors_files or file.startswith("<frozen"):
            return False
        cells = os.path.join(tempfile.gettempdir(), f"ipykernel_{self.home}")
        installed = file.startswith((sys.prefix, sys.base_prefix))
        own = file.startswith((cells, "<")) or (file.startswith(os.getcwd()) and not installed)
        return own and not _is_tests(file)


def _is_code(value: Any) -> bool:
    """Tell functions, classes and modules, NumPy's own too, from values."""
    kind = type(value)
    numpys = callable(value) and kind.__module__.partition(".")[0] == "numpy"
    return isinstance(value, _NAMED) or (numpys and is_known(kind))


def _is_tests(file: str) -> bool:
    return os.path.basename(file).startswith("test-")


def _find(name: str) -> tuple[Any, str] | None:
    """Return the module or class that has an attribute, if it is imported, and the attribute."""
    *path, attribute = name.split(".")
    owner: Any = sys.modules.get(path[0]) if path else None
    for depth, part in enumerate(path[1:], 2):
        owner = sys.modules.get(".".join(path[:depth])) or getattr(owner, part, None)
    return (owner, attribute) if isinstance(owner, ModuleType | type) else None


def _beside(file: str) -> str:
    return file.removesuffix(".py") + "-functions.py"


def _exactly(text: str) -> str:
    """Return a text as a plain `str` that can be written as UTF-8, whatever it was a subclass of."""
    return str.encode(text, "utf-8", "replace").decode()
