"""An answer that may not be here yet."""

from rpyc.lib import Timeout

AsyncResultTimeout = TimeoutError


class AsyncResult:
    """What a request gives at once. The connection calls it with the answer."""

    __slots__ = ("_connection", "_due", "_answer", "_listeners")

    def __init__(self, conn):
        self._connection, self._due = conn, Timeout(None)
        # (whether it is an exception, what it is), once it is here.
        self._answer = None
        self._listeners = []

    def __call__(self, is_exc, obj):
        # Too late is never.
        if not self.expired:
            self._answer = is_exc, obj
            while self._listeners:
                self._listeners.pop(0)(self)

    def set_expiry(self, timeout):
        """In seconds from now; None for never."""
        self._due = Timeout(timeout)

    def add_callback(self, func):
        """`func(self)` is called when the answer comes, at once if it is here."""
        if self._answer is None:
            self._listeners.append(func)
        else:
            func(self)

    def wait(self):
        """Serves the connection until the answer is here.

        Raises AsyncResultTimeout when it has not come before its expiry.
        """
        while self._answer is None:
            if self._due.expired():
                raise AsyncResultTimeout("result expired")
            self._connection.serve(self._due)

    @property
    def value(self):
        """The result, waited for; what the other side raised is raised here."""
        self.wait()
        is_exc, obj = self._answer
        if is_exc:
            raise obj
        return obj

    @property
    def expired(self):
        return self._answer is None and self._due.expired()

    @property
    def ready(self):
        """Looks whether the answer has come, and does not wait for it."""
        if self._answer is None and not self._due.expired():
            self._connection.poll_all()
        return self._answer is not None

    @property
    def error(self):
        return self.ready and self._answer[0]

    def __repr__(self):
        state = "pending" if self._answer is None else "ready"
        if self.expired:
            state = "expired"
        return f"<AsyncResult object ({state}) at 0x{id(self):08x}>"
