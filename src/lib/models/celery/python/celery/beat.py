"""The schedule of beat: which tasks are sent by themselves, and when. Beat itself is in the engine."""

from ._engine import dumps, short_repr
from ._missing import missing
from .schedules import maybe_schedule

# Of a line's options, under the engine's names.
SEND_OPTIONS = {"queue": "queue", "ignore_result": "ignoreResult"}


def line_of(name, task, schedule, args=(), kwargs=None, options=None, relative=False):
    """A line of the schedule as the engine takes it."""
    args, kwargs, options = tuple(args or ()), kwargs or {}, options or {}
    if relative:
        raise missing("relative schedules")
    for option in options:
        if option not in SEND_OPTIONS:
            raise missing(f"the option {option} of a line of beat_schedule")
    return {
        "name": name,
        "task": task,
        "schedule": maybe_schedule(schedule)._for_engine(),
        "positional": dumps(args),
        "keywords": dumps(kwargs),
        "reprs": {"positional": short_repr(args), "keywords": short_repr(kwargs)},
        "options": {SEND_OPTIONS[one]: value for one, value in options.items()},
    }


def periodic(app, schedule, signature, args=(), kwargs=None, name=None, **options):
    """A line from `app.add_periodic_task`: a task or a signature."""
    task = getattr(signature, "task", None) or signature.name
    args = tuple(getattr(signature, "args", ())) + tuple(args or ())
    kwargs = {**(getattr(signature, "kwargs", None) or {}), **(kwargs or {})}
    options = {**(getattr(signature, "options", None) or {}), **options}
    return line_of(name or repr(signature), task, schedule, args, kwargs, options)


def lines(app):
    """All lines, later ones in the place of earlier ones of the same name."""
    found = {name: line_of(name, **line) for name, line in app.conf.beat_schedule.items()}
    found.update((line["name"], line) for line in app._periodic)
    return list(found.values())
