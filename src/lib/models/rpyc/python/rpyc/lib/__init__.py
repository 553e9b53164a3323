"""Small things that the rest is made with."""

import inspect
import itertools
import logging
import math
import random
import threading
import sys
import time
import traceback

SPAWN_THREAD_PREFIX = "RpycSpawnThread"

# Where this package and what it runs on were compiled from: not what a learner looks for.
_OWN = (lambda: 0).__code__.co_filename.removesuffix("lib/__init__.py"), "/lightcone/"


class Timeout:
    """A moment in time; None for never."""

    def __init__(self, timeout):
        if isinstance(timeout, Timeout):
            self._end = timeout._end
        elif timeout is None or timeout < 0:
            self._end = math.inf
        else:
            self._end = time.time() + timeout

    def expired(self):
        return time.time() >= self._end

    def timeleft(self):
        """In seconds, as `select` wants them; None for ever."""
        return None if self._end == math.inf else max(0, self._end - time.time())

    def sleep(self, interval):
        time.sleep(max(0, min(interval, self._end - time.time())))


def exp_backoff(collision):
    """Seconds until the next attempt to connect: at random, up to 52 ms."""
    slots = 2 ** min(collision, 10) - (collision > 3)
    return random.uniform(0, slots) * 0.0000512


class _Numbers:
    """Small numbers by which objects are known on the wire, in place of addresses: these would differ
    between two builds of this program. A class keeps its own for ever, other objects while held."""

    def __init__(self):
        self._next = itertools.count(1)
        self._entries = {}

    def of(self, obj):
        entry = self._entries.get(id(obj))
        return next(self._next) if entry is None else entry[1]

    def hold(self, obj):
        entry = self._entries.setdefault(id(obj), [obj, 0, 0])
        if entry[2] == 0:
            entry[1] = next(self._next)
        entry[2] += 1
        return entry[1]

    def release(self, obj):
        entry = self._entries.get(id(obj))
        if entry is None:
            return
        entry[2] -= 1
        if entry[2] == 0:
            del self._entries[id(obj)]

    def of_class(self, cls):
        return self.of(cls) if id(cls) in self._entries else self.hold(cls)


numbers = _Numbers()


def is_netref(obj):
    # Not by hasattr: a netref would ask its other side.
    return hasattr(type(obj), "____conn__")


def name_pack_of(obj):
    """How an object's class is called on the wire; a module and a class go by their own names."""
    if is_netref(obj):
        return obj.____id_pack__[0]
    if inspect.ismodule(obj):
        return obj.__name__ if obj.__name__ in sys.modules else f"builtins.{obj.__name__}"
    kind = obj if inspect.isclass(obj) else obj.__class__
    return f"{kind.__module__}.{kind.__name__}"


def id_pack_of(obj, number):
    """Identity on the wire: name of the class, number of the class, number of the object."""
    if inspect.isclass(obj) and not is_netref(obj):
        return name_pack_of(obj), numbers.of_class(obj), 0
    return name_pack_of(obj), numbers.of_class(type(obj)), number


def get_id_pack(obj):
    return id_pack_of(obj, numbers.of(obj))


def get_methods(skipped, obj):
    """(name, docstring) of what can be called on an object, those of its class's bases first."""
    lines = [type(obj).__mro__]
    if isinstance(obj, type):
        lines.append(obj.__mro__)
    found = {}
    for line in lines:
        for kind in reversed(line):
            found.update(kind.__dict__)
    return {
        name: inspect.getdoc(it)
        for name, it in found.items()
        if name not in skipped and hasattr(it, "__call__")
    }.items()


def hasattr_static(obj, name):
    missing = object()
    return inspect.getattr_static(obj, name, missing) is not missing


class _Frames(traceback.StackSummary):
    def __bool__(self):
        # None that is shown is not none: "Traceback" stands above what was raised.
        return True


def traceback_text(error):
    """As Python prints it, without the frames of this package and of what it runs on."""
    report = traceback.TracebackException.from_exception(error)
    _leave_own_out(report, set())
    return "".join(report.format())


def _leave_own_out(report, seen):
    if report is None or id(report) in seen:
        return
    seen.add(id(report))
    shown = [frame for frame in report.stack if not frame.filename.startswith(_OWN)]
    report.stack = _Frames(shown)
    for other in (report.__cause__, report.__context__, *(report.exceptions or ())):
        _leave_own_out(other, seen)


def log_exception(logger, level, message, error):
    """As a logger does with `exc_info`, with the traceback that a learner can use."""
    if logger.isEnabledFor(level):
        info = type(error), error, error.__traceback__
        record = logger.makeRecord(logger.name, level, "rpyc", 0, message, (), info)
        record.exc_text = traceback_text(error).rstrip("\n")
        logger.handle(record)


def spawn(func, *args, **kwargs):
    """Starts a thread that ends with the program."""
    pack = "-".join(map(str, get_id_pack(func)))
    name = f"{SPAWN_THREAD_PREFIX}-{pack}"
    thread = threading.Thread(name=name, target=func, args=args, kwargs=kwargs, daemon=True)
    thread.start()
    return thread


def setup_logger(quiet=False, logfile=None, namespace=None):
    """Lines as a server of RPyC's writes them, to stderr or a file."""
    layout = "%(asctime)s %(levelname)s %(name)s[%(threadName)s]: %(message)s"
    if quiet:
        layout = "%(asctime)s %(levelname)s: %(message)s"
    options = {"filename": logfile} if logfile else {}
    level = logging.ERROR if quiet else logging.DEBUG
    logging.basicConfig(level=level, format=layout, datefmt="%b %d %H:%M:%S", **options)
    return logging.getLogger("rpyc" if namespace is None else f"rpyc.{namespace}")
