"""Processes of pycsp.greenlets."""

from .._engine import flat, with_own_ends
from .scheduling import KIT


def process(func):
    """Makes a function into one that gives processes."""

    def _call(*args, **kwargs):
        return Process(func, *args, **kwargs)

    return _call


class Process:
    """A process: a function that runs in turns with others."""

    def __init__(self, fn, *args, **kwargs):
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.return_value = None
        self.shown = KIT.free(fn.__name__)
        self.id = self.shown
        self.parent = None
        self.stack = None
        self.block = None
        self.error = None
        self.has_turn = False
        self.has_ended = False

    def start(self):
        self.parent = KIT.running
        KIT.started(self)

    def body(self):
        """All that its stack does."""
        KIT.running = self
        try:
            self.run()
        except BaseException as error:
            # As with greenlets: whoever started it gets what it did not catch.
            self.parent.error = error
        KIT.leave(self)

    def run(self):
        ending = "failed"
        try:
            ending = KIT.call(self)
        finally:
            self.has_ended = True
            KIT.ended(self, ending)

    def __mul__(self, multiplier):
        return [self] + [
            Process(self.fn, *with_own_ends(self.args), **with_own_ends(self.kwargs))
            for _ in range(multiplier - 1)
        ]

    __rmul__ = __mul__


def Parallel(*plist):
    """Runs processes in turns until the last has ended; gives what they returned."""
    processes = _queued(plist)
    KIT.join(processes)
    return [it.return_value for it in processes]


def Spawn(*plist):
    """Puts processes in the line: they run when the one that runs waits."""
    _queued(plist)


def Sequence(*plist):
    """Runs processes one after another; gives what they returned."""
    values = []
    for each in flat(plist):
        KIT.started(each)
        me = KIT.running
        before, me.id = me.id, each.id
        try:
            each.run()
        finally:
            me.id = before
        values.append(each.return_value)
    return values


def _queued(plist):
    processes = flat(plist)
    for each in processes:
        each.start()
    KIT.new.extend(processes)
    return processes


def current_process_id():
    return KIT.running.id


def shutdown():
    """Does nothing here: there is no server thread."""
