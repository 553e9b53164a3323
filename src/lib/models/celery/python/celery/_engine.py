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
from types import ModuleType
from uuid import UUID

from _lightcone import engine, program

from . import _state, exceptions
from ._missing import missing

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
    return _value(engine.ask(what, given))


def _value(answer):
    error = answer.get("error")
    if error is not None:
        raise exception_of(error["type"], error["module"], json.loads(error["argumentsText"]))
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
    }


def _plain(value):
    try:
        json.dumps(value, cls=JSONEncoder)
    except Exception:
        return safe_repr(value)
    return value


# What the engine calls.


def run(app, name, positional, keywords, request):
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
    _state.task_stack().append(task)
    task.push_request(**request)
    try:
        task._check_built()
        return _outcome(task.run(*args, **kwargs))
    except exceptions.TaskPredicate as error:
        return {"failure": describe(missing(f"raising {type(error).__name__}"))}
    except SystemExit as error:
        program.leave(program.exit_code(error))
    except BaseException as error:
        return {"failure": describe(error)}
    finally:
        task.pop_request()
        _state.task_stack().pop()


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


ENTRIES = (run, find_app, redirect_output)
for function in ENTRIES:
    engine.register(function)
del function
