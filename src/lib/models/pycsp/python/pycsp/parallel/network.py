"""Channels between nodes. A home answers at the address of its interpreter; messages are JSON, each with
its length in four bytes before it (README: the wire)."""

import _thread
import json
import os
import socket
import sys
import time

from _lightcone import stacks

from .._configuration import (
    PYCSP_HOST,
    PYCSP_PORT,
    SOCKETS_BIND_TIMEOUT,
    SOCKETS_CONNECT_RETRY_DELAY,
    SOCKETS_CONNECT_TIMEOUT,
    SOCKETS_STRICT_MODE,
    Configuration,
)
from .._engine import text_of
from .._home import POISON, RETIRE, SUCCESS, WRITE, Request
from .exceptions import ChannelBindException, ChannelConnectException, ChannelLostException
from .values import dumps, loads


class Link:
    """One connection, at both of its ends."""

    def __init__(self, sock):
        self._socket = sock
        self.is_open = True
        # Of the other side.
        self.node = ""
        _thread.start_joinable_thread(self._listen, daemon=True)

    def send(self, *message):
        text = json.dumps(message).encode()
        try:
            self._socket.sendall(len(text).to_bytes(4, "big") + text)
        except OSError:
            # What is said into the void is lost; who waits for an answer waits.
            self.is_open = False

    def close(self):
        self.is_open = False
        self._socket.close()

    def _listen(self):
        try:
            while size := self._receive(4):
                self.handle(*json.loads(self._receive(int.from_bytes(size, "big"))))
        except OSError:
            pass
        self.is_open = False
        self.lost()

    def _receive(self, size):
        data = b""
        while len(data) < size:
            part = self._socket.recv(size - len(data))
            if not part:
                return b""
            data += part
        return data

    def handle(self, kind, *given):
        getattr(self, f"on_{kind}")(*given)

    def lost(self):
        """The other side is gone."""


# The side where channels live.


class Visitor(Link):
    """A node that uses channels of this one."""

    def __init__(self, sock, server):
        self._server = server
        self._operations = {}
        # Channels that it refers to.
        self.registered = set()
        super().__init__(sock)

    def on_register(self, node, name):
        self.node = node
        is_known = name in self._server.homes
        if is_known:
            self.registered.add(name)
        self.send("registered", name, is_known)

    def on_deregister(self, name):
        self.registered.discard(name)
        self._server.changed()

    def on_join(self, name, direction):
        self._server.homes[name].join(direction)

    def on_retire(self, name, direction):
        self._server.homes[name].retire(direction)

    def on_poison(self, name, direction):
        self._server.homes[name].poison(is_drained=direction == WRITE)

    def on_post(self, name, direction, number, process, guard, is_sure, value):
        operation = self._operations.get(number)
        if operation is None or operation.outcome:
            operation = FarOperation(self, number, process, is_sure)
            self._operations[number] = operation
        value = loads(value) if direction == WRITE else None
        self._server.homes[name].post(direction, Request(operation, guard, value))

    def on_withdraw(self, name, number):
        operation = self._operations.pop(number, None)
        if operation:
            self._server.homes[name].forget_all(lambda it: it is operation)
            # A lock that was asked for meanwhile is not granted.
            operation.vanish()

    def on_accept(self, number, is_granted):
        operation = self._operations.get(number)
        if operation:
            operation.answered(is_granted)

    def lost(self):
        for operation in list(self._operations.values()):
            operation.vanish()
        for home in self._server.homes.values():
            home.forget_all(lambda it: getattr(it, "visitor", None) is self)


class Named:
    def __init__(self, shown):
        self.shown = shown


class FarOperation:
    """An operation of another node's process, as it stands at a home."""

    reader = None

    def __init__(self, visitor, number, process, is_sure):
        self.visitor = visitor
        self.number = number
        self.process = Named(f"{visitor.node}/{process}")
        self.outcome = None
        self.is_sure = self.is_instant = is_sure
        # Channels of this home that want it: the first has the lock, or has asked for it.
        self._claims = []
        self._is_locked = False

    @property
    def key(self):
        return self.visitor.node, self.number

    def acquire(self, then):
        if self.outcome or not self.visitor.is_open:
            then(False)
            return
        self._claims.append(then)
        if len(self._claims) == 1:
            self.visitor.send("acquire", self.number)

    def answered(self, is_granted):
        if not is_granted or self.outcome:
            self.vanish()
        elif self._claims:
            self._is_locked = True
            self._claims[0](True)

    def release(self):
        self.visitor.send("release", self.number)
        self._is_locked = False
        self._claims.pop(0)
        if self._claims:
            self.visitor.send("acquire", self.number)

    def end(self, outcome, guard=None, value=None):
        if self.outcome:
            return
        self.outcome = outcome
        self.visitor.send("end", self.number, outcome, guard, dumps(value))
        self._refuse()

    def vanish(self):
        """It ended elsewhere, or its node is gone."""
        self.outcome = self.outcome or RETIRE
        self._refuse()

    def _refuse(self):
        """Who has the lock knows better than the others, or has ended it."""
        kept = int(self._is_locked)
        refused = self._claims[kept:]
        del self._claims[kept:]
        for then in refused:
            then(False)


class Server:
    """Where channels of this interpreter are found."""

    def __init__(self, kit):
        self._kit = kit
        # By name.
        self.homes = {}
        self.channels = {}
        self.visitors = []
        self._address = None
        self._waiting = []

    @property
    def address(self):
        """Listens from now on."""
        if self._address is None:
            self._listen()
        return self._address

    def listen_if_told(self):
        """A port that was named is one that others know."""
        if self._address is None and self._setting("PYCSP_PORT", PYCSP_PORT):
            self._listen()

    def _setting(self, name, number):
        return os.environ.get(name) or Configuration().get(number)

    def _listen(self):
        host = self._setting("PYCSP_HOST", PYCSP_HOST)
        port = int(self._setting("PYCSP_PORT", PYCSP_PORT))
        sock = socket.socket()
        try:
            sock.bind((host, port))
        except OSError:
            time.sleep(Configuration().get(SOCKETS_BIND_TIMEOUT))
            raise ChannelBindException(
                (host, port), "PyCSP unable to bind to address"
            ) from None
        sock.listen()
        own = host or socket.gethostbyname(socket.gethostname())
        self._address = own.encode(), sock.getsockname()[1]
        _thread.start_joinable_thread(lambda: self._accept(sock), daemon=True)

    def _accept(self, sock):
        while True:
            self.visitors.append(Visitor(sock.accept()[0], self))

    def visitor_at(self, offers):
        """A node that refers to a channel at which somebody waits, or this one."""
        names = {text_of(it.end.channel.name) for it in offers if it.end}
        for visitor in self.visitors:
            if visitor.is_open and names & visitor.registered:
                return visitor.node
        return stacks.host.nodeName()

    def changed(self):
        for stack in self._waiting:
            stacks.wake(stack)

    def wait_for_visitors(self):
        """Until no other node refers to a channel of this one."""
        self._waiting.append(stacks.current)
        while left := [it for it in self.visitors if it.registered]:
            by = left[0].node
            stacks.park(-1.0, f"shutdown: {by} to disconnect from its channels", by)


# The other side.


class Way(Link):
    """The way to channels of another node."""

    def __init__(self, sock):
        self.operations = {}
        self._asked = {}
        self._stack = None
        super().__init__(sock)

    def register(self, name):
        stack = stacks.current
        self._asked[name] = None
        self.send("register", stacks.host.nodeName(), name)
        while self._asked[name] is None and self.is_open:
            self._stack = stack
            stacks.park()
        return self._asked.pop(name)

    def on_registered(self, name, is_known):
        self._asked[name] = is_known
        stacks.wake(self._stack)

    def on_acquire(self, number):
        operation = self.operations.get(number)
        if operation:
            operation.acquire(lambda granted: self.send("accept", number, granted))
        else:
            self.send("accept", number, False)

    def on_release(self, number):
        if number in self.operations:
            self.operations[number].release()

    def on_end(self, number, outcome, guard, value):
        operation = self.operations.pop(number, None)
        if operation:
            operation.end(outcome, guard, loads(value) if outcome == SUCCESS else None)

    def lost(self):
        for name, known in self._asked.items():
            if known is None:
                self._asked[name] = False
                stacks.wake(self._stack)


_ways = {}


def way_to(name, address):
    """A connection to where a channel lives, made anew when it is gone."""
    way = _ways.get(address)
    if way and way.is_open:
        return way
    end = time.monotonic() + Configuration().get(SOCKETS_CONNECT_TIMEOUT)
    while True:
        try:
            way = _ways[address] = Way(socket.create_connection(address))
            return way
        except OSError:
            if time.monotonic() >= end:
                raise unreachable(name, address) from None
        time.sleep(Configuration().get(SOCKETS_CONNECT_RETRY_DELAY))


def unreachable(name, address):
    return ChannelConnectException(address, unreached("register channel", name, address))


def unreached(what, name, address):
    return f"PyCSP ({what}) unable to reach channel home thread ({name} at {address})"


class Far:
    """Where a channel lives that is another node's."""

    def __init__(self, name, address):
        self.name = name
        self.address = address
        self._way = None
        # How it has ended, as far as this node knows.
        self._ending = None
        self.connect()

    def connect(self):
        if self._way and self._way.is_open:
            return self._way
        had_way = self._way is not None
        try:
            self._way = way_to(self.name, self.address)
            if not self._way.register(self.name.decode()):
                raise unreachable(self.name, self.address)
        except ChannelConnectException:
            if not had_way:
                raise
            text = unreached("enter channel", self.name, self.address)
            raise ChannelLostException(self.address, text) from None
        return self._way

    def _is_lost(self, what):
        """The connection broke: what is left undone is said on stderr, or raised."""
        if self._way is None or self._way.is_open:
            return False
        text = unreached(what, self.name, self.address)
        if Configuration().get(SOCKETS_STRICT_MODE):
            raise ChannelLostException(self.address, text)
        sys.stderr.write(text + "\n")
        return True

    def _say(self, kind, *given):
        self.connect().send(kind, self.name.decode(), *given)

    def join(self, direction):
        self._say("join", direction)

    def retire(self, direction):
        if not self._is_lost("retire from channel"):
            self._say("retire", direction)

    def poison(self, direction):
        if self._ending != POISON:
            self._ending = POISON
            if not self._is_lost("poison channel"):
                self._say("poison", direction)

    def post(self, direction, request):
        operation = request.operation
        if self._ending:
            operation.end(self._ending)
            return
        way = self.connect()
        way.operations[operation.number] = operation
        about = operation.number, operation.process.shown, request.guard, operation.is_sure
        self._say("post", direction, *about, dumps(request.value))

    def withdraw(self, direction, request):
        operation = request.operation
        if operation.outcome in (POISON, RETIRE):
            self._ending = self._ending or operation.outcome
        way = self._way
        if way and way.operations.pop(operation.number, None) and not operation.is_sure:
            way.send("withdraw", self.name.decode(), operation.number)

    def disconnect(self):
        if self._way and self._way.is_open:
            self._way.send("deregister", self.name.decode())
        self._way = None
