"""UDP: what a socket of datagrams does where one of streams does otherwise (sockets.py)."""

import functools

from pyodide.ffi import to_js

from . import names, stacks
from .linux import bytes_of, failure

SOCK_DGRAM = 2
SO_BROADCAST = (1, 6)
BROADCAST_ADDRESS = ("<broadcast>", "255.255.255.255")
MSG_PEEK, MSG_TRUNC = 2, 32
ANY = "0.0.0.0"


# Ports.


def bind(self, address, /):
    name, port = names.checked_address(address, "bind")
    if stacks.host.mailPort(self._open()):
        raise failure("EINVAL")
    names.check_local(name)
    claim(self, name or ANY, port)


def claim(self, name, port):
    """The machine decides, because its processes share its ports."""
    number = self._open()
    stacks.host.bindMail(number, port, name in names.LOOPBACK_ADDRESS)
    while stacks.host.isBindingMail(number):
        stacks.park(files=(number,))
        self._open()
    if not stacks.host.mailPort(number):
        raise failure("EADDRINUSE")
    self._name = name


def getsockname(self):
    port = stacks.host.mailPort(self._open())
    if self._peer is None or self._name != ANY:
        return (names.address_of(self._name or ANY), port)
    peer = stacks.host.addressOfPeer(self._peer[0])
    return (peer if peer == "127.0.0.1" else names.own_address(), port)


# Connected sockets: they send to one address, and hear from nobody else.


def connect(self, address, /):
    name, port = destination(address, "connect")
    code = stacks.host.connectMail(self._open(), name, port)
    if code:
        raise failure(code)
    if self._name is None:
        claim(self, ANY, 0)
    self._peer = (name, port)


def connect_ex(self, address, /):
    connect(self, address)
    return 0


def getpeername(self):
    self._open()
    if self._peer is None:
        raise failure("ENOTCONN")
    name, port = self._peer
    return (names.address_of(name), port)


def destination(address, caller):
    name, port = names.checked_address(address, caller)
    return "localhost" if name in names.ANY_ADDRESS else name, port


# Sending: never waits, and never learns what becomes of it.


def sendto(self, data, *rest):
    if len(rest) not in (1, 2):
        raise TypeError(f"sendto() takes 2 or 3 arguments ({1 + len(rest)} given)")
    return transmit(self, data, *destination(rest[-1], "sendto"))


def send(self, data, flags=0, /):
    self._open()
    if self._peer is None:
        raise failure("EDESTADDRREQ")
    return transmit(self, data, *self._peer)


def sendall(self, data, flags=0, /):
    send(self, data)


def sendmsg(self, buffers, ancdata=(), flags=0, address=None, /):
    data = b"".join(bytes_of(part) for part in buffers)
    return send(self, data) if address is None else sendto(self, data, address)


def transmit(self, data, name, port):
    number = self._open()
    data = bytes_of(data)
    if port == 0:
        raise failure("EINVAL")
    is_broadcast = name in BROADCAST_ADDRESS
    if is_broadcast and not self._options.get(SO_BROADCAST):
        raise failure("EACCES")
    if self._name is None:
        claim(self, ANY, 0)
    target = "" if is_broadcast else name
    code = stacks.host.sendMail(number, target, port, to_js(data), stacks.place()[0])
    if code:
        raise failure(code)
    return len(data)


# Receiving: one datagram a call, cut to what the program has room for.


def receive(self, size, flags, caller):
    """The datagram, who sent it, and whether it was cut."""
    if size < 0:
        raise ValueError(f"negative buffersize in {caller}")
    number = self._open()
    port = stacks.host.mailPort(number)
    what = f"a datagram on port {port}" if port else "a datagram"
    self._wait(stacks.host.hasMail, what, self._peer[0] if self._peer else "", flags)
    number = self._number
    length = stacks.host.mailLength(number)
    data = stacks.host.takeMail(number, size, bool(flags & MSG_PEEK)).to_bytes()
    sender = stacks.host.addressOfPeer(stacks.host.mailSender(number))
    sender = (sender, stacks.host.mailSenderPort(number))
    return data, sender, length > size


def recv(self, bufsize, flags=0, /):
    return receive(self, bufsize, flags, "recv")[0]


def recvfrom(self, bufsize, flags=0, /):
    return receive(self, bufsize, flags, "recvfrom")[:2]


def recvfrom_into(self, buffer, nbytes=0, flags=0):
    view = memoryview(buffer).cast("B")
    if nbytes < 0:
        raise ValueError("negative buffersize in recvfrom_into")
    if nbytes > len(view):
        raise ValueError("nbytes is greater than the length of the buffer")
    data, sender, _is_cut = receive(self, nbytes or len(view), flags, "recvfrom_into")
    view[: len(data)] = data
    return len(data), sender


def recv_into(self, buffer, nbytes=0, flags=0):
    return recvfrom_into(self, buffer, nbytes, flags)[0]


def recvmsg(self, bufsize, ancbufsize=0, flags=0, /):
    data, sender, is_cut = receive(self, bufsize, flags, "recvmsg")
    return data, [], MSG_TRUNC if is_cut else 0, sender


# What only streams have.


def unsupported(self, *_args):
    self._open()
    raise failure("EOPNOTSUPP")


def shutdown(self, how, /):
    getpeername(self)
    unsupported(self)


CALLS = {
    function.__name__: function
    for function in (
        *(bind, getsockname, connect, connect_ex, getpeername, shutdown),
        *(sendto, send, sendall, sendmsg),
        *(recv, recvfrom, recvfrom_into, recv_into, recvmsg),
    )
} | {"listen": unsupported, "_accept": unsupported}


def install(socket):
    """Gives a class of sockets both kinds: the library derives its own from one class."""
    for name, function in CALLS.items():
        setattr(socket, name, by_type(getattr(socket, name), function))


def by_type(stream, datagram):
    @functools.wraps(stream)
    def call(self, *args, **options):
        function = datagram if self._type == SOCK_DGRAM else stream
        return function(self, *args, **options)

    return call
