"""The way to the engine, which is written in TypeScript (../engine.ts) and the same for both languages.

Values cross as JSON texts. `ask` parks the thread until the engine answers; the functions below
`ENTRIES` are what the engine calls.
"""

import importlib
import json
import logging
import sys
import traceback
from datetime import date, datetime, time
from decimal import Decimal
from types import ModuleType, SimpleNamespace
from uuid import UUID

from _lightcone import engine, program
from _lightcone import signals as os_signals

from . import _state, exceptions, signals

# How long the description of arguments may be, as Celery has it.
REPR_LENGTH = 1024

# Applications by the number that the engine knows them by.
APPS = []
# Exception classes that exist nowhere in this process, by module and name.
_made = {}


def tell(what, **given):
    """Says something to the engine, which answers at once."""
    return _value(engine.tell(what, given))


def ask(what, **given):
    """Has the engine do something in virtual time, and waits for it."""
    return _value(engine.ask(what, {**given, "run": _state.current_run()}))


def _value(answer):
    error = answer.get("error")
    if error is not None:
        made = exception_of(error["type"], error["module"], json.loads(error["argumentsText"]))
        cause = answer.get("cause")
        if cause is None:
            raise made
        arguments = json.loads(cause["argumentsText"])
        raise made from exception_of(cause["type"], cause["module"], arguments)
    return answer.get("value")


# Values.


class JSONEncoder(json.JSONEncoder):
    """What kombu writes beyond plain JSON."""

    def default(self, o):
        if hasattr(o, "__json__"):
            return o.__json__()
        if isinstance(o, date):
            moment = o if isinstance(o, datetime) else datetime(o.year, o.month, o.day)
            text = moment.isoformat()
            return f"{text[:-6]}Z" if text.endswith("+00:00") else text
        if isinstance(o, time):
            return o.isoformat()
        if isinstance(o, (Decimal, UUID)):
            return str(o)
        return super().default(o)


def dumps(value):
    """JSON text of a value, or EncodeError."""
    try:
        return json.dumps(value, cls=JSONEncoder)
    except Exception as error:
        raise exceptions.EncodeError(error) from error


def safe_repr(value):
    """`repr`, whatever the learner's own `__repr__` does."""
    try:
        return repr(value)
    except Exception as error:
        return f"<Unrepresentable {type(value)!r}: {error!r}>"


def safe_str(error):
    """`str`, whatever the learner's own `__str__` does."""
    try:
        return str(error)
    except Exception:
        return safe_repr(error)


def short_repr(value):
    """`repr` for a message's header."""
    text = safe_repr(value)
    return text if len(text) <= REPR_LENGTH else f"{text[: REPR_LENGTH - 3]}..."


# Exceptions.


def exception_of(name, module, args):
    """The exception that was raised elsewhere: of the same class, if this process has it."""
    found = sys.modules.get(module)
    for part in name.split("."):
        found = getattr(found, part, None)
    if not (isinstance(found, type) and issubclass(found, BaseException)):
        found = _class_named(name, module)
    try:
        return found(*args) if isinstance(args, list) else found(args)
    except Exception:
        return Exception(f"{found}({args})")


def _class_named(name, module):
    # Those of packages that are not here keep their module, others are Celery's as in the real one.
    home = module if module.startswith("redis.") else "celery.exceptions"
    if (home, name) not in _made:
        _made[home, name] = type(name, (Exception,), {"__module__": home})
    return _made[home, name]


def describe(error):
    """An exception as the engine carries it."""
    cls = type(error)
    report = traceback.TracebackException.from_exception(error)
    program.own_frames(report, set())
    return {
        "type": cls.__qualname__,
        "module": cls.__module__,
        "argumentsText": json.dumps([_plain(one) for one in error.args], cls=JSONEncoder),
        "repr": safe_repr(error),
        "traceback": "".join(report.format()).rstrip("\n"),
        "text": safe_str(error),
        **_verdict(error),
    }


def _verdict(error):
    """What is to become of a task that raised this, where it is no error."""
    if isinstance(error, exceptions.Retry):
        cause = None if error.exc is None else describe(error.exc)
        return {"verdict": {"kind": "retry", "cause": cause}}
    if isinstance(error, exceptions.Ignore):
        return {"verdict": {"kind": "ignore"}}
    if isinstance(error, exceptions.Reject):
        return {"verdict": {"kind": "reject", "requeue": bool(error.requeue)}}
    return {}


def _plain(value):
    try:
        json.dumps(value, cls=JSONEncoder)
    except Exception:
        return safe_repr(value)
    return value


# What the engine calls.


class _Run:
    """A run of a task in which somebody listens to its end."""

    def __init__(self, task, request):
        self.task = task
        self.request = request
        self.value = None
        self.einfo = None

    def __enter__(self):
        _state.task_stack().append(self.task)
        self.task.push_request(**self.request)

    def __exit__(self, *_error):
        self.task.pop_request()
        _state.task_stack().pop()


class ExceptionInfo:
    """What `on_failure` and `on_retry` are told of an exception."""

    def __init__(self, exception, trace):
        self.exception = exception
        self.type = type(exception)
        self.traceback = trace

    def __str__(self):
        return self.traceback

    def __repr__(self):
        return f"<{type(self).__name__}: {self.exception!r}>"


# By the engine's number.
_runs = {}


def run(app, name, number, positional, keywords, request):
    """Runs a task that came by message."""
    task = APPS[app].tasks[name]
    args, kwargs = json.loads(positional), json.loads(keywords)
    request = {
        **request,
        "args": args,
        "kwargs": kwargs,
        "called_directly": False,
        "is_eager": False,
    }
    running = _Run(task, request)
    is_watched = signals.is_heard() or task._has_hooks()
    if is_watched:
        _runs[number] = running
    with running:
        return {"isWatched": is_watched, **_run(running, args, kwargs)}


def _run(running, args, kwargs):
    task, task_id = running.task, running.request["id"]
    try:
        task._check_built()
        signals.task_prerun.send(
            sender=task, task_id=task_id, task=task, args=args, kwargs=kwargs
        )
        task.before_start(task_id, args, kwargs)
        running.value = task._call(args, kwargs)
        return _outcome(running.value)
    except SystemExit as error:
        program.leave(program.exit_code(error))
    except BaseException as error:
        running.value = error
        return {"failure": describe(error)}


def ended(number, state, error, trace):
    """A run has ended, and its result is stored."""
    running = _runs[number]
    with running:
        return _guarded(_tell_end, running, state, error, trace)


def _tell_end(running, state, error, trace):
    task, request, value = running.task, running.request, running.value
    given = (request["id"], request["args"], request["kwargs"])
    if state == "SUCCESS":
        task.on_success(value, *given)
        signals.task_success.send(sender=task, result=value)
        return
    if not isinstance(value, BaseException):
        # What it returned could not be written.
        value = exception_of(error["type"], error["module"], json.loads(error["argumentsText"]))
        running.value = value
    running.einfo = einfo = ExceptionInfo(value, trace)
    if state == "RETRY":
        task.on_retry(value.exc, *given, einfo)
        signals.task_retry.send(sender=task, request=task.request, reason=value, einfo=einfo)
        return
    task.on_failure(value, *given, einfo)
    signals.task_failure.send(
        sender=task,
        task_id=given[0],
        exception=value,
        args=given[1],
        kwargs=given[2],
        traceback=value.__traceback__,
        einfo=einfo,
    )


def returned(number, state):
    """The log has its line: the run is over."""
    running = _runs.pop(number)
    with running:
        return _guarded(_tell_return, running, state)


def _tell_return(running, state):
    task, request, value = running.task, running.request, running.value
    given = (request["id"], request["args"], request["kwargs"])
    if state in ("SUCCESS", "FAILURE"):
        task.after_return(state, value, *given, running.einfo)
    signals.task_postrun.send(
        sender=task,
        task_id=given[0],
        task=task,
        args=given[1],
        kwargs=given[2],
        retval=value,
        state=state,
    )


def _guarded(work, *given):
    try:
        work(*given)
    except SystemExit as error:
        program.leave(program.exit_code(error))
    except BaseException as error:
        return {"failure": describe(error)}


def call_fault(app, name, positional, keywords):
    """What Python says of a call of a task, or None."""
    task = APPS[app].tasks[name]
    try:
        if task.typing:
            task._check_arguments(json.loads(positional), json.loads(keywords))
    except TypeError as error:
        return str(error)
    return None


def call_errback(app, name, positional, keywords, request, failure):
    """Calls a task where another has failed, if it takes more than the id of that one."""
    from .task import Context

    task = APPS[app].tasks[name]
    if not task._is_errback():
        return {"isCalled": False}
    args = json.loads(failure["positional"]), json.loads(failure["keywords"])
    context = Context(**{**request, "args": args[0], "kwargs": args[1]})
    wire = failure["error"]
    running = _runs.get(request.get("run"))
    error = running and running.value
    if type(error).__qualname__ != wire["type"]:
        error = exception_of(wire["type"], wire["module"], json.loads(wire["argumentsText"]))
    told = () if failure["isImmutable"] else (context, error, failure["traceback"])
    try:
        task(*told, *json.loads(positional), **json.loads(keywords))
    except BaseException as error:
        return {"failure": describe(error)}
    return {"isCalled": True}


def _outcome(value):
    try:
        text, problem = json.dumps(value, cls=JSONEncoder), ""
    except Exception as error:
        text, problem = None, str(error)
    return {"text": text, "problem": problem, "repr": safe_repr(value)}


def find_app(module, attribute):
    """The application that the command line names."""
    try:
        found = _app_in(module, attribute)
        for name in found._modules():
            importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name == module:
            return {"problem": f"The module {module} was not found."}
        return {"problem": _import_problem(module, error)}
    except AttributeError as error:
        if error.__traceback__.tb_next.tb_next is None:
            return {"problem": str(error)}
        return {"problem": _import_problem(module, error)}
    except SystemExit as error:
        program.leave(program.exit_code(error))
    except BaseException as error:
        return {"problem": _import_problem(module, error)}
    return {"app": found._number}


def beat_schedule(app):
    """The lines of beat's schedule, or what is wrong with them."""
    try:
        return {"lines": APPS[app]._schedule()}
    except SystemExit as error:
        program.leave(program.exit_code(error))
    except BaseException as error:
        return {"failure": describe(error)}


def _import_problem(module, error):
    return (
        f"While trying to load the module {module} the following error occurred:\n"
        f"{describe(error)['traceback']}"
    )


def _app_in(name, attribute):
    from .app import Celery

    module = importlib.import_module(name)
    if attribute is not None:
        found = getattr(module, attribute, None)
    else:
        # An attribute may be a module of that name, which Celery passes over.
        named = (getattr(module, one, None) for one in ("app", "celery"))
        found = next((one for one in named if not isinstance(one, (ModuleType, type(None)))), None)
        if not isinstance(found, Celery):
            found = next((one for one in vars(module).values() if isinstance(one, Celery)), None)
    if not isinstance(found, Celery):
        raise AttributeError(f"Module '{name}' has no attribute '{attribute or 'celery'}'")
    return found


def redirect_output(level):
    """From now on what is printed becomes lines of the worker's log."""
    from .utils.log import LoggingProxy, set_up

    set_up(getattr(logging, level))
    sys.stdout = LoggingProxy("WARNING")
    sys.stderr = LoggingProxy("WARNING")


def signal(name, given):
    """Something happened that programs may listen to. Returns headers as they have left them."""
    sender = given.pop("sender", None)
    if isinstance(sender, dict):
        sender = APPS[sender["app"]].tasks[sender["name"]]
    for key in [one for one in given if one.endswith("_text")]:
        given[key.removesuffix("_text")] = json.loads(given.pop(key))
    if "body" in given:
        args, kwargs, embed = given["body"]
        given["body"] = tuple(args), kwargs, embed
    if "request" in given:
        given["request"] = SimpleNamespace(**given["request"])
    if "exception" in given:
        given.update(_exception_facts(given.pop("exception")))
    getattr(signals, name).send(sender=sender, **given)
    return json.loads(dumps(given.get("headers")))


def _exception_facts(wire):
    error = exception_of(wire["type"], wire["module"], json.loads(wire["argumentsText"]))
    return {"exception": error, "traceback": None, "einfo": ExceptionInfo(error, None)}


def heed_soft_limit():
    """A pool process: the main one sends SIGUSR1 when a task has run for too long."""
    os_signals.heed_in_command(os_signals.NUMBERS["SIGUSR1"], _raise_soft_limit)


def _raise_soft_limit(_number, _frame):
    if _state.current_task() is not None:
        raise exceptions.SoftTimeLimitExceeded()


ENTRIES = (
    run,
    ended,
    returned,
    call_fault,
    call_errback,
    find_app,
    beat_schedule,
    redirect_output,
    signal,
    heed_soft_limit,
)
for function in ENTRIES:
    engine.register(function)
del function
