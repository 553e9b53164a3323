"""Tracebacks as lists of texts: what of an exception travels, and how both sides are shown together."""

import linecache
import sys
import traceback

from .configuration import config

RULER = "-" * 52 + "\n"


def getPyroTraceback(ex_type=None, ex_value=None, ex_tb=None):
    """The traceback of an exception, by default of the one that is being handled, with the remote one
    behind it."""
    ex_type, ex_value, ex_tb = _found(ex_type, ex_value, ex_tb)
    local = formatTraceback(ex_type, ex_value, ex_tb, config.DETAILED_TRACEBACK)
    remote = getattr(ex_value, "_pyroTraceback", None)
    return local + _framed(remote) if remote else local


def formatTraceback(ex_type=None, ex_value=None, ex_tb=None, detailed=False):
    """As `traceback.format_exception`, or with the values of local names."""
    found = _found(ex_type, ex_value, ex_tb)
    return _detailed(*found) if detailed else traceback.format_exception(*found)


def _found(ex_type, ex_value, ex_tb):
    if ex_type is not None and ex_value is None and ex_tb is None and type(ex_type) is not type:
        raise TypeError(
            "invalid argument: ex_type should be an exception type, or just supply no arguments at all"
        )
    return sys.exc_info() if ex_type is None and ex_tb is None else (ex_type, ex_value, ex_tb)


def _framed(lines):
    framed = [" +--- This exception occured remotely (Pyro) - Remote traceback:"]
    for text in lines:
        framed += [f"\n | {line}" for line in text.removesuffix("\n").split("\n")]
    return [*framed, "\n +--- End of remote traceback\n"]


def _detailed(ex_type, ex_value, ex_tb):
    title = f" EXCEPTION {ex_type}: {ex_value}\n"
    lines = [RULER, title, " Extended stacktrace follows (most recent call last)\n"]
    is_first = True
    while ex_tb:
        lines += [RULER, *_frame(ex_tb, with_locals=not is_first)]
        is_first = False
        ex_tb = ex_tb.tb_next
    return [*lines, RULER, title, RULER]


def _frame(ex_tb, with_locals):
    code, names = ex_tb.tb_frame.f_code, ex_tb.tb_frame.f_locals
    place = code.co_name
    if "self" in names:
        place = f"{type(names['self']).__name__}.{place}"
    source = linecache.getline(code.co_filename, ex_tb.tb_lineno).strip()
    yield f'File "{code.co_filename}", line {ex_tb.tb_lineno}, in {place}\n'
    yield f"Source code:\n    {source}\n"
    if not with_locals:
        return
    yield "Local values:\n"
    for name in sorted(names):
        yield f"    {name} = {_shown(names[name])}\n"
        if name == "self":
            for member, value in vars(names[name]).items():
                yield f"        self.{member} = {_shown(value)}\n"


def _shown(value):
    try:
        return repr(value)
    except Exception:
        return "<ERROR>"
