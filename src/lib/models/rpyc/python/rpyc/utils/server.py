"""Servers: how many connections are served at a time, and by whom."""

import errno
import logging
import os
import queue
import select
import socket
import time
from contextlib import closing, suppress

from rpyc.core.channel import Channel
from rpyc.core.service import connect_service
from rpyc.core.stream import SocketStream
from rpyc.lib import log_exception, spawn
from rpyc.utils.registry import UDPRegistryClient


class Server:
    """What all servers do. `service`: a class (one object for each connection) or an object (shared).

    port: 0 for any. auto_register: tells a registry; by default when a registrar is given.
    """

    def __init__(
        self,
        service,
        hostname=None,
        ipv6=False,
        port=0,
        backlog=socket.SOMAXCONN,
        reuse_addr=True,
        authenticator=None,
        registrar=None,
        auto_register=None,
        protocol_config=None,
        logger=None,
        listener_timeout=0.5,
        socket_path=None,
    ):
        self.service = service
        self.authenticator = authenticator
        self.backlog = backlog
        self.auto_register = bool(registrar) if auto_register is None else auto_register
        self.protocol_config = {} if protocol_config is None else protocol_config
        self.active = self._closed = False
        self.clients = set()
        if socket_path is not None:
            raise NotImplementedError("socket_path: the simulated network has no Unix sockets")
        family = socket.AF_INET6 if ipv6 else socket.AF_INET
        # No time-out: whoever closes the server wakes it.
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        if reuse_addr:
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((hostname or "", port))
        self.host, self.port = self.listener.getsockname()[:2]
        self.logger = logger or logging.getLogger(f"{service.get_service_name()}/{self.port}")
        self.protocol_config.setdefault("logger", self.logger)
        self.registrar = registrar or UDPRegistryClient(logger=self.logger)

    def fileno(self):
        return self.listener.fileno()

    def start(self):
        """Serves until `close`, or Ctrl-C."""
        self._listen()
        self._register()
        with closing(self):
            try:
                self._accept_all()
            finally:
                self.logger.info("server has terminated")

    def _accept_all(self):
        with suppress(EOFError):
            try:
                while self.active:
                    self.accept()
            except KeyboardInterrupt:
                print()
                self.logger.warning("keyboard interrupt!")

    def _start_in_thread(self):
        self._listen()
        return spawn(self.start)

    def _listen(self):
        if self.active:
            return
        self.listener.listen(self.backlog)
        self.logger.info(f"server started on [{self.host}]:{self.port}")
        self.active = True

    def close(self):
        """Ends the server and its connections."""
        if self._closed:
            return
        self.active = False
        self._unregister()
        _shut(self.listener)
        self.logger.info("listener closed")
        for client in list(self.clients):
            _shut(client)
        self.clients.clear()
        self._closed = True
        # Who serves them says good-bye first, should the program end now.
        time.sleep(0)

    def accept(self):
        """Waits for one connection and has it served."""
        try:
            sock, address = self.listener.accept()
        except OSError as error:
            if self.active and error.errno in (errno.EINTR, errno.EAGAIN):
                return
            raise EOFError() from error
        self.logger.info(f"accepted {address} with fd {sock.fileno()}")
        self.clients.add(sock)
        self._accept_method(sock)

    def _accept_method(self, sock):
        raise NotImplementedError()

    def _authenticate_and_serve_client(self, sock):
        from rpyc.utils.authenticators import AuthenticationError

        try:
            credentials, its_sock = None, sock
            if self.authenticator:
                address = sock.getpeername()
                try:
                    its_sock, credentials = self.authenticator(sock)
                except AuthenticationError:
                    self.logger.info(f"{address} failed to authenticate... rejecting connection")
                    return
                self.logger.info(f"{address} authenticated successfully")
            self._serve_client(its_sock, credentials)
        except Exception as error:
            log_exception(self.logger, logging.ERROR, "client connection terminated abruptly", error)
            raise
        finally:
            _shut(sock)
            self.clients.discard(sock)

    def _serve_client(self, sock, credentials):
        address = sock.getpeername()
        with_credentials = f" ({credentials!r})" if credentials else ""
        self.logger.info(f"welcome {address}{with_credentials}")
        try:
            self._handle_connection(self._connected(sock, credentials, logger=self.logger))
        finally:
            self.logger.info(f"goodbye {address}")

    def _connected(self, sock, credentials, **options):
        endpoints = sock.getsockname(), sock.getpeername()
        config = dict(self.protocol_config, credentials=credentials, endpoints=endpoints, **options)
        return connect_service(self.service, Channel(SocketStream(sock)), config)

    def _handle_connection(self, conn):
        conn.serve_all()

    def _register(self):
        if self.auto_register:
            spawn(self._bg_register)

    def _unregister(self):
        try:
            if self.auto_register:
                self.registrar.unregister(self.port)
        except Exception:
            self.logger.exception("error unregistering services")

    def _bg_register(self):
        """Tells the registry again and again, because it forgets."""
        interval = self.registrar.REREGISTER_INTERVAL
        self.logger.info(f"started background auto-register thread (interval = {interval})")
        names = self.service.get_service_aliases()
        while self.active:
            is_known = False
            try:
                is_known = self.registrar.register(names, self.port, interface=self.host)
            except Exception:
                self.logger.exception("error registering services")
            if not is_known:
                self.logger.info("registering services did not work - retry")
            time.sleep(interval if is_known else 1)


class ThreadedServer(Server):
    """A thread for each connection."""

    def _accept_method(self, sock):
        spawn(self._authenticate_and_serve_client, sock)


class OneShotServer(Server):
    """Serves one connection, and ends."""

    def _accept_method(self, sock):
        with closing(self):
            self._authenticate_and_serve_client(sock)


class ForkingServer(Server):
    """A process for each connection: a simulated node has one."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._needs_fork()

    def _needs_fork(self):
        try:
            os.fork()
        except OSError as error:
            self.listener.close()
            raise OSError(error.errno, f"{error.strerror}. ThreadedServer serves as many") from None

    _accept_method = _needs_fork


class ThreadPoolServer(Server):
    """A number of threads for all connections: each takes up to `requestBatchSize` requests of one that
    has some, and goes on to the next."""

    def __init__(self, *args, nbThreads=20, requestBatchSize=10, **options):
        super().__init__(*args, **options)
        self.nbthreads = nbThreads
        self.request_batch_size = requestBatchSize
        self.fd_to_conn = {}
        self._active = queue.Queue()
        self._idle = set()
        # Wakes who looks at the idle connections.
        self._bell, self._hearer = socket.socketpair()

    def _listen(self):
        if self.active:
            return
        super()._listen()
        self.workers = [spawn(self._work) for _ in range(self.nbthreads)]
        for number, worker in enumerate(self.workers):
            worker.name = f"Worker{number}"
        self.polling_thread = spawn(self._watch)
        self.polling_thread.name = "PollingThread"

    def close(self):
        if self._closed:
            return
        super().close()
        self._bell.send(b".")
        self.polling_thread.join()
        for _ in self.workers:
            self._active.put(None)
        for worker in self.workers:
            worker.join()

    def _accept_method(self, sock):
        try:
            address, credentials = sock.getpeername(), None
            if self.authenticator:
                sock, credentials = self.authenticator(sock)
            conn = self._connected(sock, credentials, connid=str(address))
            number = conn.fileno()
            self.fd_to_conn[number] = conn
            self._rest(number)
            self.clients.clear()
        except Exception:
            self.logger.exception(f"Failed to serve client for {address}, caught exception")
            sock.close()

    def _rest(self, number):
        self._idle.add(number)
        self._bell.send(b".")

    def _watch(self):
        while self.active:
            for ready in select.select([self._hearer, *self._idle], [], [])[0]:
                if ready is self._hearer:
                    self._hearer.recv(4096)
                else:
                    self._idle.discard(ready)
                    self._active.put(ready)

    def _work(self):
        while (number := self._active.get()) is not None:
            try:
                self._serve_some(number)
            except Exception as error:
                text = "failed to serve client, caught exception"
                log_exception(self.logger, logging.ERROR, text, error)
                time.sleep(0.2)

    def _serve_some(self, number):
        for _ in range(self.request_batch_size):
            try:
                if not self.fd_to_conn[number].poll():
                    return self._rest(number)
            except EOFError:
                return self._drop(number)
            except Exception:
                self._active.put(number)
                raise
        self._active.put(number)

    def _drop(self, number):
        self.logger.info(f"Closing connection for fd {number}")
        conn = self.fd_to_conn.pop(number, None)
        if conn:
            conn.close()


def _shut(sock):
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    sock.close()
