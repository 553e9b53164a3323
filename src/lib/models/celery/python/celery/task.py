"""`Task`: a function that can be called by message."""

import inspect
import json
import random
import sys
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from . import _state
from ._engine import ask, describe, dumps, short_repr
from ._missing import absent, missing
from .canvas import chunks, signature, xmap, xstarmap
from .exceptions import Ignore, MaxRetriesExceededError, Reject, Retry
from .result import AsyncResult, EagerResult, result_from_tuple
from .utils import uuid

__all__ = ("Context", "Task")

# Options that the engine acts on, under its names.
ENGINE_OPTIONS = {
    "acks_late": "acksLate",
    "reject_on_worker_lost": "rejectOnWorkerLost",
    "ignore_result": "ignoreResult",
    "track_started": "trackStarted",
    "acks_on_failure_or_timeout": "acksOnFailureOrTimeout",
}
# The same, with values that are no yes or no.
ENGINE_VALUES = {
    "time_limit": "timeLimit",
    "soft_time_limit": "softTimeLimit",
    "rate_limit": "rateLimit",
}
# Options that the package acts on.
OWN_OPTIONS = (
    "autoretry_for",
    "default_retry_delay",
    "dont_autoretry_for",
    "max_retries",
    "retry_backoff",
    "retry_backoff_max",
    "retry_jitter",
    "retry_kwargs",
    "serializer",
    "throws",
    "typing",
)
# Methods of the learner's own class.
HOOKS = ("before_start", "on_success", "on_failure", "on_retry", "after_return")
# Of `apply_async`: what the engine acts on. Others that it knows come from signatures.
CALL_OPTIONS = frozenset(
    (
        "add_to_parent",
        "chain",
        "chord",
        "countdown",
        "eta",
        "exchange",
        "expires",
        "group_id",
        "group_index",
        "headers",
        "ignore_result",
        "link",
        "link_error",
        "parent_id",
        "priority",
        "queue",
        "reply_to",
        "retries",
        "retry",
        "retry_policy",
        "root_id",
        "routing_key",
        "shadow",
        "soft_time_limit",
        "task_id",
        "time_limit",
    )
)
# Without effect here.
IGNORED_OPTIONS = (
    "connection",
    "producer",
    "publisher",
    "route_name",
    "task_type",
)


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
    acks_on_failure_or_timeout = None
    time_limit = None
    soft_time_limit = None
    rate_limit = None
    autoretry_for = ()
    dont_autoretry_for = ()
    retry_kwargs = {}
    retry_backoff = False
    retry_backoff_max = 600
    retry_jitter = True
    MaxRetriesExceededError = MaxRetriesExceededError
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
        expires: do not begin it after so many seconds, or after this datetime.
        queue: which queue it goes to.
        priority: 0 to 9.
        task_id: its id; a random one by default.
        link, link_error: signatures to be called with its result, or when it fails.
        time_limit, soft_time_limit: seconds.
        headers: more headers of the message.
        shadow: another name to show for it.
        ignore_result: nobody will ask for the result.
        retry: send it again when the connection breaks; True by default.
        retry_policy: how often, and how many seconds apart: `max_retries`, `interval_start`,
            `interval_step`, `interval_max`.
        """
        if self.typing:
            self._check_arguments(args or (), kwargs or {})
        self._check_built()
        if task_id is not None:
            options["task_id"] = task_id
        if self.app.conf.task_always_eager:
            # As if they had come by message.
            args, kwargs = json.loads(dumps(args or ())), json.loads(dumps(kwargs or {}))
            with _state.denied_join():
                return self.apply(args or (), kwargs, **options)
        return publish(self.app, self.name, args, kwargs, options, self)

    def apply(
        self, args=None, kwargs=None, link=None, link_error=None, task_id=None, retries=0, throw=None, **options
    ):
        """Runs the task here and now, and returns what it would have given: for tests.

        throw: raise what it raises; by default as `task_eager_propagates` says.
        """
        from ._eager import request_of, run

        task_id = task_id or uuid()
        throw = self.app.conf.task_eager_propagates if throw is None else throw
        request = request_of(task_id, args or (), kwargs or {}, retries)
        state, value, trace, again = run(self, request, _list_of(link), _list_of(link_error), throw)
        if again is not None:
            args, kwargs = (had if new is None else new for had, new in zip((args, kwargs), again.arguments))
            return self.apply(args, kwargs, link, link_error, task_id, retries + 1, throw, **options)
        return EagerResult(task_id, value, state, trace)

    # Signatures.

    def signature(self, args=None, *rest, **options):
        """A call of this task that has not been made yet: `add.signature((2, 2), countdown=10)`."""
        options.setdefault("app", self.app)
        return signature(self, args, *rest, **options)

    subtask = signature

    def s(self, *args, **kwargs):
        """The same with the arguments as they stand: `add.s(2, 2)`."""
        return self.signature(args, kwargs)

    def si(self, *args, **kwargs):
        """One that takes no further arguments."""
        return self.signature(args, kwargs, immutable=True)

    def map(self, it):
        """This task called for each item, all in one task."""
        return xmap(self.s(), it, app=self.app)

    def starmap(self, it):
        """The same with each item's parts as arguments: `add.starmap([(1, 2), (3, 4)])`."""
        return xstarmap(self.s(), it, app=self.app)

    def chunks(self, it, n):
        """The same for a group of tasks of `n` items each."""
        return chunks(self.s(), it, n, app=self.app)

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
        switches = {
            engine_name: bool(getattr(self, name))
            for name, engine_name in ENGINE_OPTIONS.items()
            if getattr(self, name) is not None
        }
        values = {
            engine_name: getattr(self, name)
            for name, engine_name in ENGINE_VALUES.items()
            if getattr(self, name) is not None
        }
        return {**switches, **values}

    def _not_built(self, options, base):
        """What was asked for and is not built, or None: refused when the task is used, not before."""
        for name in options:
            if name not in ENGINE_OPTIONS | ENGINE_VALUES and name not in OWN_OPTIONS:
                return f"the option {name} of @task"
        return None

    def _has_hooks(self):
        return any(getattr(type(self), name) is not getattr(Task, name) for name in HOOKS)

    def _check_built(self):
        if self._refused:
            raise missing(f"{self._refused}, as {self.name} has it,")

    def _is_errback(self):
        """Whether it can be called with request, exception and traceback."""
        spec = inspect.getfullargspec(self.run)
        return not self._bound and (spec.varargs is not None or len(spec.args) > 1)

    def _check_arguments(self, args, kwargs):
        if self._header is None:
            self._header = header_of(self.run, type(self).__name__)
        self._header(*args, **kwargs)

    def __repr__(self):
        return f"<@task: {self.name} of {self.app.main or '__main__'} at {id(self):#x}>"

    # For classes derived from this one: called in the worker.

    def before_start(self, task_id, args, kwargs):
        """The task is about to run."""

    def on_success(self, retval, task_id, args, kwargs):
        """It has returned, and the result is stored."""

    def on_failure(self, exc, task_id, args, kwargs, einfo):
        """It has raised, and the failure is stored."""

    def on_retry(self, exc, task_id, args, kwargs, einfo):
        """It has been sent again."""

    def after_return(self, status, retval, task_id, args, kwargs, einfo):
        """It is over: `status` is SUCCESS or FAILURE, `retval` the result or the exception."""

    # In a running task.

    def retry(
        self,
        args=None,
        kwargs=None,
        exc=None,
        throw=True,
        eta=None,
        countdown=None,
        max_retries=None,
        **options,
    ):
        """Sends the task again, to be run later, and ends this run by raising Retry.

        exc: what made it necessary; raised when there were too many attempts. Without it
            MaxRetriesExceededError is.
        countdown: seconds to wait; by default the task's `default_retry_delay`.
        eta: when, instead of a countdown.
        max_retries: by default the task's; None there means without end.
        throw: False returns the Retry instead of raising it.

        >>> @app.task(bind=True, max_retries=5)
        ... def fetch(self, url):
        ...     try:
        ...         return read(url)
        ...     except ConnectionError as error:
        ...         raise self.retry(exc=error, countdown=2**self.request.retries)
        """
        request = self.request
        retries = request.retries + 1
        if max_retries is not None:
            self.override_max_retries = max_retries
        else:
            max_retries = self.max_retries
        if request.called_directly:
            raise_with_context(exc or Retry("Task can be retried", None))
        if not eta and countdown is None:
            countdown = self.default_retry_delay
        if max_retries is not None and retries > max_retries:
            if exc:
                raise_with_context(exc)
            given = tuple(request.args if args is None else args)
            named = dict(request.kwargs if kwargs is None else kwargs)
            raise self.MaxRetriesExceededError(
                f"Can't retry {self.name}[{request.id}] args:{given} kwargs:{named}",
                task_args=given,
                task_kwargs=named,
            )
        again = Retry(exc=exc, when=eta or countdown, is_eager=request.is_eager)
        if request.is_eager:
            again.arguments = (args, kwargs)
        else:
            try:
                self._send_again(retries, args, kwargs, eta, countdown, options)
            except Exception as error:
                raise Reject(error, requeue=False)
        if throw:
            raise again
        return again

    def _send_again(self, retries, args, kwargs, eta, countdown, options):
        request = self.request
        given = {} if countdown is None else {"countdown": float(countdown)}
        if eta:
            given = {"eta": _iso(eta)}
        if args is not None or kwargs is not None:
            args = request.args if args is None else args
            kwargs = request.kwargs if kwargs is None else kwargs
            given["changed"] = {
                "positional": dumps(args),
                "keywords": dumps(kwargs),
                "reprs": {
                    "positional": short_repr(tuple(args)),
                    "keywords": short_repr(dict(kwargs)),
                },
            }
        for name, value in options.items():
            if name != "queue":
                raise missing(f"Task.retry({name}=...)")
            given["queue"] = value
        ask("retry", app=self.app._number, taskId=request.id, retries=retries, **given)

    def _call(self, args, kwargs):
        """Runs the body, and tries again after the exceptions of `autoretry_for`."""
        autoretry_for = tuple(self.autoretry_for)
        if not autoretry_for:
            return self.run(*args, **kwargs)
        try:
            return self.run(*args, **kwargs)
        except (Ignore, Retry, *self.dont_autoretry_for):
            raise
        except autoretry_for as error:
            raise self._try_again(error)

    def _try_again(self, error):
        options = dict(self.retry_kwargs)
        if self.retry_backoff:
            options["countdown"] = backoff(
                factor=int(max(1.0, self.retry_backoff)),
                retries=self.request.retries,
                maximum=self.retry_backoff_max,
                full_jitter=self.retry_jitter,
            )
        if hasattr(self, "override_max_retries"):
            options["max_retries"] = self.override_max_retries
        again = self.retry(exc=error, **options)
        if hasattr(self, "override_max_retries"):
            del self.override_max_retries
        return again

    def update_state(self, task_id=None, state=None, meta=None, request=None, **_options):
        """Stores a state of your own, and what it tells: progress, for instance.

        >>> self.update_state(state="PROGRESS", meta={"done": 3, "of": 10})
        """
        task_id = self.request.id if task_id is None else task_id
        ask(
            "updateState",
            app=self.app._number,
            taskId=task_id,
            state=state,
            meta=dumps(meta),
        )

    def replace(self, sig):
        """Gives this task's place to another one, or to what is composed, and ends this run.

        Whoever waits for this task, its callbacks, the rest of its chain and its chord go on with what
        takes its place.

        >>> @app.task(bind=True)
        ... def fetch(self, url):
        ...     return self.replace(chain(download.s(url), unpack.s()))
        """
        if self.request.is_eager:
            return sig.apply().get()
        ask("replace", app=self.app._number, signature=dumps(sig))
        raise Ignore("Replaced by new task")

    def add_to_chord(self, sig, lazy=False):
        """Adds a member to the chord whose header this task belongs to; Redis can do that.

        lazy: do not send it, and return it.
        """
        found = ask("addToChord", app=self.app._number, signature=dumps(sig), lazy=lazy)
        if lazy:
            sig.options.update(signature(json.loads(found["signature"])).options)
            return sig
        return result_from_tuple(found["sent"], self.app)

    send_event = absent("Task.send_event")


def backoff(factor, retries, maximum, full_jitter):
    """Seconds to wait: twice as long each time; chance spreads them over all that is less."""
    seconds = min(maximum, factor * (2**retries))
    if full_jitter:
        seconds = random.randrange(seconds + 1)
    return max(0, seconds)


def raise_with_context(error):
    """Raises an exception that follows from the one being handled."""
    handled = sys.exc_info()[1]
    if handled is None:
        raise error
    if handled is error:
        raise
    raise error from handled


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
        options=dumps(_call_options(options)),
    )
    return AsyncResult(sent["taskId"], app=app, task_name=name, is_ignored=sent["isResultIgnored"])


def _list_of(signatures):
    if isinstance(signatures, (list, tuple)) or signatures is None:
        return signatures or []
    return [signatures]


def _call_options(options):
    given = {}
    for name, value in options.items():
        if value is None or name in IGNORED_OPTIONS:
            continue
        if name == "serializer":
            if value != "json":
                raise missing(f"apply_async(serializer={value!r})")
        elif name not in CALL_OPTIONS:
            raise missing(f"apply_async({name}=...)")
        elif name == "eta" or (name == "expires" and not isinstance(value, (int, float))):
            given[name] = _iso(value)
        elif name in ("link", "link_error"):
            given[name] = list(value) if isinstance(value, (list, tuple)) else [value]
        else:
            given[name] = value
    return given


def _seconds_or_iso(value):
    if isinstance(value, timedelta):
        return value.total_seconds()
    return float(value) if isinstance(value, (int, float)) else _iso(value)


def _iso(eta):
    moment = eta if isinstance(eta, datetime) else datetime.fromisoformat(eta)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.astimezone(timezone.utc).isoformat()
