"""Channels of pycsp.parallel, from any number of writers to any number of readers."""

import threading
import uuid

from .. import _engine
from .._engine import Offer
from .._home import READ, WRITE, Home
from .._shown import ShownChannel
from .exceptions import InfoException
from .process import KIT


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
    """Channel(name=None, buffer=0): values that it holds; 0 is a rendezvous."""

    kit = KIT

    def __init__(self, name=None, buffer=0, connect=None):
        if name is None:
            name = uuid.uuid1().hex
        elif len(name) > 32:
            raise Exception("Channel names are limited to 32 characters")
        self.name = name if isinstance(name, bytes) else name.encode()
        self.buffer = buffer
        self.ends = []
        self._live_here()

    def _live_here(self):
        owner = KIT.current()
        if self.name in owner.channels:
            raise InfoException("Reusing channel name in same process namespace")
        KIT.serve()
        # Each lives in a thread, and counts as one.
        threading._counter()
        owner.channels.append(self.name)
        self.place = Home(self.name, self.buffer)
        ShownChannel(self.place, KIT.free(_engine.text_of(self.name)))

    def reader(self):
        return ChannelEndRead(self)

    def writer(self):
        return ChannelEndWrite(self)

    def disconnect(self):
        """Means something for channels of other nodes only."""

    def __mul__(self, multiplier):
        return [self] + [Channel(buffer=self.buffer) for _ in range(multiplier - 1)]


class ChannelEnd(_engine.End):
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
