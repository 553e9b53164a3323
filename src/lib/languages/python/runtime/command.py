"""What the words behind `python` mean: a script, a module, or a program in the command itself."""

import linecache
import os
import sys

from .stacks import FILES

# How CPython names a program that is no file.
STRING = "<string>"
EXECUTABLE = "/usr/bin/python3"
# Where the experiment's files lie, and every program starts.
HOME = "/work"


def read(words):
    """How the program is given (`-c`, `-m` or "" for a script), what it is, and its own words.

    The page and the command line have checked that nothing is missing (runtime/python-command.ts).
    """
    words = list(words)
    while words[0].startswith("-"):
        option = words.pop(0)
        if option in ("-c", "-m"):
            return option, words[0], words[1:]
    return "", words[0], words[1:]


def enter(words):
    """Makes `sys` what CPython makes of it before a program begins."""
    how, target, rest = read(words)
    sys.executable = EXECUTABLE
    sys.orig_argv = ["python", *words]
    sys.argv = [how or target, *rest]
    first = HOME if how == "-m" else os.path.dirname(target) if how == "" else ""
    given = os.environ.get("PYTHONPATH", "").split(":")
    sys.path[0:0] = [first, *(os.path.join(HOME, folder) for folder in given if folder)]
    main = sys.modules["__main__"]
    if how == "":
        main.__file__ = target
        main.__cached__ = None
    if how == "-c":
        FILES[STRING] = target
        linecache.cache[STRING] = (len(target), None, target.splitlines(True), STRING)
    return how, target


def folder_of(entry):
    """The experiment's folder that an entry of a search path means, "" or "folder/"; None for others."""
    if entry.startswith(f"{HOME}/"):
        entry = entry[len(HOME) + 1 :]
    elif entry in ("", ".", HOME):
        return ""
    elif entry.startswith("/"):
        return None
    return os.path.normpath(entry) + "/"


def run(how, target, compiled):
    """Runs the program as `__main__`; what it raises is the caller's."""
    if how == "-m":
        import runpy

        return runpy._run_module_as_main(target)
    exec(compiled(STRING if how else target), sys.modules["__main__"].__dict__)
