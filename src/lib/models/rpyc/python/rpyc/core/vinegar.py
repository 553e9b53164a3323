"""Exceptions on the wire: class, arguments, attributes, and the text of the traceback."""

import builtins
import sys

from rpyc.core import brine, consts
from rpyc.lib import traceback_text
from rpyc.version import __version__

REMOTE_LINE_START = "\n\n========= Remote Traceback "
REMOTE_LINE = REMOTE_LINE_START + "({}) =========\n"


def dump(error, include_local_traceback=True, include_local_version=True):
    kind = type(error)
    if kind is StopIteration:
        return consts.EXC_STOP_ITERATION
    text = "<traceback denied>"
    if include_local_traceback:
        text = traceback_text(error)
    attributes = []
    for name in dir(error):
        if name.startswith("_") or name in ("args", "with_traceback"):
            continue
        try:
            attributes.append((name, _by_value(getattr(error, name))))
        except AttributeError:
            pass
    version = __version__ if include_local_version else "<version denied>"
    attributes.append(("_remote_version", version))
    arguments = tuple(map(_by_value, error.args))
    return (kind.__module__, kind.__name__), arguments, tuple(attributes), text


def _by_value(value):
    return value if brine.dumpable(value) else repr(value)


def load(
    given,
    import_custom_exceptions,
    instantiate_custom_exceptions,
    instantiate_oldstyle_exceptions=False,
):
    if given == consts.EXC_STOP_ITERATION:
        return StopIteration
    (module, name), arguments, attributes, text = given
    kind = _class_of(module, name, import_custom_exceptions, instantiate_custom_exceptions)
    kind = _with_remote_traceback(kind)
    error = kind.__new__(kind)
    error.args = arguments
    for attribute, value in attributes:
        try:
            setattr(error, attribute, value)
        except AttributeError:
            pass
    theirs = getattr(error, "_remote_version", "<version denied>")
    if theirs != "<version denied>" and theirs.split(".")[0] != __version__.split(".")[0]:
        text += f"\nWARNING: Remote is on RPyC {theirs} and local is on RPyC {__version__}.\n\n"
    error._remote_tb = text
    return error


def _class_of(module, name, may_import, may_be_custom):
    if may_import and module not in sys.modules:
        try:
            __import__(module)
        except Exception:
            pass
    found = None
    if may_be_custom:
        found = getattr(sys.modules.get(module), name, None)
    elif module == "builtins":
        found = getattr(builtins, name, None)
    if isinstance(found, type) and issubclass(found, BaseException):
        return found
    full = f"{module}.{name}"
    if full not in _generic:
        _generic[full] = type(full, (GenericException,), {"__module__": f"{__name__}/{module}"})
    return _generic[full]


class GenericException(Exception):
    """Of a class that this side does not have."""


_generic = {}
_derived = {}


def _with_remote_traceback(kind):
    """A subclass of the same name that shows where the other side raised it."""
    if kind not in _derived:

        def shown(error):
            trace = getattr(error, "_remote_tb", None)
            text = _text_by(kind, error)
            if trace is not None:
                depth = 1 + trace.count(REMOTE_LINE_START)
                text += REMOTE_LINE.format(depth) + trace
            return text

        members = {"__module__": kind.__module__, "__str__": shown, "__repr__": shown}
        # Python shows it in tracebacks: this is what the real one's are called there.
        members["__qualname__"] = "_get_exception_class.<locals>.Derived"
        _derived[kind] = type(kind.__name__, (kind,), members)
    return _derived[kind]


def _text_by(kind, error):
    try:
        return kind.__str__(error)
    except Exception:
        return "<Unprintable exception>"
