"""The way to the engine, which is written in TypeScript and the same for both languages.

Futures cross as numbers, what travels as pickles (texts with a character for each byte). A future that
is run by the worker that submitted it is never pickled. The functions below `ENTRIES` are what the
engine calls, each on a stack of its own.
"""

import io
import marshal
import pickle
import sys
import traceback
from types import CellType, FunctionType

from _lightcone import engine, program, stacks

# How long the description of a value may be.
TEXT_LENGTH = 80

# Of this worker's own, those of which the engine has not said that they are done; by number.
FUTURES = {}
# The engine's number of the run that a stack belongs to; the program itself is 0.
_runs = {}
# What `pickle` said of a call that cannot travel.
_problem = None


class ReferenceBroken(Exception):
    """A task refers to something that this worker has not."""

    __module__ = "scoop._comm.scoopexceptions"


def tell(what, **given):
    """Says something to the engine, which answers at once."""
    return _value(engine.tell(what, given))


def ask(what, **given):
    """Has the engine do something in virtual time, and waits for it."""
    return _value(engine.ask(what, {**given, "run": _runs.get(stacks.current.id, 0)}))


def _value(answer):
    global _problem
    error = answer.get("error")
    if error is None:
        return answer.get("value")
    if error["name"] == "PicklingError" and _problem is not None:
        problem, _problem = _problem, None
        raise problem
    if error["name"] == "TypeError":
        raise TypeError(error["text"])
    raise RuntimeError(error["text"])


# What travels.


class _Lambda:
    """A function without a name, by its code: workers have no other way to it."""

    def __init__(self, function):
        self.code = marshal.dumps(function.__code__)
        self.module = function.__module__
        self.defaults = function.__defaults__
        self.cells = tuple(cell.cell_contents for cell in function.__closure__ or ())

    def made(self):
        names = sys.modules[self.module].__dict__
        cells = tuple(CellType(value) for value in self.cells)
        return FunctionType(marshal.loads(self.code), names, "<lambda>", self.defaults, cells)


def portable(function):
    """A function as it can be pickled: those with a name travel by it."""
    is_lambda = isinstance(function, FunctionType) and function.__name__ == "<lambda>"
    return _Lambda(function) if is_lambda else function


def opened(function):
    return function.made() if isinstance(function, _Lambda) else function


def dumps(value):
    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL).decode("latin-1")


def loads(text):
    return pickle.Unpickler(io.BytesIO(text.encode("latin-1"))).load()


def text_of(value):
    """`repr`, whatever the learner's own `__repr__` does."""
    try:
        text = repr(value)
    except Exception:
        text = object.__repr__(value)
    return text if len(text) <= TEXT_LENGTH else f"{text[: TEXT_LENGTH - 1]}\u2026"


# What the engine calls.


def scoop_encode(number):
    """A call as another worker gets it."""
    global _problem
    future = FUTURES[number]
    try:
        call = portable(future.callable), future.args, future.kargs
        return {"task": dumps(call), "problem": ""}
    except Exception as error:
        _problem = error
        return {"task": None, "problem": str(error)}


def scoop_run(run, number, task):
    """Runs a future: one of this worker's by its number, or one that came as a pickle."""
    if task is None:
        future = FUTURES[number]
        future._keep(*_called(run, future.callable, future.args, future.kargs))
        return {"isError": future._is_error, "text": text_of(future._value), "body": None}
    try:
        function, args, kargs = loads(task)
    except Exception as error:
        return {"broken": str(error)}
    is_error, value = _called(run, opened(function), args, kargs)
    return _outcome(is_error, value)


def _called(run, function, args, kargs):
    stack = stacks.current.id
    _runs[stack] = run
    try:
        return False, function(*args, **kargs)
    except BaseException as error:
        return True, error
    finally:
        del _runs[stack]


def _outcome(is_error, value):
    try:
        body = dumps((is_error, value))
        if is_error:
            # Exceptions may be pickled into what cannot be read.
            loads(body)
    except Exception as error:
        is_error = True
        value = RuntimeError(text_of(value)) if isinstance(value, BaseException) else error
        body = dumps((True, value))
    return {"isError": is_error, "text": text_of(value), "body": body}


def scoop_call_back(number, order, body):
    """A future is done, and has functions to call."""
    future = FUTURES.get(number)
    if future is None:
        return
    future._collect(order, body)
    for callback in future._callbacks:
        try:
            callback(future)
        except Exception as error:
            report = traceback.TracebackException.from_exception(error)
            program.own_frames(report, set())
            sys.stderr.write("".join(report.format()))
    future._callbacks.clear()


ENTRIES = (scoop_encode, scoop_run, scoop_call_back)
for function in ENTRIES:
    engine.register(function)
del function
