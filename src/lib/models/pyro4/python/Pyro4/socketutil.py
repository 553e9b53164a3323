"""Sockets as Pyro uses them, and what it says of their failures."""

import socket
from contextlib import suppress

from .errors import ConnectionClosedError, TimeoutError

# So many connections wait to be accepted.
BACKLOG = 100


def createSocket(bind=None, connect=None, reuseaddr=False, timeout=None):
    """A socket that listens at an address, or is connected to one."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if reuseaddr:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.settimeout(timeout or None)
        if bind:
            sock.bind((bind[0] or "", bind[1]))
            sock.listen(BACKLOG)
        if connect:
            sock.connect(connect)
    except BaseException:
        sock.close()
        raise
    return sock


def createBroadcastSocket(bind=None, reuseaddr=False, timeout=None):
    """A socket for datagrams that may go to every machine."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
    if reuseaddr:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.settimeout(timeout or None)
    if bind:
        sock.bind((bind[0] or "", bind[1]))
    return sock


def getIpAddress(hostname, workaround127=False, ipVersion=None):
    """The address of a host, of this one without a name."""
    return socket.gethostbyname(hostname or socket.gethostname())


def receiveData(sock, size):
    """Exactly so many bytes."""
    data = b""
    try:
        while len(data) < size:
            chunk = sock.recv(size - len(data), socket.MSG_WAITALL)
            if not chunk:
                break
            data += chunk
    except socket.timeout:
        raise TimeoutError("receiving: timeout") from None
    except OSError as error:
        raise ConnectionClosedError(f"receiving: connection lost: {error}") from None
    if len(data) == size:
        return data
    closed = ConnectionClosedError("receiving: not enough data")
    closed.partialData = data
    raise closed


def sendData(sock, data):
    try:
        sock.sendall(data)
    except socket.timeout:
        raise TimeoutError("sending: timeout") from None
    except OSError as error:
        raise ConnectionClosedError(f"sending: connection lost: {error}") from None


class SocketConnection:
    """One end of a connection: of a proxy, or of a daemon to one of its clients."""

    def __init__(self, sock, objectId=None, keep_open=False):
        self.sock = sock
        self.objectId = objectId
        self.keep_open = keep_open
        # Of classes with a session per connection: their instances.
        self.pyroInstances = {}
        # Closed when the client goes.
        self.tracked_resources = set()

    def send(self, data):
        sendData(self.sock, data)

    def recv(self, size):
        return receiveData(self.sock, size)

    def close(self):
        if self.keep_open:
            return
        with self.sock, suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.pyroInstances.clear()
        while self.tracked_resources:
            with suppress(Exception):
                self.tracked_resources.pop().close()

    def fileno(self):
        return self.sock.fileno()

    def family(self):
        return "IPv4"

    @property
    def timeout(self):
        return self.sock.gettimeout()

    @timeout.setter
    def timeout(self, seconds):
        self.sock.settimeout(seconds or None)


def family_str(sock):
    return "IPv4" if sock else "???"


