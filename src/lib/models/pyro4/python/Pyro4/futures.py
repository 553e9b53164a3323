"""Values that come later: of calls in a thread of their own."""

import threading
import time


class _ExceptionWrapper:
    """An exception in the place of a value; of a batch it travels so."""

    __module__ = "Pyro4.futures"

    def __init__(self, exception):
        self.exception = exception

    def raiseIt(self):
        raise self.exception

    def __serialized_dict__(self):
        from .util import SerializerBase

        return {
            "__class__": "Pyro4.futures._ExceptionWrapper",
            "exception": SerializerBase.class_to_dict(self.exception),
        }


class FutureResult:
    """What an asynchronous call gives at once. `value` waits for the answer."""

    def __init__(self):
        self._done = threading.Event()
        self._lock = threading.Lock()
        self._value = None
        self._calls = []
        self._handler = None

    def wait(self, timeout=None):
        """Whether the value is here after so many seconds at most."""
        return self._done.wait(timeout)

    @property
    def ready(self):
        return self._done.is_set()

    @property
    def value(self):
        self._done.wait()
        if isinstance(self._value, _ExceptionWrapper):
            self._value.raiseIt()
        return self._value

    @value.setter
    def value(self, value):
        with self._lock:
            if isinstance(value, _ExceptionWrapper):
                if self._handler:
                    self._handler(value.exception)
            else:
                for call, args, kwargs in self._calls:
                    value = call(value, *args, **kwargs)
            self._value = value
            self._calls = []
            self._done.set()

    def get_value(self):
        return self.value

    def set_value(self, value):
        self.value = value

    def set_cancelled(self):
        self.value = _ExceptionWrapper(RuntimeError("future has been cancelled"))

    def then(self, call, *args, **kwargs):
        """Has the value, when it is here, replaced by what `call` makes of it."""
        with self._lock:
            if self._done.is_set():
                self._value = call(self._value, *args, **kwargs)
            else:
                self._calls.append((call, args, kwargs))
        return self

    def iferror(self, exceptionhandler):
        self._handler = exceptionhandler
        return self


class Future:
    """A function that will be called in a thread of its own: `Future(f)(1, 2)`."""

    # A delay is waited for in pieces, so that it can be changed.
    STEP = 2

    def __init__(self, somecallable):
        self.callable = somecallable
        self.chain = []
        self.exceptionhandler = None
        self.call_delay = 0
        self.cancelled = False
        self.completed = False
        self._started = False

    def __call__(self, *args, **kwargs):
        if self.completed or self._started:
            raise RuntimeError("the future has already been evaluated")
        if self.cancelled:
            raise RuntimeError("the future has been cancelled")
        self._started = True
        result = FutureResult()
        threading.Thread(target=self._run, args=(result, args, kwargs), daemon=True).start()
        return result

    def _run(self, result, args, kwargs):
        while self.call_delay > 0 and not self.cancelled:
            step = min(self.call_delay, self.STEP)
            time.sleep(step)
            self.call_delay -= step
        self.completed = True
        if self.cancelled:
            return result.set_cancelled()
        try:
            value = self.callable(*args, **kwargs)
            for call, args, kwargs in self.chain:
                value = call(value, *args, **kwargs)
        except Exception as error:
            if self.exceptionhandler:
                self.exceptionhandler(error)
            value = _ExceptionWrapper(error)
        result.value = value

    def delay(self, seconds):
        """Begins so much later; False when it is too late for that."""
        if self.completed:
            return False
        self.call_delay = seconds
        return True

    def cancel(self):
        if self.completed:
            return False
        self.cancelled = True
        return True

    def then(self, call, *args, **kwargs):
        self.chain.append((call, args, kwargs))
        return self

    def iferror(self, exceptionhandler):
        self.exceptionhandler = exceptionhandler
        return self
