"""`select` over the simulated network: the library's own selectors run on it unchanged."""

import errno
import importlib
import sys
import time
import types

from . import stacks

POLLIN, POLLPRI, POLLOUT, POLLERR, POLLHUP, POLLNVAL = 1, 2, 4, 8, 16, 32
EPOLLONESHOT, EPOLLET = 1 << 30, 1 << 31
# These are told whether or not somebody asked for them.
ALWAYS = POLLERR | POLLHUP | POLLNVAL

# What makes `select` call a file readable or writable (Linux, fs/select.c).
READABLE = POLLIN | POLLHUP | POLLERR
WRITABLE = POLLOUT | POLLERR

CONSTANTS = {
    "POLLIN": POLLIN,
    "POLLPRI": POLLPRI,
    "POLLOUT": POLLOUT,
    "POLLERR": POLLERR,
    "POLLHUP": POLLHUP,
    "POLLNVAL": POLLNVAL,
    "POLLRDNORM": 64,
    "POLLRDBAND": 128,
    "POLLWRNORM": 256,
    "POLLWRBAND": 512,
    "POLLMSG": 1024,
    "POLLRDHUP": 8192,
    "PIPE_BUF": 4096,
    "EPOLL_CLOEXEC": 524288,
    "EPOLLIN": POLLIN,
    "EPOLLPRI": POLLPRI,
    "EPOLLOUT": POLLOUT,
    "EPOLLERR": POLLERR,
    "EPOLLHUP": POLLHUP,
    "EPOLLRDHUP": 8192,
    "EPOLLONESHOT": EPOLLONESHOT,
    "EPOLLET": EPOLLET,
}

# What a look that finds nothing costs, in seconds: so a program that looks again and again sees its
# answer (KT5).
LOOK = 0.0001


def number_of(file):
    number = file if isinstance(file, int) else None
    if number is None:
        method = getattr(file, "fileno", None)
        if method is None:
            raise TypeError("argument must be an int, or have a fileno() method.")
        number = method()
        if not isinstance(number, int):
            raise TypeError("fileno() returned a non-integer")
    if number < 0:
        raise ValueError(f"file descriptor cannot be a negative integer ({number})")
    return number


def wait(look, numbers, seconds, what="", line="", by=""):
    """What `look` finds, as soon as it finds something in the files of these numbers.

    `seconds` is None for ever, and 0 for a look that ends the turn when it finds nothing.
    """
    found = look()
    if found:
        return found
    if seconds == 0:
        stacks.park(LOOK)
        return look()
    end = None if seconds is None else time.monotonic() + seconds
    while not found:
        left = -1.0 if end is None else end - time.monotonic()
        if end is not None and left <= 0:
            break
        stacks.park(left, what, by, numbers, line)
        found = look()
    return found


def wait_here(look, numbers, seconds):
    """`wait`, named after what the learner called."""
    line, called = stacks.place()
    # Of several connections any could do.
    by = stacks.host.peerName(numbers[0]) if len(numbers) == 1 else ""
    return wait(look, numbers, seconds, f"{called or 'select'}()", line, by)


def ready_files(readers, writers):
    """Of the given pairs of file and number: which are ready. Nothing when none is."""
    readable = [file for file, number in readers if known(number) & READABLE]
    writable = [file for file, number in writers if known(number) & WRITABLE]
    return (readable, writable) if readable or writable else None


def known(number):
    bits = stacks.ready(number)
    if bits & POLLNVAL:
        raise OSError(errno.EBADF, "Bad file descriptor")
    return bits


def checked_seconds(timeout):
    if timeout is None:
        return None
    if not hasattr(timeout, "__float__") and not hasattr(timeout, "__index__"):
        raise TypeError("timeout must be a float or None")
    seconds = float(timeout)
    if seconds < 0:
        raise ValueError("timeout must be non-negative")
    return seconds


def select(rlist, wlist, xlist, timeout=None, /):
    seconds = checked_seconds(timeout)
    readers, writers, others = (
        [(file, number_of(file)) for file in files] for files in (rlist, wlist, xlist)
    )
    # Nothing urgent ever comes; a file that is closed is an error all the same.
    numbers = {number for _file, number in readers + writers + others}
    for number in numbers:
        known(number)
    found = wait_here(lambda: ready_files(readers, writers), tuple(numbers), seconds)
    return (*(found or ([], [])), [])


class poll:
    def __init__(self):
        self._masks = {}

    def register(self, fd, eventmask=POLLIN | POLLPRI | POLLOUT, /):
        self._masks[number_of(fd)] = eventmask

    def modify(self, fd, eventmask, /):
        self._registered(fd)
        self._masks[number_of(fd)] = eventmask

    def unregister(self, fd, /):
        del self._masks[number_of(fd)]

    def _registered(self, fd):
        if number_of(fd) not in self._masks:
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")

    def poll(self, timeout=None, /):
        """`timeout` in milliseconds."""
        if timeout is not None and not hasattr(timeout, "__float__"):
            raise TypeError("timeout must be an integer or None")
        seconds = None if timeout is None or timeout < 0 else timeout / 1000
        return wait_here(self._ready, tuple(self._masks), seconds) or []

    def _ready(self):
        found = []
        for number, mask in self._masks.items():
            bits = stacks.ready(number) & (mask | ALWAYS)
            if bits:
                found.append((number, bits))
        return found


class epoll(poll):
    """Level-triggered only."""

    def __init__(self, sizehint=-1, flags=0):
        super().__init__()
        self.closed = False

    def close(self):
        self.closed = True
        self._masks.clear()

    def fileno(self):
        self._open()
        # Nobody can wait for this one.
        return sys.maxsize

    def __enter__(self):
        self._open()
        return self

    def __exit__(self, *_error):
        self.close()

    def _open(self):
        if self.closed:
            raise ValueError("I/O operation on closed epoll object")

    def register(self, fd, eventmask=POLLIN | POLLPRI | POLLOUT):
        self._open()
        known(number_of(fd))
        super().register(fd, self._checked(eventmask))

    def modify(self, fd, eventmask):
        self._open()
        super().modify(fd, self._checked(eventmask))

    def unregister(self, fd):
        self._open()
        self._registered(fd)
        super().unregister(fd)

    def _checked(self, mask):
        if mask & EPOLLET:
            raise OSError(errno.EINVAL, "Invalid argument: a node has no edge-triggered epoll")
        return mask

    def poll(self, timeout=None, maxevents=-1):
        """`timeout` in seconds."""
        self._open()
        seconds = None if timeout is None or timeout < 0 else timeout
        found = wait_here(self._ready, tuple(self._masks), seconds) or []
        found = found[: maxevents if maxevents > 0 else None]
        for number, _bits in found:
            if self._masks[number] & EPOLLONESHOT:
                self._masks[number] = 0
        return found

    def _ready(self):
        # A file that was closed has left the set by that.
        for number in [number for number in self._masks if stacks.ready(number) & POLLNVAL]:
            del self._masks[number]
        return [(number, bits) for number, bits in super()._ready() if self._masks[number]]


def install():
    """Puts this in the place of the C module; after `sockets.install`."""
    module = types.ModuleType("select", "Waiting for files of the simulated network.")
    module.__dict__.update(CONSTANTS)
    module.error = OSError
    # As a function of C, it does not become a method of the class that holds it.
    module.select = staticmethod(select)
    module.poll, module.epoll = poll, epoll
    sys.modules["select"] = module
    selectors = sys.modules["selectors"]
    importlib.reload(selectors)
    # The others round times up to milliseconds.
    selectors.DefaultSelector = selectors.SelectSelector
