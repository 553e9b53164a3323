"""Signatures: calls that have not been made yet, and what is composed of them.

>>> add.s(2, 2).delay().get()
4
>>> chain(add.s(2, 2), mul.s(8))().get()
32
>>> chord([add.s(1, 1), add.s(2, 2)], xsum.s())().get()
6

A signature is a dict and travels as JSON. A single task is sent by its task; what is composed is
frozen and sent by the engine (../../canvas), which the worker shares.
"""

import itertools
from copy import deepcopy
from functools import reduce
from operator import or_

from . import _state
from ._engine import ask, dumps, safe_repr
from .result import result_from_tuple

__all__ = (
    "Signature",
    "chain",
    "chord",
    "chunks",
    "group",
    "maybe_signature",
    "signature",
    "subtask",
    "xmap",
    "xstarmap",
)


def _item(name, doc):
    """An attribute that is an item of the dict."""

    def set_item(self, value):
        self[name] = value

    return property(lambda self: self[name], set_item, doc=doc)


def _part(name, doc):
    """An attribute that is one of the keyword arguments."""

    def set_part(self, value):
        self["kwargs"][name] = value

    return property(lambda self: self["kwargs"][name], set_part, doc=doc)


def _option(name, doc):
    def set_option(self, value):
        self["options"][name] = value

    return property(lambda self: self["options"].get(name), set_option, doc=doc)


class Signature(dict):
    """A task with its arguments and options, to be called later or by somebody else.

    >>> s = add.s(2)
    >>> s.delay(4).get()
    6
    """

    task = _item("task", "Name of the task.")
    args = _item("args", "Positional arguments.")
    kwargs = _item("kwargs", "Keyword arguments.")
    options = _item("options", "Options of apply_async.")
    subtask_type = _item("subtask_type", "What kind of composition it is, or None.")
    immutable = _item("immutable", "Whether it takes no further arguments.")
    id = _option("task_id", "Id of the task, once it is frozen.")
    parent_id = _option("parent_id", "Id of the task that sent it.")
    root_id = _option("root_id", "Id of the first task.")

    _type = None
    _app = None

    @classmethod
    def from_dict(cls, d, app=None):
        """The signature that a dict says."""
        kind = d.get("subtask_type")
        return _KINDS[kind].from_dict(d, app=app) if kind else Signature(d, app=app)

    def __init__(
        self,
        task=None,
        args=None,
        kwargs=None,
        options=None,
        type=None,
        subtask_type=None,
        immutable=False,
        app=None,
        **more,
    ):
        self._app = app
        if isinstance(task, dict):
            super().__init__(task)
            return
        if hasattr(task, "name"):
            self._type, task = task, task.name
        super().__init__(
            task=task,
            args=tuple(args or ()),
            kwargs=kwargs or {},
            options={**(options or {}), **more},
            subtask_type=subtask_type,
            immutable=immutable,
        )

    @property
    def name(self):
        """Name of the task."""
        return self["task"]

    @property
    def app(self):
        """The application that it is sent by."""
        return self._app or (self._type.app if self._type is not None else _state.current_app())

    @property
    def type(self):
        """The task itself; NotRegistered if this process has none of that name."""
        return self._type if self._type is not None else self.app.tasks[self["task"]]

    # Calling.

    def __call__(self, *partial_args, **partial_kwargs):
        """Calls the task here."""
        args, kwargs, _ = self._merge(partial_args, partial_kwargs, None)
        return self.type(*args, **kwargs)

    def delay(self, *partial_args, **partial_kwargs):
        """Sends it, with more arguments in front of its own."""
        return self.apply_async(partial_args, partial_kwargs)

    def apply_async(self, args=None, kwargs=None, route_name=None, **options):
        """Sends it, with more arguments in front of its own and with more options."""
        args, kwargs, options = self._merge(args, kwargs, _given(options))
        task = self._type if self._type is not None else self.app.tasks.get(self["task"])
        if task is None:
            return self.app.send_task(self["task"], args, kwargs, **options)
        return task.apply_async(args, kwargs, **options)

    def apply(self, args=None, kwargs=None, **options):
        """Runs it here and now; see `Task.apply`."""
        args, kwargs, options = self._merge(args, kwargs, _given(options))
        return self.type.apply(args, kwargs, **options)

    def __invert__(self):
        return self.apply_async().get()

    def _merge(self, args=None, kwargs=None, options=None, force=False):
        more = {
            name: value
            for name, value in (options or {}).items()
            if name != "group_id" or name not in self.options
        }
        options = {**self.options, **more}
        if self.immutable and not force:
            return self.args, self.kwargs, options
        return (
            (*args, *self.args) if args else self.args,
            {**self.kwargs, **kwargs} if kwargs else self.kwargs,
            options,
        )

    # Changing.

    def clone(self, args=None, kwargs=None, **options):
        """A copy, with more arguments in front and more options."""
        args, kwargs, options = self._merge(args, kwargs, options)
        copy = Signature.from_dict(
            {
                **self,
                "args": tuple(args),
                "kwargs": dict(kwargs),
                "options": deepcopy(options),
            },
            app=self._app,
        )
        copy._type = self._type
        return copy

    partial = clone

    def replace(self, args=None, kwargs=None, options=None):
        """A copy with other arguments or options in the place of its own."""
        copy = self.clone()
        for name, value in (("args", args), ("kwargs", kwargs), ("options", options)):
            if value is not None:
                copy[name] = value
        return copy

    def set(self, immutable=None, **options):
        """Sets options: `add.s(2, 2).set(countdown=10)`. Returns the signature itself."""
        if immutable is not None:
            self.set_immutable(immutable)
        self.options.update(options)
        return self

    def set_immutable(self, immutable):
        """Whether it takes no further arguments."""
        self.immutable = immutable

    def freeze(self, _id=None, group_id=None, chord=None, root_id=None, parent_id=None, **_more):
        """Gives it its id, and returns what its result will be known by."""
        given = {"root_id": root_id, "parent_id": parent_id, "chord": chord}
        self.options.update(_given(given))
        if group_id is not None:
            self.options.setdefault("group_id", group_id)
        if "task_id" not in self.options:
            from .utils import uuid

            self.options["task_id"] = _id or uuid()
        return self.app.AsyncResult(self.options["task_id"])

    def _append_to(self, option, value):
        items = self.options.get(option)
        if not isinstance(items, list):
            items = self.options[option] = [] if items is None else [items]
        if value not in items:
            items.append(value)
        return value

    def link(self, callback):
        """Has a task called with the result. Returns the callback."""
        return self._append_to("link", callback)

    def link_error(self, errback):
        """Has a task called when this one fails. Returns the errback."""
        return self._append_to("link_error", errback)

    def on_error(self, errback):
        """The same as `link_error`, but returns the signature."""
        self.link_error(errback)
        return self

    def flatten_links(self):
        """It and all that is linked to it."""
        links = self.options.get("link") or []
        links = links if isinstance(links, list) else [links]
        return [self, *itertools.chain.from_iterable(one.flatten_links() for one in links)]

    # Composing.

    def __or__(self, other):
        if isinstance(other, _chain):
            return _chain([self, *other.unchain_tasks()], app=self._app)
        if isinstance(other, group):
            return _chain([self, _unrolled(other)], app=self._app)
        if isinstance(other, Signature):
            return _chain([self, other], app=self._app)
        return NotImplemented

    def __ior__(self, other):
        return self.__or__(other)

    # Showing.

    def reprcall(self, *args, **kwargs):
        """`tasks.add(2, 2)`."""
        args, kwargs, _ = self._merge(args, kwargs, {}, force=True)
        shown = [safe_repr(one) for one in args]
        shown += [f"{name}={safe_repr(value)}" for name, value in kwargs.items()]
        return f"{self['task']}({', '.join(shown)})"

    def __repr__(self):
        return self.reprcall()

    def __deepcopy__(self, memo):
        memo[id(self)] = self
        return dict(self)

    def __reduce__(self):
        return signature, (dict(self),)

    def __json__(self):
        return dict(self)


def _given(options):
    return {name: value for name, value in options.items() if value is not None}


class _Composition(Signature):
    """What is sent by the engine as a whole."""

    def apply_async(self, args=None, kwargs=None, **options):
        options = _given(options)
        if self.app.conf.task_always_eager:
            return self.apply(args, kwargs, **options)
        sent = ask(
            "apply",
            app=self.app._number,
            signature=dumps(self),
            args=dumps(list(args or ())),
            kwargs=dumps(dict(kwargs or {})),
            options=dumps(options),
        )
        return sent and result_from_tuple(sent, self.app)

    def freeze(self, *_args, **_options):
        """Not part of this build: what is composed is frozen when it is sent."""
        from ._missing import missing

        raise missing(f"{type(self).__name__}.freeze")


class _chain(_Composition):
    tasks = _part("tasks", "The steps.")

    @classmethod
    def from_dict(cls, d, app=None):
        tasks = [maybe_signature(one, app=app) for one in d["kwargs"]["tasks"]]
        return _chain(tasks, app=app, args=d["args"], immutable=d["immutable"], **d["options"])

    def __init__(self, *tasks, app=None, args=None, immutable=False, **options):
        if len(tasks) == 1 and not isinstance(tasks[0], dict):
            tasks = list(tasks[0])
        super().__init__(
            "celery.chain", args, {"tasks": tasks}, options, immutable=immutable, app=app
        )
        self.subtask_type = "chain"

    def __call__(self, *args, **kwargs):
        return self.apply_async(args, kwargs) if self.tasks else None

    def __or__(self, other):
        if not isinstance(other, Signature):
            return NotImplemented
        if isinstance(other, group):
            other = _unrolled(other)
            steps = self.unchain_tasks()
            return _chain([*steps, other], app=self._app) if steps else other
        if isinstance(other, _chain):
            return _chain([*self.unchain_tasks(), *other.unchain_tasks()], app=self._app)
        last = self.tasks[-1] if self.tasks else None
        if isinstance(last, group):
            # A group with a step behind it is the header of a chord.
            copy = self.clone()
            copy.tasks[-1] = chord(copy.tasks[-1], other, app=self._app)
            return copy
        if isinstance(last, chord):
            copy = self.clone()
            copy.tasks[-1].body = copy.tasks[-1].body | other
            return copy
        return _chain([*self.unchain_tasks(), other], app=self._app)

    def clone(self, *args, **kwargs):
        copy = super().clone(*args, **kwargs)
        copy.tasks = [maybe_signature(one, app=self._app, clone=True) for one in copy.tasks]
        return copy

    def unchain_tasks(self):
        """Copies of the steps, each with the chain's errbacks."""
        steps = [one.clone() for one in self.tasks]
        for errback in self.options.get("link_error") or []:
            for step in steps:
                step.link_error(errback)
        return steps

    def apply(self, args=None, kwargs=None, **options):
        last = None
        for step in self.tasks:
            step = step.clone(args, kwargs)
            before = () if last is None else (last.get(),)
            result = step.apply(before, **{**self.options, **options})
            result.parent, last, args, kwargs = last, result, None, None
        return last

    @property
    def app(self):
        return self._app or (self.tasks[0].app if self.tasks else _state.current_app())

    def __repr__(self):
        if not self.tasks:
            return f"<{type(self).__name__}@{id(self):#x}: empty>"
        return _without_repeats(self.tasks[0], " | ".join(repr(one) for one in self.tasks))


class chain(_chain):
    """Tasks one after the other, each with the result of the one before as its first argument.

    >>> r = chain(add.s(2, 2), mul.s(8), mul.s(10))()
    >>> r.get(), r.parent.get(), r.parent.parent.get()
    (320, 32, 4)

    The same as `add.s(2, 2) | mul.s(8) | mul.s(10)`. A group in it that something follows becomes
    the header of a chord.
    """

    def __new__(cls, *tasks, **options):
        if options or not tasks:
            return super().__new__(cls)
        if len(tasks) == 1:
            if isinstance(tasks[0], dict):
                return super().__new__(cls)
            tasks = tasks[0]
        return reduce(or_, tasks, _chain([]))


class _basemap(Signature):
    _task_name = None

    @classmethod
    def from_dict(cls, d, app=None):
        return cls(d["kwargs"]["task"], d["kwargs"]["it"], app=app, **d["options"])

    def __init__(self, task, it, **options):
        parts = {"task": task, "it": _regen.of(it)}
        super().__init__(self._task_name, (), parts, immutable=True, **options)

    def apply_async(self, args=None, kwargs=None, **options):
        self.kwargs["it"] = list(self.kwargs["it"])
        return super().apply_async(**options)

    def _shown(self):
        text = repr(self.kwargs["it"])
        cut = text if len(text) < 100 else f"{text[:100].rsplit(' ', 1)[0]}..."
        return self.kwargs["task"]["task"], cut


class xmap(_basemap):
    """A task called for each item, all in one task: see `Task.map`."""

    _task_name = "celery.map"

    def __repr__(self):
        return "[{}(x) for x in {}]".format(*self._shown())


class xstarmap(_basemap):
    """The same with each item's parts as arguments: see `Task.starmap`."""

    _task_name = "celery.starmap"

    def __repr__(self):
        return "[{}(*x) for x in {}]".format(*self._shown())


class chunks(Signature):
    """A task called for each item, n of them in one task: see `Task.chunks`."""

    def __init__(self, task, it, n, **options):
        parts = {"task": task, "it": _regen.of(it), "n": n}
        super().__init__("celery.chunks", (), parts, immutable=True, **options)

    def __call__(self, **options):
        return self.apply_async(**options)

    def apply_async(self, args=None, kwargs=None, **options):
        return self.group().apply_async(args, kwargs, **options)

    def apply(self, args=None, kwargs=None, **options):
        return self.group().apply(args, kwargs, **options)

    def group(self):
        """The group of tasks that it comes to."""
        task, it, n = self.kwargs["task"], iter(self.kwargs["it"]), self.kwargs["n"]
        parts = iter(lambda: list(itertools.islice(it, n)), [])
        return group([xstarmap(task, part, app=self._app) for part in parts], app=self._app)


class group(_Composition):
    """Tasks beside each other.

    >>> group(add.s(i, i) for i in range(3))().get()
    [0, 2, 4]

    With something behind it (`group(…) | xsum.s()`) it becomes the header of a chord.
    """

    tasks = _part("tasks", "The members.")

    @classmethod
    def from_dict(cls, d, app=None):
        return group([maybe_signature(one, app=app) for one in d["kwargs"]["tasks"]], app=app, **d["options"])

    def __init__(self, *tasks, app=None, **options):
        if len(tasks) == 1:
            tasks = tasks[0]
            if isinstance(tasks, group):
                tasks = tasks.tasks
            elif isinstance(tasks, Signature):
                tasks = [tasks.clone()]
            elif not isinstance(tasks, (list, tuple)):
                tasks = list(tasks)
        super().__init__("celery.group", (), {"tasks": tasks}, options, app=app)
        self.subtask_type = "group"

    def __call__(self, *partial_args, **options):
        return self.apply_async(partial_args, **options)

    def __or__(self, other):
        return chord(self, body=other, app=self._app)

    def apply_async(self, args=None, kwargs=None, link=None, link_error=None, **options):
        if link is not None:
            raise TypeError("Cannot add link to group: use a chord")
        if link_error is not None:
            raise TypeError("Cannot add link to group: do that on individual tasks")
        return super().apply_async(args, kwargs, **options)

    def apply(self, args=None, kwargs=None, **options):
        from .utils import uuid

        results = [one.apply(args, kwargs, **options) for one in self._unrolled()]
        return self.app.GroupResult(options.get("task_id") or uuid(), results)

    def _unrolled(self):
        for one in self.tasks:
            if isinstance(one, group):
                yield from one._unrolled()
            else:
                yield one

    def clone(self, *args, **kwargs):
        copy = super().clone(*args, **kwargs)
        copy.tasks = [maybe_signature(one, app=self._app, clone=True) for one in copy.tasks]
        return copy

    def skew(self, start=1.0, stop=None, step=1.0):
        """Starts the members one after the other, `step` seconds apart."""
        at = start
        for one in self.tasks:
            one.set(countdown=at)
            at = at + step if stop is None or at + step <= stop else at
        return self

    def set_immutable(self, immutable):
        for one in self.tasks:
            one.set_immutable(immutable)

    def link(self, callback):
        """Has a task called when the first member has ended; a chord waits for all."""
        return self.tasks[0].link(callback.clone().set(immutable=True))

    def link_error(self, errback):
        """Has a task called for each member that fails."""
        return tuple(one.link_error(errback) for one in self.tasks)

    @property
    def app(self):
        return self._app or (self.tasks[0].app if self.tasks else _state.current_app())

    def __len__(self):
        return len(self.tasks)

    def __bool__(self):
        return True

    def __repr__(self):
        if not self.tasks:
            return "group(<empty>)"
        return _without_repeats(self.tasks[0], f"group({self.tasks!r})")


class _chord(_Composition):
    """A group (the header), and a task that is called with the list of its results (the body).

    >>> chord([add.s(1, 1), add.s(2, 2)])(xsum.s()).get()
    6

    It needs a result backend: Redis. When a member fails the body never runs, and fails too.
    """

    tasks = _part("header", "The members of the header.")
    body = _part("body", "What is called in the end.")

    @classmethod
    def from_dict(cls, d, app=None):
        parts = d["kwargs"]
        return _chord(parts["header"], parts.get("body"), app=app, args=d["args"], **d["options"])

    def __init__(self, header, body=None, task="celery.chord", args=None, kwargs=None, app=None, **options):
        parts = {"kwargs": kwargs or {}, "header": _members(header, app), "body": maybe_signature(body, app=app)}
        super().__init__(task, args, parts, options, app=app)
        self.subtask_type = "chord"

    def __call__(self, body=None, **options):
        return self.apply_async((), {"body": body} if body else {}, **options)

    def apply_async(self, args=None, kwargs=None, **options):
        body = (kwargs or {}).get("body")
        if body is None:
            return super().apply_async(args, **options)
        copy = self.clone()
        copy.body = body
        return copy.apply_async(args, **options)

    def apply(self, args=None, kwargs=None, propagate=True, **options):
        body = (kwargs or {}).get("body") or self.body
        values = group(self.tasks, app=self._app).apply(args, **options).get(propagate=propagate)
        return body.apply((values,))

    def __or__(self, other):
        if isinstance(other, Signature) and not isinstance(other, (group, _chain)):
            copy = self.clone()
            copy.body = copy.body | other
            return copy
        return super().__or__(other)

    def clone(self, *args, **kwargs):
        copy = super().clone(*args, **kwargs)
        copy.body = maybe_signature(copy.body, clone=True)
        return copy

    def link(self, callback):
        self.body.link(callback)
        return callback

    def link_error(self, errback):
        self.body.link_error(errback)
        return errback

    def set_immutable(self, immutable):
        for one in self.tasks:
            one.set_immutable(immutable)

    @property
    def app(self):
        first = next(iter(self.tasks), self.body)
        return self._app or (first.app if first else _state.current_app())

    def __repr__(self):
        if not self.body:
            return f"<chord without body: {self.tasks!r}>"
        if isinstance(self.body, _chain):
            first, *rest = self.body.tasks
            return "%" + _without_repeats(first, f"{first.reprcall(self.tasks)} | {_chain(rest)!r}")
        return "%" + _without_repeats(self.body, self.body.reprcall(self.tasks))


chord = _chord
_KINDS = {"chain": _chain, "group": group, "chord": _chord}


def _members(header, app):
    if isinstance(header, dict):
        header = maybe_signature(header, app=app)
    if isinstance(header, (group, _chain)):
        return header.tasks
    if isinstance(header, Signature):
        return [header]
    return [signature(one, app=app) for one in header]


def _unrolled(one):
    """A group of one is its member."""
    return one.tasks[0] if isinstance(one, group) and len(one.tasks) == 1 else one


def _without_repeats(first, text):
    """The module's name is shown the first time only."""
    module = str(first["task"]).rpartition(".")[0] + "."
    head, found, tail = text.partition(module)
    return head + found + tail.replace(module, "")


class _regen:
    """What a generator gives, kept so that it can be had again."""

    @staticmethod
    def of(it):
        return it if isinstance(it, (list, tuple, _regen)) else _regen(it)

    def __init__(self, it):
        self._it = iter(it)
        self._had = []
        self._is_done = False

    def __iter__(self):
        yield from self._had
        for one in self._it:
            self._had.append(one)
            yield one
        self._is_done = True

    def __json__(self):
        return list(self)

    def __repr__(self):
        shown = ", ".join(repr(one) for one in self._had)
        rest = "" if self._is_done else "..."
        return f"<{type(self).__name__}: [{shown}{rest}]>"


def signature(varies, *args, **kwargs):
    """A signature of a task, of its name, or of a dict; a signature is copied."""
    if isinstance(varies, Signature):
        return varies.clone()
    if isinstance(varies, dict):
        return Signature.from_dict(varies, app=kwargs.get("app"))
    return Signature(varies, *args, **kwargs)


subtask = signature


def maybe_signature(d, app=None, clone=False):
    """The signature that something is or says; None stays None."""
    if d is None:
        return None
    if isinstance(d, Signature):
        d = d.clone() if clone else d
    elif isinstance(d, dict):
        d = signature(d)
    if app is not None:
        d._app = app
    return d


maybe_subtask = maybe_signature
