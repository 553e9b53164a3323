"""Runs the program at the origin; the other workers import it, and run futures."""

import os
import sys
import types

import scoop
from _lightcone import program
from _lightcone.stacks import FILES
from scoop._engine import ask, tell


def main():
    config = tell("scoop.config")
    path = os.path.normpath(config["program"])
    scoop.SIZE, scoop.IS_ORIGIN = config["size"], config["isOrigin"]
    if path not in FILES:
        words = f"[Errno 2] No such file or directory: {path!r}\nFile: {path}\nIn path: /work\n"
        sys.stderr.write(words)
        raise SystemExit(1)
    sys.argv = [path, *config["rest"]]
    sys.path.insert(0, os.path.dirname(path))
    module = _module("__main__" if scoop.IS_ORIGIN else "SCOOP_WORKER", path)
    if scoop.IS_ORIGIN:
        join()
        run(path, module)
        return
    exec(program.compiled(path), module.__dict__)
    join()
    ask("scoop.serve")


def run(path, module):
    try:
        exec(program.compiled(path), module.__dict__)
    except Exception as error:
        # The real one prints the report as a text of its own.
        program.report(error)
        sys.stderr.write("\n")
        raise SystemExit(1) from None


def _module(name, path):
    """Pickles of one worker name the program as others have it."""
    module = types.ModuleType(name)
    module.__file__ = path
    sys.modules["__main__"] = sys.modules["SCOOP_WORKER"] = module
    return module


def join():
    scoop.worker = ask("scoop.join").encode()
    scoop.IS_RUNNING = True


main()
