"""Where a daemon's connections are served: each in a thread of its own, or all of them in one."""

import selectors
import socket
import threading
import time

from . import errors, socketutil
from .configuration import config

NO_WORKERS = "no free workers, increase server threadpool size"
# For threads that serve, at the end of a daemon, in seconds.
GRACE = 0.05


class SocketServer:
    """What both kinds share: the socket that clients connect to, and the loop."""

    def __init__(self):
        self.daemon = self.sock = self.locationStr = None
        self.shutting_down = False
        # Whoever ends the loop from another thread writes here.
        self._waker, self._woken = socket.socketpair()

    def init(self, daemon, host, port, unixsocket=None):
        if unixsocket:
            raise OSError(97, "Address family not supported by protocol")
        self.daemon = daemon
        place = (host, port)
        self.sock = socketutil.createSocket(bind=place, reuseaddr=config.SOCK_REUSE)
        own_host, own_port = self.sock.getsockname()
        self.locationStr = f"{host or own_host}:{port or own_port}"

    def loop(self, loopCondition=None):
        """Serves until the condition, if there is one, is false; looks at it every POLLTIMEOUT."""
        timeout = config.POLLTIMEOUT if loopCondition else None
        is_wanted = loopCondition or (lambda: True)
        while self.sock is not None and not self.shutting_down and is_wanted():
            try:
                self.serve(timeout)
            except OSError:
                if self.sock is None or not is_wanted():
                    break
            except KeyboardInterrupt:
                break

    def wakeup(self):
        try:
            self._waker.send(b"!")
        except OSError:
            pass

    def shutdown(self):
        self.shutting_down = True
        self.wakeup()
        time.sleep(GRACE)
        self.close()

    def close(self):
        self.shutting_down = True
        if self.sock is not None:
            sock, self.sock = self.sock, None
            self.wakeup()
            sock.close()

    def _accept(self):
        """The next connection, or None when it is gone again."""
        try:
            sock, _ = self.sock.accept()
        except OSError:
            return None
        sock.settimeout(config.COMMTIMEOUT or None)
        return socketutil.SocketConnection(sock)

    def _greet(self, connection, denied_reason=None):
        """Whether the client may stay."""
        try:
            return self.daemon._handshake(connection, denied_reason)
        except Exception:
            return False

    def _forget(self, connection):
        try:
            self.daemon._clientDisconnect(connection)
        finally:
            connection.close()


# What ends the service of one client without a word.
GONE = (OSError, errors.PyroError)


class SocketServer_Threadpool(SocketServer):
    """A thread for each connection, THREADPOOL_SIZE at most: who comes later is sent away."""

    def __init__(self):
        super().__init__()
        if config.THREADPOOL_SIZE < 1 or config.THREADPOOL_SIZE_MIN < 1:
            raise ValueError("threadpool sizes must be greater than zero")
        if config.THREADPOOL_SIZE_MIN > config.THREADPOOL_SIZE:
            raise ValueError("minimum threadpool size must be less than or equal to max size")
        self._connections = set()

    def __repr__(self):
        return f"<SocketServer_Threadpool on {self.locationStr}; {self.worker_count} workers>"

    @property
    def worker_count(self):
        """Threads that serve or would at once."""
        return max(len(self._connections), config.THREADPOOL_SIZE_MIN)

    @property
    def connection_count(self):
        return len(self._connections)

    def serve(self, timeout):
        with selectors.DefaultSelector() as selector:
            selector.register(self.sock, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select(timeout)]
        if self.sock in ready:
            self.events([self.sock])

    def events(self, eventsockets):
        connection = self._accept()
        if connection is None:
            return
        if self.shutting_down:
            connection.close()
        elif len(self._connections) >= config.THREADPOOL_SIZE:
            self._greet(connection, NO_WORKERS)
            connection.close()
        else:
            self._connections.add(connection)
            worker = threading.Thread(target=self._work, args=[connection], daemon=True)
            worker.name = f"Pyro-Worker-{id(worker)}"
            worker.start()

    def _work(self, connection):
        try:
            if not self._greet(connection):
                connection.close()
                return
            self.daemon._tell()
            try:
                while True:
                    self.daemon.handleRequest(connection)
            except GONE:
                pass
            except Exception:
                # Of a callback: the exception was told to the caller too.
                pass
            finally:
                self._forget(connection)
        finally:
            self._connections.discard(connection)
            self.daemon._tell()

    @property
    def sockets(self):
        return [self.sock]

    @property
    def selector(self):
        raise TypeError("threadpool server doesn't have multiplexing selector")

    def combine_loop(self, server):
        raise TypeError("You can't use the loop combiner on the threadpool server type")

    def close(self):
        super().close()
        for connection in list(self._connections):
            connection.close()


class SocketServer_Multiplex(SocketServer):
    """All connections in the thread of the loop: one call at a time."""

    def __init__(self):
        super().__init__()
        self.selector = selectors.DefaultSelector()
        self._connections = set()

    def init(self, daemon, host, port, unixsocket=None):
        super().init(daemon, host, port, unixsocket)
        self.selector.register(self.sock, selectors.EVENT_READ, self)
        self.selector.register(self._woken, selectors.EVENT_READ, None)

    def __repr__(self):
        count = len(self._connections)
        return f"<SocketServer_Multiplex on {self.locationStr}; {count} connections>"

    worker_count = 1

    @property
    def connection_count(self):
        return len(self._connections)

    @property
    def sockets(self):
        return [self.sock, *(it for it in self._connections)]

    def serve(self, timeout):
        ready = {}
        for key, _ in self.selector.select(timeout):
            if key.data is not None:
                ready.setdefault(key.data, []).append(key.fileobj)
        for server, sockets in ready.items():
            server.events(sockets)

    def events(self, eventsockets):
        for found in eventsockets:
            if found is self.sock:
                self._welcome()
            else:
                self._answer(found)

    def _welcome(self):
        connection = self._accept()
        if connection is None:
            return
        if not self._greet(connection):
            connection.close()
            return
        self._connections.add(connection)
        self.selector.register(connection, selectors.EVENT_READ, self)
        self.daemon._tell()

    def _answer(self, connection):
        try:
            self.daemon.handleRequest(connection)
        except Exception:
            self.selector.unregister(connection)
            self._connections.discard(connection)
            self._forget(connection)
            self.daemon._tell()

    def combine_loop(self, server):
        """Serves the other one's sockets too."""
        for sock in server.sockets:
            self.selector.register(sock, selectors.EVENT_READ, server)
        server.selector = self.selector

    def close(self):
        super().close()
        for connection in list(self._connections):
            connection.close()
        self._connections.clear()


KINDS = {"thread": SocketServer_Threadpool, "multiplex": SocketServer_Multiplex}
