"""Processes of pycsp.parallel: one thread each."""

import _thread
import threading
import time
import uuid

from _lightcone import stacks

from .._engine import Block, Kit, flat, with_own_ends
from .exceptions import ChannelPoisonException, ChannelRetireException, InfoException


class Threads(Kit):
    """Processes are threads: who waits is parked, and who is woken goes on in the order of waking."""

    poisoned, retired, misused = ChannelPoisonException, ChannelRetireException, InfoException

    def __init__(self):
        super().__init__()
        # What ran before any process was made: the program itself, and threads of its own.
        self.outsiders = {}
        self._server = None
        # A process that fails is never taken off the list of the server, which then never ends.
        self.is_broken = False

    def current(self):
        thread = threading.current_thread()
        return thread if isinstance(thread, Process) else self.outsider(thread)

    def outsider(self, thread):
        if thread not in self.outsiders:
            self.outsiders[thread] = process = Outsider()
            process.shown = self.free("__INIT__")
            self.processes.append(process)
        return self.outsiders[thread]

    def wait(self, operation, seconds, what, by):
        operation.process.stack = stacks.current
        end = time.monotonic() + seconds
        try:
            while not operation.outcome:
                left = -1 if seconds < 0 else max(0, end - time.monotonic())
                if not stacks.park(left, what, by) and not operation.outcome:
                    return False
            return True
        finally:
            if operation.follower:
                operation.follower.go_on()

    def give_way(self, reader):
        follower = Follower()
        reader.follower = follower
        follower.wait()

    def wake(self, process):
        # Who has not been parked runs.
        if process.stack and process.stack is not stacks.current:
            stacks.wake(process.stack)

    def others_run(self):
        return any(
            not isinstance(it, Process) and it not in self.outsiders for it in threading.enumerate()
        )

    def leave(self):
        """Takes leave of other nodes (channel.py)."""

    # The server thread, without which a program of PyCSP ends and with which it does not.

    def serve(self):
        if self._server is None:
            # It is a thread, and counts as one.
            threading._counter()
            self._server = Server()

    def stop_serving(self):
        if self._server and not self.is_broken:
            self._server.stop()
            self._server = None

    def join(self, processes, what):
        """Waits for processes to end."""
        left = [it for it in processes if not it.has_ended]
        if not left:
            return
        process = self.current()
        process.stack = stacks.current
        text = f"{what}: {', '.join(it.shown for it in left)}"
        process.block = Block(joins=left, what=what)
        try:
            self.look_for_deadlock()
            for other in left:
                other.joiners.append(stacks.current)
                while not other.has_ended:
                    stacks.park(-1.0, text, stacks.host.nodeName(), line=process.block.line)
        finally:
            process.block = None


class Follower:
    """A writer that lets its reader go on first, as the real one does."""

    def __init__(self):
        self._stack = stacks.current
        self._may_go_on = False

    def wait(self):
        while not self._may_go_on:
            stacks.park()

    def go_on(self):
        self._may_go_on = True
        stacks.wake(self._stack)


class Server:
    """Keeps the interpreter from ending."""

    def __init__(self):
        self._stack = None
        self._is_done = False
        _thread.start_joinable_thread(self._run, daemon=False)

    def _run(self):
        self._stack = stacks.current
        while not self._is_done:
            stacks.park()

    def stop(self):
        self._is_done = True
        if self._stack:
            stacks.wake(self._stack)


class Outsider:
    """The program itself, as far as it uses channels."""

    fn = None

    def __init__(self):
        self.id = _new_id("__INIT__")
        self.shown = "__INIT__"
        self.stack = stacks.current
        self.block = None
        self.spawned = []
        # Channels that live here because of it.
        self.channels = []


def _new_id(name):
    return f"{uuid.uuid1().hex}.{name[:31]}".encode()


KIT = Threads()


def process(func):
    """Makes a function into one that gives processes."""

    def _call(*args, **kwargs):
        return Process(func, *args, **kwargs)

    return _call


class Process(threading.Thread):
    """A process: a thread that runs a function with its arguments."""

    def __init__(self, fn, *args, **kwargs):
        threading.Thread.__init__(self)
        self.fn = fn
        self.args = args
        self.kwargs = kwargs
        self.return_value = None
        self.id = _new_id(fn.__name__)
        self.shown = KIT.free(fn.__name__)
        self.stack = None
        self.block = None
        self.spawned = []
        self.channels = []
        self.joiners = []
        self.has_ended = False
        # A thread of the program's own that PyCSP waits for.
        self.maintained = True

    def start(self):
        KIT.serve()
        # Who starts it is one that may have to be waited for.
        KIT.current()
        threading.Thread.start(self)

    def run(self):
        self.stack = stacks.current
        KIT.started(self)
        ending = "failed"
        try:
            ending = KIT.call(self)
            KIT.join(self.spawned, "spawned processes")
        finally:
            KIT.is_broken = KIT.is_broken or ending == "failed"
            self.has_ended = True
            KIT.ended(self, ending)
            for joiner in self.joiners:
                stacks.wake(joiner)
            KIT.look_for_deadlock()

    def update(self, **kwargs):
        return self

    def __mul__(self, multiplier):
        copies = range(int(multiplier) - 1)
        return [self] + [
            Process(self.fn, *with_own_ends(self.args), **with_own_ends(self.kwargs))
            for _ in copies
        ]

    __rmul__ = __mul__


def Parallel(*plist, **kwargs):
    """Runs processes beside each other until the last has ended; gives what they returned."""
    processes = _started(plist)
    KIT.join(processes, "Parallel")
    return [it.return_value for it in processes]


def Sequence(*plist, **kwargs):
    """Runs processes one after another; gives what they returned."""
    values = []
    for each in flat(plist):
        each.start()
        KIT.join([each], "Sequence")
        values.append(each.return_value)
    return values


def Spawn(*plist, **kwargs):
    """Starts processes; the one that runs ends after them."""
    KIT.current().spawned.extend(_started(plist))


def _started(plist):
    processes = flat(plist)
    for each in processes:
        each.start()
    return processes


def current_process_id():
    return KIT.current().id


def shutdown():
    """Waits for what was spawned, and lets the interpreter end."""
    current = threading.current_thread()
    if getattr(current, "maintained", False):
        raise InfoException(
            "pycsp.shutdown must not be called in PyCSP processes wrapped in a PyCSP.Process "
            "structure. PyCSP.Process processes have their own shutdown mechanism."
        )
    if current not in KIT.outsiders:
        return
    outsider = KIT.outsiders[current]
    KIT.join(outsider.spawned, "spawned processes")
    KIT.leave()
    KIT.processes.remove(outsider)
    del KIT.outsiders[current]
    KIT.stop_serving()
