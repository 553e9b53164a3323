"""Asynchronous calls, expiry, and other company of netrefs."""

import time
import weakref

from rpyc.core.consts import HANDLE_BUFFITER, HANDLE_CALL
from rpyc.core.netref import asyncreq, syncreq
from rpyc.lib import is_netref, spawn


def buffiter(obj, chunk=10, max_chunk=1000, factor=2):
    """Iterates over a remote object in growing pieces: one message each, in place of one each item."""
    if factor < 1:
        raise ValueError(f"factor must be >= 1, got {factor!r}")
    iterator = iter(obj)
    while items := syncreq(iterator, HANDLE_BUFFITER, chunk):
        chunk = min(chunk * factor, max_chunk)
        yield from items


def restricted(obj, attrs, wattrs=None):
    """A view of an object with these attributes only; `wattrs` are those that may be set."""
    writable = attrs if wattrs is None else wattrs

    class Restricted:
        def _rpyc_getattr(self, name):
            if name not in attrs:
                raise AttributeError(name)
            return getattr(obj, name)

        def _rpyc_setattr(self, name, value):
            if name not in writable:
                raise AttributeError(name)
            setattr(obj, name, value)

        __getattr__ = _rpyc_getattr
        __setattr__ = _rpyc_setattr

    return Restricted()


class _Async:
    """Calls a remote function and does not wait: gives an AsyncResult, which may have an expiry."""

    __slots__ = ("proxy", "timeout", "__weakref__")

    def __init__(self, proxy, timeout=None):
        for is_right, what in ((is_netref, "a Netref"), (callable, "callable")):
            if not is_right(proxy):
                raise TypeError(f"'proxy' must be {what}: {proxy!r}")
        self.proxy, self.timeout = proxy, timeout

    def __call__(self, *args, **kwargs):
        asked = asyncreq(self.proxy, HANDLE_CALL, args, tuple(kwargs.items()))
        asked.set_expiry(self.timeout)
        return asked

    def __repr__(self):
        return f"async_({self.proxy!r})"


class timed(_Async):
    """As `async_`, with an expiry in seconds."""

    __slots__ = ()

    def __repr__(self):
        return f"timed({self.proxy!r}, {self.timeout!r})"


_callers = weakref.WeakValueDictionary()


def async_(proxy):
    """A caller of a remote function that does not wait: it gives an AsyncResult."""
    caller = _callers.get(id(proxy))
    if caller is None:
        caller = _callers[id(proxy)] = _Async(proxy)
    return caller


class BgServingThread:
    """Serves a connection in a thread, so that what the other side sends is handled at once."""

    SERVE_INTERVAL = 0.0
    SLEEP_INTERVAL = 0.1

    def __init__(
        self, conn, callback=None, serve_interval=SERVE_INTERVAL, sleep_interval=SLEEP_INTERVAL
    ):
        self._active = True
        self._thread = spawn(self._serve, conn, callback, serve_interval, sleep_interval)

    def _serve(self, conn, callback, serve_interval, sleep_interval):
        try:
            while self._active:
                conn.serve(serve_interval)
                time.sleep(sleep_interval)
        except Exception:
            was_wanted, self._active = self._active, False
            if was_wanted and callback is None:
                raise
            if was_wanted:
                callback()

    def stop(self):
        """Only of one that serves: AssertionError."""
        assert self._active
        self._active = False
        self._thread.join()

    def __del__(self):
        if self._active:
            self.stop()


def classpartial(cls, *args, **kwargs):
    """A service class whose objects are made with these arguments."""
    members = {"__doc__": cls.__doc__, "__new__": lambda _kind: cls(*args, **kwargs)}
    return type(cls.__name__, (cls,), members)
