"""`_socket` over the simulated network: the library's own socket module runs on it unchanged.

TCP over IPv4 only. Addresses are (host name, port): the simulated network has no numbers. Error
numbers are Linux's, as every program on a real node would see them.
"""

import builtins
import importlib
import sys
import time
import types

from pyodide.ffi import to_js

from . import stacks

AF_UNIX = 1
AF_INET = 2
SOCK_STREAM = 1
IPPROTO_TCP = 6
SHUT_RD, SHUT_WR, SHUT_RDWR = 0, 1, 2
EAI_NONAME = -2

CONSTANTS = {
    "AF_UNSPEC": 0,
    "AF_UNIX": AF_UNIX,
    "AF_INET": AF_INET,
    "AF_INET6": 10,
    "SOCK_STREAM": SOCK_STREAM,
    "SOCK_DGRAM": 2,
    "SOCK_RAW": 3,
    "SOCK_NONBLOCK": 2048,
    "SOCK_CLOEXEC": 524288,
    "SOL_SOCKET": 1,
    "SO_REUSEADDR": 2,
    "SO_TYPE": 3,
    "SO_ERROR": 4,
    "SO_BROADCAST": 6,
    "SO_SNDBUF": 7,
    "SO_RCVBUF": 8,
    "SO_KEEPALIVE": 9,
    "SO_LINGER": 13,
    "SO_REUSEPORT": 15,
    "SOMAXCONN": 4096,
    "IPPROTO_IP": 0,
    "IPPROTO_TCP": IPPROTO_TCP,
    "IPPROTO_UDP": 17,
    "IPPROTO_IPV6": 41,
    "IPV6_V6ONLY": 26,
    "TCP_NODELAY": 1,
    "TCP_KEEPIDLE": 4,
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 6,
    "MSG_OOB": 1,
    "MSG_PEEK": 2,
    "MSG_DONTWAIT": 64,
    "MSG_WAITALL": 256,
    "MSG_NOSIGNAL": 16384,
    "SHUT_RD": SHUT_RD,
    "SHUT_WR": SHUT_WR,
    "SHUT_RDWR": SHUT_RDWR,
    "AI_PASSIVE": 1,
    "AI_CANONNAME": 2,
    "AI_NUMERICHOST": 4,
    "EAI_NONAME": EAI_NONAME,
    "EAI_AGAIN": -3,
    "EAI_FAMILY": -6,
    "EAI_SERVICE": -8,
    "NI_NUMERICHOST": 1,
    "NI_NUMERICSERV": 2,
    "INADDR_ANY": 0,
    "INADDR_LOOPBACK": 0x7F000001,
    "has_ipv6": False,
}

# Name -> Linux's number, words, and the exception that CPython raises for it.
ERRORS = {
    "EAGAIN": (11, "Resource temporarily unavailable", BlockingIOError),
    "EBADF": (9, "Bad file descriptor", OSError),
    "EINVAL": (22, "Invalid argument", OSError),
    "EPIPE": (32, "Broken pipe", BrokenPipeError),
    "EOPNOTSUPP": (95, "Operation not supported", OSError),
    "EADDRINUSE": (98, "Address already in use", OSError),
    "EADDRNOTAVAIL": (99, "Cannot assign requested address", OSError),
    "ECONNABORTED": (103, "Software caused connection abort", ConnectionAbortedError),
    "ECONNRESET": (104, "Connection reset by peer", ConnectionResetError),
    "EISCONN": (106, "Transport endpoint is already connected", OSError),
    "ENOTCONN": (107, "Transport endpoint is not connected", OSError),
    "ETIMEDOUT": (110, "Connection timed out", TimeoutError),
    "ECONNREFUSED": (111, "Connection refused", ConnectionRefusedError),
    "EALREADY": (114, "Operation already in progress", BlockingIOError),
    "EINPROGRESS": (115, "Operation now in progress", BlockingIOError),
}

ANY_ADDRESS = ("", "0.0.0.0")
LOOPBACK_ADDRESS = ("localhost", "127.0.0.1")


class gaierror(OSError):
    __module__ = "socket"


class herror(OSError):
    __module__ = "socket"


def failure(code):
    """The exception for an error of the host's."""
    if code == "ENOTFOUND":
        return gaierror(EAI_NONAME, "Name or service not known")
    number, words, kind = ERRORS[code]
    return kind(number, words)


def checked_address(address):
    if not isinstance(address, tuple):
        raise TypeError(f"AF_INET address must be tuple, not {type(address).__name__}")
    if len(address) != 2:
        raise TypeError("AF_INET address must be a pair (host, port)")
    name, port = address
    if isinstance(name, (bytes, bytearray)):
        name = name.decode()
    if not isinstance(name, str):
        raise TypeError(f"str, bytes or bytearray expected, not {type(name).__name__}")
    port = port.__index__()
    if not 0 <= port <= 65535:
        raise OverflowError("port must be 0-65535.")
    return name, port


class socket:
    """One socket. `_number` is the host's, 0 when closed."""

    __slots__ = ("_number", "_timeout", "_bound", "_options", "_is_shut", "_family")

    # The library's subclass has properties of these names.
    family = property(lambda self: self._family)
    type = property(lambda self: SOCK_STREAM)
    proto = property(lambda self: 0)

    def __init__(self, family=-1, type=-1, proto=-1, fileno=None):
        self._number = 0
        is_pair = family == AF_UNIX and fileno is not None
        if family not in (-1, AF_INET) and not is_pair or type not in (-1, SOCK_STREAM):
            raise OSError(97, "Address family not supported: only AF_INET with SOCK_STREAM is")
        self._family = AF_INET if family == -1 else family
        self._timeout = default_timeout
        self._bound = None
        self._options = {}
        self._is_shut = False
        self._number = stacks.host.openSocket() if fileno is None else fileno

    # State.

    def fileno(self):
        return self._number or -1

    def gettimeout(self):
        return self._timeout

    @property
    def timeout(self):
        return self._timeout

    def settimeout(self, value):
        if value is not None:
            value = float(value)
            if value < 0:
                raise ValueError("Timeout value out of range")
        self._timeout = value

    def getblocking(self):
        return self._timeout != 0

    def setblocking(self, flag):
        self._timeout = None if flag else 0.0

    def setsockopt(self, level, option, value, *_length):
        self._options[level, option] = value

    def getsockopt(self, level, option, *_length):
        if (level, option) == (CONSTANTS["SOL_SOCKET"], CONSTANTS["SO_ERROR"]):
            code = stacks.host.socketError(self._open())
            return ERRORS[code][0] if code in ERRORS else 0
        return self._options.get((level, option), 0)

    def _open(self):
        if self._number == 0:
            raise failure("EBADF")
        return self._number

    def getsockname(self):
        self._open()
        if self._bound is not None:
            return self._bound
        port = stacks.host.localPort(self._number)
        return (stacks.host.hostName() if port else "0.0.0.0", port)

    def getpeername(self):
        name = stacks.host.peerName(self._open())
        if not name:
            raise failure("ENOTCONN")
        return (name, stacks.host.peerPort(self._number))

    def _wait(self, look, what, by=""):
        """What `look` finds, as soon as it finds something."""
        number = self._open()
        found = look(number)
        if found:
            return found
        if self._timeout == 0:
            raise failure("EAGAIN")
        end = None if self._timeout is None else time.monotonic() + self._timeout
        while not found:
            left = -1.0 if end is None else end - time.monotonic()
            if end is not None and left <= 0:
                raise TimeoutError("timed out")
            stacks.park(left, what, by, (number,))
            found = look(self._open())
        return found

    # Servers.

    def bind(self, address):
        name, port = checked_address(address)
        if self._bound is not None:
            raise failure("EINVAL")
        if name not in ANY_ADDRESS and not stacks.host.isLocal(name):
            raise failure("EADDRNOTAVAIL" if stacks.host.isKnown(name) else "ENOTFOUND")
        if port == 0:
            port = stacks.host.freePort()
        if stacks.host.isPortTaken(port):
            raise failure("EADDRINUSE")
        self._bound = (name or "0.0.0.0", port)

    def listen(self, backlog=128):
        number = self._open()
        if self._bound is None:
            self._bound = ("0.0.0.0", stacks.host.freePort())
        name, port = self._bound
        code = stacks.host.listen(number, port, name in LOOPBACK_ADDRESS)
        if code:
            raise failure(code)

    def _accept(self):
        number = self._open()
        if not stacks.host.isListening(number):
            raise failure("EINVAL")
        port = self._bound[1]
        accepted = self._wait(stacks.host.accept, f"a connection on port {port}")
        return accepted, (stacks.host.peerName(accepted), stacks.host.peerPort(accepted))

    # Clients.

    def connect(self, address):
        code = self._connect(address)
        if code:
            raise failure(code)

    def connect_ex(self, address):
        code = self._connect(address)
        return ERRORS[code][0] if code else 0

    def _connect(self, address):
        name, port = checked_address(address)
        number = self._open()
        code = stacks.host.connect(number, name, port, stacks.place()[0])
        if code or self._timeout == 0:
            return code or "EINPROGRESS"
        state = self._wait(stacks.host.connected, f"a connection to {name}:{port}", name)
        return "" if state == "open" else state

    # Data.

    def recv(self, size, flags=0):
        if size < 0:
            raise ValueError("negative buffersize in recv")
        peer = stacks.host.peerName(self._open())
        if not peer:
            raise failure(stacks.host.socketError(self._number) or "ENOTCONN")
        state = self._wait(stacks.host.readable, f"data from {peer}", peer)
        if state == "data":
            return stacks.host.take(self._number, size, bool(flags & 2)).to_bytes()
        if state == "end":
            return b""
        raise failure(state)

    def recv_into(self, buffer, nbytes=0, flags=0):
        view = memoryview(buffer).cast("B")
        data = self.recv(nbytes or len(view), flags)
        view[: len(data)] = data
        return len(data)

    def recvfrom(self, size, flags=0):
        return self.recv(size, flags), None

    def send(self, data, flags=0):
        number = self._open()
        if self._is_shut:
            raise failure("EPIPE")
        if self._timeout == 0 and stacks.host.writable(number) == "":
            raise failure("EAGAIN")
        data = bytes(data)
        code = stacks.host.send(number, to_js(data), stacks.place()[0])
        if code:
            raise failure(code)
        # What finds no room has been taken all the same: only a blocking call waits for it.
        if self._timeout != 0:
            peer = stacks.host.peerName(number)
            state = self._wait(stacks.host.writable, f"room at {peer}", peer)
            if state != "room":
                raise failure(state)
        return len(data)

    def sendall(self, data, flags=0):
        self.send(data, flags)

    def shutdown(self, how):
        if not stacks.host.peerName(self._open()):
            raise failure("ENOTCONN")
        if how not in (SHUT_RD, SHUT_WR, SHUT_RDWR):
            raise failure("EINVAL")
        if how == SHUT_WR:
            # The simulated network closes both directions at once.
            raise failure("EOPNOTSUPP")
        if how == SHUT_RDWR:
            self._is_shut = True
            stacks.host.shut(self._number)

    def close(self):
        number, self._number = self._number, 0
        if number:
            stacks.host.closeFile(number)

    def detach(self):
        number, self._number = self._number, 0
        return number or -1

    def __del__(self):
        if getattr(self, "_number", 0):
            self.close()


default_timeout = None


def setdefaulttimeout(timeout):
    global default_timeout
    default_timeout = None if timeout is None else float(timeout)


def socketpair(family=AF_UNIX, type=SOCK_STREAM, proto=0):
    return tuple(socket(family, type, proto, number) for number in stacks.host.socketPair())


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    if isinstance(host, bytes):
        host = host.decode()
    if host is None:
        host = "0.0.0.0" if flags & CONSTANTS["AI_PASSIVE"] else "localhost"
    if host not in ANY_ADDRESS and not stacks.host.isKnown(host):
        raise failure("ENOTFOUND")
    if isinstance(port, str):
        if not port.isdigit():
            raise gaierror(CONSTANTS["EAI_SERVICE"], "Servname not supported for ai_socktype")
        port = int(port)
    return [(AF_INET, SOCK_STREAM, IPPROTO_TCP, "", (host or "0.0.0.0", port or 0))]


def gethostbyname(name):
    if not stacks.host.isKnown(name):
        raise failure("ENOTFOUND")
    return name


def install():
    """Puts this in the place of the C module, before anybody imports socket."""
    module = types.ModuleType("_socket", "Sockets of the simulated network.")
    module.__dict__.update(CONSTANTS)
    module.socket = module.SocketType = socket
    module.error = OSError
    module.gaierror = gaierror
    module.herror = herror
    module.timeout = builtins.TimeoutError
    module.socketpair = socketpair
    module.getaddrinfo = getaddrinfo
    module.gethostbyname = gethostbyname
    module.gethostname = lambda: stacks.host.hostName()
    module.gethostbyaddr = lambda name: (gethostbyname(name), [], [name])
    module.getdefaulttimeout = lambda: default_timeout
    module.setdefaulttimeout = setdefaulttimeout
    module.close = lambda number: stacks.host.closeFile(number)
    module.htons = module.ntohs = lambda value: int.from_bytes(value.to_bytes(2, "little"), "big")
    module.htonl = module.ntohl = lambda value: int.from_bytes(value.to_bytes(4, "little"), "big")
    module.inet_aton = lambda text: bytes(int(part) for part in text.split("."))
    module.inet_ntoa = lambda packed: ".".join(str(part) for part in packed)
    sys.modules["_socket"] = module
    _linux_errors()
    # asyncio holds the library's module already.
    import socket as library

    for name in [name for name in vars(library) if not name.startswith("__")]:
        delattr(library, name)
    importlib.reload(library)


def _linux_errors():
    """Emscripten numbers errors in its own way; programs compare with what Linux has."""
    import errno

    for name, (number, _words, _kind) in ERRORS.items():
        setattr(errno, name, number)
        errno.errorcode[number] = name
    errno.EWOULDBLOCK = errno.EAGAIN
