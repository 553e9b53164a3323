"""Ways to call: one after the other, many in one message, in a thread of their own, item by item."""

import math
import random
import threading
import time

from . import constants, errors, message
from .configuration import config
from .futures import FutureResult, _ExceptionWrapper

# Which failures are worth another try: the call may have been made nevertheless.
RETRIED = (errors.ConnectionClosedError, errors.TimeoutError)


class _Method:
    """A method of a remote object, by its name, which may have dots."""

    def __init__(self, name, *how):
        self._name, self._how = name, how

    def __getattr__(self, name):
        return type(self)(f"{self._name}.{name}", *self._how)


class RemoteMethod(_Method):
    """Is called and waited for. How: by what it is sent, how often it is tried again."""

    def __call__(self, *args, **kwargs):
        send, max_retries = self._how
        for _ in range(max_retries):
            try:
                return send(self._name, args, kwargs)
            except RETRIED:
                pass
        return send(self._name, args, kwargs)


class AsyncRemoteMethod(_Method):
    """Is called in a thread of its own, over a connection of its own. How: proxy, further attempts."""

    def __call__(self, *args, **kwargs):
        proxy, max_retries = self._how
        result = FutureResult()

        def run():
            try:
                with proxy.__copy__() as own:
                    value = RemoteMethod(self._name, _patient(own), max_retries)(*args, **kwargs)
            except Exception as error:
                value = _ExceptionWrapper(error)
            result.value = value

        threading.Thread(target=run, daemon=True).start()
        return result


def _patient(proxy):
    """Calls by a proxy that waits until a busy server has a worker for it."""

    def send(*call):
        _bind_patiently(proxy)
        return proxy._pyroInvoke(*call)

    return send


def _bind_patiently(proxy):
    failure = None
    for pause in _pauses():
        try:
            proxy._pyroBind()
            return
        except errors.CommunicationError as error:
            if "no free workers" not in str(error):
                raise
            failure = error
        time.sleep(pause)
    raise failure


def _pauses():
    """In seconds, longer and longer; as long as half of COMMTIMEOUT is too long."""
    longest = config.COMMTIMEOUT / 2 or math.inf
    pause = random.uniform(0.1, 0.3)
    while True:
        yield pause
        pause += random.uniform(0.4, 0.9)
        if pause > longest:
            return


def batch(proxy):
    """Collects calls of a proxy, to send them in one message."""
    return proxy._pyroBatch()


def asyncproxy(proxy, asynchronous=True):
    """From now on calls of this proxy give a FutureResult at once."""
    proxy._pyroAsync(asynchronous)


class BatchedRemoteMethod(_Method):
    """Is noted for later. How: the list of calls."""

    def __call__(self, *args, **kwargs):
        (calls,) = self._how
        calls.append((self._name, args, kwargs))


class BatchProxyAdapter:
    """Call it to have the collected calls made: gives their results one by one."""

    def __init__(self, proxy, calls=()):
        self._proxy, self._calls = proxy, list(calls)

    def __copy__(self):
        return type(self)(self._proxy, self._calls)

    def __getattr__(self, name):
        return BatchedRemoteMethod(name, self._calls)

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        """Nothing is made that was not asked for."""

    def __call__(self, oneway=False, asynchronous=False):
        if oneway and asynchronous:
            raise errors.PyroError("async oneway calls make no sense")
        calls, self._calls = self._calls, []
        if asynchronous:
            return self._in_a_thread(calls)
        results = self._proxy._pyroInvokeBatch(calls, oneway)
        return None if oneway else _results(results)

    def _in_a_thread(self, calls):
        result = FutureResult()

        def run():
            try:
                with self._proxy.__copy__() as proxy:
                    _bind_patiently(proxy)
                    value = _results(proxy._pyroInvokeBatch(calls))
            except Exception as error:
                value = _ExceptionWrapper(error)
            result.value = value

        threading.Thread(target=run, daemon=True).start()
        return result


def _results(results):
    for result in results:
        if isinstance(result, _ExceptionWrapper):
            result.raiseIt()
        yield result


class StreamResultIterator:
    """Of a remote generator: each item is a call."""

    __module__ = "Pyro4.core"

    def __init__(self, streamId, proxy):
        self._id = streamId
        # None when there is nothing more to ask for.
        self._proxy = proxy
        # Of the proxy's calls: while nobody else calls with it, its next one is ours.
        self._last_call = proxy._pyroSeq

    def __iter__(self):
        return self

    def __next__(self):
        if self._proxy is None:
            raise StopIteration
        if not self._proxy._pyroConnection:
            raise errors.ConnectionClosedError("the proxy for this stream result has been closed")
        self._last_call += 1
        try:
            return self._ask(self._proxy, "get_next_stream_item")
        except (StopIteration, GeneratorExit):
            # The daemon has forgotten it.
            self._proxy = None
            raise

    def _ask(self, proxy, method, flags=0):
        return proxy._pyroInvoke(method, [self._id], {}, flags, constants.DAEMON_NAME)

    def close(self):
        """Lets the daemon forget it."""
        proxy, self._proxy = self._proxy, None
        if proxy is None or not proxy._pyroConnection:
            return
        if self._last_call == proxy._pyroSeq:
            self._ask(proxy, "close_stream", message.FLAGS_ONEWAY)
            return
        # The proxy may be in the middle of another call: this one needs a connection of its own.
        try:
            with proxy.__copy__() as other:
                self._ask(other, "close_stream", message.FLAGS_ONEWAY)
        except errors.CommunicationError:
            pass

    __del__ = close


# As the real ones are called.
_BatchProxyAdapter = BatchProxyAdapter
_StreamResultIterator = StreamResultIterator
StreamResultIterator.__name__ = StreamResultIterator.__qualname__ = "_StreamResultIterator"
BatchProxyAdapter.__name__ = BatchProxyAdapter.__qualname__ = "_BatchProxyAdapter"
