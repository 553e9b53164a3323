"""An answer that may not be here yet."""

from rpyc.lib import Timeout

AsyncResultTimeout = TimeoutError


class AsyncResult:
    __slots__ = ("_conn", "_is_ready", "_is_exc", "_callbacks", "_obj", "_ttl")

    def __init__(self, conn):
        self._conn = conn
        self._is_ready = False
        self._is_exc = None
        self._obj = None
        self._callbacks = []
        self._ttl = Timeout(None)

    def __repr__(self):
        state = "ready" if self._is_ready else "expired" if self.expired else "pending"
        return f"<AsyncResult object ({state}) at 0x{id(self):08x}>"

    def __call__(self, is_exc, obj):
        """The answer is here. Too late is never."""
        if self.expired:
            return
        self._is_exc, self._obj, self._is_ready = is_exc, obj, True
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            callback(self)

    def wait(self):
        """Serves the connection until the answer is here.

        Raises AsyncResultTimeout when it has not come before its expiry.
        """
        while not self._is_ready and not self.expired:
            self._conn.serve(self._ttl)
        if not self._is_ready:
            raise AsyncResultTimeout("result expired")

    def add_callback(self, func):
        """`func(self)` is called when the answer comes, at once if it is here."""
        if self._is_ready:
            func(self)
        else:
            self._callbacks.append(func)

    def set_expiry(self, timeout):
        """In seconds from now; None for never."""
        self._ttl = Timeout(timeout)

    @property
    def ready(self):
        if not self._is_ready and not self.expired:
            self._conn.poll_all()
        return self._is_ready

    @property
    def error(self):
        return self.ready and self._is_exc

    @property
    def expired(self):
        return not self._is_ready and self._ttl.expired()

    @property
    def value(self):
        """The result, waited for; what the other side raised is raised here."""
        self.wait()
        if self._is_exc:
            raise self._obj
        return self._obj
