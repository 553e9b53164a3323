"""Processes of pycsp.greenlets take turns: one runs until it waits at a channel, and sleeps for all. Each
has a stack of its own; the turn is passed from one to the next."""

import threading
import time
from bisect import insort
from collections import deque
from itertools import count

from _lightcone import stacks

from .._engine import Kit
from .exceptions import ChannelPoisonException, ChannelRetireException, InfoException


class Main:
    """The program itself."""

    id = "__main__"
    shown = "__main__"
    parent = None
    has_ended = False

    def __init__(self):
        self.stack = None
        self.block = None
        self.error = None
        self.has_turn = True


class Turns(Kit):
    poisoned, retired, misused = ChannelPoisonException, ChannelRetireException, InfoException

    def __init__(self):
        super().__init__()
        self.main = Main()
        self.running = self.main
        # Not started yet, and ready to go on.
        self.new = deque()
        self.ready = deque()
        # (due, order, operation, guard)
        self._timers = []
        self._order = count()
        # Threads at work for processes that wait for them (`io`), and who sleeps for want of others.
        self.io_count = 0
        self._idle = None
        self.is_stuck = False

    def current(self):
        return self.running

    def wake(self, process):
        if process is not self.running:
            self.make_ready(process)

    def make_ready(self, process):
        self.ready.append(process)
        if self._idle:
            stacks.wake(self._idle)

    def wait(self, operation, seconds, what, by):
        timer = None
        if seconds >= 0:
            due = time.monotonic() + seconds
            timer = (due, next(self._order), operation, operation.late)
            insort(self._timers, timer)
        process = operation.process
        while not operation.outcome:
            self.pass_turn(process, what, by)
            if self.is_stuck and process is self.main and not operation.outcome:
                raise RuntimeError("cannot release un-acquired lock")
        if timer in self._timers:
            self._timers.remove(timer)
        return True

    def join(self, processes):
        """Runs others until all of these have ended."""
        me = self.running
        self.is_stuck = False
        what = "Parallel: " + ", ".join(it.shown for it in processes)
        for each in processes:
            while not each.has_ended:
                if self.is_stuck:
                    raise Exception("Deadlock")
                self.pass_turn(me, what, stacks.host.nodeName())

    def pass_turn(self, me, what="", by=""):
        """Lets whoever is next run, and comes back when it is this one's turn."""
        me.stack = stacks.current
        chosen = self._next()
        if chosen is not me:
            me.has_turn = False
            self._give(chosen)
            while not me.has_turn:
                stacks.park(-1.0, what, by)
        self.running = me
        error, me.error = me.error, None
        if error:
            raise error

    def _give(self, process):
        process.has_turn = True
        self.running = process
        if process.stack:
            stacks.wake(process.stack)
        else:
            process.stack = stacks.spawn(process.body)

    def leave(self, process):
        """A process has ended: whoever started it goes on, or who started that."""
        parent = process.parent
        while parent.has_ended:
            parent = parent.parent
        self._give(parent)

    def _next(self):
        if not self.new and self.ready:
            return self.ready.popleft()
        while True:
            if self._timers and self._timers[0][0] <= time.monotonic():
                _, _, operation, guard = self._timers.pop(0)
                operation.end("success", guard)
            elif self.new:
                return self.new.popleft()
            elif self.ready:
                return self.ready.popleft()
            elif self._timers or self.io_count:
                self._sleep()
            else:
                self.is_stuck = True
                return self.main

    def _sleep(self):
        seconds = self._timers[0][0] - time.monotonic() if self._timers else -1.0
        self._idle = stacks.current
        try:
            stacks.park(seconds)
        finally:
            self._idle = None


KIT = Turns()


class Io(threading.Thread):
    """Work that a thread does while other processes run."""

    def __init__(self, fn, *args, **kwargs):
        threading.Thread.__init__(self)
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.retval = None
        self.exception = None
        self.p = KIT.running
        self._is_done = False

    def run(self):
        try:
            self.retval = self.fn(*self.args, **self.kwargs)
        except Exception as error:
            self.exception = error
        self._is_done = True
        KIT.make_ready(self.p)

    def wait(self):
        KIT.io_count += 1
        try:
            while not self._is_done:
                KIT.pass_turn(self.p, f"{self.p.shown}: {self.fn.__name__}")
        finally:
            KIT.io_count -= 1


def io(func):
    """Makes a function into one that blocks only the process that calls it."""

    def _call_io(*args, **kwargs):
        work = Io(func, *args, **kwargs)
        work.start()
        work.wait()
        if work.exception:
            raise work.exception
        return work.retval

    return _call_io
