"""The way to the engine, and how values and functions travel.

Bytes cross as texts with a character for each byte. Functions of the program itself travel as their
code, so that a worker need not run the program; what they use beyond their arguments they import.
Other functions travel by name.
"""

import io
import marshal
import pickle
import types

from _lightcone import engine

from disco import error

_ERRORS = {
    "DiscoError": error.DiscoError,
    "JobError": error.JobError,
    "DataError": error.DataError,
    "CommError": error.CommError,
    "TypeError": TypeError,
}


def ask(what, /, **given):
    """Has the engine do something in virtual time, and waits for it."""
    answer = engine.ask(f"disco.{what}", given)
    problem = answer.get("error")
    if problem is None:
        return answer.get("value")
    raise _ERRORS.get(problem["name"], RuntimeError)(problem["text"])


def text_of(data):
    return data.decode("latin-1")


def bytes_of(text):
    return text.encode("latin-1")


class _Pickler(pickle.Pickler):
    def reducer_override(self, value):
        is_own = isinstance(value, types.FunctionType) and (
            value.__module__ == "__main__" or value.__name__ == "<lambda>"
        )
        if not is_own:
            return NotImplemented
        cells = tuple(cell.cell_contents for cell in value.__closure__ or ())
        code = marshal.dumps(value.__code__)
        return made, (code, value.__name__, value.__defaults__, value.__kwdefaults__, cells)


def made(code, name, defaults, keywords, cells):
    """A function from its code. Of the names of its module it has only what Python itself gives."""
    names = {"__builtins__": __builtins__, "__name__": "__main__"}
    cells = tuple(types.CellType(value) for value in cells)
    function = types.FunctionType(marshal.loads(code), names, name, defaults, cells)
    function.__kwdefaults__ = keywords
    # It can call itself.
    names[name] = function
    return function


def dumps(value):
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(value)
    return buffer.getvalue()


def pairs_in(data):
    """The pairs of a file between stages: one pickle after the other."""
    stream = io.BytesIO(data)
    while stream.tell() < len(data):
        yield pickle.load(stream)
