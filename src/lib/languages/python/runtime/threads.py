"""`_thread` over green threads: the library's own threading, queue and concurrent.futures run on it
unchanged."""

import importlib
import itertools
import sys
import time
from collections import deque

from . import stacks


class lock:
    """Handed over in the order of asking."""

    __slots__ = ("_is_held", "_waiters", "__weakref__")

    def __init__(self):
        self._is_held = False
        self._waiters = deque()

    def acquire(self, blocking=True, timeout=-1):
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if timeout is not None and timeout < 0 and timeout != -1:
            raise ValueError("timeout value must be a non-negative number")
        if not self._is_held:
            self._is_held = True
            return True
        if not blocking:
            return False
        # [who waits, whether it was handed over]
        waiter = [stacks.current, False]
        self._waiters.append(waiter)
        try:
            return self._wait(waiter, timeout)
        except BaseException:
            # A signal's handler has raised.
            self._give_up(waiter)
            raise

    def _give_up(self, waiter):
        if waiter[1]:
            self.release()
        else:
            self._waiters.remove(waiter)

    def _wait(self, waiter, timeout):
        if timeout is None or timeout < 0:
            while not waiter[1]:
                stacks.park(what=stacks.A_LOCK)
            return True
        end = time.monotonic() + timeout
        while not waiter[1]:
            left = end - time.monotonic()
            if left <= 0 or not stacks.park(left, stacks.A_LOCK):
                if waiter[1]:
                    break
                self._waiters.remove(waiter)
                return False
        return True

    def release(self):
        if not self._is_held:
            raise RuntimeError("release unlocked lock")
        if self._waiters:
            waiter = self._waiters.popleft()
            waiter[1] = True
            stacks.wake(waiter[0])
        else:
            self._is_held = False

    def locked(self):
        return self._is_held

    acquire_lock, release_lock, locked_lock = acquire, release, locked

    def __enter__(self):
        self.acquire()
        return self

    def __exit__(self, *_error):
        self.release()

    def _at_fork_reinit(self):
        self.__init__()

    def __repr__(self):
        state = "locked" if self._is_held else "unlocked"
        return f"<{state} _thread.lock object at {id(self):#x}>"


class RLock:
    __slots__ = ("_block", "_owner", "_count", "__weakref__")

    def __init__(self):
        self._block = lock()
        self._owner = None
        self._count = 0

    def acquire(self, blocking=True, timeout=-1):
        if self._owner is not None and self._owner is stacks.current:
            self._count += 1
            return True
        if not self._block.acquire(blocking, timeout):
            return False
        self._owner = stacks.current
        self._count = 1
        return True

    def release(self):
        if self._owner is not stacks.current or self._count == 0:
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if self._count == 0:
            self._owner = None
            self._block.release()

    def __enter__(self):
        self.acquire()
        return self

    def __exit__(self, *_error):
        self.release()

    def locked(self):
        return self._count > 0

    def _is_owned(self):
        return self._owner is stacks.current

    def _recursion_count(self):
        return self._count if self._is_owned() else 0

    def _release_save(self):
        if self._count == 0:
            raise RuntimeError("cannot release un-acquired lock")
        state = self._count, self._owner
        self._count = 0
        self._owner = None
        self._block.release()
        return state

    def _acquire_restore(self, state):
        stacks.unheeding(self._block.acquire)
        self._count, self._owner = state

    def _at_fork_reinit(self):
        self.__init__()


class ThreadHandle:
    """What `threading.Thread` holds of its running thread."""

    def __init__(self):
        self._stack = None
        self._ident = 0
        self._is_done = False

    @property
    def ident(self):
        return self._ident

    def is_done(self):
        return self._is_done or (self._stack is not None and self._stack.is_done)

    def _set_done(self):
        self._is_done = True

    def join(self, timeout=None):
        stack = self._stack
        if stack is None or stack.is_done:
            return
        if stack is stacks.current:
            raise RuntimeError("Cannot join current thread")
        me = stacks.current
        left = -1.0 if timeout is None or timeout < 0 else timeout
        end = time.monotonic() + left
        stack.joiners.append(me)
        try:
            while not stack.is_done and stacks.park(left, "a thread to end"):
                left = left if left < 0 else max(0.0, end - time.monotonic())
        finally:
            if me in stack.joiners:
                stack.joiners.remove(me)


# Threads that the process waits for before it ends, in the order of their start.
_awaited = {}


def start_joinable_thread(function, handle=None, daemon=True):
    if handle is None:
        handle = ThreadHandle()

    def awaited():
        try:
            function()
        finally:
            del _awaited[handle]

    if not daemon:
        _awaited[handle] = True
    handle._stack = stacks.spawn(function if daemon else awaited)
    handle._ident = handle._stack.id
    return handle


def shutdown():
    """Waits for the threads that are no daemons, and for those that they start."""
    while _awaited:
        next(iter(_awaited)).join()


def start_new_thread(function, args, kwargs={}):
    def body():
        try:
            function(*args, **kwargs)
        except SystemExit:
            pass
        except BaseException as error:
            sys.excepthook(type(error), error, error.__traceback__)

    return stacks.spawn(body).id


def get_ident():
    return stacks.current.id if stacks.current else 1


def make_thread_handle(ident):
    handle = ThreadHandle()
    handle._ident = ident
    return handle


def install():
    import _thread

    _thread.allocate_lock = _thread.allocate = lock
    _thread.LockType = _thread.lock = lock
    # importlib calls it too.
    _thread.RLock = RLock
    _thread.start_joinable_thread = start_joinable_thread
    _thread.start_new_thread = _thread.start_new = start_new_thread
    _thread._ThreadHandle = ThreadHandle
    _thread._make_thread_handle = make_thread_handle
    _thread.get_ident = get_ident
    _thread._get_main_thread_ident = lambda: 1
    _thread._shutdown = shutdown
    _thread.daemon_threads_allowed = lambda: True
    # All stacks share the C ones: the pure Python thread-locals and SimpleQueue are used instead.
    for name in ("_local", "set_name"):
        if hasattr(_thread, name):
            delattr(_thread, name)
    sys.modules["_queue"] = None
    for name in ("threading", "_threading_local", "queue"):
        module = importlib.import_module(name)
        importlib.reload(module)
    queue = sys.modules["queue"]
    # As the C ones are called.
    queue.SimpleQueue.__name__ = queue.SimpleQueue.__qualname__ = "SimpleQueue"
    queue.SimpleQueue.__module__ = queue.Empty.__module__ = "_queue"
    # Reloading made a nameless thread, which took the first number.
    sys.modules["threading"]._counter = itertools.count(1).__next__
