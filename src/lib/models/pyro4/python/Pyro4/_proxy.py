"""Proxies: stand for an object of another process. The connection is made at the first call, when the
other side also tells what the object offers."""

import threading
import time
from contextlib import suppress

from . import constants, errors, message, socketutil
from ._calls import RemoteMethod, AsyncRemoteMethod, BatchProxyAdapter, StreamResultIterator
from ._context import correlated, current_context
from ._locate import resolve
from ._serializers import get_serializer, get_serializer_by_id
from ._uri import URI
from .configuration import config
from .message import Message

# In seconds, between two tries to connect again.
RECONNECT_PAUSE = 2
TRIES_MAX = 100_000_000

NOTHING_EXPOSED = (
    "remote object doesn't expose any methods or attributes. Did you forget setting @expose on them?"
)

# What is the proxy's own; everything else is the remote object's.
_OWN = frozenset(
    "_pyroUri _pyroConnection _pyroSerializer _pyroMethods _pyroAttrs _pyroOneway _pyroSeq"
    " _pyroRawWireResponse _pyroHandshake _pyroMaxRetries _pyroHmacKey _pyroTimeout"
    " _timeout _lock _is_async".split()
)
# Asked for by `copy` and `pickle`; no remote object has them.
_NEVER = frozenset(["__getnewargs__", "__getnewargs_ex__", "__getinitargs__"])

# What a copy of a proxy takes over besides where it leads to.
_COPIED = (
    "_is_async",
    "_pyroHandshake",
    "_pyroMaxRetries",
    "_pyroRawWireResponse",
    "_pyroSerializer",
    "_timeout",
)


class Proxy:
    """A remote object: its methods are called as if it were here."""

    __module__ = "Pyro4.core"

    def __init__(self, uri):
        if isinstance(uri, str):
            uri = URI(uri)
        elif not isinstance(uri, URI):
            raise TypeError("expected Pyro URI")
        get_serializer(config.SERIALIZER)
        self._begin(uri)
        current_context.annotations = {}
        current_context.response_annotations = {}

    def _begin(self, uri, methods=(), attrs=(), oneway=()):
        self._pyroUri = uri
        self._pyroConnection = None
        self._pyroSerializer = None
        self._pyroMethods = set(methods)
        self._pyroAttrs = set(attrs)
        self._pyroOneway = set(oneway)
        self._pyroSeq = 0
        self._pyroRawWireResponse = False
        self._pyroHandshake = "hello"
        self._pyroMaxRetries = config.MAX_RETRIES
        self._pyroHmacKey = None
        self._timeout = config.COMMTIMEOUT
        self._lock = threading.RLock()
        self._is_async = False

    # What the remote object has.

    def __getattr__(self, name):
        if name in _OWN or name in _NEVER:
            raise AttributeError(name)
        self._know_members()
        if name in self._pyroAttrs:
            return self._pyroInvoke("__getattr__", (name,), None)
        if config.METADATA and name not in self._pyroMethods:
            raise AttributeError(
                f"remote object '{self._pyroUri}' has no exposed attribute or method '{name}'"
            )
        if self._is_async:
            return AsyncRemoteMethod(name, self, self._pyroMaxRetries)
        return RemoteMethod(name, self._pyroInvoke, self._pyroMaxRetries)

    def __setattr__(self, name, value):
        if name in _OWN:
            return super().__setattr__(name, value)
        self._know_members()
        if name in self._pyroAttrs:
            return self._pyroInvoke("__setattr__", (name, value), None)
        if config.METADATA:
            raise AttributeError(
                f"remote object '{self._pyroUri}' has no exposed attribute '{name}'"
            )
        return super().__setattr__(name, value)

    def _know_members(self):
        if config.METADATA and not self._pyroMethods and not self._pyroAttrs:
            self._pyroGetMetadata()

    def __dir__(self):
        own = dir(type(self)) + list(self.__dict__)
        return sorted({*own, *self._pyroMethods, *self._pyroAttrs})

    # What it is itself.

    def __repr__(self):
        connection = self._pyroConnection
        state = f"connected {connection.family()}" if connection else "not connected"
        return f"<Pyro4.core.Proxy at {id(self):#x}; {state}; for {self._pyroUri}>"

    def __eq__(self, other):
        return other is self or isinstance(other, Proxy) and other._pyroUri == self._pyroUri

    def __hash__(self):
        return hash(self._pyroUri)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._pyroRelease()

    def __del__(self):
        if "_pyroConnection" in self.__dict__:
            self._pyroRelease()

    def __copy__(self):
        copy = type(self).__new__(type(self))
        copy._begin(URI(self._pyroUri), self._pyroMethods, self._pyroAttrs, self._pyroOneway)
        for name in _COPIED:
            object.__setattr__(copy, name, getattr(self, name))
        return copy

    # How it travels: by the address and what is known of the object, never with its connection.

    def __getstate_for_dict__(self):
        return (
            self._pyroUri.asString(),
            tuple(self._pyroOneway),
            tuple(self._pyroMethods),
            tuple(self._pyroAttrs),
            self._timeout,
            None,
            self._pyroHandshake,
            self._pyroMaxRetries,
            self._pyroSerializer,
        )

    def __setstate_from_dict__(self, state):
        uri, oneway, methods, attrs, _timeout, _key, handshake, _retries, *rest = state
        self._begin(URI(uri), methods, attrs, oneway)
        self._pyroHandshake = handshake
        self._pyroSerializer = rest[0] if rest else None

    __getstate__ = __getstate_for_dict__
    __setstate__ = __setstate_from_dict__

    # The connection.

    @property
    def _pyroTimeout(self):
        """In seconds, for each call; None or 0 waits for ever."""
        return self._timeout

    @_pyroTimeout.setter
    def _pyroTimeout(self, timeout):
        self._timeout = timeout
        if self._pyroConnection is not None:
            self._pyroConnection.timeout = timeout

    def _pyroBind(self):
        """Connects, and keeps to the object that was found. True if there was no connection."""
        return self._connect(bind=True)

    def _pyroRelease(self):
        """Closes the connection; the next call makes a new one."""
        with self._lock:
            if self._pyroConnection is not None and not self._pyroConnection.keep_open:
                self._pyroConnection.close()
                self._pyroConnection = None

    def _pyroReconnect(self, tries=TRIES_MAX):
        """Tries to connect anew until it works, with pauses of 2 s."""
        self._pyroRelease()
        for attempt in range(tries):
            if attempt > 0:
                time.sleep(RECONNECT_PAUSE)
            with suppress(errors.CommunicationError):
                self._connect()
                return
        raise errors.ConnectionClosedError("failed to reconnect")

    def _connect(self, bind=False):
        with self._lock:
            if self._pyroConnection is not None:
                return False
            uri = resolve(self._pyroUri)
            if uri.sockname:
                raise errors.CommunicationError(
                    f"cannot connect to {uri.sockname}: a simulated node has no Unix domain sockets"
                )
            self._greet(uri, bind)
            if config.METADATA and not self._pyroMethods and not self._pyroAttrs:
                self._pyroGetMetadata(uri.object)
            return True

    def _greet(self, uri, bind):
        """Opens a connection and says hello on it."""
        place = (uri.host, uri.port)
        connection = None
        try:
            sock = socketutil.createSocket(connect=place, timeout=self._timeout)
            connection = socketutil.SocketConnection(sock, uri.object)
            answer = self._handshake(connection, uri)
        except Exception as error:
            if connection:
                connection.close()
            if isinstance(error, errors.CommunicationError):
                raise
            raise errors.CommunicationError(f"cannot connect to {place}: {error}") from error
        data = "?"
        if answer.data:
            serializer = get_serializer_by_id(answer.serializer_id)
            data = serializer.deserializeData(answer.data, answer.flags & message.FLAGS_COMPRESSED)
        if answer.type == message.MSG_CONNECTFAIL:
            connection.close()
            raise errors.CommunicationError(f"connection to {place} rejected: {data}")
        if answer.flags & message.FLAGS_META_ON_CONNECT:
            self._learn(data["meta"])
            data = data["handshake"]
        self._pyroConnection = connection
        if bind:
            self._pyroUri = uri
        self._pyroValidateHandshake(data)
        if answer.annotations:
            self._pyroResponseAnnotations(answer.annotations, answer.type)

    def _handshake(self, connection, uri):
        serializer = get_serializer(self._pyroSerializer or config.SERIALIZER)
        data = {"handshake": self._pyroHandshake}
        flags = 0
        if config.METADATA:
            data["object"] = uri.object
            flags = message.FLAGS_META_ON_CONNECT
        payload, compressed = serializer.serializeData(data, config.COMPRESSION)
        if compressed:
            flags |= message.FLAGS_COMPRESSED
        kind, id_ = message.MSG_CONNECT, serializer.serializer_id
        hello = Message(kind, payload, id_, flags, self._pyroSeq, self._annotations(keep=True))
        connection.send(hello.to_bytes())
        return Message.recv(connection, [message.MSG_CONNECTOK, message.MSG_CONNECTFAIL])

    def _pyroValidateHandshake(self, response):
        """For subclasses: raise an exception when the daemon's answer to the greeting is not right."""

    # What is known of the object.

    def _pyroGetMetadata(self, objectId=None, known_metadata=None):
        """Asks the daemon what the object offers, unless the answer to the greeting has told."""
        if self._pyroConnection is None and not known_metadata:
            self._connect()
            if self._pyroMethods or self._pyroAttrs:
                return
        objectId = objectId or self._pyroUri.object
        self._learn(
            known_metadata
            or self._pyroInvoke("get_metadata", [objectId], {}, objectId=constants.DAEMON_NAME)
        )

    def _learn(self, metadata):
        if not metadata:
            return
        for name in ("oneway", "methods", "attrs"):
            setattr(self, f"_pyro{name.title()}", set(metadata[name]))
        if not (self._pyroMethods or self._pyroAttrs):
            raise errors.PyroError(NOTHING_EXPOSED)

    # Calls.

    def _pyroInvoke(self, methodname, vargs, kwargs, flags=0, objectId=None):
        """One call: a message there, and unless it is oneway a message back."""
        current_context.response_annotations = {}
        with self._lock:
            if self._pyroConnection is None:
                self._connect()
            serializer = get_serializer(self._pyroSerializer or config.SERIALIZER)
            objectId = objectId or self._pyroConnection.objectId
            annotations = self._annotations()
            call = (objectId, methodname, vargs, kwargs)
            payload, compressed, extra = _payload(serializer, call, annotations)
            flags |= extra
            if compressed:
                flags |= message.FLAGS_COMPRESSED
            if methodname in self._pyroOneway:
                flags |= message.FLAGS_ONEWAY
            self._pyroSeq = (self._pyroSeq + 1) & 0xFFFF
            id_, seq = serializer.serializer_id, self._pyroSeq
            sent = Message(message.MSG_INVOKE, payload, id_, flags, seq, annotations)
            try:
                self._pyroConnection.send(sent.to_bytes())
                if flags & message.FLAGS_ONEWAY:
                    return None
                return self._answer(serializer)
            except (errors.CommunicationError, KeyboardInterrupt):
                # An answer that comes after all must not be taken for that of the next call.
                self._pyroRelease()
                raise

    def _answer(self, serializer):
        answer = Message.recv(self._pyroConnection, [message.MSG_RESULT])
        if answer.seq != self._pyroSeq:
            raise errors.ProtocolError(
                f"invoke: reply sequence out of sync, got {answer.seq} expected {self._pyroSeq}"
            )
        if answer.serializer_id != serializer.serializer_id:
            raise errors.SerializeError(f"invalid serializer in response: {answer.serializer_id}")
        if answer.annotations:
            current_context.response_annotations = answer.annotations
            self._pyroResponseAnnotations(answer.annotations, answer.type)
        if self._pyroRawWireResponse:
            return answer.decompress_if_needed()
        data = serializer.deserializeData(answer.data, answer.flags & message.FLAGS_COMPRESSED)
        if answer.flags & message.FLAGS_ITEMSTREAMRESULT:
            stream = bytes(answer.annotations.get("STRM", b"")).decode()
            if stream:
                return StreamResultIterator(stream, self)
            raise errors.ProtocolError(
                "result of call is an iterator, but the server is not configured to allow streaming"
            )
        if answer.flags & message.FLAGS_EXCEPTION:
            raise data
        return data

    def _pyroInvokeBatch(self, calls, oneway=False):
        flags = message.FLAGS_BATCH | (message.FLAGS_ONEWAY if oneway else 0)
        return self._pyroInvoke("<batch>", calls, None, flags)

    def _pyroBatch(self):
        return BatchProxyAdapter(self)

    def _pyroAsync(self, asynchronous=True):
        """From now on calls give a FutureResult at once, or values again."""
        self._is_async = asynchronous

    # What travels beside arguments and results.

    def _pyroAnnotations(self):
        """For subclasses: what to send with each call (four letters -> bytes)."""
        return {}

    def _pyroResponseAnnotations(self, annotations, msgtype):
        """For subclasses: what came with an answer."""

    def _annotations(self, keep=False):
        annotations = correlated(current_context.annotations)
        annotations.update(self._pyroAnnotations())
        if not keep:
            current_context.annotations = {}
        return annotations


def _payload(serializer, call, annotations):
    """Bytes of a call, whether they are compressed, and flags."""
    from ._daemon import SerializedBlob

    objectId, methodname, vargs, kwargs = call
    if not vargs or not isinstance(vargs[0], SerializedBlob):
        return *serializer.serializeCall(*call, compress=config.COMPRESSION), 0
    import marshal

    if len(vargs) > 1 or kwargs:
        raise errors.SerializeError("if SerializedBlob is used, it must be the only argument")
    blob = vargs[0]
    annotations["BLBI"] = marshal.dumps((blob.info, objectId, methodname))
    if blob._contains_blob:
        held = blob._data
        return held.data, held.flags & message.FLAGS_COMPRESSED, message.FLAGS_KEEPSERIALIZED
    made = serializer.serializeCall(
        objectId, methodname, blob._data, kwargs, compress=config.COMPRESSION
    )
    return *made, message.FLAGS_KEEPSERIALIZED
