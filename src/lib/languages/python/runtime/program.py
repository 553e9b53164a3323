"""Runs a learner's program: its files, its imports, its errors, its exit code."""

import atexit
import builtins
import importlib.abc
import importlib.machinery
import linecache
import os
import random
import site
import sys
import time
import traceback
import types

from . import (
    command,
    error_numbers,
    event_loop,
    faces,
    file_control,
    foreign,
    hashing,
    machine,
    rules,
    select,
    signals,
    sockets,
    stacks,
    stdio,
    threads,
)
from .stacks import FILES

# CPython has these before it looks at a program's folder.
PRELOADED = frozenset(
    "abc codecs encodings io os posixpath site stat _collections_abc _sitebuiltins".split()
)

# Where installed packages lie (packages.ts).
SITE = "/lib/python3.14/site-packages"


# Modules of Pyodide's.
BROWSER = frozenset("js pyodide pyodide_js _pyodide _pyodide_core _lightcone_host".split())


class Finder(importlib.abc.MetaPathFinder):
    """Imports the learner's files, from the folders of `sys.path` that are the experiment's."""

    def find_spec(self, name, path=None, target=None):
        tail = name.rpartition(".")[2]
        is_folder_of = []
        for entry in sys.path if path is None else path:
            folder = command.folder_of(entry)
            if folder is None:
                continue
            base = f"{folder}{tail}"
            for file, is_package in ((f"{base}/__init__.py", True), (f"{base}.py", False)):
                if file in FILES:
                    return spec_of(name, file, is_package)
            if any(file.startswith(f"{base}/") for file in FILES):
                is_folder_of.append(base)
        if not is_folder_of:
            return None
        spec = importlib.machinery.ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = is_folder_of
        return spec


def spec_of(name, file, is_package):
    spec = importlib.machinery.ModuleSpec(name, Loader(file), origin=file, is_package=is_package)
    spec.has_location = True
    if is_package:
        spec.submodule_search_locations = [os.path.dirname(file)]
    return spec


class Loader(importlib.abc.InspectLoader):
    """Of one file."""

    def __init__(self, file):
        self.path = file

    def get_filename(self, name):
        return self.path

    def get_source(self, name):
        return FILES[self.path]

    def get_code(self, name):
        return compiled(self.path)

    def is_package(self, name):
        return self.path.endswith("__init__.py")


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
    if not report.stack and isinstance(error, SyntaxError):
        # Of the program itself: no call led to it.
        report.stack = None
    (stream or sys.stderr).write("".join(report.format()))


def report(error):
    """As the program's own hook does, if it has one."""
    trace = error.__traceback__
    while trace and not is_shown(trace.tb_frame.f_code.co_filename):
        trace = trace.tb_next
    error.__traceback__ = trace
    try:
        sys.excepthook(type(error), error, trace)
    except BaseException as failure:
        sys.stderr.write("Error in sys.excepthook:\n")
        show_exception(failure)
        sys.stderr.write("\nOriginal exception was:\n")
        show_exception(error)


def excepthook(_kind, error, _trace, /):
    show_exception(error)


def walk_stack(frame):
    """`traceback.walk_stack` down to where the program begins."""
    if frame is None:
        frame = sys._getframe().f_back.f_back.f_back.f_back
    while frame is not None and frame.f_globals.get("__package__") != __package__:
        yield frame, frame.f_lineno
        frame = frame.f_back


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


def run(how, target):
    code, signal_name = 0, ""
    try:
        command.run(how, target, compiled)
    except SystemExit as error:
        code = exit_code(error)
    except BaseException as error:
        report(error)
        code = 1
        if isinstance(error, KeyboardInterrupt):
            # CPython then ends as if it had not handled the signal.
            code, signal_name = 130, "SIGINT"
    try:
        # Waits for the threads that are no daemons.
        sys.modules["threading"]._shutdown()
    except BaseException as error:
        sys.stderr.write("Exception ignored on threading shutdown:\n")
        show_exception(error)
    atexit._run_exitfuncs()
    leave(code, signal_name)


def leave(code, signal_name=""):
    """Ends the process; does not return."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass
    leave_at_once(code, signal_name)


def leave_at_once(status, signal_name=""):
    """`os._exit`: what is not flushed is lost."""
    stacks.host.exit(status & 0xFF, signal_name)
    stacks.park()


def prepare():
    """Everything that can be done before the snapshot is made."""
    error_numbers.install()
    rules.keep(lambda: stacks.current.id)
    threads.install()
    sockets.install()
    file_control.install()
    select.install()
    event_loop.install()
    hashing.install()
    global _set_interrupt
    _set_interrupt = signals.install()
    machine.refuse_processes()
    foreign.install()
    time.sleep = stacks.sleep
    time.tzname = ("UTC", "UTC")
    os._exit = leave_at_once
    sys.dont_write_bytecode = True
    threading = sys.modules["threading"]
    threading.excepthook = threading.__excepthook__ = thread_excepthook
    sys.__excepthook__ = excepthook
    traceback.walk_stack = walk_stack
    sys.stdout = sys.__stdout__ = stdio.output(1, "<stdout>", "strict")
    sys.stderr = sys.__stderr__ = stdio.output(2, "<stderr>", "backslashreplace")
    sys.stdin = sys.__stdin__ = stdio.Input()
    sys.meta_path.insert(0, Finder())
    faces.install()


class NoBrowser(importlib.abc.MetaPathFinder):
    """Programs see CPython, not what it runs in."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] not in BROWSER:
            return None
        raise ModuleNotFoundError(
            f"No module named {name!r}: a simulated node has no browser, only the standard library "
            "and the experiment's files",
            name=name,
        )


def forget_the_browser():
    """Names lead no further: what our own runtime holds of Pyodide stays, unnamed."""
    for finder in sys.meta_path:
        if type(finder).__name__ == "JsFinder":
            finder.jsproxies.clear()
            sys.meta_path.remove(finder)
            break
    for name in list(sys.modules):
        if name.partition(".")[0] in BROWSER:
            # Modules that stand for JavaScript objects hold nothing of their own.
            module = sys.modules.pop(name)
            if isinstance(module, types.ModuleType):
                module.__dict__.pop("__loader__", None)
                module.__spec__ = None
    sys.meta_path.insert(0, NoBrowser())
    # Pyodide sets its own while it starts.
    sys.excepthook = excepthook


def find_packages():
    """As at the start of CPython, which also looks at .pth files."""
    if os.listdir(SITE):
        importlib.invalidate_caches()
        site.addsitedir(SITE)


def start(host, files, words, environment, preempt_signal):
    """Begins a program on a fresh interpreter. Nothing of it runs yet."""
    make_ready(host, files, environment, preempt_signal)
    how, target = command.enter(words)
    signals.begin()
    stacks.spawn(lambda: run(how, target))


def start_command(host, files, words, environment, preempt_signal):
    """As `start`, for a model's command, whose engine calls what it needs of the learner's files."""
    make_ready(host, files, environment, preempt_signal)
    sys.argv = words
    sys.path[0:0] = [""]
    stacks.take_main()


def make_ready(host, files, environment, preempt_signal):
    stacks.bind(host)
    FILES.update(files)
    for path, source in FILES.items():
        linecache.cache[path] = (len(source), None, source.splitlines(True), path)
        # A learner's queue.py goes before the library's, as it does in CPython.
        name = path.split("/")[0].removesuffix(".py")
        if name not in PRELOADED and name not in sys.builtin_module_names:
            sys.modules.pop(name, None)
    forget_the_browser()
    machine.become_linux()
    find_packages()
    for name in ("LD_LIBRARY_PATH", "PYTHONINSPECT", "_"):
        os.environ.pop(name, None)
    os.environ.update(environment)
    random.seed(os.urandom(32))
    _set_interrupt(preempt_signal, stacks.preempt)
    main = types.ModuleType("__main__")
    main.__builtins__ = builtins
    sys.modules["__main__"] = main
