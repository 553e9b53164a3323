"""Runs a learner's program: its files, its imports, its errors, its exit code."""

import builtins
import importlib.abc
import importlib.machinery
import importlib.util
import linecache
import os
import random
import signal
import site
import sys
import time
import traceback
import types

from . import event_loop, rules, sockets, stacks, stdio, threads
from .stacks import FILES

# CPython has these before it looks at a program's folder.
PRELOADED = frozenset(
    "abc codecs encodings io os posixpath site stat _collections_abc _sitebuiltins".split()
)

# Where installed packages lie (packages.ts).
SITE = "/lib/python3.14/site-packages"


class Finder(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Imports the learner's files, as from the folder of the script."""

    def _find(self, name):
        path = name.replace(".", "/")
        if f"{path}/__init__.py" in FILES:
            return f"{path}/__init__.py", True
        if f"{path}.py" in FILES:
            return f"{path}.py", False
        return None, any(file.startswith(f"{path}/") for file in FILES)

    def find_spec(self, name, path=None, target=None):
        file, is_package = self._find(name)
        if file is None and not is_package:
            return None
        if file is None:
            spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
            spec.submodule_search_locations = [name.replace(".", "/")]
            return spec
        spec = importlib.machinery.ModuleSpec(name, self, origin=file, is_package=is_package)
        spec.has_location = True
        return spec

    def get_source(self, name):
        return FILES[self._find(name)[0]]

    def get_code(self, name):
        return compiled(self._find(name)[0])

    def is_package(self, name):
        return self._find(name)[1]


def compiled(file):
    return compile(FILES[file], file, "exec", dont_inherit=True)


def is_shown(file):
    return file in FILES or file.startswith(SITE)


def own_frames(report, seen):
    """Leaves the lines of the learner and of installed packages in a report, and in those that it
    follows from."""
    if report is None or id(report) in seen:
        return
    seen.add(id(report))
    report.stack = traceback.StackSummary.from_list(
        [frame for frame in report.stack if is_shown(frame.filename)]
    )
    own_frames(report.__cause__, seen)
    own_frames(report.__context__, seen)
    for inner in report.exceptions or ():
        own_frames(inner, seen)


def show_exception(error, stream=None):
    report = traceback.TracebackException.from_exception(error)
    own_frames(report, set())
    (stream or sys.stderr).write("".join(report.format()))


def thread_excepthook(args, /):
    if args.exc_type is SystemExit:
        return
    name = args.thread.name if args.thread else threads.get_ident()
    sys.stderr.write(f"Exception in thread {name}:\n")
    show_exception(args.exc_value)


def exit_code(error):
    """What `sys.exit` means, as CPython has it."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    sys.stderr.write(f"{code}\n")
    return 1


def run(script):
    code = 0
    try:
        exec(compiled(script), sys.modules["__main__"].__dict__)
    except SystemExit as error:
        code = exit_code(error)
    except BaseException as error:
        show_exception(error)
        code = 1
    try:
        # Waits for the threads that are no daemons.
        sys.modules["threading"]._shutdown()
    except BaseException as error:
        show_exception(error)
    leave(code)


def leave(code):
    """Ends the process; does not return."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    stacks.host.exit(code)
    stacks.park()


def prepare():
    """Everything that can be done before the snapshot is made."""
    rules.keep(lambda: stacks.current.id)
    threads.install()
    sockets.install()
    event_loop.install()
    time.sleep = stacks.sleep
    time.tzname = ("UTC", "UTC")
    os._exit = leave
    sys.dont_write_bytecode = True
    sys.modules["threading"].excepthook = thread_excepthook
    sys.excepthook = lambda kind, error, trace: show_exception(error)
    sys.stdout = sys.__stdout__ = stdio.Output(1, "<stdout>")
    sys.stderr = sys.__stderr__ = stdio.Output(2, "<stderr>")
    sys.stdin = sys.__stdin__ = stdio.Input()
    sys.meta_path.insert(0, Finder())


def forget_the_browser():
    """Programs see CPython, not what it runs in."""
    for name in ("js", "pyodide_js", "_lightcone_host"):
        sys.modules[name] = None
    sys.meta_path[:] = [one for one in sys.meta_path if type(one).__name__ != "JsFinder"]


def find_packages():
    """As at the start of CPython, which also looks at .pth files."""
    if os.listdir(SITE):
        importlib.invalidate_caches()
        site.addsitedir(SITE)


def start(host, files, argv, environment, preempt_signal):
    """Begins a program on a fresh interpreter. Nothing of it runs yet."""
    stacks.bind(host)
    FILES.update(files)
    for path, source in FILES.items():
        linecache.cache[path] = (len(source), None, source.splitlines(True), path)
        # A learner's queue.py goes before the library's, as it does in CPython.
        name = path.split("/")[0].removesuffix(".py")
        if name not in PRELOADED and name not in sys.builtin_module_names:
            sys.modules.pop(name, None)
    forget_the_browser()
    find_packages()
    for name in ("LD_LIBRARY_PATH", "PYTHONINSPECT", "_"):
        os.environ.pop(name, None)
    os.environ.update(environment)
    random.seed(os.urandom(32))
    signal.signal(preempt_signal, stacks.preempt)
    script = argv[0]
    sys.argv = argv
    sys.path[0:0] = [""]
    main = types.ModuleType("__main__")
    main.__file__ = script
    main.__builtins__ = builtins
    sys.modules["__main__"] = main
    stacks.spawn(lambda: run(script))
