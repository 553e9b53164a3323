"""The registry: servers say what they offer, clients ask who offers it."""

import logging
import socket
import time
from contextlib import suppress

from rpyc.core import brine

DEFAULT_PRUNING_TIMEOUT = 4 * 60
MAX_DGRAM_SIZE = 1500
REGISTRY_PORT = 18811
_MAGIC = "RPYC"


class RegistryServer:
    """What both kinds of registry do. `services` holds by name the time at which each server last spoke."""

    def __init__(self, listenersock, pruning_timeout=None, logger=None, allow_listing=False):
        self.sock = listenersock
        self.port = listenersock.getsockname()[1]
        self.active = False
        self.services = {}
        self.pruning_timeout = DEFAULT_PRUNING_TIMEOUT if pruning_timeout is None else pruning_timeout
        self.allow_listing = allow_listing
        self.logger = logger or logging.getLogger(f"REGSRV/{self.KIND}/{self.port}")

    def on_service_added(self, name, addrinfo):
        """A server is new."""

    def on_service_removed(self, name, addrinfo):
        """A server said good-bye, or nothing for too long."""

    def cmd_query(self, host, name):
        say, name = self.logger.debug, name.upper()
        say(f"querying for {name!r}")
        if places := self.services.get(name):
            self._prune(name, places)
            # Who spoke last comes last.
            found = sorted(places, key=places.get)
            say(f"replying with {found!r}")
            return tuple(found)
        say("no such service")
        return ()

    def _prune(self, name, places):
        oldest = time.time() - self.pruning_timeout
        for place in [it for it, seen in places.items() if seen < oldest]:
            self.logger.debug("discarding stale {}:{}".format(*place))
            self._remove(name, place)

    def cmd_list(self, host, filter_host):
        say, (wanted,) = self.logger.debug, filter_host
        say("querying for services list:")
        if self.allow_listing:
            hosts = {name: {place[0] for place in places} for name, places in self.services.items()}
            names = tuple(name for name in hosts if not wanted or wanted in hosts[name])
            say(f"replying with {names}")
            return names
        say("listing is disabled")
        return None

    def cmd_register(self, host, names, port):
        self.logger.debug(f"registering {host}:{port} as {', '.join(names)}")
        for name in names:
            places = self.services.setdefault(name.upper(), {})
            is_new = (host, port) not in places
            places[host, port] = time.time()
            if is_new:
                self._tell(self.on_service_added, name.upper(), (host, port), "add")
        return "OK"

    def cmd_unregister(self, host, port):
        self.logger.debug(f"unregistering {host}:{port}")
        for name in list(self.services):
            self._remove(name, (host, port))
        return "OK"

    def _remove(self, name, place):
        self.services[name].pop(place, None)
        if not self.services[name]:
            del self.services[name]
        self._tell(self.on_service_removed, name, place, "remove")

    def _tell(self, hook, name, place, what):
        try:
            hook(name, place)
        except Exception:
            self.logger.exception(f"error executing service {what} callback")

    def start(self):
        """Answers until `close`, or Ctrl-C."""
        if self.active or self.sock is None:
            raise ValueError("server is already running" if self.active else "object disposed")
        self.active = True
        self.logger.debug("server started on {}:{}".format(*self.sock.getsockname()))
        with self.sock:
            self._serve_on()
        self.sock = None

    def _serve_on(self):
        try:
            while self.active:
                self._serve()
        except KeyboardInterrupt:
            self.logger.warning("User interrupt!")
        finally:
            self.active = False
            self.logger.debug("server closed")

    def close(self):
        if not self.active:
            raise ValueError("server is not running")
        self.active = False
        self.logger.debug("stopping server...")
        # Wakes who waits for a question.
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def _serve(self):
        try:
            data, place = self._recv()
        except OSError:
            return
        try:
            magic, command, args = brine.load(data)
        except Exception:
            return
        if magic != _MAGIC:
            self.logger.warning(f"invalid magic: {magic!r}")
            return
        work = getattr(self, f"cmd_{command.lower()}", None)
        if work is None:
            self.logger.warning(f"unknown command: {command!r}")
            return
        try:
            reply = work(place[0], *args)
        except Exception:
            self.logger.exception("error executing function")
        else:
            self._send(brine.dump(reply), place)


class UDPRegistryServer(RegistryServer):
    KIND = "UDP"

    def __init__(
        self, host="0.0.0.0", port=REGISTRY_PORT, pruning_timeout=None, logger=None, allow_listing=False
    ):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((host, port))
        super().__init__(sock, pruning_timeout, logger, allow_listing)

    def _recv(self):
        return self.sock.recvfrom(MAX_DGRAM_SIZE)

    def _send(self, data, place):
        try:
            self.sock.sendto(data, place)
        except OSError:
            pass


class TCPRegistryServer(RegistryServer):
    KIND = "TCP"

    def __init__(
        self,
        host="0.0.0.0",
        port=REGISTRY_PORT,
        pruning_timeout=None,
        logger=None,
        reuse_addr=True,
        allow_listing=False,
    ):
        sock = socket.socket()
        sock.bind((host, port))
        sock.listen(10)
        super().__init__(sock, pruning_timeout, logger, allow_listing)
        self._asking = None

    def _recv(self):
        self._asking, place = self.sock.accept()
        return self._asking.recv(MAX_DGRAM_SIZE), place

    def _send(self, data, place):
        with self._asking as sock:
            try:
                sock.send(data)
            except OSError:
                pass


class RegistryClient:
    """Also called a registrar."""

    REREGISTER_INTERVAL = 60

    def __init__(self, ip, port, timeout, logger=None):
        self.ip, self.port, self.timeout = ip, port, timeout
        self.logger = logger or logging.getLogger(f"REGCLNT/{self.KIND}")

    def discover(self, name):
        """(host, port) of each server that offers it."""
        return self._ask("QUERY", name)

    def list(self, filter_host=None):
        """Names of the services; None when the registry does not say."""
        return self._ask("LIST", (filter_host,))

    def _ask(self, command, given):
        with self._open() as sock:
            self._say(sock, command, given)
            try:
                return brine.load(sock.recv(MAX_DGRAM_SIZE))
            except OSError:
                return ()

    def _say(self, sock, command, *given):
        sock.settimeout(self.timeout)
        self._transmit(sock, brine.dump((_MAGIC, command, given)))


class UDPRegistryClient(RegistryClient):
    KIND = "UDP"

    def __init__(
        self, ip="255.255.255.255", port=REGISTRY_PORT, timeout=2, bcast=None, logger=None, ipv6=False
    ):
        super().__init__(ip, port, timeout, logger)
        self.bcast = "255" in ip.split(".") if bcast is None else bcast

    def _open(self):
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        if self.bcast:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, True)
        return sock

    def _transmit(self, sock, data):
        sock.sendto(data, (self.ip, self.port))

    def register(self, aliases, port, interface=""):
        self.logger.info(f"registering on {self.ip}:{self.port}")
        with self._open() as sock:
            sock.bind((interface, 0))
            self._say(sock, "REGISTER", aliases, port)
            end = time.time() + self.timeout
            while (left := end - time.time()) > 0:
                sock.settimeout(left)
                try:
                    data, (host, its_port) = sock.recvfrom(MAX_DGRAM_SIZE)
                except TimeoutError:
                    break
                if its_port == self.port and data == brine.dump("OK"):
                    self.logger.info(f"registry {host}:{its_port} acknowledged")
                    return True
        self.logger.warning("no registry acknowledged")
        return False

    def unregister(self, port):
        self.logger.info(f"unregistering from {self.ip}:{self.port}")
        with self._open() as sock:
            self._say(sock, "UNREGISTER", port)


class TCPRegistryClient(RegistryClient):
    KIND = "TCP"

    def __init__(self, ip, port=REGISTRY_PORT, timeout=2, logger=None):
        super().__init__(ip, port, timeout, logger)

    def _open(self):
        return socket.socket()

    def _transmit(self, sock, data):
        sock.connect((self.ip, self.port))
        sock.send(data)

    def register(self, aliases, port, interface=""):
        self.logger.info(f"registering on {self.ip}:{self.port}")
        with self._open() as sock:
            sock.bind((interface, 0))
            try:
                self._say(sock, "REGISTER", aliases, port)
            except OSError:
                self.logger.warning("could not connect to registry")
                return False
            try:
                data = sock.recv(MAX_DGRAM_SIZE)
            except TimeoutError:
                self.logger.warning("registry did not acknowledge")
                return False
        if data == brine.dump("OK"):
            self.logger.info(f"registry {self.ip}:{self.port} acknowledged")
        return True

    def unregister(self, port):
        self.logger.info(f"unregistering from {self.ip}:{self.port}")
        with self._open() as sock:
            try:
                self._say(sock, "UNREGISTER", port)
            except OSError:
                self.logger.warning("could not connect to registry")
