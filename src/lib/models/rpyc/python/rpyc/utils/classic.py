"""Classic mode: the server does what the client says."""

import inspect
import os
import pickle
import sys
from contextlib import contextmanager

from rpyc.core.consts import STREAM_CHUNK
from rpyc.core.service import ClassicService, ModuleNamespace, Slave
from rpyc.utils import factory

DEFAULT_SERVER_PORT = 18812
DEFAULT_SERVER_SSL_PORT = 18821
SlaveService = ClassicService


def connect(host, port=DEFAULT_SERVER_PORT, ipv6=False, keepalive=False):
    """Connects to a classic server (`rpyc_classic`)."""
    return factory.connect(host, port, SlaveService, ipv6=ipv6, keepalive=keepalive)


def connect_channel(channel):
    return factory.connect_channel(channel, SlaveService)


def connect_stream(stream):
    return factory.connect_stream(stream, SlaveService)


def connect_thread():
    """Connects to a classic server in a thread of this program."""
    return factory.connect_thread(SlaveService, remote_service=SlaveService)


# Files.


class _Place:
    """A file or a folder of one side: `modules` are that side's."""

    def __init__(self, modules, path):
        self.modules, self.path = modules, path

    @property
    def _os(self):
        return self.modules["os"]

    def is_folder(self):
        return self._os.path.isdir(self.path)

    def is_file(self):
        return self._os.path.isfile(self.path)

    def make_folder(self):
        if not self.is_folder():
            self._os.makedirs(self.path)

    def names(self):
        return self._os.listdir(self.path)

    def within(self, name):
        return _Place(self.modules, self._os.path.join(self.path, name))

    def open(self, mode):
        return self.modules["builtins"].open(self.path, mode)


def _here(path):
    return _Place(sys.modules, path)


def _there(conn, path):
    return _Place(conn.modules, path)


def _copy(source, target, chunk_size, wanted, verb=None):
    if source.is_folder():
        _copy_folder(source, target, chunk_size, wanted)
    elif source.is_file():
        _copy_file(source, target, chunk_size)
    elif verb:
        raise ValueError(f"cannot {verb} {source.path!r}")


def _copy_folder(source, target, chunk_size, wanted):
    target.make_folder()
    for name in filter(wanted or bool, source.names()):
        _copy(source.within(name), target.within(name), chunk_size, wanted)


def _copy_file(source, target, chunk_size):
    with source.open("rb") as reader, target.open("wb") as writer:
        while chunk := reader.read(chunk_size):
            writer.write(chunk)


def upload(conn, localpath, remotepath, filter=None, ignore_invalid=False, chunk_size=STREAM_CHUNK):
    """Copies a file or a folder there; `filter(name)` says what of it."""
    verb = None if ignore_invalid else "upload"
    _copy(_here(localpath), _there(conn, remotepath), chunk_size, filter, verb)


def upload_file(conn, localpath, remotepath, chunk_size=STREAM_CHUNK):
    _copy_file(_here(localpath), _there(conn, remotepath), chunk_size)


def upload_dir(conn, localpath, remotepath, filter=None, chunk_size=STREAM_CHUNK):
    _copy_folder(_here(localpath), _there(conn, remotepath), chunk_size, filter)


def download(conn, remotepath, localpath, filter=None, ignore_invalid=False, chunk_size=STREAM_CHUNK):
    """Copies a file or a folder here; `filter(name)` says what of it."""
    verb = None if ignore_invalid else "download"
    _copy(_there(conn, remotepath), _here(localpath), chunk_size, filter, verb)


def download_file(conn, remotepath, localpath, chunk_size=STREAM_CHUNK):
    _copy_file(_there(conn, remotepath), _here(localpath), chunk_size)


def download_dir(conn, remotepath, localpath, filter=None, chunk_size=STREAM_CHUNK):
    _copy_folder(_there(conn, remotepath), _here(localpath), chunk_size, filter)


def upload_package(conn, module, remotepath=None, chunk_size=STREAM_CHUNK):
    """Copies a package of this side there."""
    if remotepath is None:
        site = conn.modules["sysconfig"].get_paths()["purelib"]
        remotepath = conn.modules.os.path.join(site, module.__name__)
    folder = os.path.dirname(os.path.abspath(inspect.getsourcefile(module)))
    upload(conn, folder, remotepath, chunk_size=chunk_size)


upload_module = upload_package


# Values.


def obtain(proxy):
    """A copy here of what is there."""
    return pickle.loads(pickle.dumps(proxy))


def deliver(conn, localobj):
    """A copy there of what is here; gives the netref to it."""
    return conn.modules["rpyc.lib.compat"].pickle.loads(bytes(pickle.dumps(localobj)))


def teleport_function(conn, func, globals=None, def_=True):
    """The function, made again there from its code; gives the netref to it."""
    from rpyc.utils.teleportation import export_function

    if globals is None:
        globals = conn.namespace
    exported = export_function(func)
    return conn.modules["rpyc.utils.teleportation"].import_function(exported, globals, def_)


_STDIO = ("stdin", "stdout", "stderr")


@contextmanager
def redirected_stdio(conn):
    """What is printed there is printed here, until the end of the block."""
    theirs = [getattr(conn.modules.sys, name) for name in _STDIO]
    try:
        for name in _STDIO:
            setattr(conn.modules.sys, name, getattr(sys, name))
        yield
    finally:
        for name, stream in zip(_STDIO, theirs):
            setattr(conn.modules.sys, name, stream)


def interact(conn, namespace=None):
    """An interpreter there, at the keyboard here."""
    namespace = {} if namespace is None else namespace
    namespace["conn"] = conn
    with redirected_stdio(conn):
        conn.execute("def _rinteract(ns):\n import code\n code.interact(local=dict(ns))")
        conn.namespace["_rinteract"](namespace)


class MockClassicConnection:
    """Has the members of a classic connection, all of which stay here."""

    def __init__(self):
        self.root = Slave()
        ClassicService._install(self, self.root)
