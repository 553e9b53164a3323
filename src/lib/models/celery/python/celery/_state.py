"""What is current: the application made last, and the task that runs in this thread."""

import threading
from contextlib import contextmanager

_apps = []
_tasks = threading.local()
# Tasks of `shared_task`, for every application: functions that take one and make the task.
_shared = []


def set_current_app(app):
    """Makes an application the one that everything belongs to which names none."""
    _apps.append(app)


def current_app():
    """The application made last, or one without settings."""
    if not _apps:
        from .app import Celery

        Celery("default")
    return _apps[-1]


def task_stack():
    """The tasks that run in this thread, innermost last."""
    if not hasattr(_tasks, "stack"):
        _tasks.stack = []
    return _tasks.stack


def current_task():
    """The task that runs in this thread, or None."""
    stack = task_stack()
    return stack[-1] if stack else None


@contextmanager
def denied_join():
    """A task that runs eagerly in place of being sent must not wait for another one."""
    before, _tasks.is_join_denied = is_join_denied(), True
    try:
        yield
    finally:
        _tasks.is_join_denied = before


def is_join_denied():
    """Whether waiting for a result is refused in this thread."""
    return getattr(_tasks, "is_join_denied", False)


def current_run():
    """The number of the run that came by message and that this thread is in, or None."""
    for task in reversed(task_stack()):
        if not task.request.called_directly:
            return task.request.get("run")
    return None


def requests_of(task):
    """The messages of a task's runs in this thread, innermost last."""
    if not hasattr(_tasks, "requests"):
        _tasks.requests = {}
    return _tasks.requests.setdefault(task.name, [])


def share(make, apps):
    """Has every application, also those to come, make a task."""
    _shared.append(make)
    for app in apps:
        make(app)


def shared():
    """What new applications have to make."""
    return tuple(_shared)
