"""`AsyncResult`: what is known of a task that was sent."""

import json
from datetime import datetime

from . import _state
from ._engine import ask, exception_of
from ._missing import absent

__all__ = ("AsyncResult", "EagerResult")

READY_STATES = frozenset(("SUCCESS", "FAILURE", "REVOKED"))
EXCEPTION_STATES = frozenset(("RETRY", "FAILURE", "REVOKED"))
PROPAGATE_STATES = frozenset(("FAILURE", "REVOKED"))


class AsyncResult:
    """A task that was sent. An unknown id is PENDING, never an error.

    >>> r = add.delay(4, 4)
    >>> r.get(timeout=5)
    8
    """

    parent = None
    # Known only with result_extended, which is not built.
    args = kwargs = name = queue = retries = worker = None

    def __init__(self, id, backend=None, task_name=None, app=None, parent=None, is_ignored=False):
        if id is None:
            raise ValueError(f"AsyncResult requires valid id, not {type(id)}")
        self.id = id
        self.app = app or _state.current_app()
        self.ignored = is_ignored
        self._task_name = task_name or "task"
        self._known = None

    @property
    def task_id(self):
        """The id."""
        return self.id

    def get(
        self,
        timeout=None,
        propagate=True,
        interval=0.5,
        no_ack=True,
        follow_parents=True,
        callback=None,
        on_message=None,
        on_interval=None,
        disable_sync_subtasks=True,
    ):
        """Waits for the result and returns it.

        timeout: seconds to wait; by default for as long as it takes. Then celery's TimeoutError; the
            task is unaffected.
        propagate: raise what the task raised; False returns the exception instead.
        disable_sync_subtasks: refuse to wait inside a task, which can block for ever.
        """
        if self.ignored:
            return None
        if self._known is None:
            given = {} if timeout is None else {"timeout": timeout}
            self._known = ask(
                "get",
                app=self.app._number,
                taskId=self.id,
                name=self._task_name,
                isAnyTask=not disable_sync_subtasks,
                **given,
            )
        if propagate:
            self.maybe_throw(callback=callback)
        if callback is not None:
            callback(self.id, self.result)
        return self.result

    wait = get

    def _meta(self):
        if self._known is not None:
            return self._known
        meta = ask("look", app=self.app._number, taskId=self.id)
        if meta["status"] in READY_STATES:
            self._known = meta
        return meta

    @property
    def state(self):
        """PENDING, STARTED, SUCCESS, FAILURE: what is known now."""
        return self._meta()["status"]

    status = state

    def ready(self):
        """Whether it has ended, well or badly."""
        return self.state in READY_STATES

    def successful(self):
        """Whether it has ended well."""
        return self.state == "SUCCESS"

    def failed(self):
        """Whether it has ended with an exception."""
        return self.state == "FAILURE"

    @property
    def result(self):
        """The result or the exception as it is now; None while there is none."""
        meta = self._meta()
        value = json.loads(meta["resultText"])
        if meta["status"] in EXCEPTION_STATES and isinstance(value, dict):
            return exception_of(value["exc_type"], value["exc_module"], value["exc_message"])
        return value

    info = result

    @property
    def traceback(self):
        """Where a failed task raised, as text, or None."""
        return self._meta()["traceback"]

    @property
    def date_done(self):
        """When it ended, or None."""
        text = self._meta()["dateDone"]
        return text and datetime.fromisoformat(text)

    def maybe_throw(self, propagate=True, callback=None):
        """Raises what the task raised, if it has failed."""
        if propagate and self.state in PROPAGATE_STATES:
            raise self.result
        return self.result

    maybe_reraise = maybe_throw

    children = property(absent("AsyncResult.children"))
    forget = absent("AsyncResult.forget")
    revoke = absent("AsyncResult.revoke")
    collect = absent("AsyncResult.collect")
    iterdeps = absent("AsyncResult.iterdeps")
    then = absent("AsyncResult.then")
    build_graph = absent("AsyncResult.build_graph")

    def __str__(self):
        return str(self.id)

    def __repr__(self):
        return f"<{type(self).__name__}: {self.id}>"

    def __hash__(self):
        return hash(self.id)

    def __eq__(self, other):
        if isinstance(other, AsyncResult):
            return other.id == self.id
        return other == self.id if isinstance(other, str) else NotImplemented


class EagerResult(AsyncResult):
    """The result of a task that ran here: see `Task.apply`."""

    def __init__(self, id, ret_value, state, traceback=None, name=None):
        self.id = id
        self.ignored = False
        self.name = name
        self._value = ret_value
        self._state = state
        self._traceback = traceback

    def get(self, timeout=None, propagate=True, disable_sync_subtasks=True, **_options):
        """The result at once; raises what the task raised."""
        if self._state == "FAILURE" and propagate:
            raise self._value
        return self._value

    wait = get
    state = status = property(lambda self: self._state)
    result = info = property(lambda self: self._value)
    traceback = property(lambda self: self._traceback)
