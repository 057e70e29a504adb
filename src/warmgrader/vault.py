"""Runs test cells and decides whether they passed, out of reach of the notebook's code.

Never imported: `warmgrader.guard.load_vault` executes this file in a namespace of its own, with a
private copy of the builtins, before any notebook code runs. What it builds is an audit hook, which
the interpreter keeps where no name leads to. Therefore there are closures here and no classes
(`object.__subclasses__` would find them), and everything that is used is bound when it is loaded.
What is used before anything has been restored is made in C, for the notebook's code could replace
parts of the rest. For the same reason a test comes enciphered: what carries it is not to be trusted.

Orders from the grader and results for it are signed with a key that only they and the hook have,
so that a message which the notebook's code has made up is worth nothing.
"""

from __future__ import annotations

import ast
import asyncio
import builtins
import gc
import inspect
import linecache
import sys
import threading
import traceback
from _hashlib import hmac_digest
from _imp import get_frozen_object
from _json import encode_basestring_ascii, make_encoder
from ctypes import c_void_p, pythonapi
from hashlib import sha256, shake_256
from hmac import compare_digest
from importlib.machinery import PathFinder
from inspect import CO_COROUTINE
from marshal import dumps as marshalled
from operator import is_
from os import sep
from os.path import abspath, dirname, exists, join, realpath
from posix import _exit as leave
from posix import getpid, urandom
from sys import _getframe as get_frame
from sys import settrace
from tempfile import gettempdir
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType
from unittest import mock

TAMPERED = "tampered"
"""Level of a finding that costs the points of the cell."""
CHANGED = "changed"
"""Level of a finding that a person should look at."""

# Nobody has an honest reason to put code of their own into these.
_CORE = (
    "builtins", "sys", "math", "operator", "numpy", "unittest", "pytest", "_pytest", "IPython",
    "ipykernel", "warmgrader", "ast",  # of which the last ones are needed to run a test
)  # fmt: skip
_OFTEN_REBOUND = {
    "builtins": {"_", "input", "display", "get_ipython", "exit", "quit", "copyright", "credits"}
}
_FRAME_ATTRIBUTES = ("tb_frame", "gi_frame", "cr_frame", "ag_frame")
_WALKERS = ("walk_tb", "_walk_tb_with_full_positions")
_FUNCTION_PARTS = ("__code__", "__defaults__", "__kwdefaults__")
# Whoever looks at frames finds none that matters; honest code does it to print where it is.
_LOOKS = frozenset(("sys._getframe", "object.__getattr__"))
_NOT_DURING_TESTS = frozenset(
    (
        "open", "ctypes.dlopen", "ctypes.dlsym", "ctypes.cdata",
        "ctypes.cdata/buffer", "ctypes.call_function", "ctypes.string_at", "ctypes.addressof",
        "ctypes.PyObj_FromPtr",
    )
)  # fmt: skip
_NEVER = frozenset(("code.__new__", "compile", "object.__setattr__"))
# Whoever calls: an installed function may do it for the notebook's code, even in a thread.
_BY_NOBODY = frozenset(
    ("gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys.addaudithook", "import")
)
_BY_NOBODY_DURING_TESTS = frozenset(
    ("sys.settrace", "sys.setprofile", "sys._current_frames", "sys._current_exceptions")
)
# Python's own tests: they read frames and run interpreters that have no audit hooks.
_FOR_PYTHONS_TESTS = ("_testcapi", "_testinternalcapi", "_xxsubinterpreters", "_interpreters")
_OURS = frozenset(
    f"warmgrader.{name}"
    for name in (
        "order",
        "ran",
        "class",
        "comparing",
        "compared",
        "source",
        "frame",
        "frame changed",
        "forked",
    )
)
_WATCHED = _LOOKS | _NOT_DURING_TESTS | _NEVER | _BY_NOBODY | _BY_NOBODY_DURING_TESTS | _OURS
_TRACEBACK_LIMIT = 20_000
_MISSING = object()
_FROZEN = {
    "importlib._bootstrap": "_frozen_importlib",
    "importlib._bootstrap_external": "_frozen_importlib_external",
}
# As they are before `warmgrader.guard` replaces them by what asks here.
_FRAME_PARTS = {
    name: vars(FrameType)[name]
    for name in (
        "f_back",
        "f_builtins",
        "f_code",
        "f_globals",
        "f_lineno",
        "f_locals",
        "f_trace",
        "f_trace_lines",
        "f_trace_opcodes",
    )
}
FRAME_PARTS = tuple(_FRAME_PARTS)
_code_of = _FRAME_PARTS["f_code"].__get__
_caller_of = _FRAME_PARTS["f_back"].__get__
# Long, because who shows a traceback looks for the position of an instruction in it.
_BLANK_CODE = compile("_\n" * 2000, "<test>", "exec")
# Things that call nothing but themselves.
_PLAIN = (type, ModuleType, BuiltinFunctionType)
_ORDERINGS = {"__lt__": -1e300, "__le__": -1e300, "__gt__": 1e300, "__ge__": 1e300}
_COMPARISONS = ("__eq__", "__ne__", *_ORDERINGS)
_ANSWERING = frozenset((*_COMPARISONS, "__array_function__", "__array_ufunc__"))


def _code_like(value):
    """Tell functions, classes, modules and the like from mere data."""
    return callable(value) or isinstance(value, (ModuleType, property, staticmethod, classmethod))


def _is_made_in_c(kind):
    """Tell whether a class can't be changed."""
    return bool(kind.__flags__ & 1 << 8)


def _may_be_anything(value):
    """Tell functions and objects with a class in Python from what is made in C."""
    return isinstance(value, FunctionType) or not _is_made_in_c(type(value))


def _is_public(name):
    """Tell whether tests may well use a module directly; the rest is a library's inside."""
    parts = name.split(".")
    return parts[0] in _CORE or (len(parts) <= 2 and not any(p.startswith("_") for p in parts[1:]))


def survey(known=(), packages=()):
    """Remember what the names in the imported modules, and in their classes, stand for.

    Args:
        known: what an earlier survey returned, and is not repeated.
        packages: look at these packages only.

    Returns:
        A list of `(label, owner, namespace, names, values)`.
    """
    seen = {id(entry[2]) if isinstance(entry[1], ModuleType) else id(entry[1]) for entry in known}
    entries = []
    for name, module in list(sys.modules.items()):
        if not isinstance(module, ModuleType) or name == "__main__" or not _is_public(name):
            continue
        if packages and name.partition(".")[0] not in packages:
            continue
        namespace = vars(module)
        if id(namespace) not in seen:
            seen.add(id(namespace))
            entries.append((name, module, namespace, *_split(namespace)))
        for value in list(namespace.values()):
            if isinstance(value, type) and not _is_made_in_c(value) and id(value) not in seen:
                seen.add(id(value))
                label = f"{value.__module__}.{value.__qualname__}"
                entries.append((label, value, vars(value), *_split(vars(value))))
    return entries


def loaded_codes():
    """Return the code of all functions that there are, by its id.

    In the fork server, all of it is installed: what is found here need not be looked up in a file.
    """
    functions = [thing for thing in gc.get_objects() if isinstance(thing, FunctionType)]
    return {id(code): code for function in functions for code in _codes_in(function.__code__)}


def _split(namespace):
    return tuple(namespace), tuple(namespace.values())


# Objects of this module's own, which nobody else changes.
_thread_state, _allow_tracing = (
    pythonapi["PyThreadState_Get"], pythonapi["PyThreadState_LeaveTracing"],
)  # fmt: skip
_thread_state.restype, _allow_tracing.argtypes = c_void_p, [c_void_p]
# As `json.dumps(parts, sort_keys=True)` has it.
_encode = make_encoder(None, None, encode_basestring_ascii, None, ": ", ", ", True, False, True)


def _below(limit):
    return int.from_bytes(urandom(8), "big") % limit


def _token():
    return urandom(8).hex()


def _walk(node):
    """Do what `ast.walk` does, without what that imports."""
    yield node
    for name in node._fields:
        value = getattr(node, name, None)
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST):
                yield from _walk(part)


def _codes_in(code):
    """Return a code object and all that are nested in it."""
    codes = [code]
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            codes.extend(_codes_in(constant))
    return codes


def _without_file(code):
    """Return what a code object does, as bytes; without the file that it names."""

    def strip(code):
        constants = [strip(c) if isinstance(c, CodeType) else c for c in code.co_consts]
        return code.replace(co_filename="", co_consts=tuple(constants))

    try:
        return marshalled(strip(code), 2)
    except ValueError:
        return b""  # a constant that no source has


def build(key, kernel, entries, codes):
    """Make the audit hook.

    Args:
        key: what orders and results are signed with.
        kernel: the kernel; its shell is ready.
        entries: what `survey` returned in the fork server.
        codes: what `loaded_codes` returned there.
    """
    shell = kernel.shell
    user_ns = shell.user_ns
    prefixes = tuple(
        {abspath(p) + sep for p in (sys.prefix, sys.base_prefix, sys.exec_prefix)}
        | {dirname(abspath(path)) + sep for path in (inspect.__file__, __file__)}
    )
    library = dirname(inspect.__file__)
    # Functions that do for their caller what the caller must not do.
    helpers = (inspect.__file__, join(library, "ctypes", "__init__.py"), linecache.__file__)
    helpers += (__file__, join(dirname(__file__), "guard.py"))
    cell_folder = join(gettempdir(), f"ipykernel_{getpid()}")
    watched = list(entries)
    baseline = {}
    pins = {}
    classes = {}  # of the notebook's, or of what it imports, by id
    looked_at = {}  # methods that are reported or need not be, by the id of the class and name
    surveyed = set()
    notes = []
    home = getpid()
    taught = set()
    from_files = {}
    judged = {}
    tests = set()
    own = dirname(__file__) + sep
    sources = {}
    state = {
        "serial": 0,
        "active": False,
        "asking": False,
        "probing": False,
        "started": False,
        "test": "",
        "uses": (),
        "packages": (),
    }

    # --- whose code is it? ---------------------------------------------------------------

    def installed_file(path):
        return (
            path.startswith(prefixes)
            or path.startswith("<frozen ")
            or path == "<__array_function__ internals>"
        )

    def genuine(code):
        """Tell whether code is installed: that it names an installed file is easily arranged."""
        return installed_file(code.co_filename) and judge(code)[0]

    def teachers(code):
        """Tell whether code is the instructor's."""
        return judge(code)[1]

    def judge(code):
        if id(code) not in judged:
            path, content = code.co_filename, _without_file(code)
            loaded = codes.get(id(code)) is code
            if not loaded and installed_file(path) and path not in from_files:
                from_files[path] = {_without_file(c) for c in read_codes(path)}
            known = loaded or content in from_files.get(path, ())
            # With the code itself, so that its id is not given to another one.
            judged[id(code)] = (known, content in taught, code)
        return judged[id(code)]

    def read_codes(path):
        """Return the code objects that an installed file has."""
        asking, state["asking"] = state["asking"], True
        try:
            if path.startswith("<frozen "):
                name = path[len("<frozen ") : -1]
                return _codes_in(get_frozen_object(_FROZEN.get(name, name)))
            with open(path, "rb") as file:
                return _codes_in(compile(file.read(), path, "exec", dont_inherit=True))
        except (ImportError, OSError, SyntaxError, ValueError):
            return []
        finally:
            state["asking"] = asking

    def teach(code):
        taught.update(map(_without_file, _codes_in(code)))

    def installed(value):
        """Tell whether something comes with the installed packages."""
        if isinstance(value, (staticmethod, classmethod, MethodType)):
            value = value.__func__
        if isinstance(value, property):
            value = value.fget
        if isinstance(value, FunctionType):
            # Functions can be put together from code of one place and variables of another.
            home = sys.modules.get(value.__globals__.get("__name__"))
            return genuine(value.__code__) and getattr(home, "__dict__", 0) is value.__globals__
        if isinstance(value, BuiltinFunctionType):
            return True
        if isinstance(value, ModuleType):
            spec = getattr(value, "__spec__", None)
            origin = getattr(spec, "origin", None) or getattr(value, "__file__", None) or ""
            if not origin:  # a package without a file, of which others are parts, as `google`
                folders = [str(folder) for folder in getattr(value, "__path__", ())]
                return bool(folders) and all(map(installed_file, folders))
            return origin in ("built-in", "frozen") or installed_file(origin)
        kind = value if isinstance(value, type) else type(value)
        if _is_made_in_c(kind):
            return True
        home = sys.modules.get(kind.__module__)
        if kind.__module__ == "__main__" or home is None or not installed(home):
            return False
        # What a class says of its module is not to be believed, either.
        return id(kind) in surveyed or all(
            genuine(part.__code__) if isinstance(part, FunctionType) else name not in _COMPARISONS
            for name, part in vars(kind).items()
            if _may_be_anything(part)
        )

    def students(value):
        """Tell whether something comes neither with packages nor with the instructor's cells."""
        if installed(value):
            return False
        if isinstance(value, FunctionType):
            return not teachers(value.__code__)
        kind = value if isinstance(value, type) else type(value)
        methods = [part for part in vars(kind).values() if isinstance(part, FunctionType)]
        return not any(teachers(method.__code__) for method in methods)

    def package(value):
        if isinstance(value, (staticmethod, classmethod, MethodType)):
            value = value.__func__
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", "")
        return str(name).partition(".")[0]

    def acts_for_its_caller(event, code):
        if code.co_filename == traceback.__file__:
            return event in ("sys._getframe", "warmgrader.source") or code.co_name in _WALKERS
        return code.co_filename in helpers

    def caller_is_students(event):
        """Tell whether the event came directly out of code that is not installed."""
        state["asking"] = True
        try:
            frame = get_frame(2)
            while frame is not None and acts_for_its_caller(event, _code_of(frame)):
                frame = _caller_of(frame)
            if frame is None:
                return False
            code = _code_of(frame)
            return not genuine(code) and not teachers(code)
        finally:
            state["asking"] = False

    # --- frames, which lead to the test and to what decides about it -----------------------

    def show_frame(name, frame, answer):
        """Answer for an attribute of a frame."""
        part = _FRAME_PARTS[name].__get__(frame)
        if name == "f_back":
            answer.append(part if part is None or is_shown(part) else None)
        elif name == "f_lineno" or is_shown(frame):
            answer.append(part)
        elif name == "f_code":
            answer.append(_BLANK_CODE)
        else:
            answer.append({} if isinstance(part, dict) else None)

    def change_frame(name, frame, value):
        if not is_shown(frame):
            note(TAMPERED if state["active"] else CHANGED, f"tried to change {name} of a test")
            raise RuntimeError(f"{name} can't be changed in a graded notebook")
        _FRAME_PARTS[name].__set__(frame, value)

    def is_shown(frame):
        """Tell whether a frame may be looked at.

        The grader's never; a test's, and that of whatever calls the notebook's code in it, only if
        none of the notebook's code is between it and who looks.
        """
        path = _code_of(frame).co_filename
        if path.startswith(own):
            return False
        if not state["active"]:
            return path not in tests
        state["asking"] = True
        try:
            above, passed = get_frame(1), False
            while above is not None and _code_of(above).co_filename.startswith(own):
                above = _caller_of(above)
            while above is not None and not _code_of(above).co_filename.startswith(own):
                code = _code_of(above)
                known = genuine(code) or teachers(code)
                if above is frame:
                    return not (known and passed)
                passed = passed or not known
                above = _caller_of(above)
            # A frame that has ended: the test itself may look, and who describes what came of it.
            return path not in tests or (above is not None and not passed)
        finally:
            state["asking"] = False

    # --- comparing and restoring ---------------------------------------------------------

    def note(level, text):
        if (level, text) not in notes:
            notes.append((level, text))

    def restore_namespaces():
        for index, (label, owner, namespace, names, values) in enumerate(watched):
            if len(namespace) == len(values) and all(map(is_, namespace.values(), values)):
                continue
            fresh = []
            for name, old in zip(names, values):
                new = namespace.get(name, _MISSING)
                kept = _code_like(old) or (type(old) is float and label.partition(".")[0] in _CORE)
                if new is not old and kept and not adopt(label, name, old, new):
                    if isinstance(owner, type):
                        type.__setattr__(owner, name, old)
                    else:
                        namespace[name] = old
                    new = old
                fresh.append((name, new))
            known = dict(fresh)
            if isinstance(owner, type):
                remove_additions(label, owner, [name for name in namespace if name not in known])
            watched[index] = (label, owner, namespace, tuple(known), tuple(known.values()))
            if isinstance(owner, ModuleType) or len(namespace) == len(known):
                # Names that have come into a module are part of it from now on.
                watched[index] = (label, owner, namespace, *_split(namespace))

    def remove_additions(label, owner, names):
        """Remove what was added to a class of the core; an attribute may hide an object's own."""
        top = label.partition(".")[0]
        for name in names if top in _CORE else ():
            value = vars(owner)[name]
            if top == "ast" or (_code_like(value) and students(value)):
                type.__delattr__(owner, name)
                note(TAMPERED, f"added {label}.{name}")

    def adopt(label, name, old, new):
        """Decide about a name that stands for something else now; make a note if it must not."""
        top = label.partition(".")[0]
        if name in _OFTEN_REBOUND.get(label, ()):
            return True
        honest = new is not _MISSING and installed(new)
        if top in _CORE and getattr(new, "__closure__", True) and not isinstance(new, _PLAIN):
            honest = False  # it may call anything
        if honest and isinstance(new, ModuleType) and isinstance(old, ModuleType):
            return True  # a lazy module became the real one
        if honest and package(new) == top and label != "builtins":
            return True  # a library rearranges itself
        if new is _MISSING:
            note(CHANGED, f"removed {label}.{name}")
        elif honest or students(new):
            level = TAMPERED if top in _CORE and not honest else CHANGED
            note(level, f"replaced {label}.{name}")
        return False

    def restore_interpreter():
        for name, value in baseline["modules"].items():
            if sys.modules.get(name) is not value:
                new = sys.modules.get(name)
                if new is not None and installed(new):
                    baseline["modules"][name] = new
                    continue
                sys.modules[name] = value
                if new is not None:
                    note(TAMPERED, f"replaced the module {name}")
        paths = baseline["path"]
        sys.path[:] = [*paths, *(p for p in sys.path if p not in paths)]
        for name in list(sys.modules):
            module = sys.modules[name]
            if name in baseline["modules"] or "." in name or name == "__main__":
                continue
            if installed(module) or installed(type(module)) and type(module) is not ModuleType:
                continue
            if PathFinder.find_spec(name, [p for p in paths if p]) is not None:
                for part in [n for n in sys.modules if n == name or n.startswith(f"{name}.")]:
                    del sys.modules[part]
                note(TAMPERED, f"put a module of its own in the place of the installed {name}")
        for name in ("meta_path", "path_hooks"):
            entries = getattr(sys, name)
            own = [e for e in entries if e not in baseline[name] and not installed(e)]
            if own or entries is not baseline["lists"][name]:
                note(TAMPERED, f"changed sys.{name}")
                setattr(sys, name, baseline["lists"][name])
                baseline["lists"][name][:] = baseline[name]
        if sys.gettrace() is not baseline["trace"] or sys.getprofile() is not baseline["profile"]:
            note(CHANGED, "left a trace or profile function set")
            sys.settrace(baseline["trace"])
            sys.setprofile(baseline["profile"])
        for name in ("displayhook", "excepthook"):
            if getattr(sys, name) is not baseline[name]:
                if not installed(getattr(sys, name)):
                    note(CHANGED, f"replaced sys.{name}")
                setattr(sys, name, baseline[name])
        own = [callback for callback in gc.callbacks if not installed(callback)]
        if own:
            note(CHANGED, "added a callback to the garbage collector")
            gc.callbacks[:] = [c for c in gc.callbacks if c not in own]
        for thread in threading.enumerate():
            target = getattr(thread, "_target", None)
            if (target is not None and not installed(target)) or not installed(type(thread)):
                note(CHANGED, "left a thread of its own running")

    def transformer_lists():
        manager = shell.input_transformer_manager
        return (
            (shell, "ast_transformers", "AST transformers"),
            (shell, "input_transformers_post", "input transformers"),
            (manager, "cleanup_transforms", "input transformers"),
            (manager, "line_transforms", "input transformers"),
            (manager, "token_transformers", "input transformers"),
        )

    def restore_shell():
        for (owner, name, text), old in zip(transformer_lists(), baseline["transformers"]):
            new = getattr(owner, name)
            if len(new) != len(old) or not all(map(is_, new, old)):
                if not all(installed(entry) for entry in new):
                    note(TAMPERED, f"changed IPython's {text}")
                    new[:] = old
        for thing in baseline["objects"]:
            for name, value in list(vars(thing).items()):
                before = baseline["attributes"][id(thing)].get(name, _MISSING)
                if value is before or not callable(value) or not hasattr(type(thing), name):
                    continue
                if not installed(value):
                    note(TAMPERED, f"replaced {type(thing).__name__}.{name}")
                if before is _MISSING:
                    vars(thing).pop(name)
                else:
                    vars(thing)[name] = before

    def restore():
        restore_namespaces()
        restore_interpreter()
        restore_shell()
        given = user_ns.get("__builtins__")
        if given is not builtins:
            user_ns["__builtins__"] = builtins
            if given is not vars(builtins):  # which `exec` puts there, for `%pylab` too
                note(TAMPERED, "replaced __builtins__")

    def start(packages):
        """Take the state as it is for the pristine one.

        Args:
            packages: what the instructor's cells import, besides the core.
        """
        classes.clear()
        if "mock" not in state["uses"]:
            baseline["report"](mock._ANY, "__eq__")
        state["packages"] = packages
        if packages:
            packages = {*packages, *_CORE}
            watched[:] = [entry for entry in watched if entry[0].partition(".")[0] in packages]
        for index, (label, owner, namespace, _, values) in enumerate(watched):
            if len(namespace) != len(values) or not all(map(is_, namespace.values(), values)):
                watched[index] = (label, owner, namespace, *_split(namespace))
        watched.extend(survey(watched, packages))
        surveyed.update(id(entry[1]) for entry in watched)
        objects = [kernel, shell, kernel.session, shell.displayhook, shell.display_pub]
        objects += [shell.history_manager, shell.compile, shell.events]
        baseline.update(
            modules=dict(sys.modules),
            path=[p for p in sys.path if p] + [p for p in sys.path if not p],
            meta_path=list(sys.meta_path),
            path_hooks=list(sys.path_hooks),
            lists={"meta_path": sys.meta_path, "path_hooks": sys.path_hooks},
            trace=sys.gettrace(),
            profile=sys.getprofile(),
            displayhook=sys.displayhook,
            excepthook=sys.excepthook,
            transformers=[list(getattr(owner, name)) for owner, name, _ in transformer_lists()],
            objects=objects,
            attributes={id(thing): dict(vars(thing)) for thing in objects},
            flags=shell.compile.flags,
            ends={base: last_subclass(base) for base in bases()},
        )
        for cell in user_ns["In"]:  # so far, only the instructor's
            teach_cell(cell)
        state["started"] = True

    # --- objects that compare as they like -----------------------------------------------

    def bases():
        numpy = sys.modules.get("numpy")
        extra = (numpy.ndarray, numpy.generic, numpy.float64) if numpy else ()
        return (object, type, int, float, complex, str, tuple, list, dict, *extra)

    def last_subclass(base):
        found = type.__subclasses__(base)
        return found[-1] if found else None

    def find_classes():
        """Find classes that were made without a `class` statement."""
        for base, last in baseline["ends"].items():
            for found in reversed(type.__subclasses__(base)):
                if found is last:
                    break
                classes.setdefault(id(found), found)

    def watch_comparisons(cls):
        """Have the comparisons of a student's class reported while a test runs."""
        namespace = vars(cls)
        for name in _ANSWERING & namespace.keys():
            method = namespace[name]
            if name in state["uses"] or looked_at.get((id(cls), name)) is method:
                continue
            # A class that only the notebook has imported works for the notebook (`pytest.approx`);
            # and in its own, anything may stand as a method (`partialmethod`, `type`).
            compares = name in _COMPARISONS
            if (compares and package(cls) not in state["packages"]) or (
                students(method) or (compares and students(cls))
            ):
                baseline["report"](cls, name)
            looked_at[id(cls), name] = namespace[name]

    def agrees(name, answer):
        """Tell whether an answer is one that lets tests pass."""
        return answer is not NotImplemented and bool(answer) is not (name == "__ne__")

    def probe(name, method, thing, values):
        """Ask with values for which an honest object can't agree."""
        for value in values:
            try:
                if agrees(name, method(value)):
                    note(
                        TAMPERED,
                        f"an object of the class {type(thing).__name__} says that {name} holds for "
                        "any value",
                    )
                    return
            except Exception:  # noqa: S112 - it is the student's method; an error is no cheating
                continue

    def another(value):
        """Return what a value is not equal to, but that a glance can't tell from it."""
        shift = 1 + _below(10**6)
        if isinstance(value, int) and type(value) is not bool:
            return int.__add__(value, shift if int.__ge__(value, 0) else -shift)
        if isinstance(value, float):
            other = float.__add__(value, float(shift if float.__ge__(value, 0.0) else -shift))
            if float.__ne__(other, value):  # not so for the infinite
                return other
        return _token()

    def prepare_comparison(name, method, thing, *others):
        """Ask with other values first: an object may become what it is compared with."""
        if name not in ("__eq__", "__ne__") or len(others) != 1 or state["probing"]:
            return
        [other] = others
        state["probing"] = True
        try:
            for _ in range(1 + _below(3)):  # it may count, too
                probe(name, method, thing, [another(other)])
        finally:
            state["probing"] = False

    def judge_comparison(name, method, thing, answer):
        """Ask again, with values for which an honest object can't give the same answer."""
        if name.startswith("__array"):
            note(TAMPERED, f"an object of the class {type(thing).__name__} answers for NumPy")
            return
        try:
            if not agrees(name, answer):
                return
        except Exception:
            return
        if name in _ORDERINGS:
            probe(name, method, thing, [_ORDERINGS[name]])
        else:
            probe(name, method, thing, [-1 - _below(10**6), _token(), object()])

    def judge_late_comparisons(cls):
        """Ask a class whose comparisons came when the test ran, so that they were not reported."""
        for name in ("__eq__", "__ne__"):
            method = vars(cls).get(name)
            looked = method is None or looked_at.get((id(cls), name)) is method
            if looked or not students(method):
                continue
            for kind in (object, float, int, str, tuple, list, dict):
                try:
                    thing = kind.__new__(cls)
                except TypeError:
                    continue
                call = method.__get__(thing) if hasattr(type(method), "__get__") else method
                probe(name, call, thing, [_token(), -1 - _below(10**6), object()])
                break

    def find_yes_men():
        """Find values among the notebook's variables that are equal to anything."""
        for name, value in list(user_ns.items()):
            compare = getattr(type(value), "__eq__", object.__eq__)
            if _may_be_anything(compare) and students(value):
                try:
                    if all(bool(value == probe) for probe in (_token(), -_below(10**6))):
                        note(TAMPERED, f"the variable {name} is equal to any value")
                except Exception:
                    continue

    # --- canaries ------------------------------------------------------------------------

    def canaries():
        """Write small tests that must fail, of the forms that real tests have."""
        a = 2 + _below(90)
        b = a + 1 + _below(9)
        name = ("result", "value", "answer", "output")[_below(4)] + f"_{_below(1000)}"
        tests = [
            f"{name} = {a}\nassert {name} == {b}, f'{{{name}}} is not {b}'",
            f"def check_{name}(x):\n    assert x == {b}\ncheck_{name}({a})",
            f"{name} = [{a}, {b}]\nassert len({name}) == {b}",
            f"assert isinstance({a}.5, str), 'not a str'",
            f"assert all([{a} < {b}, {a} > {b}]) or any([{a} == {b}])",
            f"assert abs({a} - {b}) < 1e-{1 + _below(6)}",
            f"import math\nassert math.isclose({a}, {b})",
            f"import unittest\nunittest.TestCase().assertEqual({a}, {b})",
        ]
        if "numpy" in sys.modules:
            tests += [
                f"import numpy as np\nnp.testing.assert_equal({a}, {b})",
                f"import numpy as np\nassert np.allclose([{a}, {b}], [{b}, {a}])",
                f"import numpy as np\nassert np.array_equal(np.asarray([{a}]), np.asarray([{b}]))",
                f"import numpy.testing as npt\nnpt.assert_allclose([{a}.0], [{b}.0], rtol=1e-3)",
            ]
        return tests

    def run_canaries(when):
        for source in canaries():
            namespace = {"__name__": "__main__", "__builtins__": builtins}
            try:
                exec(compile(source, state["test"], "exec", dont_inherit=True), namespace)
            except BaseException:
                continue
            note(
                TAMPERED,
                f"a test that must fail passed {when} the cell: {source.split(chr(10))[-1]}",
            )

    # --- names that the test uses --------------------------------------------------------

    def names_of(tree):
        used, bound = set(), set()
        for node in _walk(tree):
            if isinstance(node, ast.Name):
                (used if isinstance(node.ctx, ast.Load) else bound).add(node.id)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                bound.add(node.name)
            elif isinstance(node, ast.alias):
                bound.add((node.asname or node.name).partition(".")[0])
        return used, bound

    def genuine_names(tree, bound_by_teacher):
        """Give the names that the test uses their meaning; return what has to be put back."""
        used, bound = names_of(tree)
        put_back = {}
        for name in used:
            if name in pins:
                genuine = pins[name]
            elif hasattr(builtins, name) and name not in bound_by_teacher:
                genuine = _MISSING
            else:
                continue
            mine = user_ns.get(name, _MISSING)
            if mine is genuine or mine is _MISSING:
                continue
            if _code_like(mine) and students(mine):
                note(CHANGED, f"uses the name {name}, which the test needs, for something else")
            put_back[name] = (genuine, mine)
            set_name(name, genuine)
        guarded = {
            name: put_back[name][0] if name in put_back else user_ns.get(name, _MISSING)
            for name in used - bound
            if name in pins or name in put_back or hasattr(builtins, name)
        }
        return put_back, guarded

    def set_name(name, value):
        if value is _MISSING:
            user_ns.pop(name, None)
        else:
            user_ns[name] = value

    def check_names(put_back, guarded):
        for name, genuine in guarded.items():
            if user_ns.get(name, _MISSING) is not genuine:
                note(TAMPERED, f"changed what {name} stands for while the test ran")
                set_name(name, genuine)
        for name, (genuine, mine) in put_back.items():
            if user_ns.get(name, _MISSING) is genuine:
                set_name(name, mine)

    def teach_cell(source):
        """Remember the functions of an instructor's cell as such."""
        try:
            tree, _ = parsed(source, "")
            for statement in tree.body:  # which IPython compiles one by one
                part = ast.Module([statement], [])
                teach(compile(part, "", "exec", flags(), dont_inherit=True))
        except (SyntaxError, ValueError):
            return

    def parsed(source, path):
        """Return a cell's syntax tree, and its source as Python without IPython's syntax."""
        try:
            return ast.parse(source, path), source
        except SyntaxError:
            source = baseline["transform"](source)
            return ast.parse(source, path), source

    def flags():
        return baseline["flags"] | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT

    def pin(names):
        """Remember what names stand for after the instructor's own cell has run."""
        for name in names:
            value = user_ns.get(name)
            if _code_like(value):
                pins[name] = value

    # --- running a test ------------------------------------------------------------------

    def run_test(order):
        """Run a test cell and return what came of it."""
        state["uses"] = order["uses"]
        restore()
        find_classes()
        for cls in list(classes.values()):
            watch_comparisons(cls)
        state["test"] = f"{cell_folder}/{_token()}.py"
        tests.add(state["test"])
        run_canaries("before")
        sources[state["test"]] = code = deciphered(order)
        state["active"] = True
        try:
            outcome = execute(order, code)
        finally:
            state["active"] = False
            if order["hidden"]:
                linecache.cache.pop(state["test"], None)
                sources.pop(state["test"], None)
        restore()
        known = len(classes)
        find_classes()
        for cls in list(classes.values())[known:]:
            if any(name in vars(cls) and students(vars(cls)[name]) for name in _COMPARISONS):
                note(CHANGED, f"made the class {cls.__name__}, with comparisons, during the test")
        for cls in list(classes.values()):
            judge_late_comparisons(cls)
        find_yes_men()
        run_canaries("after")
        outcome["notes"] = list(notes)
        notes.clear()
        return outcome

    def tell_source(path, answer):
        """Give the source of a test to libraries that translate functions (AutoGraph)."""
        if not caller_is_students("warmgrader.source"):
            answer.append(sources.get(path))
        elif state["active"]:
            note(TAMPERED, "tried to read the source of the test")

    def execute(order, code):
        outcome = {"passed": False, "value": None, "error": None}
        put_back, guarded = {}, {}
        try:
            tree, code = parsed(code, state["test"])
            put_back, guarded = genuine_names(tree, order["bound"])
            if any(isinstance(node, (ast.FunctionDef, ast.Lambda)) for node in _walk(tree)):
                linecache.cache[state["test"]] = (baseline["source"](state["test"]),)
            last = None
            if (
                tree.body
                and isinstance(tree.body[-1], ast.Expr)
                and not code.rstrip().endswith(";")
            ):
                last = ast.Expression(tree.body.pop().value)
            parts = [compile(tree, state["test"], "exec", flags(), dont_inherit=True)]
            if last is not None:
                parts.append(compile(last, state["test"], "eval", flags(), dont_inherit=True))
            for part in parts:
                teach(part)
            run(parts[0])
            if last is not None:
                value = run(parts[1])
                if type(value) in (int, float) and abs(value) < float("inf"):
                    outcome["value"] = value
            leave_if_forked()
            outcome["passed"] = True
        except BaseException as error:
            leave_if_forked()
            outcome["error"] = describe(error)
        finally:
            check_names(put_back, guarded)
        return outcome

    def leave_if_forked():
        if getpid() != home:
            leave(1)

    def stay_out_of_the_test():
        """End this process, a fork, when it comes back to what called the notebook's code."""
        if not state["active"]:
            return
        state["asking"] = True
        try:
            frame, passed = get_frame(1), False
            while frame is not None and not (passed and _code_of(frame).co_filename == __file__):
                code = _code_of(frame)
                known = genuine(code) or teachers(code)
                passed = passed or not known
                if known and passed:
                    _FRAME_PARTS["f_trace_opcodes"].__set__(frame, True)
                    _FRAME_PARTS["f_trace"].__set__(frame, lambda *_: leave(1))
                frame = _caller_of(frame)
            settrace(lambda *_: None)
            _allow_tracing(_thread_state())  # which is off in audit hooks, and tests run in one
        finally:
            state["asking"] = False

    def run(code):
        value = eval(code, user_ns)
        if code.co_flags & CO_COROUTINE:
            running = asyncio._get_running_loop()
            asyncio._set_running_loop(None)
            loop = asyncio.new_event_loop()
            try:
                value = loop.run_until_complete(value)
            finally:
                loop.close()
                asyncio._set_running_loop(running)
        return value

    def describe(error):
        """Return what there is to say about an exception, as plain text."""
        # The name of a class of the notebook's own could be anything.
        kind = next(kind.__name__ for kind in type.mro(type(error)) if installed(kind))
        through, text, lines = False, "", []
        try:
            text = str(error)
            trace = error.__traceback__
            while trace and _code_of(trace.tb_frame).co_filename != state["test"]:
                trace = trace.tb_next
            steps = traceback.extract_tb(trace)
            while trace:
                code = _code_of(trace.tb_frame)
                through = through or not (genuine(code) or teachers(code))
                trace = trace.tb_next
            lines = traceback.format_list(steps) + traceback.format_exception_only(error)
        except BaseException:
            lines = [f"{kind}: its text can't be shown"]
        name = state["test"].rpartition("/")[2]
        shown = "".join(lines)[-_TRACEBACK_LIMIT:].replace(state["test"], "the test")
        return {
            "name": printable(kind[:100]),
            "text": printable(text[:_TRACEBACK_LIMIT]).replace(name, "the test"),
            "through": through,
            "traceback": printable(shown),
        }

    def printable(text):
        return text.encode("utf-8", "replace").decode()

    # --- orders --------------------------------------------------------------------------

    def signature(*parts):
        return hmac_digest(key, "".join(_encode(parts, 0)).encode(), "sha256").hex()

    def deciphered(order):
        """Return the source of a test."""
        content = bytes.fromhex(order["test"])
        stream = shake_256(key + order["serial"].to_bytes(8, "big")).digest(len(content))
        number = int.from_bytes(content, "big") ^ int.from_bytes(stream, "big")
        return number.to_bytes(len(content), "big").decode("utf-8", "surrogatepass")

    def obey(order, code, reply):
        """Carry out a signed order; write the signed result into `reply`."""
        if getpid() != home:
            return  # or a fork could try out what a test says
        order = dict(order)
        given = order.pop("signature", "")
        wanted = signature(order, sha256(code.encode()).hexdigest())
        if not compare_digest(given, wanted) or order["serial"] <= state["serial"]:
            return
        state["serial"] = order["serial"]
        if order["kind"] == "start":
            state["uses"] = order["uses"]
            start(order["packages"])
            pin(order["bound"])
        elif order["kind"] == "trusted":
            restore()
            teach_cell(code)
            state["to pin"] = order["names"]
        elif order["kind"] == "test":
            if not state["started"]:
                start(order["packages"])
            result = run_test(order)
            reply["result"] = result
            reply["signature"] = signature(order["serial"], result)

    def hook(event, arguments):
        if event not in _WATCHED:
            return
        if event in _OURS:
            if event == "warmgrader.order":
                obey(*arguments)
            elif event == "warmgrader.ran":
                pin(state.pop("to pin", ()))
            elif event == "warmgrader.class":
                classes[id(arguments[0])] = arguments[0]
                if state["active"]:
                    watch_comparisons(arguments[0])
            elif event == "warmgrader.frame":
                show_frame(*arguments)
            elif event == "warmgrader.forked":
                stay_out_of_the_test()
            elif event == "warmgrader.frame changed":
                change_frame(*arguments)
            elif event == "warmgrader.source":
                tell_source(*arguments)
            elif state["active"] and event == "warmgrader.comparing":
                prepare_comparison(*arguments)
            elif state["active"]:
                judge_comparison(*arguments)
            return
        if state["asking"] or not state["started"]:
            return
        if event in _BY_NOBODY or (event in _BY_NOBODY_DURING_TESTS and state["active"]):
            if event != "import" or arguments[0] in _FOR_PYTHONS_TESTS:
                refuse(event, arguments, state["active"] and caller_is_students(event))
            return
        if event == "object.__getattr__" and arguments[1] not in _FRAME_ATTRIBUTES:
            return
        if event == "open":
            path = arguments[0]
            if isinstance(path, (str, bytes)) and is_memory(path):
                refuse(event, arguments, state["active"])
            if not str(path).startswith("/proc"):
                return
        if event == "object.__setattr__":
            if not is_of_a_library(*arguments):
                return
            refuse(event, arguments, state["active"])
        if event == "compile":
            name = arguments[1]
            if not isinstance(name, str) or name.startswith("<") or not installed_file(name):
                return
        if event == "code.__new__" and not installed_file(str(arguments[1])):
            return
        ever = event in _NEVER
        if not (ever or state["active"]) and not event.startswith("ctypes."):
            return
        if not caller_is_students(event):
            return
        if not ever and not state["active"]:
            note(CHANGED, f"used ctypes ({event})")
            return
        if event in _LOOKS:
            note(CHANGED, f"looked at frames ({event}) while the test ran")
        else:
            refuse(event, arguments, state["active"])

    def is_memory(path):
        """Tell whether a file is a process's memory, where the key is."""
        path = path.decode("utf-8", "replace") if isinstance(path, bytes) else path
        try:
            real = realpath(path)
        except (OSError, ValueError):
            real = path
        # What is not there may be so relative to an open folder.
        return real.rpartition("/")[2] == "mem" and (real.startswith("/proc/") or not exists(real))

    def is_of_a_library(thing, name, value):
        """Tell whether what a thing does would change, which must stay as it was installed."""
        if name == "__class__":
            return isinstance(thing, ModuleType) and installed(thing) and not installed(value)
        if name not in _FUNCTION_PARTS or not installed(thing):
            return False
        state["asking"] = True
        try:
            # Another package, too, might do it for the notebook's code.
            setting = _code_of(get_frame(2))
        finally:
            state["asking"] = False
        folder = thing.__code__.co_filename.rpartition("/")[0]
        return not genuine(setting) or not setting.co_filename.startswith(f"{folder}/")

    def refuse(event, arguments, tampering):
        detail = ""
        if event.startswith("object."):
            detail = f" ({arguments[1]})"
        elif event == "import":
            detail = f" of {arguments[0]}"
        note(TAMPERED if tampering else CHANGED, f"tried {event}{detail}")
        raise RuntimeError(f"{event}{detail} is not allowed in a graded notebook")

    return hook, baseline
