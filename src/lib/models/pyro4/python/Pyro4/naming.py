"""The name server: which object goes by which name. It forgets all of them at its end unless they are
stored in a file, and never looks whether an object is still there."""

import optparse
import os
import re
import threading
import time
import warnings

from . import _seen, constants, core, socketutil
from ._locate import QUESTION
from ._locate import locateNS as locateNS
from ._locate import resolve as resolve
from .configuration import config
from .errors import NamingError, PyroError, ProtocolError
from .naming_storage import DbmStorage, MemoryStorage, SqlStorage

__all__ = ["locateNS", "resolve", "type_meta", "startNSloop", "startNS"]


@core.expose
class NameServer:
    """The object that every name server has: `Pyro.NameServer`."""

    def __init__(self, storageProvider=None):
        self.storage = MemoryStorage() if storageProvider is None else storageProvider
        self.lock = threading.RLock()

    def count(self):
        """How many names there are."""
        return len(self.storage)

    def lookup(self, name, return_metadata=False):
        """The URI of a name, with its tags if asked for."""
        if name not in self.storage:
            raise NamingError("unknown name: " + name)
        uri, metadata = self.storage[name]
        return (core.URI(uri), list(metadata)) if return_metadata else core.URI(uri)

    def register(self, name, uri, safe=False, metadata=None):
        """Gives an object a name; the one that had it loses it, unless `safe`."""
        if isinstance(uri, core.URI):
            uri = uri.asString()
        elif isinstance(uri, str):
            core.URI(uri)
        else:
            raise TypeError("only URIs or strings can be registered")
        _check(name, metadata)
        with self.lock:
            if safe and name in self.storage:
                raise NamingError("name already registered: " + name)
            self.storage[name] = uri, set(metadata or ())
            self._tell()

    def set_metadata(self, name, metadata):
        """Other tags for a name."""
        _check(name, metadata)
        with self.lock:
            if name not in self.storage:
                raise NamingError("unknown name: " + name)
            self.storage[name] = self.storage[name][0], set(metadata or ())
            self._tell()

    def remove(self, name=None, prefix=None, regex=None):
        """Forgets a name, or all that begin so or match. How many there were."""
        with self.lock:
            if name and name in self.storage and name != constants.NAMESERVER_NAME:
                names = [name]
            elif prefix or regex:
                names = [it for it in self.list(prefix=prefix, regex=regex)]
                names = [it for it in names if it != constants.NAMESERVER_NAME]
            else:
                return 0
            self.storage.remove_items(names)
            self._tell()
        return len(names)

    def list(
        self, prefix=None, regex=None, metadata_all=None, metadata_any=None, return_metadata=False
    ):
        """URIs by name: of all, or of those that begin so, match, or have all or any of these tags."""
        given = [it for it in (prefix, regex, metadata_all, metadata_any) if it is not None]
        if len(given) > 1:
            raise ValueError("you can only filter on one thing at a time")
        is_meant = _filter(prefix, regex, metadata_all, metadata_any)
        if metadata_all or metadata_any:
            self.storage.check_metadata()
        with self.lock:
            found = {name: it for name, it in self.storage.items() if is_meant(name, it[1])}
        if return_metadata:
            return {name: (uri, list(metadata)) for name, (uri, metadata) in found.items()}
        return {name: uri for name, (uri, _) in found.items()}

    def ping(self):
        """Says that somebody is there."""

    def _tell(self):
        """Shows on the page who goes by which name."""
        names = [[name, uri, sorted(tags)] for name, (uri, tags) in self.storage.items()]
        _seen.tell("pyro4 names", names)


def _check(name, metadata):
    if not isinstance(name, str):
        raise TypeError("name must be a str")
    _check_tags("metadata", metadata)


def _check_tags(what, tags):
    if isinstance(tags, str):
        raise TypeError(f"{what} should not be a str, but another iterable (set, list, etc)")
    if tags:
        iter(tags)


def _filter(prefix, regex, metadata_all, metadata_any):
    """Whether a name with its tags is meant."""
    if prefix:
        return lambda name, tags: name.startswith(prefix)
    if regex:
        try:
            pattern = re.compile(regex)
        except re.error as error:
            raise NamingError(f"invalid regex: {error}") from None
        return lambda name, tags: pattern.match(name)
    if metadata_all:
        _check_tags("metadata_all", metadata_all)
        return lambda name, tags: set(metadata_all) <= set(tags)
    if metadata_any:
        _check_tags("metadata_any", metadata_any)
        return lambda name, tags: set(metadata_any) & set(tags)
    return lambda name, tags: True


class NameServerDaemon(core.Daemon):
    """A daemon with a name server."""

    def __init__(
        self, host=None, port=None, unixsocket=None, nathost=None, natport=None, storage=None
    ):
        self.nameserver = NameServer(_storage(storage or "memory"))
        port = config.NS_PORT if port is None else port
        super().__init__(host, port, unixsocket, nathost, natport or config.NATPORT or None)
        self.register(self.nameserver, constants.NAMESERVER_NAME)
        uri = self.uriFor(self.nameserver)
        self.nameserver.register(
            constants.NAMESERVER_NAME, uri, metadata={"class:Pyro4.naming.NameServer"}
        )
        self.cleaner_thread = None
        if config.NS_AUTOCLEAN > 0:
            self.cleaner_thread = AutoCleaner(self.nameserver)
            self.cleaner_thread.start()

    def close(self):
        super().close()
        if self.cleaner_thread:
            self.cleaner_thread.stop.set()

    def __enter__(self):
        if not self.nameserver:
            raise PyroError("cannot reuse this object")
        return self

    def handleRequest(self, conn):
        try:
            super().handleRequest(conn)
        except ProtocolError as error:
            # A client with another serializer, most likely: somebody should see that.
            warnings.warn(f"Pyro protocol error occurred: {error}")
            raise


def _storage(kind):
    if kind == "memory":
        return MemoryStorage()
    if kind.startswith("dbm:") and len(kind) > 4:
        print("Warning: the DbmStorage doesn't support metadata.")
        return DbmStorage(kind[4:])
    if kind.startswith("sql:") and len(kind) > 4:
        return SqlStorage(kind[4:])
    raise ValueError(f"invalid storage type '{kind}'")


class AutoCleaner(threading.Thread):
    """With NS_AUTOCLEAN: forgets names whose daemon could not be reached for 20 s."""

    min_autoclean_value = 3
    max_unreachable_time = 20.0
    loop_delay = 2.0

    def __init__(self, nameserver):
        if config.NS_AUTOCLEAN < self.min_autoclean_value:
            raise ValueError(f"NS_AUTOCLEAN cannot be smaller than {self.min_autoclean_value}")
        super().__init__(daemon=True)
        self.nameserver = nameserver
        self.stop = threading.Event()
        self._missing_since = {}

    def run(self):
        last = time.time()
        while not self.stop.wait(self.loop_delay):
            if time.time() - last >= config.NS_AUTOCLEAN:
                self._clean()
                last = time.time()

    def _clean(self):
        for name, uri in self.nameserver.list().items():
            if name == constants.NAMESERVER_NAME:
                continue
            if _answers(core.URI(uri)):
                self._missing_since.pop(name, None)
                continue
            since = self._missing_since.setdefault(name, time.time())
            if time.time() - since >= self.max_unreachable_time:
                self.nameserver.remove(name)
                del self._missing_since[name]


def _answers(uri):
    try:
        place = (uri.host, uri.port)
        socketutil.createSocket(connect=place, timeout=config.COMMTIMEOUT or 5).close()
        return True
    except OSError:
        return False


class BroadcastServer:
    """Tells whoever asks every machine where the name server is."""

    def __init__(self, nsUri, bchost=None, bcport=None, ipv6=False):
        self.nsUri = nsUri
        place = (bchost or config.NS_BCHOST, config.NS_BCPORT if bcport is None else bcport)
        self.sock = socketutil.createBroadcastSocket(place, reuseaddr=config.SOCK_REUSE)
        host, port = self.sock.getsockname()
        self.locationStr = f"{place[0] or host}:{place[1] or port}"
        self.running = True

    def close(self):
        self.running = False
        self.sock.close()

    def getPort(self):
        return self.sock.getsockname()[1]

    def fileno(self):
        return self.sock.fileno()

    def runInThread(self):
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        return thread

    def _run(self):
        while self.running:
            self.processRequest()

    def processRequest(self):
        try:
            data, asker = self.sock.recvfrom(100)
            if data == QUESTION:
                self.sock.sendto(str(self.nsUri).encode("iso-8859-1"), 0, asker)
        except OSError:
            self.running = self.sock.fileno() >= 0 and self.running

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def _is_local(daemon):
    return daemon.sock.getsockname()[0].startswith("127.")


def startNSloop(
    host=None,
    port=None,
    enableBroadcast=True,
    bchost=None,
    bcport=None,
    unixsocket=None,
    nathost=None,
    natport=None,
    storage=None,
    hmac=None,
):
    """A name server, until Ctrl-C."""
    daemon = NameServerDaemon(host, port, unixsocket, nathost, natport, storage)
    ns_uri = daemon.uriFor(daemon.nameserver)
    internal = daemon.uriFor(daemon.nameserver, nat=False)
    host_ip = daemon.sock.getsockname()[0]
    broadcasts = None
    if _is_local(daemon):
        print("Not starting broadcast server for localhost.")
    elif enableBroadcast:
        broadcasts = BroadcastServer(internal, bchost, bcport)
        print(f"Broadcast server running on {broadcasts.locationStr}")
        broadcasts.runInThread()
    existing = daemon.nameserver.count()
    if existing > 1:
        print(f"Persistent store contains {existing} existing registrations.")
    print(f"NS running on {daemon.locationStr} ({host_ip})")
    print("Warning: HMAC key not set. Anyone can connect to this server!")
    if daemon.natLocationStr:
        print(f"internal URI = {internal}\nexternal URI = {ns_uri}")
    else:
        print(f"URI = {ns_uri}")
    try:
        daemon.requestLoop()
    finally:
        daemon.close()
        if broadcasts:
            broadcasts.close()
    print("NS shut down.")


def startNS(
    host=None,
    port=None,
    enableBroadcast=True,
    bchost=None,
    bcport=None,
    unixsocket=None,
    nathost=None,
    natport=None,
    storage=None,
    hmac=None,
):
    """A name server for a loop of your own: its URI, its daemon, its broadcast server or None."""
    daemon = NameServerDaemon(host, port, unixsocket, nathost, natport, storage)
    broadcasts = None
    if enableBroadcast and not _is_local(daemon):
        internal = daemon.uriFor(daemon.nameserver, nat=False)
        broadcasts = BroadcastServer(internal, bchost, bcport)
    return daemon.uriFor(daemon.nameserver), daemon, broadcasts


def type_meta(class_or_object, prefix="class:"):
    """Tags that say of which classes an object is."""
    clazz = class_or_object if hasattr(class_or_object, "__mro__") else type(class_or_object)
    bases = (it for it in clazz.__mro__ if it.__module__ != "builtins")
    return {f"{prefix}{it.__module__}.{it.__name__}" for it in bases}


def main(args=None):
    parser = optparse.OptionParser()
    option = parser.add_option
    option("-n", "--host", help="hostname to bind server on")
    option("-p", "--port", type="int", help="port to bind server on (0=random)")
    option("-u", "--unixsocket", help="Unix domain socket name to bind server on")
    storages = "Storage system to use (memory, dbm:file, sql:file)"
    option("-s", "--storage", help=storages, default="memory")
    option("", "--bchost", help='hostname to bind broadcast server on (default is "")')
    option("", "--bcport", type="int", help="port to bind broadcast server on (0=random)")
    option("", "--nathost", help="external hostname in case of NAT")
    option("", "--natport", type="int", help="external port in case of NAT")
    nobc = {"dest": "enablebc", "action": "store_false", "default": True}
    option("-x", "--nobc", help="don't start a broadcast server", **nobc)
    option("-k", "--key", help="the HMAC key to use (deprecated)")
    options, _ = parser.parse_args(args)
    if options.key or "PYRO_HMAC_KEY" in os.environ:
        parser.error("HMAC keys are not part of this build")
    startNSloop(
        options.host,
        options.port,
        enableBroadcast=options.enablebc,
        bchost=options.bchost,
        bcport=options.bcport,
        unixsocket=options.unixsocket,
        nathost=options.nathost,
        natport=options.natport,
        storage=options.storage,
    )


if __name__ == "__main__":
    main()
