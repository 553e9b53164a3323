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
    __slots__ = ("proxy", "__weakref__")

    def __init__(self, proxy):
        self.proxy = proxy

    def __call__(self, *args, **kwargs):
        return asyncreq(self.proxy, HANDLE_CALL, args, tuple(kwargs.items()))

    def __repr__(self):
        return f"async_({self.proxy!r})"


_callers = weakref.WeakValueDictionary()


def async_(proxy):
    """A caller of a remote function that does not wait: it gives an AsyncResult."""
    caller = _callers.get(id(proxy))
    if caller is not None:
        return caller
    if not is_netref(proxy):
        raise TypeError(f"'proxy' must be a Netref: {proxy!r}")
    if not callable(proxy):
        raise TypeError(f"'proxy' must be callable: {proxy!r}")
    caller = _Async(proxy)
    _callers[id(proxy)] = caller
    return caller


class timed:
    """As `async_`, with an expiry in seconds."""

    __slots__ = ("proxy", "timeout", "__weakref__")

    def __init__(self, proxy, timeout):
        self.proxy = async_(proxy)
        self.timeout = timeout

    def __call__(self, *args, **kwargs):
        result = self.proxy(*args, **kwargs)
        result.set_expiry(self.timeout)
        return result

    def __repr__(self):
        return f"timed({self.proxy.proxy!r}, {self.timeout!r})"


class BgServingThread:
    """Serves a connection in a thread, so that what the other side sends is handled at once."""

    SERVE_INTERVAL = 0.0
    SLEEP_INTERVAL = 0.1

    def __init__(
        self, conn, callback=None, serve_interval=SERVE_INTERVAL, sleep_interval=SLEEP_INTERVAL
    ):
        self._conn = conn
        self._active = True
        self._callback = callback
        self._intervals = serve_interval, sleep_interval
        self._thread = spawn(self._serve)

    def __del__(self):
        if self._active:
            self.stop()

    def _serve(self):
        serve_interval, sleep_interval = self._intervals
        try:
            while self._active:
                self._conn.serve(serve_interval)
                time.sleep(sleep_interval)
        except Exception:
            if not self._active:
                return
            self._active = False
            if self._callback is None:
                raise
            self._callback()

    def stop(self):
        assert self._active
        self._active = False
        self._thread.join()
        self._conn = None


def classpartial(cls, *args, **kwargs):
    """A service class whose objects are made with these arguments."""

    class Partial(cls):
        __doc__ = cls.__doc__

        def __new__(self):
            return cls(*args, **kwargs)

    Partial.__name__ = cls.__name__
    return Partial
