"""Ways to call: one after the other, many in one message, in a thread of their own, item by item."""

import random
import threading
import time

from . import constants, errors, message
from .configuration import config
from .futures import FutureResult, _ExceptionWrapper

# Which failures are worth another try: the call may have been made nevertheless.
RETRIED = (errors.ConnectionClosedError, errors.TimeoutError)


class RemoteMethod:
    """A method of a remote object."""

    def __init__(self, send, name, max_retries):
        self._send = send
        self._name = name
        self._max_retries = max_retries

    def __getattr__(self, name):
        return RemoteMethod(self._send, f"{self._name}.{name}", self._max_retries)

    def __call__(self, *args, **kwargs):
        for _ in range(self._max_retries):
            try:
                return self._send(self._name, args, kwargs)
            except RETRIED:
                pass
        return self._send(self._name, args, kwargs)


class AsyncRemoteMethod:
    """A method that is called in a thread of its own, over a connection of its own."""

    def __init__(self, proxy, name, max_retries):
        self._proxy = proxy
        self._name = name
        self._max_retries = max_retries

    def __getattr__(self, name):
        return AsyncRemoteMethod(self._proxy, f"{self._name}.{name}", self._max_retries)

    def __call__(self, *args, **kwargs):
        result = FutureResult()
        threading.Thread(target=self._run, args=(result, args, kwargs), daemon=True).start()
        return result

    def _run(self, result, args, kwargs):
        for attempt in range(self._max_retries + 1):
            try:
                with self._proxy.__copy__() as proxy:
                    _bind_patiently(proxy)
                    value = proxy._pyroInvoke(self._name, args, kwargs)
                break
            except RETRIED as error:
                value = _ExceptionWrapper(error)
            except Exception as error:
                value = _ExceptionWrapper(error)
                break
        result.value = value


def _bind_patiently(proxy):
    """A busy server may have a worker for us later."""
    delay = 0.1 + random.random() / 5
    while not proxy._pyroConnection:
        try:
            proxy._pyroBind()
        except errors.CommunicationError as error:
            if "no free workers" not in str(error):
                raise
            time.sleep(delay)
            delay += 0.4 + random.random() / 2
            if 0 < config.COMMTIMEOUT / 2 < delay:
                raise


def batch(proxy):
    """Collects calls of a proxy, to send them in one message."""
    return proxy._pyroBatch()


def asyncproxy(proxy, asynchronous=True):
    """From now on calls of this proxy give a FutureResult at once."""
    proxy._pyroAsync(asynchronous)


class BatchedRemoteMethod:
    def __init__(self, calls, name):
        self._calls = calls
        self._name = name

    def __getattr__(self, name):
        return BatchedRemoteMethod(self._calls, f"{self._name}.{name}")

    def __call__(self, *args, **kwargs):
        self._calls.append((self._name, args, kwargs))


class BatchProxyAdapter:
    """Call it to have the collected calls made: gives their results one by one."""

    def __init__(self, proxy):
        self._proxy = proxy
        self._calls = []

    def __getattr__(self, name):
        return BatchedRemoteMethod(self._calls, name)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def __copy__(self):
        copy = type(self)(self._proxy)
        copy._calls = list(self._calls)
        return copy

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
        self.streamId = streamId
        self.proxy = proxy
        self.pyroseq = proxy._pyroSeq

    def __iter__(self):
        return self

    def __next__(self):
        if self.proxy is None:
            raise StopIteration
        if self.proxy._pyroConnection is None:
            raise errors.ConnectionClosedError("the proxy for this stream result has been closed")
        self.pyroseq += 1
        try:
            return self._ask(self.proxy, "get_next_stream_item")
        except (StopIteration, GeneratorExit):
            # The daemon has forgotten it.
            self.proxy = None
            raise

    def _ask(self, proxy, method, flags=0):
        args = [self.streamId]
        return proxy._pyroInvoke(method, args, {}, flags=flags, objectId=constants.DAEMON_NAME)

    def close(self):
        proxy, self.proxy = self.proxy, None
        if proxy is None or proxy._pyroConnection is None:
            return
        if self.pyroseq == proxy._pyroSeq:
            self._ask(proxy, "close_stream", message.FLAGS_ONEWAY)
            return
        # The proxy may be in the middle of another call: this one needs a connection of its own.
        try:
            with proxy.__copy__() as other:
                self._ask(other, "close_stream", message.FLAGS_ONEWAY)
        except errors.CommunicationError:
            pass

    def __del__(self):
        self.close()


# As the real ones are called.
_BatchProxyAdapter = BatchProxyAdapter
_StreamResultIterator = StreamResultIterator
StreamResultIterator.__name__ = StreamResultIterator.__qualname__ = "_StreamResultIterator"
BatchProxyAdapter.__name__ = BatchProxyAdapter.__qualname__ = "_BatchProxyAdapter"
