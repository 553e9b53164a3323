"""Futures."""

import itertools
from concurrent.futures import CancelledError, TimeoutError

import scoop

from . import _engine

_numbers = itertools.count(1)


class Future:
    """A call that runs somewhere in the pool, or will."""

    def __init__(self, function, args, kargs):
        self.id = (scoop.worker, next(_numbers))
        self.callable = function
        self.args = args
        self.kargs = kargs
        self._value = None
        self._is_error = False
        self._is_done = False
        self._is_cancelled = False
        # The place among those that are done.
        self._order = -1
        self._callbacks = []

    def __repr__(self):
        name = getattr(self.callable, "__name__", None) or repr(self.callable)
        value = self._value if self._is_done else None
        return f"{self.id}:{name}{self.args}{self.kargs}={value}"

    __str__ = __repr__

    def __iter__(self):
        raise TypeError("a Future is not iterable")

    @property
    def _text(self):
        """What it calls, for people."""
        name = getattr(self.callable, "__name__", "?")
        text = f"{name}{self.args}{self.kargs or ''}"
        return text if len(text) <= 80 else f"{text[:79]}\u2026"

    def _keep(self, is_error, value):
        """It has run here; the engine will say when it counts as done."""
        self._is_error = is_error
        self._value = value

    def _collect(self, order, body):
        if self._is_done:
            return
        if body is not None:
            self._keep(*_engine.loads(body))
        self._order = order
        self._is_done = True

    def _look(self):
        if not self._is_done and not self._is_cancelled:
            collect(_engine.ask("scoop.look", number=self.id[1]))

    def result(self, timeout=None):
        """What the call returned or raised. While it is not there this worker runs other futures."""
        if self._is_cancelled:
            raise CancelledError()
        if not wait_for([self], 1, timeout):
            raise TimeoutError()
        if self._is_error:
            raise self._value
        return self._value

    def exception(self, timeout=None):
        """Does not wait."""
        return self._value if self._is_done and self._is_error else None

    def done(self):
        """A future that still waits here is sent to another worker."""
        self._look()
        return self._is_done or self._is_cancelled

    def running(self):
        self._look()
        if self._is_done or self._is_cancelled:
            return False
        return _engine.tell("scoop.state", number=self.id[1]) != "queued"

    def cancelled(self):
        return self._is_cancelled

    def cancel(self):
        if not self._is_done and not self._is_cancelled:
            self._is_cancelled = _engine.tell("scoop.cancel", number=self.id[1])
        return self._is_cancelled

    def add_done_callback(self, callback):
        """`callback(future)` runs when the result arrives at the worker that submitted it."""
        if self._is_done:
            callback(self)
            return
        self._callbacks.append(callback)
        _engine.tell("scoop.watch", number=self.id[1])


def submitted(calls):
    """Futures of calls: (function, args, kargs) each."""
    futures = [Future(*call) for call in calls]
    told = []
    for future in futures:
        number = future.id[1]
        _engine.FUTURES[number] = future
        told.append({"number": number, "text": future._text, "key": _key(future.callable)})
    _engine.ask("scoop.submit", calls=told)
    return futures


def _key(function):
    module = getattr(function, "__module__", "")
    return f"{module}.{getattr(function, '__qualname__', type(function).__qualname__)}"


def collect(news):
    """The engine says what is done."""
    for told in news:
        future = _engine.FUTURES.pop(told["number"], None)
        if future is not None:
            future._collect(told["order"], told["body"])


def wait_for(futures, count, timeout=None):
    """Lets other futures run until so many of these are done; False when that takes too long."""
    pending = [it.id[1] for it in futures if not it._is_done and not it._is_cancelled]
    left = count - (len(futures) - len(pending))
    if left <= 0:
        return True
    answer = _engine.ask("scoop.wait", futures=pending, count=left, timeout=timeout)
    collect(answer["done"])
    return answer["isInTime"]
