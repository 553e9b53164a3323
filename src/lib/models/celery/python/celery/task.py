"""`Task`: a function that can be called by message."""

import inspect
from collections.abc import Mapping
from datetime import datetime, timezone

from . import _state
from ._engine import ask, describe, dumps, short_repr
from ._missing import absent, missing
from .result import AsyncResult, EagerResult
from .utils import uuid

__all__ = ("Context", "Task")

# Options that the engine acts on, under its names.
ENGINE_OPTIONS = {
    "acks_late": "acksLate",
    "reject_on_worker_lost": "rejectOnWorkerLost",
    "ignore_result": "ignoreResult",
    "track_started": "trackStarted",
}
# Options that change nothing by themselves.
HARMLESS_OPTIONS = ("default_retry_delay", "max_retries", "serializer", "throws", "typing")
# Methods of the learner's own class that the engine would have to call.
HOOKS = ("before_start", "on_success", "on_failure", "on_retry", "after_return")
# Of `apply_async`, under the engine's names.
CALL_OPTIONS = {"task_id": "taskId", "queue": "queue", "ignore_result": "ignoreResult"}
# Without effect here: publishing is tried again as by default.
IGNORED_OPTIONS = ("producer", "connection", "retry", "retry_policy", "serializer", "task_type")


class Context:
    """What a task may know of the message that it came with: `self.request`."""

    args = ()
    callbacks = None
    called_directly = True
    chain = None
    chord = None
    correlation_id = None
    delivery_info = None
    errbacks = None
    eta = None
    expires = None
    group = None
    group_index = None
    headers = None
    hostname = None
    id = None
    ignore_result = False
    is_eager = False
    kwargs = {}
    logfile = None
    loglevel = None
    origin = None
    parent_id = None
    properties = None
    reply_to = None
    retries = 0
    root_id = None
    shadow = None
    timelimit = None
    utc = None

    def __init__(self, **values):
        vars(self).update(values)

    def get(self, name, default=None):
        """The value of that name, or the default."""
        return getattr(self, name, default)

    def __repr__(self):
        return f"<Context: {vars(self)!r}>"


class Task:
    """A task: call it to run it here, `delay` it to have a worker run it.

    `@app.task` makes one from a function; classes derived from this one have a `run` method.
    """

    app = None
    name = None
    max_retries = 3
    default_retry_delay = 180
    typing = True
    acks_late = None
    reject_on_worker_lost = None
    ignore_result = None
    track_started = None
    serializer = "json"
    throws = ()
    _bound = False
    _refused = None
    _header = None

    def run(self, *args, **kwargs):
        """The body of the task, in classes derived from this one."""
        raise NotImplementedError("Tasks must define the run method.")

    def __call__(self, *args, **kwargs):
        _state.task_stack().append(self)
        self.push_request(args=args, kwargs=kwargs)
        try:
            return self.run(*args, **kwargs)
        finally:
            self.pop_request()
            _state.task_stack().pop()

    # Sending.

    def delay(self, *args, **kwargs):
        """Sends the task and returns at once.

        On Redis the broker has it when this returns, on RabbitMQ it may not yet.
        TypeError: the arguments do not fit. kombu's EncodeError: JSON cannot carry one of them.
        kombu's OperationalError: the broker cannot be reached.

        >>> add.delay(4, 4).get(timeout=5)
        8
        """
        return self.apply_async(args, kwargs)

    def apply_async(self, args=None, kwargs=None, task_id=None, **options):
        """Sends the task with options.

        countdown: run it so many seconds from now, not earlier.
        eta: run it at this time, not earlier; a datetime.
        queue: which queue it goes to.
        task_id: its id; a random one by default.
        ignore_result: nobody will ask for the result.
        """
        if self.typing:
            self._check_arguments(args or (), kwargs or {})
        self._check_built()
        if task_id is not None:
            options["task_id"] = task_id
        return publish(self.app, self.name, args, kwargs, options, self)

    def apply(self, args=None, kwargs=None, task_id=None, **options):
        """Runs the task here and now, and returns what it would have given: for tests."""
        if options:
            raise missing(f"Task.apply({next(iter(options))}=...)")
        task_id = task_id or uuid()
        args, kwargs = args or (), kwargs or {}
        _state.task_stack().append(self)
        self.push_request(
            id=task_id, args=args, kwargs=kwargs, called_directly=False, is_eager=True
        )
        try:
            value, state, trace = self.run(*args, **kwargs), "SUCCESS", None
        except Exception as error:
            value, state, trace = error, "FAILURE", describe(error)["traceback"]
        finally:
            self.pop_request()
            _state.task_stack().pop()
        return EagerResult(task_id, value, state, trace, name=self.name)

    def AsyncResult(self, task_id, **options):
        """What is known of the task with this id."""
        return AsyncResult(task_id, app=self.app, task_name=self.name, **options)

    # The message that it came with.

    @property
    def request(self):
        """What is known of the message that this task came with."""
        return self._requests[-1] if self._requests else Context()

    @property
    def _requests(self):
        return _state.requests_of(self)

    def push_request(self, **values):
        """A run of this task begins."""
        self._requests.append(Context(**values))

    def pop_request(self):
        """It has ended."""
        self._requests.pop()

    # What the engine is told of it.

    def _engine_options(self):
        return {
            engine_name: bool(getattr(self, name))
            for name, engine_name in ENGINE_OPTIONS.items()
            if getattr(self, name) is not None
        }

    def _not_built(self, options, base):
        """What was asked for and is not built, or None: refused when the task is used, not before."""
        for name in options:
            if name not in ENGINE_OPTIONS and name not in HARMLESS_OPTIONS:
                return f"the option {name} of @task"
        for name in HOOKS:
            if getattr(base, name) is not getattr(Task, name):
                return f"the method {name} of a task"
        return None

    def _check_built(self):
        if self._refused:
            raise missing(f"{self._refused}, as {self.name} has it,")

    def _check_arguments(self, args, kwargs):
        if self._header is None:
            self._header = header_of(self.run, type(self).__name__)
        self._header(*args, **kwargs)

    def __repr__(self):
        return f"<@task: {self.name} of {self.app.main or '__main__'} at {id(self):#x}>"

    def before_start(self, task_id, args, kwargs):
        """Not called in this build: a task whose class has one is refused."""

    def on_success(self, retval, task_id, args, kwargs):
        """Not called in this build: a task whose class has one is refused."""

    def on_failure(self, exc, task_id, args, kwargs, einfo):
        """Not called in this build: a task whose class has one is refused."""

    def on_retry(self, exc, task_id, args, kwargs, einfo):
        """Not called in this build: a task whose class has one is refused."""

    def after_return(self, status, retval, task_id, args, kwargs, einfo):
        """Not called in this build: a task whose class has one is refused."""

    retry = absent("Task.retry")
    update_state = absent("Task.update_state")
    replace = absent("Task.replace")
    add_to_chord = absent("Task.add_to_chord")
    send_event = absent("Task.send_event")
    signature = subtask = s = absent("Task.s (signatures)")
    si = absent("Task.si (signatures)")
    chunks = absent("Task.chunks")
    map = absent("Task.map")
    starmap = absent("Task.starmap")


def header_of(function, name):
    """A function with the same parameters and no body: calling it says what Python says."""
    parameters = [
        one.replace(
            annotation=one.empty, default=one.empty if one.default is one.empty else None
        )
        for one in inspect.signature(function).parameters.values()
    ]
    name = name if name.isidentifier() else "task"
    scope = {}
    exec(f"def {name}{inspect.Signature(parameters)}: pass", scope)
    return scope[name]


def publish(app, name, args, kwargs, options, task=None):
    """Sends a task and returns its AsyncResult."""
    args = () if args is None else args
    kwargs = {} if kwargs is None else kwargs
    if not isinstance(args, (list, tuple)):
        raise TypeError("task args must be a list or tuple")
    if not isinstance(kwargs, Mapping):
        raise TypeError("task keyword arguments must be a mapping")
    # Both texts before anything else: what JSON refuses is the caller's mistake.
    positional, keywords = dumps(args), dumps(kwargs)
    sent = ask(
        "send",
        app=app._number,
        name=name,
        taskOptions=task._engine_options() if task else {},
        positional=positional,
        keywords=keywords,
        reprs={"positional": short_repr(tuple(args)), "keywords": short_repr(dict(kwargs))},
        options=_call_options(options),
    )
    return AsyncResult(sent["taskId"], app=app, task_name=name, is_ignored=sent["isResultIgnored"])


def _call_options(options):
    given = {}
    for name, value in options.items():
        if value is None or name in IGNORED_OPTIONS:
            continue
        if name in CALL_OPTIONS:
            given[CALL_OPTIONS[name]] = value
        elif name == "countdown":
            given["countdown"] = float(value)
        elif name == "eta":
            given["eta"] = _iso(value)
        else:
            raise missing(f"apply_async({name}=...)")
    return given


def _iso(eta):
    moment = eta if isinstance(eta, datetime) else datetime.fromisoformat(eta)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).isoformat()
