"""`_socket` over the simulated network: the library's own socket module runs on it unchanged.

TCP and UDP (datagrams.py) over IPv4, and pairs of sockets within a process. Addresses are (host name, port): names.py. What
a call does in which state is Linux's (sockets.ts).
"""

import builtins
import importlib
import operator
import struct
import sys
import time
import types
import warnings

from pyodide.ffi import to_js

from . import datagrams, linux, names, stacks
from .linux import CONSTANTS, ERRORS, bytes_of, failure
from .names import ANY_ADDRESS, LOOPBACK_ADDRESS, checked_address

AF_UNIX, AF_INET = 1, 2
SOCK_STREAM, SOCK_DGRAM = 1, 2
SOL_SOCKET, SOL_TCP, SOL_UDP = 1, 6, 17
PROTOCOLS = {SOCK_STREAM: SOL_TCP, SOCK_DGRAM: SOL_UDP}
SO_TYPE, SO_ERROR, SO_SNDBUF, SO_RCVBUF, SO_LINGER = 3, 4, 7, 8, 13
SO_ACCEPTCONN, SO_PROTOCOL, SO_DOMAIN = 30, 38, 39
MSG_OOB, MSG_PEEK, MSG_DONTWAIT, MSG_WAITALL = 1, 2, 64, 256
# SOCK_NONBLOCK and SOCK_CLOEXEC may be added to a type.
TYPE_FLAGS = 2048 | 524288
TYPES = (1, 2, 3, 4, 5)

# What a fresh socket has. Buffers are twice what was asked for: Linux keeps half for itself.
DEFAULTS = {(SOL_SOCKET, SO_SNDBUF): 16384, (SOL_SOCKET, SO_RCVBUF): 131072}
LEVELS = (0, SOL_SOCKET, SOL_TCP, SOL_UDP)
OPTION_MAX = 128
# More than this at once waits until it has left (sockets.ts).
SEND_BUFFER = 262_144

default_timeout = None


def checked_timeout(value):
    if value is None:
        return None
    value = float(value) if hasattr(value, "__float__") else value.__index__()
    if value < 0:
        raise ValueError("Timeout value out of range")
    return value


def peer_address(number):
    return (stacks.host.peerAddress(number), stacks.host.peerPort(number))


class socket:
    """One socket. `_number` is the host's, 0 when closed."""

    __slots__ = (
        *("_number", "_timeout", "_name", "_options", "_family", "_type", "_proto"),
        # The address that a socket of datagrams is connected to.
        "_peer",
    )

    # The library's subclass has properties of these names.
    family = property(lambda self: self._family)
    type = property(lambda self: self._type)
    proto = property(lambda self: self._proto)
    timeout = property(lambda self: self._timeout)

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        self._number = 0
        self._family = AF_INET if family == -1 else family
        self._type = SOCK_STREAM if type == -1 else type & ~TYPE_FLAGS
        self._proto = max(0, proto)
        self._timeout = default_timeout
        # The name it was bound to.
        self._name = None
        self._peer = None
        self._options = {}
        if fileno is not None:
            if not stacks.host.isSocket(fileno):
                raise failure("EBADF")
            if stacks.host.isMailbox(fileno):
                self._type = SOCK_DGRAM
            self._number = fileno
            return
        self._check(type)
        is_stream = self._type == SOCK_STREAM
        self._number = stacks.host.openSocket() if is_stream else stacks.host.openMailbox()

    def _check(self, type):
        if self._family != AF_INET:
            raise failure("EAFNOSUPPORT")
        if type != -1 and type & 2048:
            self._timeout = 0.0
        if self._type not in TYPES:
            raise failure("EINVAL")
        if self._proto not in (0, PROTOCOLS.get(self._type)):
            raise failure("EPROTONOSUPPORT")

    # State.

    def fileno(self):
        return self._number or -1

    def _open(self):
        if self._number == 0:
            raise failure("EBADF")
        return self._number

    def gettimeout(self):
        return self._timeout

    def settimeout(self, value, /):
        self._timeout = checked_timeout(value)

    def getblocking(self):
        return self._timeout != 0

    def setblocking(self, flag, /):
        self._timeout = None if flag else 0.0

    def setsockopt(self, level, option, value, optlen=None, /):
        number = self._open()
        if level not in LEVELS:
            raise failure("EOPNOTSUPP")
        if option > OPTION_MAX:
            raise failure("ENOPROTOOPT")
        if value is None:
            value = bytes(optlen)
        if isinstance(value, int):
            value = int(value)
        else:
            value = bytes_of(value)
            if (level, option) == (SOL_SOCKET, SO_LINGER) and self._type == SOCK_STREAM:
                stacks.host.setAbrupt(number, struct.unpack("ii", value) == (1, 0))
            else:
                value = int.from_bytes(value[:4], "little", signed=True)
        if (level, option) in DEFAULTS:
            value *= 2
        self._options[level, option] = value

    def getsockopt(self, level, option, buflen=0, /):
        number = self._open()
        if level not in LEVELS:
            raise failure("EOPNOTSUPP")
        if option > OPTION_MAX:
            raise failure("ENOPROTOOPT")
        value = self._option(number, level, option)
        if buflen == 0:
            return value if isinstance(value, int) else int.from_bytes(value[:4], "little")
        if isinstance(value, int):
            value = value.to_bytes(4, "little", signed=True)
        return value.ljust(8, b"\0")[:buflen] if option == SO_LINGER else value[:buflen]

    def _option(self, number, level, option):
        if level == SOL_SOCKET:
            if self._type == SOCK_DGRAM and option in (SO_ERROR, SO_ACCEPTCONN):
                return 0
            if option == SO_ERROR:
                code = stacks.host.takeError(number)
                return ERRORS[code][0] if code in ERRORS else 0
            if option == SO_TYPE:
                return self._type
            if option == SO_DOMAIN:
                return self._family
            if option == SO_PROTOCOL:
                return PROTOCOLS[self._type] if self._family == AF_INET else 0
            if option == SO_ACCEPTCONN:
                return int(stacks.host.isListening(number))
        value = self._options.get((level, option), DEFAULTS.get((level, option), 0))
        # A switch is on or off.
        return bool(value) + 0 if level == SOL_SOCKET and option in (2, 6, 9, 15) else value

    def getsockname(self):
        number = self._open()
        if self._family == AF_UNIX:
            return ""
        port = stacks.host.localPort(number)
        peer = stacks.host.peerAddress(number)
        if peer:
            return (peer if peer == "127.0.0.1" else names.own_address(), port)
        return (names.address_of(self._name or ""), port)

    def getpeername(self):
        number = self._open()
        name = stacks.host.peerName(number)
        if not name:
            raise failure("ENOTCONN")
        return "" if self._family == AF_UNIX else peer_address(number)

    def _wait(self, look, what, by="", flags=0, until=-1.0):
        """What `look` finds, as soon as it finds something. `until`: a moment, -1 for none yet."""
        found = look(self._open())
        if found != "":
            return found
        if self._timeout == 0 or flags & MSG_DONTWAIT:
            raise failure("EAGAIN")
        if until < 0 and self._timeout is not None:
            until = time.monotonic() + self._timeout
        while found == "":
            left = -1.0 if until < 0 else until - time.monotonic()
            if until >= 0 and left <= 0:
                raise TimeoutError("timed out")
            stacks.park(left, what, by, (self._number,))
            found = look(self._open())
        return found

    # Servers.

    def bind(self, address, /):
        name, port = checked_address(address, "bind")
        number = self._open()
        if self._name is not None:
            raise failure("EINVAL")
        names.check_local(name)
        self._claim(number, port)
        self._name = name or "0.0.0.0"

    def _claim(self, number, port):
        """The machine decides, because its processes share its ports."""
        stacks.host.bind(number, port)
        while not (state := stacks.host.bound(number)):
            stacks.park(files=(number,))
            self._open()
        if state != "bound":
            raise failure(state)

    def listen(self, backlog=128, /):
        operator.index(backlog)
        number = self._open()
        if stacks.host.peerName(number):
            raise failure("EINVAL")
        if self._name is None:
            self._claim(number, 0)
            self._name = "0.0.0.0"
        stacks.host.listen(number, self._name in LOOPBACK_ADDRESS)

    def _accept(self):
        port = stacks.host.localPort(self._open())
        accepted = self._wait(stacks.host.accept, f"a connection on port {port}")
        if isinstance(accepted, str):
            raise failure(accepted)
        return accepted, peer_address(accepted)

    # Clients.

    def connect(self, address, /):
        code = self._connect(address)
        if code:
            raise failure(code)

    def connect_ex(self, address, /):
        try:
            code = self._connect(address)
        except TimeoutError:
            code = "EAGAIN"
        if code == "ENOTFOUND":
            raise failure(code)
        return ERRORS[code][0] if code else 0

    def _connect(self, address):
        name, port = checked_address(address, "connect")
        number = self._open()
        if name in ANY_ADDRESS:
            name = "localhost"
        code = stacks.host.connect(number, name, port, stacks.place()[0])
        if code != "EINPROGRESS" or self._timeout == 0:
            return code
        state = self._wait(stacks.host.connected, f"a connection to {name}:{port}", name)
        return "" if state == "open" else state

    # Data.

    def recv(self, bufsize, flags=0, /):
        if bufsize < 0:
            raise ValueError("negative buffersize in recv")
        self._open()
        if flags & MSG_OOB:
            raise failure("EINVAL")
        data = self._receive(bufsize, flags)
        if not flags & MSG_WAITALL or flags & MSG_PEEK:
            return data
        parts = [data]
        while data and (bufsize := bufsize - len(data)) > 0:
            try:
                data = self._receive(bufsize, flags)
            except OSError:
                # What has come is not lost; the next call tells of the failure.
                break
            parts.append(data)
        return b"".join(parts)

    def _receive(self, size, flags):
        peer = stacks.host.peerName(self._number)
        state = self._wait(stacks.host.readable, f"data from {peer}", peer, flags)
        if state == "data" and size == 0:
            return b""
        if state == "data":
            return stacks.host.take(self._number, size, bool(flags & MSG_PEEK)).to_bytes()
        if state == "end":
            return b""
        raise failure(state)

    def recv_into(self, buffer, nbytes=0, flags=0):
        view = memoryview(buffer).cast("B")
        if nbytes < 0:
            raise ValueError("negative buffersize in recv_into")
        if nbytes > len(view):
            raise ValueError("buffer too small for requested bytes")
        data = self.recv(nbytes or len(view), flags)
        view[: len(data)] = data
        return len(data)

    def recvfrom(self, bufsize, flags=0, /):
        return self.recv(bufsize, flags), None

    def recvfrom_into(self, buffer, nbytes=0, flags=0):
        return self.recv_into(buffer, nbytes, flags), None

    def recvmsg(self, bufsize, ancbufsize=0, flags=0, /):
        return self.recv(bufsize, flags), [], 0, None

    def send(self, data, flags=0, /):
        return self._send(bytes_of(data), flags)

    def sendall(self, data, flags=0, /):
        data = bytes_of(data)
        self._open()
        # The time-out is for all of it.
        until = -1.0 if self._timeout is None else time.monotonic() + self._timeout
        while data:
            data = data[self._send(data, flags, until) :]

    def sendto(self, data, *rest):
        # A stream has its address.
        return self._send(bytes_of(data), rest[0] if len(rest) == 2 else 0)

    def sendmsg(self, buffers, ancdata=(), flags=0, address=None, /):
        return self._send(b"".join(bytes_of(data) for data in buffers), flags)

    def _send(self, data, flags, until=-1.0):
        """How much of it was taken: all, unless the program would not wait."""
        number = self._open()
        is_whole = self._timeout is None and not flags & MSG_DONTWAIT
        peer = stacks.host.peerName(number)
        line = stacks.place()[0]
        data_js = to_js(data)
        count = self._wait(
            lambda number: stacks.host.send(number, data_js, is_whole, line),
            f"room at {peer}",
            peer,
            flags,
            until,
        )
        if isinstance(count, str):
            raise failure(count)
        if is_whole and count > SEND_BUFFER:
            state = self._wait(stacks.host.writable, f"room at {peer}", peer)
            if state != "room":
                raise failure(state)
        return count

    # The end.

    def shutdown(self, how, /):
        number = self._open()
        if how not in (0, 1, 2):
            raise failure("EINVAL")
        code = stacks.host.shutdown(number, how)
        if code:
            raise failure(code)

    def close(self):
        number, self._number = self._number, 0
        if number:
            stacks.host.closeFile(number)

    def detach(self):
        number, self._number = self._number, 0
        return number or -1

    def __del__(self):
        if getattr(self, "_number", 0):
            warnings.warn(f"unclosed {self!r}", ResourceWarning, source=self)
            socket.close(self)


def getdefaulttimeout():
    return default_timeout


def setdefaulttimeout(timeout, /):
    global default_timeout
    default_timeout = checked_timeout(timeout)


def socketpair(family=AF_UNIX, type=SOCK_STREAM, proto=0, /):
    if family != AF_UNIX or type & ~TYPE_FLAGS != SOCK_STREAM:
        raise failure("EOPNOTSUPP")
    return tuple(socket(family, type, proto, number) for number in stacks.host.socketPair())


def close(fd, /):
    if not stacks.host.isSocket(fd):
        raise failure("EBADF")
    stacks.host.closeFile(fd)


def dup(fd, /):
    if not stacks.host.isSocket(fd):
        raise failure("EBADF")
    return stacks.host.dupSocket(fd)


def swapped(length):
    return lambda value, /: int.from_bytes(value.to_bytes(length, "little"), "big")


def install():
    """Puts this in the place of the C module."""
    datagrams.install(socket)
    module = types.ModuleType("_socket", "Sockets of the simulated network.")
    module.__dict__.update(CONSTANTS)
    module.socket = module.SocketType = socket
    module.error = OSError
    module.gaierror, module.herror = linux.gaierror, linux.herror
    module.timeout = builtins.TimeoutError
    module.gethostname = lambda: stacks.host.hostName()
    module.htons = module.ntohs = swapped(2)
    module.htonl = module.ntohl = swapped(4)
    for function in (getdefaulttimeout, setdefaulttimeout, socketpair, close, dup):
        setattr(module, function.__name__, function)
    for name in (
        "getaddrinfo gethostbyname gethostbyaddr getnameinfo getservbyname getservbyport"
        " getprotobyname inet_aton inet_ntoa inet_pton inet_ntop"
    ).split():
        setattr(module, name, getattr(names, name))
    sys.modules["_socket"] = module
    # asyncio holds the library's module already.
    import socket as library

    for name in [name for name in vars(library) if not name.startswith("__")]:
        delattr(library, name)
    importlib.reload(library)
