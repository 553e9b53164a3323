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


def upload(conn, localpath, remotepath, filter=None, ignore_invalid=False, chunk_size=STREAM_CHUNK):
    """Copies a file or a folder there; `filter(name)` says what of it."""
    if os.path.isdir(localpath):
        upload_dir(conn, localpath, remotepath, filter, chunk_size)
    elif os.path.isfile(localpath):
        upload_file(conn, localpath, remotepath, chunk_size)
    elif not ignore_invalid:
        raise ValueError(f"cannot upload {localpath!r}")


def upload_file(conn, localpath, remotepath, chunk_size=STREAM_CHUNK):
    with open(localpath, "rb") as source, conn.builtin.open(remotepath, "wb") as target:
        _copy(source, target, chunk_size)


def upload_dir(conn, localpath, remotepath, filter=None, chunk_size=STREAM_CHUNK):
    if not conn.modules.os.path.isdir(remotepath):
        conn.modules.os.makedirs(remotepath)
    for name in os.listdir(localpath):
        if filter is None or filter(name):
            target = conn.modules.os.path.join(remotepath, name)
            upload(conn, os.path.join(localpath, name), target, filter, True, chunk_size)


def download(conn, remotepath, localpath, filter=None, ignore_invalid=False, chunk_size=STREAM_CHUNK):
    """Copies a file or a folder here; `filter(name)` says what of it."""
    if conn.modules.os.path.isdir(remotepath):
        download_dir(conn, remotepath, localpath, filter, chunk_size)
    elif conn.modules.os.path.isfile(remotepath):
        download_file(conn, remotepath, localpath, chunk_size)
    elif not ignore_invalid:
        raise ValueError(f"cannot download {remotepath!r}")


def download_file(conn, remotepath, localpath, chunk_size=STREAM_CHUNK):
    with conn.builtin.open(remotepath, "rb") as source, open(localpath, "wb") as target:
        _copy(source, target, chunk_size)


def download_dir(conn, remotepath, localpath, filter=None, chunk_size=STREAM_CHUNK):
    os.makedirs(localpath, exist_ok=True)
    for name in conn.modules.os.listdir(remotepath):
        if filter is None or filter(name):
            source = conn.modules.os.path.join(remotepath, name)
            download(conn, source, os.path.join(localpath, name), filter, True, chunk_size)


def _copy(source, target, chunk_size):
    while chunk := source.read(chunk_size):
        target.write(chunk)


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
