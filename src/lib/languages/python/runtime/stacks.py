"""Green threads. Each has a WebAssembly stack of its own; one of them runs at a time, until it parks.

The host (stacks.ts) decides who goes on. Rules of Pyodide 314 that this file keeps, each a crash of
the interpreter when broken (docs/languages/python.md): a promise that Python waits for is never
rejected; the automatic collector is off; nothing traces.
"""

import itertools
import operator
import sys
import time
from asyncio import events

from pyodide.ffi import run_sync, to_js

from .rules import collect_if_due

# Functions of the host, set by `bind`.
host = None

# The learner's files: path -> source.
FILES = {}

# A wait inside the library is named after the function that was called there: `Queue.get()`.
A_LOCK = "a lock"
# These wait for what is already on its way.
PASSING = ("Thread.start",)

_set_loop = events._set_running_loop


class Stack:
    """One green thread. `id` is what the host and `threading` call it; the main thread is 1."""

    __slots__ = ("id", "is_done", "joiners")

    def __init__(self, number):
        self.id = number
        self.is_done = False
        self.joiners = []


_numbers = itertools.count(1)
# The number of the main thread, which alone handles signals.
MAIN = 1
# What a stack is woken with that a signal interrupts (stacks.ts).
INTERRUPTED = -1

# Whose turn it is.
current = None
# Handles a signal, by number: set by signals.py.
handle = None
# Signals wait that could not be heeded when they came.
_is_late = False
# The main thread is at work that no signal may interrupt.
_is_deaf = False
# What a parked stack is suspended on: the host's, for all of them.
_gate = None


def bind(given):
    global host, _gate
    host = given
    _gate = host.gate
    # To run_sync it is a future, which it waits for as it is: anything else it would make a task of.
    type(_gate)._asyncio_future_blocking = False


def place():
    """The learner's own line, and the function of the library that was called there."""
    frame = sys._getframe(1)
    called = ""
    while frame is not None:
        code = frame.f_code
        if code.co_filename in FILES:
            return f"{code.co_filename}:{frame.f_lineno}", called
        if frame.f_globals.get("__package__") != __package__:
            called = code.co_qualname
        frame = frame.f_back
    return "", called


def frame_of(code):
    """The innermost frame of the running stack that runs `code`, or None."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code is not code:
        frame = frame.f_back
    return frame


# A stack has parked and is on its way to the gate. A turn that ends just there would park it twice.
_is_leaving = False


def _block(function, *args):
    """Calls a function of the host that parks the running stack; gives what it is woken with."""
    global current, _is_leaving
    me = current
    if _is_late and me.id == MAIN:
        heed()
    _is_leaving = True
    try:
        function(*args)
        value = run_sync(_gate)
    finally:
        _is_leaving = False
    current = me
    if me.id == MAIN:
        heed()
    return value


def heed():
    """Runs the handlers of signals that have come. What one raises ends the wait."""
    global _is_late
    if _is_deaf:
        return
    _is_late = True
    while number := host.takeSignal():
        handle(number)
    _is_late = False


def unheeding(work):
    """Calls `work`, whose waits no signal interrupts: handlers run at the next wait after it."""
    global _is_late, _is_deaf
    if current.id != MAIN:
        return work()
    _is_deaf = True
    try:
        return work()
    finally:
        _is_deaf = False
        _is_late = True


def outer_frame():
    """The innermost frame that is not of this package: where a signal found the program."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__package__") == __package__:
        frame = frame.f_back
    return frame


def park(seconds=-1.0, what="", by="", files=(), line=""):
    """Blocks until `wake`, until something happens to any of `files`, or for so many seconds.

    `files` are numbers of sockets. What one is ready for now says `ready`: look, park, look again.

    True when it was woken, also by a signal whose handler has returned: look again. `what` it waits
    for is shown in the trace, `by` names the node that could end it; `line` is the learner's, where it
    is not the calling one.
    """
    collect_if_due()
    if what and not line:
        line, called = place()
        if what == A_LOCK and called:
            what = "" if called in PASSING else f"{called}()"
    return _block(host.park, current.id, seconds, what, by, line, to_js(files) if files else 0)


def ready(number):
    """What a socket is ready for now: Linux's bits of poll, POLLNVAL for a number that is closed."""
    return host.ready(number)


def read_line():
    line = INTERRUPTED
    while line == INTERRUPTED:
        line = _block(host.readLine, current.id, place()[0])
    return line


def ask(what, given):
    answer = _block(host.ask, current.id, what, given, place()[0])
    while answer == INTERRUPTED:
        answer = _block(host.askOn, current.id)
    return answer


def wake(stack):
    host.wake(stack.id)


def preempt(_signal, frame):
    """The meter ends the turn: computing takes virtual time, and others get theirs."""
    # Between two statements of this package the order of things must hold.
    if _is_leaving or frame is None or frame.f_globals.get("__package__") == __package__:
        return
    collect_if_due()
    _block(host.preempt, current.id, place()[0])


def spawn(work):
    """Starts a stack; what `work` raises is the caller's to have caught."""
    stack = Stack(next(_numbers))

    def body():
        nonlocal work
        _enter(stack)
        try:
            work()
        finally:
            # What goes with it may wait in its destructor, which the host could not.
            work = None
            stack.is_done = True
            for joiner in stack.joiners:
                wake(joiner)

    host.spawn(stack.id, body)
    return stack


def _enter(stack):
    """The first thing that a new stack does."""
    global current, _is_leaving
    current = stack
    _is_leaving = False
    # It starts with Pyodide's loop as the running one.
    _set_loop(None)
    host.limitStack()


def begin(number):
    """The running stack was started by the host; the first of them is the main thread."""
    _enter(Stack(number))


def take_main():
    """Keeps the main thread's number for the host: this process has no script of its own."""
    next(_numbers)


def sleep(seconds, /):
    if not isinstance(seconds, float):
        seconds = operator.index(seconds)
    if seconds != seconds:
        raise ValueError("Invalid value NaN (not a number)")
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    end = time.monotonic() + seconds
    while park(seconds):
        seconds = max(0.0, end - time.monotonic())
