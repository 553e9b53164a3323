"""Celery: a distributed task queue. A client sends tasks as messages to a broker, workers take them
from there, run them, and keep their results in a backend.

>>> # tasks.py
>>> from celery import Celery
>>> app = Celery("tasks", broker="redis://redis:6379/1", backend="redis://redis:6379/2")
>>> @app.task
... def add(x, y):
...     return x + y
>>> # client.py
>>> from tasks import add
>>> print(add.delay(4, 4).get(timeout=5))
8
"""

from . import _state
from .app import Celery, shared_task
from .canvas import (
    Signature,
    chain,
    chord,
    chunks,
    group,
    maybe_signature,
    signature,
    subtask,
    xmap,
    xstarmap,
)
from .task import Task

__version__ = "5.2.6"

__all__ = (
    "Celery",
    "Signature",
    "Task",
    "chain",
    "chord",
    "chunks",
    "current_app",
    "current_task",
    "group",
    "maybe_signature",
    "shared_task",
    "signature",
    "subtask",
    "xmap",
    "xstarmap",
)


class _Current:
    """Stands for whatever is current in the moment in which it is used."""

    def __init__(self, find, name):
        object.__setattr__(self, "_find", find)
        object.__setattr__(self, "__doc__", name)

    def __getattr__(self, name):
        return getattr(self._find(), name)

    def __setattr__(self, name, value):
        setattr(self._find(), name, value)

    def __call__(self, *args, **kwargs):
        return self._find()(*args, **kwargs)

    def __bool__(self):
        return self._find() is not None

    def __repr__(self):
        return repr(self._find())


current_app = _Current(_state.current_app, "The application made last.")
current_task = _Current(_state.current_task, "The task that runs in this thread.")
