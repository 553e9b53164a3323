"""asyncio in virtual time: the library's own event loop, which parks where it would wait for files.

Pyodide's loop, which runs on real time, is out of reach of programs.
"""

import asyncio
import errno
import selectors
import threading
from asyncio import base_events, events, mixins, runners, selector_events, unix_events

from . import select, stacks

# Functions of the library in which the main task waits for nothing but time.
SLEEPS = ("sleep",)


class LoopSelector(selectors.SelectSelector):
    """Waits for one event loop, and says for what its program waits.

    A loop also looks at its files between any two callbacks: that costs nothing here (KT5 means
    looks of the program's own).
    """

    def _select(self, readers, writers, _others, timeout):
        pairs = [(number, number) for number in readers], [(number, number) for number in writers]
        found = select.ready_files(*pairs)
        if not found and (timeout is None or timeout > 0):
            what, line = main_wait()
            numbers = tuple(readers | writers)
            found = select.wait(lambda: select.ready_files(*pairs), numbers, timeout, what, line)
        return (*(found or ([], [])), [])


def main_wait():
    """What the task that `run` was given waits for, and the learner's line, '' where there is none."""
    task = main_task()
    what, line, seen = "", "", set()
    while isinstance(task, asyncio.Task) and task not in seen:
        seen.add(task)
        line, frame = place_in(task)
        called = frame.f_code.co_qualname if frame else ""
        what = "" if called in SLEEPS else f"{called}()" if called else "a future"
        task = awaited_by(task, frame)
    return what, line


def main_task():
    """The future for which the running loop runs."""
    frame = stacks.frame_of(base_events.BaseEventLoop.run_until_complete.__code__)
    return frame.f_locals.get("future") if frame else None


def awaited_by(task, frame):
    """What must end before this task goes on: another one, the first of a gather's or a group's."""
    waiter = task._fut_waiter
    if frame is not None and frame.f_code.co_qualname == "TaskGroup._aexit":
        return min(frame.f_locals["self"]._tasks, key=age, default=None)
    for child in getattr(waiter, "_children", ()):
        if not child.done():
            return child
    return waiter


def age(task):
    """Tasks are numbered in their names."""
    name = task.get_name()
    return len(name), name


def place_in(task):
    """The learner's innermost line in a task, and the frame of the library's that it awaits."""
    line, called = "", None
    coroutine = task.get_coro()
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None) or getattr(coroutine, "ag_frame", None)
        if frame is not None and frame.f_code.co_filename in stacks.FILES:
            line, called = f"{frame.f_code.co_filename}:{frame.f_lineno}", None
        elif frame is not None and not frame.f_code.co_name.startswith("__a"):
            # `__aenter__` and `__aexit__` only call what the wait is named after.
            called = called or frame
        coroutine = getattr(coroutine, "cr_await", None) or getattr(coroutine, "ag_await", None)
    return line, called


async def no_processes(*_args, **_options):
    raise OSError(errno.EOPNOTSUPP, "Operation not supported: this node starts no other programs")


def install():
    """Undoes Pyodide's changes; after threads, sockets and select were installed."""
    import socket

    events._set_event_loop_policy(None)
    asyncio.run = runners.run
    # Made before threads were ours.
    policy = events._BaseDefaultEventLoopPolicy
    policy._Local = type("_Local", (threading.local,), {"_loop": None})
    events._lock = threading.Lock()
    mixins._global_lock = threading.Lock()

    selector_events._HAS_SENDMSG = hasattr(socket.socket, "sendmsg")

    loop = unix_events._UnixSelectorEventLoop
    start = loop.__init__
    loop.__init__ = lambda self, selector=None: start(self, selector or LoopSelector())
    loop._make_subprocess_transport = no_processes
