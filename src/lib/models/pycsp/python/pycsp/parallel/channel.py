"""Channels of pycsp.parallel, from any number of writers to any number of readers."""

import socket
import threading
import uuid

from .. import _engine
from .._engine import Offer
from .._home import READ, WRITE, Home
from .._shown import ShownChannel
from .exceptions import InfoException
from .network import Far, Server
from .process import KIT
from .values import end_of

SERVER = Server(KIT)
# Channels of other nodes.
_far = []


def _leave():
    """What `shutdown` does for channels: takes leave of others', waits until others have."""
    for channel in _far:
        channel.disconnect()
    SERVER.wait_for_visitors()


KIT.leave = _leave
KIT.ender = SERVER.visitor_at


def retire(*list_of_channelEnds):
    """Retires ends, and lists of ends."""
    for end in list_of_channelEnds:
        if type(end) is list:
            retire(*end)
        elif isinstance(end, Channel):
            raise InfoException(
                "Tried to retire a channel object. Only channel end objects may be retired."
            )
        else:
            end.retire()


def poison(*list_of_channelEnds):
    """Poisons channels by their ends, and by lists of ends."""
    for end in list_of_channelEnds:
        if type(end) is list:
            poison(*end)
        elif isinstance(end, Channel):
            raise InfoException(
                "Tried to poison a channel object. Only channel end objects may be poisoned."
            )
        else:
            end.poison()


class Channel(_engine.Channel):
    """Channel(name=None, buffer=0, connect=None): a buffer of 0 values is a rendezvous; `connect` is the
    (host, port) of another interpreter, where a channel of this name lives."""

    kit = KIT

    def __init__(self, name=None, buffer=0, connect=None):
        if name is None and connect is not None:
            raise InfoException("Must provide name when connecting to remote channel")
        if buffer and connect is not None:
            raise InfoException(
                "Do not specify buffer size when connecting to a hosted channel."
            )
        if name is None:
            name = uuid.uuid1().hex
        elif len(name) > 32:
            raise Exception("Channel names are limited to 32 characters")
        self.name = name if isinstance(name, bytes) else name.encode()
        self.buffer = buffer
        self.ends = []
        if connect is None:
            self._live_here()
        else:
            self._live_far(connect)

    def _live_here(self):
        owner = KIT.current()
        if self.name in owner.channels:
            raise InfoException("Reusing channel name in same process namespace")
        KIT.serve()
        # Each lives in a thread, and counts as one.
        threading._counter()
        owner.channels.append(self.name)
        self.place = Home(self.name, self.buffer)
        shown = _engine.text_of(self.name)
        SERVER.homes[shown] = self.place
        SERVER.channels[shown] = self
        SERVER.listen_if_told()
        ShownChannel(self.place, KIT.free(shown))

    def _live_far(self, address):
        KIT.current()
        KIT.serve()
        host, port = address
        host = host.decode() if isinstance(host, bytes) else host
        self.place = Far(self.name, (host, port))
        self.is_remote = _name_of(host)
        _far.append(self)

    @classmethod
    def at(cls, name, address):
        """The channel of that name, which may live here."""
        own = SERVER.channels.get(_engine.text_of(name))
        if own and own.address == (address[0].encode(), address[1]):
            return own
        return cls(name, connect=address)

    @property
    def address(self):
        """(host, port) by which other interpreters find it."""
        if self.is_remote:
            host, port = self.place.address
            return host.encode(), port
        return SERVER.address

    def reader(self):
        return ChannelEndRead(self)

    def writer(self):
        return ChannelEndWrite(self)

    def disconnect(self):
        """Lets the interpreter end where the channel lives; the next use connects anew."""
        if self.is_remote:
            self.place.disconnect()

    def __reduce__(self):
        return Channel.at, (self.name, (self.address[0].decode(), self.address[1]))

    def __mul__(self, multiplier):
        if self.is_remote:
            raise InfoException(
                "Only hosted channels may be multiplied. Such as Channel()*10."
            )
        return [self] + [Channel(buffer=self.buffer) for _ in range(multiplier - 1)]


def _name_of(host):
    try:
        return socket.gethostbyaddr(host)[0]
    except OSError:
        return host


class ChannelEnd(_engine.End):
    def poison(self):
        place = self.channel.place
        if self.channel.is_remote:
            place.poison(self.direction)
        else:
            place.poison()

    def __reduce__(self):
        host, port = self.channel.address
        return end_of, (self.channel.name.decode(), host.decode(), port, self.direction)

    def disconnect(self):
        self.channel.disconnect()

    def __repr__(self):
        return f"<{type(self).__name__} on channel named {self.channel.name}>"


class ChannelEndRead(ChannelEnd):
    direction = READ

    def __call__(self):
        return KIT.perform([Offer(READ, self)])[1]


class ChannelEndWrite(ChannelEnd):
    direction = WRITE

    def __call__(self, msg):
        KIT.perform([Offer(WRITE, self, msg)])
