"""Ways to a connection."""

import socket

from rpyc.core.channel import Channel
from rpyc.core.service import VoidService, connect_service
from rpyc.core.stream import SocketStream
from rpyc.lib import spawn
from rpyc.utils.registry import UDPRegistryClient


class DiscoveryError(Exception):
    """No server offers it."""


class ForbiddenError(Exception):
    """The registry does not say."""


def connect_channel(channel, service=VoidService, config={}):
    return connect_service(service, channel, config)


def connect_stream(stream, service=VoidService, config={}):
    return connect_channel(Channel(stream), service, config)


def connect(host, port, service=VoidService, config={}, ipv6=False, keepalive=False):
    """Connects to a server; `service` is what this side offers to it."""
    stream = SocketStream.connect(host, port, ipv6=ipv6, keepalive=keepalive)
    return connect_stream(stream, service, config)


def connect_thread(service=VoidService, config={}, remote_service=VoidService, remote_config={}):
    """Connects to a server in a thread of this program."""
    listener = socket.socket()
    listener.bind(("localhost", 0))
    listener.listen(1)

    def serve():
        with listener:
            sock, _ = listener.accept()
        connect_stream(SocketStream(sock), remote_service, remote_config).serve_all()

    spawn(serve)
    host, port = listener.getsockname()
    return connect(host, port, service, config)


def discover(service_name, host=None, registrar=None, timeout=2):
    """(host, port) of every server that a registry knows to offer a service."""
    found = (registrar or UDPRegistryClient(timeout=timeout)).discover(service_name)
    if not found:
        raise DiscoveryError(f"no servers exposing {service_name!r} were found")
    if host:
        addresses = socket.gethostbyname_ex(host)[2]
        found = [place for place in found if place[0] in addresses]
    if not found:
        raise DiscoveryError(f"no servers exposing {service_name} were found on {host}")
    return found


def list_services(registrar=None, filter_host=None, timeout=2):
    services = (registrar or UDPRegistryClient(timeout=timeout)).list(filter_host)
    if services is None:
        raise ForbiddenError("Registry doesn't allow listing")
    return services


def connect_by_service(
    service_name, host=None, registrar=None, timeout=2, service=VoidService, config={}
):
    """Connects to the first of the servers found that answers."""
    for place in discover(service_name, host, registrar, timeout):
        try:
            return connect(*place, service, config=config)
        except OSError:
            pass
    raise DiscoveryError(f"All services are down: {service_name}")
