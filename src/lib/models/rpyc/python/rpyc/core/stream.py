"""Bytes to and from a socket."""

import select
import socket
import time

from rpyc.core.consts import STREAM_CHUNK
from rpyc.lib import Timeout, exp_backoff

CONNECT_TIMEOUT, CONNECT_ATTEMPTS = 3, 6


class Stream:
    """What a channel needs of a stream."""

    __slots__ = ()


class SocketStream(Stream):
    __slots__ = ("sock",)
    MAX_IO_CHUNK = STREAM_CHUNK

    def __init__(self, sock):
        self.sock = sock

    @classmethod
    def connect(cls, host, port, ipv6=False, keepalive=False, nodelay=False, **options):
        family = socket.AF_INET6 if ipv6 else options.pop("family", socket.AF_INET)
        timeout = options.pop("timeout", CONNECT_TIMEOUT)
        attempts = options.pop("attempts", CONNECT_ATTEMPTS)
        family, kind, proto, _, address = socket.getaddrinfo(host, port, family, socket.SOCK_STREAM)[0]
        sock = _connected(family, kind, proto, address, timeout, attempts)
        if nodelay:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if keepalive:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        return cls(sock)

    @property
    def closed(self):
        return self.sock is None

    def close(self):
        sock, self.sock = self.sock, None
        if sock is None:
            return
        try:
            sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        sock.close()

    def fileno(self):
        return self._open().fileno()

    def poll(self, timeout):
        """Whether there is something to read, or comes in this time."""
        sock = self._open()
        try:
            return bool(select.select([sock], [], [], Timeout(timeout).timeleft())[0])
        except (ValueError, OSError) as error:
            # Another thread closed it.
            raise EOFError("stream has been closed") from error

    def read(self, count):
        data = bytearray()
        while len(data) < count:
            try:
                piece = self._open().recv(min(self.MAX_IO_CHUNK, count - len(data)))
            except TimeoutError as error:
                if error.errno is None:
                    continue
                self._fail(error)
            except OSError as error:
                self._fail(error)
            if not piece:
                self.close()
                raise EOFError("connection closed by peer")
            data += piece
        return bytes(data)

    def write(self, data):
        try:
            while data:
                data = data[self._open().send(data[: self.MAX_IO_CHUNK]) :]
        except OSError as error:
            self._fail(error)

    def _open(self):
        if self.sock is None:
            raise EOFError("stream has been closed")
        return self.sock

    def _fail(self, error):
        self.close()
        raise EOFError(error)


def _connected(family, kind, proto, address, timeout, attempts):
    """Tries again, after less and less short pauses, when nothing answers at all."""
    for attempt in range(1, attempts + 1):
        sock = socket.socket(family, kind, proto)
        sock.settimeout(timeout)
        try:
            sock.connect(address)
            return sock
        except BaseException as error:
            sock.close()
            is_silence = isinstance(error, TimeoutError) and error.errno is None
            if not is_silence or attempt == attempts:
                raise
        time.sleep(exp_backoff(attempt))
