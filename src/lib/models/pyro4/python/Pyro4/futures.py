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


class _Steps:
    """What is made of a value when it is here, and who hears of a failure."""

    def __init__(self):
        self.calls = []
        self.handler = None

    def after(self, value):
        """What comes out at the end. Raises what a step raises."""
        for call, args, kwargs in self.calls:
            value = call(value, *args, **kwargs)
        return value

    def failed(self, error):
        if self.handler:
            self.handler(error)
        return _ExceptionWrapper(error)


class FutureResult:
    """What an asynchronous call gives at once. `value` waits for the answer."""

    def __init__(self):
        self._steps = _Steps()
        self._value = None
        self._is_here = threading.Event()
        self._lock = threading.Lock()

    @property
    def ready(self):
        return self._is_here.is_set()

    def wait(self, timeout=None):
        """Whether the value is here after so many seconds at most."""
        return self._is_here.wait(timeout)

    def get_value(self):
        self.wait()
        if isinstance(self._value, _ExceptionWrapper):
            self._value.raiseIt()
        return self._value

    def set_value(self, value):
        with self._lock:
            if isinstance(value, _ExceptionWrapper):
                self._value = self._steps.failed(value.exception)
            else:
                self._value = self._steps.after(value)
            self._steps.calls.clear()
            self._is_here.set()

    value = property(get_value, set_value)

    def set_cancelled(self):
        self.set_value(_ExceptionWrapper(RuntimeError("future has been cancelled")))

    def then(self, call, *args, **kwargs):
        """Has the value, when it is here, replaced by what `call` makes of it."""
        with self._lock:
            if self.ready:
                self._value = call(self._value, *args, **kwargs)
            else:
                self._steps.calls.append((call, args, kwargs))
        return self

    def iferror(self, exceptionhandler):
        self._steps.handler = exceptionhandler
        return self


class Future:
    """A function that will be called in a thread of its own: `Future(f)(1, 2)`."""

    # A delay is waited for in pieces, so that it can be changed.
    STEP = 2

    def __init__(self, somecallable):
        self.callable = somecallable
        self._steps = _Steps()
        self._delay_left = 0
        # None, "called", "cancelled", or "over" when it is too late for any change.
        self._state = None

    def __call__(self, *args, **kwargs):
        if self._state == "cancelled":
            raise RuntimeError("the future has been cancelled")
        if self._state is not None:
            raise RuntimeError("the future has already been evaluated")
        self._state = "called"
        result = FutureResult()
        threading.Thread(target=self._run, args=(result, args, kwargs), daemon=True).start()
        return result

    def _run(self, result, args, kwargs):
        while self._delay_left > 0 and self._state == "called":
            step = min(self._delay_left, self.STEP)
            time.sleep(step)
            self._delay_left -= step
        is_cancelled, self._state = self._state == "cancelled", "over"
        if is_cancelled:
            return result.set_cancelled()
        try:
            value = self._steps.after(self.callable(*args, **kwargs))
        except Exception as error:
            value = self._steps.failed(error)
        result.value = value

    def _change(self, name, value):
        """False when it is too late."""
        if self._state == "over":
            return False
        setattr(self, name, value)
        return True

    def delay(self, seconds):
        """Begins so much later; False when it is too late for that."""
        return self._change("_delay_left", seconds)

    def cancel(self):
        return self._change("_state", "cancelled")

    def then(self, call, *args, **kwargs):
        self._steps.calls.append((call, args, kwargs))
        return self

    def iferror(self, exceptionhandler):
        self._steps.handler = exceptionhandler
        return self
