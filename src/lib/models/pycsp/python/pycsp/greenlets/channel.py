"""Channels of pycsp.greenlets."""

from collections import deque

from .. import _engine
from .._engine import Offer
from .._home import READ, WRITE, Home
from .._shown import ShownChannel
from .exceptions import ChannelPoisonException, ChannelRetireException
from .process import Process, Spawn
from .scheduling import KIT


def retire(*list_of_channelEnds):
    """Retires ends."""
    for end in list_of_channelEnds:
        end.retire()


def poison(*list_of_channelEnds):
    """Poisons channels by their ends."""
    for end in list_of_channelEnds:
        end.poison()


class Channel(_engine.Channel):
    """Channel(name=None, buffer=0): values that it holds; 0 is a rendezvous."""

    kit = KIT

    def __new__(cls, name=None, buffer=0):
        return object.__new__(BufferedChannel if buffer > 0 else cls)

    def __init__(self, name=None, buffer=0):
        self.name = KIT.free("channel") if name is None else name
        self.ends = []
        self.place = Home(self.name)
        ShownChannel(self.place, KIT.free(_engine.text_of(self.name)))

    def reader(self):
        return ChannelEndRead(self)

    def writer(self):
        return ChannelEndWrite(self)

    def poison(self):
        self.place.poison()

    def __mul__(self, multiplier):
        names = [f"{self.name}{number + 1}" for number in range(multiplier - 1)]
        return [self] + [Channel(name) for name in names]


class BufferedChannel(Channel):
    """Two channels, and a process between them that holds what is in the buffer."""

    def __init__(self, name=None, buffer=1):
        self.name = KIT.free("channel") if name is None else name
        self._in = Channel(f"{self.name}inChan")
        self._out = Channel(f"{self.name}outChan")
        self.reader = self._out.reader
        self.writer = self._in.writer
        Spawn(Process(Buffer, self._in.reader(), self._out.writer(), buffer))

    def restrict(self, kind, single):
        # Each has an end already, of the process between them.
        self._in.restrict(kind, [it for it in single if it == WRITE])
        self._out.restrict(kind, [it for it in single if it == READ])

    def poison(self):
        self._in.poison()
        self._out.poison()


def Buffer(cin, cout, size):
    """What lies in the buffer is delivered before the end of the channel goes on to its readers."""
    held = deque()
    while True:
        try:
            if not held:
                held.append(cin())
            elif len(held) == size:
                cout(held.popleft())
            else:
                offers = [Offer(WRITE, cout, held[0]), Offer(READ, cin)]
                guard, value = KIT.perform(offers)
                if guard == 0:
                    held.popleft()
                else:
                    held.append(value)
        except (ChannelPoisonException, ChannelRetireException) as error:
            pill = poison if isinstance(error, ChannelPoisonException) else retire
            break
    try:
        while held:
            cout(held.popleft())
    except (ChannelPoisonException, ChannelRetireException):
        # Nobody reads any more.
        held.clear()
    pill(cin, cout)


class ChannelEnd(_engine.End):
    def __repr__(self):
        return f"<{type(self).__name__} wrapping {self.channel} named {self.channel.name}>"


class ChannelEndRead(ChannelEnd):
    direction = READ

    def __call__(self):
        return KIT.perform([Offer(READ, self)])[1]


class ChannelEndWrite(ChannelEnd):
    direction = WRITE

    def __call__(self, msg):
        KIT.perform([Offer(WRITE, self, msg)])
        return True
