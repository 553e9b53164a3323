"""From names to addresses: finds a name server and asks it."""

import random
import socket

from . import constants, socketutil
from ._uri import URI
from .configuration import config
from .errors import NamingError, PyroError

# Of each call into the dark, in seconds, and how many.
BROADCAST_TIMEOUT = 0.7
BROADCASTS = 3
QUESTION = b"GET_NSURI"


def resolve(uri, hmac_key=None):
    """The address (`PYRO:`) behind any URI. An address is its own."""
    if isinstance(uri, str):
        uri = URI(uri)
    elif not isinstance(uri, URI):
        raise TypeError("can only resolve Pyro URIs")
    if uri.protocol == "PYRO":
        return uri
    with locateNS(uri.host, uri.port) as nameserver:
        if uri.protocol == "PYRONAME":
            return nameserver.lookup(uri.object)
        candidates = nameserver.list(metadata_all=uri.object)
    if not candidates:
        raise NamingError(
            f"no registrations available with desired metadata properties {uri.object}"
        )
    return URI(random.choice(list(candidates.values())))


def locateNS(host=None, port=None, broadcast=True, hmac_key=None):
    """A proxy of a name server: at this host, or on this machine, or of whoever answers a broadcast."""
    if host is None:
        if config.NS_HOST == "localhost" or config.NS_HOST.startswith("127."):
            try:
                return _bound(config.NS_HOST, port or config.NS_PORT)
            except PyroError:
                pass
        found = _broadcast(port or config.NS_BCPORT) if broadcast else None
        if found:
            return found
        host, port = config.NS_HOST, config.NS_PORT
    try:
        return _bound(host, port or config.NS_PORT)
    except PyroError as error:
        raise NamingError("Failed to locate the nameserver") from error


def _bound(host, port):
    from ._proxy import Proxy

    proxy = Proxy(f"PYRO:{constants.NAMESERVER_NAME}@{host}:{port}")
    proxy._pyroBind()
    return proxy


def _broadcast(port):
    """Whoever answers first."""
    from ._proxy import Proxy

    sock = socketutil.createBroadcastSocket(reuseaddr=True, timeout=BROADCAST_TIMEOUT)
    try:
        for _ in range(BROADCASTS):
            for address in config.parseAddressesString(config.BROADCAST_ADDRS):
                _ask(sock, address, port)
            try:
                answer, _ = sock.recvfrom(100)
            except (socket.timeout, ConnectionError):
                continue
            return Proxy(answer.decode("iso-8859-1"))
    finally:
        sock.close()
    return None


def _ask(sock, address, port):
    try:
        sock.sendto(QUESTION, 0, (address, port))
    except OSError:
        # Not every address can be sent to everywhere.
        pass
