"""`Celery`: an application, that is where its broker is and which tasks it has."""

import importlib
import importlib.util
import os
import warnings

from . import _state
from ._engine import APPS, tell
from ._missing import absent, missing
from .conf import Settings
from .exceptions import FixupWarning, NotRegistered
from .result import AsyncResult, GroupResult
from .signals import Signal
from .task import Task, publish

__all__ = ("Celery", "shared_task")


class TaskRegistry(dict):
    """The tasks of an application by name."""

    def __missing__(self, name):
        raise NotRegistered(name)


class Celery:
    """An application.

    >>> app = Celery("demo", broker="redis://redis:6379/1", backend="redis://redis:6379/2")

    main: its name, and the module of tasks that are defined in `__main__`.
    broker: where tasks wait, `amqp://guest@broker//` (RabbitMQ) or `redis://redis:6379/1`.
    backend: where results are kept, `redis://redis:6379/2` or `rpc://` (RabbitMQ only).
    include: modules that a worker imports besides the one that `-A` names.
    """

    Task = Task

    def __init__(self, main=None, *, broker=None, backend=None, include=None, **options):
        self.main = main
        self._number = tell("create", main=main or "__main__")
        APPS.append(self)
        self.tasks = TaskRegistry()
        self._periodic = []
        self.on_after_configure = Signal("app.on_after_configure", "source")
        self.on_after_finalize = Signal("app.on_after_finalize")
        self.conf = Settings(self)
        if options.pop("set_as_current", True):
            self.set_current()
        source = options.pop("config_source", None)
        given = {"broker_url": broker, "result_backend": backend, "include": include, **options}
        self.conf.update({name: value for name, value in given.items() if value is not None})
        if source is not None:
            self.config_from_object(source)
        for make in (*_state.shared(), _add_map, _add_starmap, _add_accumulate):
            make(self)
        _look_for_django()

    # Tasks.

    def task(self, *args, **options):
        """Makes a function a task. The broker does not learn of it.

        >>> @app.task
        ... def add(x, y):
        ...     return x + y

        name: `tasks.add` by default, from module and function.
        bind: the task object is the first argument; `self.request` tells of the message.
        acks_late: acknowledge when the task has ended. A worker that dies meanwhile does not lose
            it, but it may run twice.
        reject_on_worker_lost: with `acks_late`, give it back when the pool process died over it.
        ignore_result: do not keep the result.
        track_started: report the state STARTED.
        """
        if len(args) == 1:
            if callable(args[0]):
                return self._task_from(args[0], **options)
            raise TypeError("argument 1 to @task() must be a callable")
        if args:
            count = len(args) + len(options)
            raise TypeError(f"@task() takes exactly 1 argument ({count} given)")
        return lambda function: self._task_from(function, **options)

    def _task_from(self, function, name=None, base=None, bind=False, **options):
        name = name or self.gen_task_name(function.__name__, function.__module__)
        if name in self.tasks:
            return self.tasks[name]
        base = base or self.Task
        members = {
            "app": self,
            "name": name,
            "run": function if bind else staticmethod(function),
            "_bound": bind,
            "__doc__": function.__doc__,
            "__module__": function.__module__,
            "__wrapped__": function,
            **options,
        }
        task = type(function.__name__, (base,), members)()
        task._refused = task._not_built(options, base)
        return self.register_task(task)

    def register_task(self, task, **_options):
        """Adds a task that was made from a class."""
        task = task() if isinstance(task, type) else task
        if not task.name:
            cls = type(task)
            task.name = self.gen_task_name(cls.__name__, cls.__module__)
        task.app = self
        self.tasks[task.name] = task
        tell("register", app=self._number, name=task.name, options=task._engine_options())
        return task

    def gen_task_name(self, name, module):
        """The name of a task: its module's, or the application's for `__main__`, and its own."""
        if module == "__main__" and self.main:
            module = self.main
        return f"{module}.{name}"

    def send_task(self, name, args=None, kwargs=None, **options):
        """Sends a task by its name alone: nobody looks whether the arguments fit.

        >>> app.send_task("tasks.add", (2, 3)).get()
        """
        return publish(self, name, args, kwargs, options)

    def add_periodic_task(self, schedule, sig, args=(), kwargs=(), name=None, **options):
        """Adds a line to the schedule of beat, and returns its name.

        >>> app.add_periodic_task(10.0, add, args=(2, 2), name="every ten seconds")
        >>> app.add_periodic_task(crontab(hour=7, minute=30), wake_up)

        schedule: seconds, a timedelta, or `crontab(...)`.
        """
        from .beat import periodic

        line = periodic(self, schedule, sig, args, dict(kwargs), name, **options)
        self._periodic.append(line)
        return line["name"]

    def _schedule(self):
        """What beat sends. Whoever waits for the settings to be there adds to it now."""
        from .beat import lines

        self.on_after_configure.send(sender=self, source=self.conf)
        self.on_after_finalize.send(sender=self)
        return lines(self)

    @property
    def control(self):
        """Questions and commands to the workers that are there now."""
        from .control import Control

        return Control(self)

    # Results.

    def AsyncResult(self, id, **options):
        """What is known of the task with this id."""
        return AsyncResult(id, app=self, **options)

    def GroupResult(self, id=None, results=None, **options):
        """The results of a group."""
        return GroupResult(id, results, app=self, **options)

    def signature(self, *args, **options):
        """A signature of a task that is known by its name alone."""
        from .canvas import signature

        return signature(*args, **{"app": self, **options})

    # Settings.

    def config_from_object(self, source, silent=False, force=False, namespace=None):
        """Takes settings from a module (or its name), a class or an object: `app.config_from_object("celeryconfig")`."""
        if namespace is not None:
            raise missing("config_from_object(namespace=...)")
        if isinstance(source, str):
            try:
                source = importlib.import_module(source)
            except ImportError:
                if silent:
                    return
                raise
        own = vars(source) if hasattr(source, "__dict__") else source
        self.conf.update(
            {name: value for name, value in own.items() if name in self.conf}
            if not isinstance(source, dict)
            else source
        )

    def autodiscover_tasks(self, packages=None, related_name="tasks", force=False):
        """Has a worker import the module `tasks` of each of these packages, where there is one."""
        names = packages() if callable(packages) else packages or ()
        self._packages = [*getattr(self, "_packages", ()), *((one, related_name) for one in names)]

    def _modules(self):
        """What a worker imports besides the application's own module."""
        yield from self.conf.include or ()
        yield from self.conf.imports or ()
        for package, name in getattr(self, "_packages", ()):
            if importlib.util.find_spec(f"{package}.{name}"):
                yield f"{package}.{name}"

    # The rest.

    def set_current(self):
        """Makes it the application that everything belongs to which names none."""
        _state.set_current_app(self)

    def set_default(self):
        """The same as `set_current`."""
        self.set_current()

    def finalize(self, auto=False):
        """Tasks are registered at once here: there is nothing left to do."""

    def close(self):
        """Connections close when the process ends."""

    @property
    def current_task(self):
        """The task that runs in this thread, or None."""
        return _state.current_task()

    @property
    def user_options(self):
        raise missing("Celery.user_options")

    backend = property(absent("Celery.backend"))
    amqp = property(absent("Celery.amqp"))
    pool = property(absent("Celery.pool"))
    start = absent("Celery.start")
    worker_main = absent("Celery.worker_main")

    @property
    def events(self):
        """What workers tell of themselves and of tasks."""
        from .events import Events

        return Events(self)

    def connection(self, hostname=None, **_options):
        """The way to the broker."""
        # Late, because kombu's module needs this package.
        from kombu.connection import Connection

        return Connection(hostname or self.conf.broker_url)

    connection_for_read = connection_for_write = connection

    def __repr__(self):
        return f"<Celery {self.main or '__main__'} at {id(self):#x}>"


def _look_for_django():
    """Who names Django's settings and has no Django is warned, with the place of the real warning."""
    if not os.environ.get("DJANGO_SETTINGS_MODULE") or importlib.util.find_spec("django"):
        return
    warnings.showwarning(
        FixupWarning(
            "Environment variable DJANGO_SETTINGS_MODULE is defined\n"
            "but Django isn't installed.  Won't apply Django fix-ups!\n"
        ),
        FixupWarning,
        "celery/fixups/django.py",
        42,
        line="warnings.warn(FixupWarning(ERR_NOT_INSTALLED))",
    )


def _add_map(app):
    """The task that `Task.map` sends."""

    @app.task(name="celery.map")
    def xmap(task, it):
        task = app.tasks[task["task"]]
        return [task(one) for one in it]


def _add_starmap(app):
    """The task that `Task.starmap` and `Task.chunks` send."""

    @app.task(name="celery.starmap")
    def xstarmap(task, it):
        task = app.tasks[task["task"]]
        return [task(*one) for one in it]


def _add_accumulate(app):
    """The task that `Task.replace` puts behind a group."""

    @app.task(name="celery.accumulate")
    def accumulate(*args, **kwargs):
        index = kwargs.get("index")
        return args[index] if index is not None else args


class _SharedTask:
    """Stands for the task of that name in the current application."""

    def __init__(self, name_in):
        self._name_in = name_in

    def _task(self):
        app = _state.current_app()
        return app.tasks[self._name_in(app)]

    def __getattr__(self, name):
        return getattr(self._task(), name)

    def __call__(self, *args, **kwargs):
        return self._task()(*args, **kwargs)

    def __repr__(self):
        return repr(self._task())


def shared_task(*args, **options):
    """Makes a function a task of every application: for modules that know of none.

    >>> @shared_task
    ... def add(x, y):
    ...     return x + y
    """

    def decorate(function):
        def name_in(app):
            return options.get("name") or app.gen_task_name(
                function.__name__, function.__module__
            )

        _state.share(lambda app: app.task(**options)(function), APPS)
        return _SharedTask(name_in)

    if len(args) == 1 and callable(args[0]):
        return decorate(args[0])
    return decorate
