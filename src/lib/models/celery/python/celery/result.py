"""`AsyncResult`: what is known of a task that was sent, and `GroupResult`: of several."""

import json
import time
from collections import deque
from datetime import datetime

from . import _state
from ._engine import ask, exception_of
from ._missing import absent, missing
from .exceptions import IncompleteStream, TimeoutError

__all__ = ("AsyncResult", "EagerResult", "GroupResult", "ResultSet", "result_from_tuple")

READY_STATES = frozenset(("SUCCESS", "FAILURE", "REVOKED"))
EXCEPTION_STATES = frozenset(("RETRY", "FAILURE", "REVOKED"))
PROPAGATE_STATES = frozenset(("FAILURE", "REVOKED"))
WOULD_BLOCK = (
    "Never call result.get() within a task!\n"
    "See http://docs.celeryq.org/en/latest/userguide/tasks.html#task-synchronous-subtasks\n"
)


class AsyncResult:
    """A task that was sent. An unknown id is PENDING, never an error.

    >>> r = add.delay(4, 4)
    >>> r.get(timeout=5)
    8
    """

    def __init__(self, id, backend=None, task_name=None, app=None, parent=None, is_ignored=False):
        if id is None:
            raise ValueError(f"AsyncResult requires valid id, not {type(id)}")
        self.id = id
        self.app = app or _state.current_app()
        self.parent = parent
        self.ignored = is_ignored
        self._task_name = task_name or "task"
        self._known = None
        self._listeners = []

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
        if on_message is not None:
            raise missing("AsyncResult.get(on_message=...)")
        if self.ignored:
            return None
        if self._known is None:
            watched = self._ancestors() if follow_parents and propagate and self.parent else ()
            self._wait(timeout, watched, not disable_sync_subtasks)
        if on_interval is not None:
            on_interval(self)
        if propagate:
            self.maybe_throw()
        if callback is not None:
            callback(self.id, self.result)
        return self.result

    wait = get

    def _wait(self, timeout, watched, is_any_task, is_group=False):
        """Until it has ended; raises when one of those that are watched fails."""
        found = ask(
            "get",
            app=self.app._number,
            taskId=self.id,
            name=self._task_name,
            isAnyTask=is_any_task,
            watched=[one.id for one in watched],
            isGroup=is_group,
            **({} if timeout is None else {"timeout": timeout}),
        )
        if found["taskId"] == self.id:
            self._know(found["meta"])
            return
        failed = next(one for one in watched if one.id == found["taskId"])
        failed._know(found["meta"])
        failed.maybe_throw()

    def _ancestors(self):
        """The tasks before it, the first ones first."""
        if self.parent is None:
            return []
        return [*self.parent._ancestors(), *self.parent._leaves()]

    def _leaves(self):
        return [self]

    def _meta(self):
        if self._known is not None:
            return self._known
        meta = ask("look", app=self.app._number, taskId=self.id)
        if meta["status"] in READY_STATES:
            self._know(meta)
        return meta

    def _know(self, meta):
        self._known = meta
        listeners, self._listeners = self._listeners, []
        for callback, on_error in listeners:
            self._tell(callback, on_error)

    def _tell(self, callback, on_error):
        try:
            callback(self)
        except Exception as error:
            if on_error is None:
                raise
            on_error(error)

    def then(self, callback, on_error=None, weak=False):
        """Calls `callback` with this result as soon as it is waited for, or looked at, and has ended.

        on_error: called with what the callback raises.
        """
        if self._known is None:
            self._listeners.append((callback, on_error))
        else:
            self._tell(callback, on_error)
        return self

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
        value = self.result
        if callback is not None:
            callback(self.id, value)
        return value

    maybe_reraise = maybe_throw

    def _detail(name, doc):
        return property(lambda self: self._meta_details().get(name), doc=doc)

    name = _detail("name", "Name of the task; known with result_extended.")
    args = _detail("args", "Its arguments; known with result_extended.")
    kwargs = _detail("kwargs", "Its keyword arguments; known with result_extended.")
    worker = _detail("worker", "Who ran it; known with result_extended.")
    retries = _detail("retries", "How often it was tried again; known with result_extended.")
    queue = _detail("queue", "Where it came from; known with result_extended.")
    del _detail

    def _meta_details(self):
        return json.loads(self._meta()["detailsText"])

    @property
    def children(self):
        """Results of what the task has sent itself; None while nothing is known of it."""
        meta = self._meta()
        if meta["status"] == "PENDING":
            return None
        return [result_from_tuple(one, self.app) for one in json.loads(meta["childrenText"])]

    def forget(self):
        """Removes the result from the store: it is PENDING again."""
        self._known = None
        if self.parent:
            self.parent.forget()
        ask("forget", app=self.app._number, taskId=self.id)

    def revoke(self, connection=None, terminate=False, signal=None, wait=False, timeout=None):
        """Tells all workers not to run it, or with `terminate` to end it."""
        self.app.control.revoke(
            self.id, connection=connection, terminate=terminate, signal=signal, reply=wait, timeout=timeout
        )

    def iterdeps(self, intermediate=False):
        """It and all that it has sent, each with its parent."""
        stack = deque([(None, self)])
        while stack:
            parent, node = stack.popleft()
            yield parent, node
            if node.ready():
                stack.extend((node, child) for child in node.children or [])
            elif not intermediate:
                raise IncompleteStream()

    def collect(self, intermediate=False, **options):
        """It and all that it has sent, each with its value."""
        for _, node in self.iterdeps(intermediate=intermediate):
            yield node, node.get(**options)

    def get_leaf(self):
        """The value of the last of them."""
        value = None
        for _, value in self.collect():
            pass
        return value

    def as_tuple(self):
        """`((id, parent), None)`: what `result_from_tuple` reads."""
        return (self.id, self.parent and self.parent.as_tuple()), None

    def as_list(self):
        """Its id and those of the results before it."""
        return [self.id, *(self.parent.as_list() if self.parent else ())]

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


class ResultSet:
    """Several results."""

    def __init__(self, results, app=None, **_options):
        self.results = results
        self._app = app

    @property
    def app(self):
        """The application that they belong to."""
        if self._app is None:
            self._app = self.results[0].app if self.results else _state.current_app()
        return self._app

    def add(self, result):
        """Adds a result, once."""
        if result not in self.results:
            self.results.append(result)

    def remove(self, result):
        """Removes a result; KeyError if it is not there."""
        if result not in self.results:
            raise KeyError(result)
        self.results.remove(result)

    def discard(self, result):
        """Removes a result if it is there."""
        if result in self.results:
            self.results.remove(result)

    def update(self, results):
        """Adds several."""
        self.results.extend(one for one in results if one not in self.results)

    def clear(self):
        """Removes all."""
        self.results[:] = []

    def successful(self):
        """Whether all have ended well."""
        return all(one.successful() for one in self.results)

    def failed(self):
        """Whether any has failed."""
        return any(one.failed() for one in self.results)

    def waiting(self):
        """Whether any has not ended yet."""
        return any(not one.ready() for one in self.results)

    def ready(self):
        """Whether all have ended, well or badly."""
        return all(one.ready() for one in self.results)

    def completed_count(self):
        """How many have ended well."""
        return sum(one.successful() for one in self.results)

    def maybe_throw(self, callback=None, propagate=True):
        """Raises what the first that failed has raised."""
        for one in self.results:
            one.maybe_throw(callback=callback, propagate=propagate)

    maybe_reraise = maybe_throw

    def forget(self):
        """Removes all from the store."""
        for one in self.results:
            one.forget()

    def revoke(self, connection=None, terminate=False, signal=None, wait=False, timeout=None):
        """Tells all workers not to run them."""
        self.app.control.revoke(
            [one.id for one in self._leaves()],
            connection=connection, terminate=terminate, signal=signal, reply=wait, timeout=timeout,
        )

    def get(
        self,
        timeout=None,
        propagate=True,
        interval=0.5,
        callback=None,
        no_ack=True,
        on_message=None,
        disable_sync_subtasks=True,
        on_interval=None,
    ):
        """Waits for all and returns their values in order; raises what the first to fail has raised, at once.

        callback: called with id and value of each; then nothing is returned.
        """
        due = None if timeout is None else time.monotonic() + timeout
        leaves = [one for one in self._leaves() if one._known is None and not one.ignored]
        for at, one in enumerate(leaves):
            left = None if due is None else max(0.0, due - time.monotonic())
            others = leaves[at + 1 :] if propagate else ()
            one._wait(left, others, not disable_sync_subtasks, is_group=True)
            if propagate:
                one.maybe_throw()
        values = [one.get(propagate=propagate, disable_sync_subtasks=disable_sync_subtasks, follow_parents=False)
                  if isinstance(one, AsyncResult) else one.get(propagate=propagate)
                  for one in self.results]
        if callback is None:
            return values
        for one, value in zip(self.results, values):
            callback(one.id, value)
        return [] if not values else None

    join_native = get

    def join(
        self,
        timeout=None,
        propagate=True,
        interval=0.5,
        callback=None,
        no_ack=True,
        on_message=None,
        disable_sync_subtasks=True,
        on_interval=None,
    ):
        """The same, but waits for one after the other: a failure shows when its turn comes."""
        due = time.monotonic() + timeout if timeout else None
        values = []
        for one in self.results:
            left = None if due is None else due - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError("join operation timed out")
            value = one.get(timeout=left, propagate=propagate, disable_sync_subtasks=disable_sync_subtasks)
            if callback:
                callback(one.id, value)
            else:
                values.append(value)
        return values

    def _leaves(self):
        return [leaf for one in self.results for leaf in one._leaves()]

    def _ancestors(self):
        return []

    def __iter__(self):
        return iter(self.results)

    def __getitem__(self, index):
        return self.results[index]

    def __len__(self):
        return len(self.results)

    def __eq__(self, other):
        return other.results == self.results if isinstance(other, ResultSet) else NotImplemented

    def __hash__(self):
        return id(self)

    def __repr__(self):
        return f"<{type(self).__name__}: [{', '.join(one.id for one in self.results)}]>"


class GroupResult(ResultSet):
    """The results of a group, in its order."""

    def __init__(self, id=None, results=None, parent=None, **options):
        self.id = id
        self.parent = parent
        super().__init__([] if results is None else results, **options)

    @property
    def children(self):
        """The results."""
        return self.results

    def _ancestors(self):
        if self.parent is None:
            return []
        return [*self.parent._ancestors(), *self.parent._leaves()]

    def save(self, backend=None):
        """Keeps the ids in the store, for `restore`."""
        ask("save_group", app=self.app._number, id=self.id, tuple=json.dumps(self.as_tuple()))

    def delete(self, backend=None):
        """Removes what `save` kept."""
        ask("delete_group", app=self.app._number, id=self.id)

    @classmethod
    def restore(cls, id, backend=None, app=None):
        """What `save` kept, or None."""
        app = app or _state.current_app()
        kept = ask("restore_group", app=app._number, id=id)
        return kept and result_from_tuple(json.loads(kept), app)

    def as_tuple(self):
        """`((id, parent), members)`: what `result_from_tuple` reads."""
        head = self.id, self.parent and self.parent.as_tuple()
        return head, [one.as_tuple() for one in self.results]

    def __bool__(self):
        return bool(self.id or self.results)

    def __eq__(self, other):
        if isinstance(other, GroupResult):
            return (other.id, other.results, other.parent) == (self.id, self.results, self.parent)
        return other == self.id if isinstance(other, str) else NotImplemented

    def __hash__(self):
        return hash(self.id)

    def __str__(self):
        return str(self.id)

    def __repr__(self):
        return f"<{type(self).__name__}: {self.id} [{', '.join(one.id for one in self.results)}]>"


def result_from_tuple(r, app=None):
    """The results that nested tuples name, as `as_tuple` makes them."""
    app = app or _state.current_app()
    if isinstance(r, (AsyncResult, ResultSet)):
        return r
    head, members = r
    id, parent = head if isinstance(head, (list, tuple)) else (head, None)
    parent = parent and result_from_tuple(parent, app)
    if members is None:
        return app.AsyncResult(id, parent=parent)
    results = [result_from_tuple(one, app) for one in members]
    return GroupResult(id, results, parent=parent, app=app)


class EagerResult(AsyncResult):
    """The result of a task that ran here: see `Task.apply`."""

    def __init__(self, id, ret_value, state, traceback=None, name=None):
        self.id = id
        self.app = _state.current_app()
        self.parent = None
        self.ignored = False
        self._known = ()
        self._eager_name = name
        self._value = ret_value
        self._state = state
        self._traceback = traceback

    def get(self, timeout=None, propagate=True, disable_sync_subtasks=True, **_options):
        """The result at once; raises what the task raised."""
        if disable_sync_subtasks and _state.is_join_denied():
            raise RuntimeError(WOULD_BLOCK)
        if self._state in PROPAGATE_STATES and propagate:
            raise self._value if isinstance(self._value, Exception) else Exception(self._value)
        return self._value

    wait = get

    def forget(self):
        """Nothing is stored."""

    def revoke(self, *_args, **_options):
        """It has run; only its state changes."""
        self._state = "REVOKED"

    state = status = property(lambda self: self._state)
    result = info = property(lambda self: self._value)
    traceback = property(lambda self: self._traceback)
    name = property(lambda self: self._eager_name)
    children = property(lambda self: None)
