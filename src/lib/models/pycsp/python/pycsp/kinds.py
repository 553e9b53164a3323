"""The four kinds of channels of the textbooks. PyCSP itself has one, from any number of writers to any
number of readers; these are the same channel and refuse a second end where there may be one."""

from . import current
from ._home import READ, WRITE

if current.version is None:
    import pycsp.parallel  # noqa: F401


def _kind(name, *single):
    def make(channel_name=None, buffer=0):
        channel = current.Channel(channel_name, buffer=buffer)
        channel.restrict(name, single)
        return channel

    make.__name__ = make.__qualname__ = name
    return make


One2OneChannel = _kind("One2OneChannel", READ, WRITE)
One2AnyChannel = _kind("One2AnyChannel", WRITE)
Any2OneChannel = _kind("Any2OneChannel", READ)
Any2AnyChannel = _kind("Any2AnyChannel")

__all__ = ["One2OneChannel", "One2AnyChannel", "Any2OneChannel", "Any2AnyChannel"]
