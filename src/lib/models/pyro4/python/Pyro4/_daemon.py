"""Daemons: hold objects under ids, and make the calls that come over their connections."""

import inspect
import threading
import time
import uuid
import warnings
from collections.abc import Iterator

from . import _seen, constants, errors, message
from ._context import correlate, correlated, current_context
from ._exposing import (
    expose,
    get_exposed_members,
    get_exposed_property_value,
    getAttribute,
    reset_exposed_members,
    set_exposed_property_value,
)
from ._locate import locateNS
from ._proxy import Proxy
from ._serializers import (
    MarshalSerializer,
    SerializerBase,
    _serializers,
    get_serializer,
    get_serializer_by_id,
)
from ._servers import KINDS
from ._tracebacks import formatTraceback
from ._uri import URI
from .configuration import config
from .futures import _ExceptionWrapper
from .message import Message

# Between two looks for streams that nobody reads any more, in seconds.
HOUSEKEEPING = 2.0
# A daemon that is shut down waits so long for its loop, in seconds.
LOOP_ENDS_WITHIN = 5


class SerializedBlob:
    """Arguments that stay bytes until somebody asks for them: for programs that pass calls on."""

    __module__ = "Pyro4.core"

    def __init__(self, info, data, is_blob=False):
        self.info = info
        # What is to be sent, or the message in which it came.
        self._data, self._message = (None, data) if is_blob else (data, None)

    def deserialized(self):
        came = self._message
        if came is None:
            return self._data
        serializer = get_serializer_by_id(came.serializer_id)
        return serializer.deserializeCall(came.data, came.flags & message.FLAGS_COMPRESSED)[2]


@expose
class DaemonObject:
    """The object that every daemon has: `Pyro.Daemon`."""

    __module__ = "Pyro4.core"

    def __init__(self, daemon):
        self.daemon = daemon

    def registered(self):
        """Ids of all objects."""
        return list(self.daemon.objectsById)

    def ping(self):
        """Says that somebody is there."""

    def info(self):
        """The daemon in words."""
        daemon = self.daemon
        return (
            f"{constants.DAEMON_NAME} bound on {daemon.locationStr}, NAT {daemon.natLocationStr}, "
            f"{len(daemon.objectsById)} objects registered. Servertype: {daemon.transportServer}"
        )

    def get_metadata(self, objectId, as_lists=False):
        """What an object offers: names of methods, attributes, and methods that answer nothing."""
        obj = self.daemon.objectsById.get(objectId)
        if obj is None:
            raise errors.DaemonError("unknown object")
        metadata = get_exposed_members(obj, config.REQUIRE_EXPOSE, as_lists)
        if config.REQUIRE_EXPOSE and not metadata["methods"] and not metadata["attrs"]:
            clazz = obj if inspect.isclass(obj) else type(obj)
            warnings.warn(
                f"Class {clazz!r} doesn't expose any methods or attributes. "
                "Did you forget setting @expose on them?"
            )
        return metadata

    def get_next_stream_item(self, streamId):
        """The next value of a generator that a method has returned."""
        streams = self.daemon.streaming_responses
        if streamId not in streams:
            raise errors.PyroError("item stream terminated")
        client, begun, _, stream = streams[streamId]
        if client is None:
            streams[streamId] = (current_context.client, begun, 0, stream)
        try:
            return next(stream)
        except Exception:
            # Its end is an exception too.
            streams.pop(streamId, None)
            raise

    def close_stream(self, streamId):
        self.daemon.streaming_responses.pop(streamId, None)


class OnewayCall(threading.Thread):
    """Nobody waits for it, so that it must not keep the connection's thread."""

    def __init__(self, method, args, kwargs):
        super().__init__(target=method, args=args, kwargs=kwargs, name="oneway-call", daemon=True)
        self._given = current_context.to_global()

    def run(self):
        current_context.from_global(self._given)
        super().run()


def _of_its_server(name):
    return property(lambda daemon: getattr(daemon.transportServer, name))


def _travel_as_proxies(clazz):
    """Objects of this class, where they are registered, are sent as what stands for them."""
    for serializer in _serializers.values():
        serializer.register_type_replacement(clazz, autoproxy)


class Daemon:
    """Serves objects at one address."""

    __module__ = "Pyro4.core"

    def __init__(
        self, host=None, port=0, unixsocket=None, nathost=None, natport=None, interface=DaemonObject
    ):
        host = config.HOST if host is None else host
        nathost = config.NATHOST if nathost is None else nathost
        if natport is None and nathost is not None:
            natport = config.NATPORT
        if (nathost is None) != (natport is None):
            raise ValueError("must provide natport with nathost")
        self._pyroInstances = {}
        self.streaming_responses = {}
        self.create_single_instance_lock = threading.Lock()
        self._busy = 0
        self._is_closed = False
        self._pyroHmacKey = None
        self._must_stop = threading.Event()
        self._has_stopped = threading.Event()
        self._has_stopped.set()
        self._housekeeper = None
        self.objectsById = {}
        if config.SERVERTYPE not in KINDS:
            raise errors.PyroError(f"invalid server type '{config.SERVERTYPE}'")
        self.transportServer = KINDS[config.SERVERTYPE]()
        self.transportServer.init(self, host, port, unixsocket)
        self.locationStr = self.transportServer.locationStr
        own_port = self.locationStr.rpartition(":")[2]
        self.natLocationStr = f"{nathost}:{natport or own_port}" if nathost else None
        own = interface(self)
        own._pyroId = constants.DAEMON_NAME
        self.objectsById[own._pyroId] = own
        accepted = [get_serializer(name) for name in config.SERIALIZERS_ACCEPTED]
        self._serializer_ids = {it.serializer_id for it in accepted}
        self._tell()

    def __repr__(self):
        if "locationStr" not in self.__dict__:
            return f"<Pyro4.core.Daemon at {id(self):#x}; unusable>"
        count = len(self.objectsById)
        return f"<Pyro4.core.Daemon at {id(self):#x}; {self.locationStr} - IPv4; {count} objects>"

    def __enter__(self):
        if not self.transportServer:
            raise errors.PyroError("cannot reuse this object")
        return self

    def __exit__(self, *_):
        self.close()

    # A registered object refers to its daemon, and may travel.

    def __getstate__(self):
        return {}

    def __getstate_for_dict__(self):
        return ()

    def __setstate_from_dict__(self, state):
        pass

    def _tell(self):
        """Shows on the page what there is and how busy it is."""
        server = self.transportServer
        if server is None:
            return
        shown = {
            "location": self.locationStr if hasattr(self, "locationStr") else "",
            "open": not self._is_closed,
            "server": config.SERVERTYPE,
            "objects": [
                [id_, type_name(obj), instance_mode(obj)]
                for id_, obj in list(self.objectsById.items())
            ],
            "connections": server.connection_count,
            "busy": self._busy,
            "workers": server.worker_count,
        }
        _seen.tell("pyro4 daemon", shown)

    # Its life.

    sock, sockets, selector = map(_of_its_server, ("sock", "sockets", "selector"))

    @property
    def _shutting_down(self):
        return self._must_stop.is_set()

    @staticmethod
    def serveSimple(objects, host=None, port=0, daemon=None, ns=True, verbose=True):
        """Registers objects (object -> name or None), in the name server too, and serves them."""
        with daemon or Daemon(host, port) as daemon:
            names = locateNS() if ns else None
            for obj, name in objects.items():
                uri = daemon.register(obj, None if names else name)
                if verbose:
                    print(f"Object {obj!r}:\n    uri = {uri}")
                if name and names:
                    names.register(name, uri)
                    if verbose:
                        print(f"    name = {name}")
            if verbose:
                print("Pyro daemon running.")
            daemon.requestLoop()

    def requestLoop(self, loopCondition=None):
        """Serves until `shutdown()`, Ctrl-C, or until the condition is false."""
        self._must_stop.clear()
        self._has_stopped.clear()
        self._keep_house()
        is_wanted = loopCondition and (lambda: not self._shutting_down and loopCondition())
        try:
            self.transportServer.loop(is_wanted)
        finally:
            self._has_stopped.set()

    def events(self, eventsockets):
        """For a loop of your own: serves these sockets, which have something to read."""
        return self.transportServer.events(eventsockets)

    def shutdown(self):
        """Ends `requestLoop`, from another thread."""
        self.streaming_responses = {}
        self._must_stop.set()
        if self.transportServer:
            self.transportServer.shutdown()
        self.close()
        self._has_stopped.wait(LOOP_ENDS_WITHIN)

    def close(self):
        self._must_stop.set()
        self.streaming_responses = {}
        if self.transportServer:
            self._is_closed = True
            self._tell()
            server, self.transportServer = self.transportServer, None
            server.close()

    def combine(self, daemon):
        """Serves the other daemon in this one's loop (server type multiplex)."""
        self.transportServer.combine_loop(daemon.transportServer)

    # Hooks of subclasses.

    def validateHandshake(self, conn, data):
        """Answers a client's greeting; an exception sends it away."""
        return "hello"

    def clientDisconnect(self, conn):
        """A client has gone."""

    def annotations(self):
        """What to send with each answer (four letters -> bytes)."""
        return {}

    def housekeeping(self):
        """Called every 2 s while the daemon serves."""

    # Housekeeping runs only where there is something to keep.

    def _keep_house(self):
        is_used = self.streaming_responses or type(self).housekeeping is not Daemon.housekeeping
        if is_used and self._housekeeper is None:
            self._housekeeper = threading.Thread(
                target=self._housekeeping, name="housekeeper", daemon=True
            )
            self._housekeeper.start()

    def _housekeeping(self):
        while not self._must_stop.wait(HOUSEKEEPING):
            self._end_streams()
            self.housekeeping()
            if not self.streaming_responses and type(self).housekeeping is Daemon.housekeeping:
                break
        self._housekeeper = None

    def _end_streams(self):
        """Forgets streams that are too old, or whose client has been away too long."""
        now = time.time()
        for id_, (_, begun, left, _) in list(self.streaming_responses.items()):
            is_old = 0 < config.ITER_STREAM_LIFETIME < now - begun
            if is_old or left and now - left > config.ITER_STREAM_LINGER:
                self.streaming_responses.pop(id_, None)

    def _clientDisconnect(self, conn):
        for id_, (client, begun, _, stream) in list(self.streaming_responses.items()):
            if client is not conn:
                continue
            if config.ITER_STREAM_LINGER > 0:
                self.streaming_responses[id_] = (None, begun, time.time(), stream)
            else:
                self.streaming_responses.pop(id_, None)
        self.clientDisconnect(conn)

    # Objects.

    def register(self, obj_or_class, objectId=None, force=False):
        """Serves an object, or instances of a class, under an id. Returns its URI."""
        if objectId and not isinstance(objectId, str):
            raise TypeError("objectId must be a string or None")
        objectId = objectId or "obj_" + uuid.uuid4().hex
        is_class = inspect.isclass(obj_or_class)
        if is_class and not hasattr(obj_or_class, "_pyroInstancing"):
            obj_or_class._pyroInstancing = ("session", None)
        if not force:
            self._check_is_new(obj_or_class, objectId)
        obj_or_class._pyroDaemon, obj_or_class._pyroId = self, objectId
        if config.AUTOPROXY:
            _travel_as_proxies(obj_or_class if is_class else type(obj_or_class))
        self.objectsById[objectId] = obj_or_class
        self._tell()
        return self.uriFor(objectId)

    def _check_is_new(self, obj_or_class, objectId):
        complaint = None
        if getattr(obj_or_class, "_pyroId", "") != "":
            complaint = "object or class already has a Pyro id"
        elif objectId in self.objectsById:
            complaint = "an object or class is already registered with that id"
        if complaint:
            raise errors.DaemonError(complaint)

    def unregister(self, objectOrId):
        """Serves an object no longer. Its registration in a name server stays."""
        if objectOrId is None:
            raise ValueError("object or objectid argument expected")
        obj = None if isinstance(objectOrId, str) else objectOrId
        id_ = objectOrId if obj is None else getattr(obj, "_pyroId", None)
        if id_ is None:
            raise errors.DaemonError("object isn't registered")
        if id_ == constants.DAEMON_NAME or id_ not in self.objectsById:
            return
        del self.objectsById[id_]
        if obj is not None:
            del obj._pyroId
            del obj._pyroDaemon
        self._tell()

    def uriFor(self, objectOrId, nat=True):
        """The address of an object, or of an id, whether or not there is one."""
        id_ = objectOrId
        if not isinstance(objectOrId, str):
            id_ = getattr(objectOrId, "_pyroId", None)
            if id_ is None or id_ not in self.objectsById:
                raise errors.DaemonError("object isn't registered in this daemon")
        place = nat and self.natLocationStr or self.locationStr
        return URI(f"PYRO:{id_}@{place}")

    def proxyFor(self, objectOrId, nat=True):
        """A proxy that knows what the object offers."""
        uri = self.uriFor(objectOrId, nat)
        if uri.object not in self.objectsById:
            raise errors.DaemonError("object isn't registered in this daemon")
        proxy = Proxy(uri)
        obj = self.objectsById[uri.object]
        proxy._pyroGetMetadata(known_metadata=get_exposed_members(obj, config.REQUIRE_EXPOSE))
        return proxy

    def resetMetadataCache(self, objectOrId, nat=True):
        """Looks anew at what an object offers."""
        obj = self.objectsById.get(self.uriFor(objectOrId, nat).object)
        if obj is not None:
            for as_lists in (False, True):
                reset_exposed_members(obj, config.REQUIRE_EXPOSE, as_lists)

    def _getInstance(self, clazz, conn):
        mode, creator = clazz._pyroInstancing
        if mode == "percall":
            return _created(clazz, creator)
        kept = self._pyroInstances if mode == "single" else conn.pyroInstances
        with self.create_single_instance_lock:
            if clazz not in kept:
                kept[clazz] = _created(clazz, creator)
            return kept[clazz]

    # Messages.

    def _annotations(self):
        annotations = correlated(current_context.response_annotations)
        annotations.update(self.annotations())
        return annotations

    def _handshake(self, conn, denied_reason=None):
        """Answers the greeting of a client. Whether it may stay."""
        serializer_id, seq = MarshalSerializer.serializer_id, 0
        try:
            hello = Message.recv(conn, [message.MSG_CONNECT])
            seq = hello.seq
            if denied_reason:
                raise errors.PyroError(denied_reason)
            self._check_serializer(hello)
            correlate(hello)
            serializer_id = hello.serializer_id
            serializer = get_serializer_by_id(serializer_id)
            data = serializer.deserializeData(hello.data, hello.flags & message.FLAGS_COMPRESSED)
            answer = self.validateHandshake(conn, data["handshake"])
            flags = hello.flags & message.FLAGS_META_ON_CONNECT
            if flags:
                own = self.objectsById[constants.DAEMON_NAME]
                answer = {"handshake": answer, "meta": own.get_metadata(data["object"], as_lists=True)}
            kind = message.MSG_CONNECTOK
            payload, compressed = serializer.serializeData(answer, config.COMPRESSION)
        except errors.ConnectionClosedError:
            return False
        except Exception as error:
            flags, kind = 0, message.MSG_CONNECTFAIL
            serializer = get_serializer_by_id(serializer_id)
            payload, compressed = serializer.serializeData(str(error))
        if compressed:
            flags |= message.FLAGS_COMPRESSED
        conn.send(Message(kind, payload, serializer_id, flags, seq, self._annotations()).to_bytes())
        return kind == message.MSG_CONNECTOK

    def _check_serializer(self, msg):
        if msg.serializer_id not in self._serializer_ids:
            raise errors.SerializeError(
                f"message used serializer that is not accepted: {msg.serializer_id}"
            )

    def handleRequest(self, conn):
        """Waits for the next message of a connection and answers it."""
        request = Message.recv(conn, [message.MSG_INVOKE, message.MSG_PING])
        correlate(request)
        if request.type == message.MSG_PING:
            id_, seq = request.serializer_id, request.seq
            pong = Message(message.MSG_PING, b"pong", id_, 0, seq, self._annotations())
            conn.send(pong.to_bytes())
            return
        self._busy += 1
        self._tell()
        call = Call(self, request, conn)
        try:
            call.run()
        except Exception as error:
            self._report(error, request, conn)
            severe = (errors.CommunicationError, errors.SecurityError)
            if call.is_callback or isinstance(error, severe):
                raise
        finally:
            self._busy -= 1
            self._tell()

    def _report(self, error, request, conn):
        """Tells the caller of an exception, if it waits and can be reached."""
        is_lost = isinstance(error, errors.CommunicationError)
        is_lost = is_lost and not isinstance(error, errors.SerializeError)
        if is_lost or request.flags & message.FLAGS_ONEWAY:
            return
        at = getattr(error, "pyroMsg", request)
        self._sendExceptionResponse(conn, at.seq, at.serializer_id, error, traceback_of(error))

    def _sendExceptionResponse(
        self, connection, seq, serializer_id, exc_value, tbinfo, flags=0, annotations=None
    ):
        exc_value._pyroTraceback = tbinfo
        serializer = get_serializer_by_id(serializer_id)
        try:
            payload, compressed = serializer.serializeData(exc_value)
        except Exception as failure:
            generic = errors.PyroError(
                f"Error serializing exception: {failure}. "
                f"Original exception: {type(exc_value)}: {exc_value}"
            )
            generic._pyroTraceback = tbinfo
            payload, compressed = serializer.serializeData(generic)
        flags |= message.FLAGS_EXCEPTION
        if compressed:
            flags |= message.FLAGS_COMPRESSED
        annotations = {**(annotations or {}), **self.annotations()}
        answer = Message(message.MSG_RESULT, payload, serializer_id, flags, seq, annotations)
        connection.send(answer.to_bytes())

    def _begin_stream(self, data, conn):
        """The id of a stream, or None when they are switched off."""
        if not config.ITER_STREAMING:
            return None
        id_ = str(uuid.uuid4())
        self.streaming_responses[id_] = (conn, time.time(), 0, data)
        self._keep_house()
        return id_


class Call:
    """One request."""

    def __init__(self, daemon, request, conn):
        self.daemon = daemon
        self.request = request
        self.conn = conn
        self.is_callback = False

    @property
    def is_oneway(self):
        return self.request.flags & message.FLAGS_ONEWAY

    def run(self):
        """Makes the call and sends what it gave."""
        request = self.request
        self.daemon._check_serializer(request)
        serializer = get_serializer_by_id(request.serializer_id)
        object_id, method, args, kwargs = self._read(serializer)
        self._enter_context()
        obj = self.daemon.objectsById.get(object_id)
        if obj is None:
            raise errors.DaemonError("unknown object")
        if inspect.isclass(obj):
            obj = self.daemon._getInstance(obj, self.conn)
        is_batch = request.flags & message.FLAGS_BATCH
        value = self._batch(obj, args) if is_batch else self._call(obj, method, args, kwargs)
        if self.is_oneway:
            return
        if not is_batch and isinstance(value, Iterator):
            return self._stream(value)
        payload, compressed = serializer.serializeData(value, config.COMPRESSION)
        flags = message.FLAGS_BATCH if is_batch else 0
        if compressed:
            flags |= message.FLAGS_COMPRESSED
        id_, annotations = serializer.serializer_id, self.daemon._annotations()
        answer = Message(message.MSG_RESULT, payload, id_, flags, request.seq, annotations)
        current_context.response_annotations = {}
        self.conn.send(answer.to_bytes())

    def _read(self, serializer):
        request = self.request
        if request.flags & message.FLAGS_KEEPSERIALIZED:
            import marshal

            info, object_id, method = marshal.loads(bytes(request.annotations["BLBI"]))
            return object_id, method, (SerializedBlob(info, request, is_blob=True),), {}
        return serializer.deserializeCall(request.data, request.flags & message.FLAGS_COMPRESSED)

    def _enter_context(self):
        context, request = current_context, self.request
        context.client = self.conn
        try:
            context.client_sock_addr = self.conn.sock.getpeername()
        except OSError:
            context.client_sock_addr = None
        context.seq = request.seq
        context.annotations = request.annotations
        context.msg_flags = request.flags
        context.serializer_id = request.serializer_id

    def _call(self, obj, name, args, kwargs):
        if name == "__getattr__":
            return get_exposed_property_value(obj, args[0], config.REQUIRE_EXPOSE)
        if name == "__setattr__":
            return set_exposed_property_value(obj, *args, only_exposed=config.REQUIRE_EXPOSE)
        method = getAttribute(obj, name)
        if self.is_oneway and config.ONEWAY_THREADED:
            return OnewayCall(method, args, kwargs).start()
        self.is_callback = getattr(method, "_pyroCallback", False)
        return method(*args, **kwargs)

    def _batch(self, obj, calls):
        """What each call gives, up to the first exception."""
        values = []
        for name, args, kwargs in calls:
            method = getAttribute(obj, name)
            try:
                values.append(method(*args, **kwargs))
            except Exception as error:
                error._pyroTraceback = traceback_of(error)
                values.append(_ExceptionWrapper(error))
                break
        return values

    def _stream(self, iterator):
        """Answers with the id under which items can be asked for."""
        if type(iterator) in LAZY:
            raise errors.PyroError(
                "won't serialize or stream lazy dict iterators, convert to list yourself"
            )
        id_ = self.daemon._begin_stream(iterator, self.conn)
        self.daemon._sendExceptionResponse(
            self.conn,
            self.request.seq,
            self.request.serializer_id,
            errors.ProtocolError("result of call is an iterator"),
            None,
            flags=message.FLAGS_ITEMSTREAMRESULT,
            annotations={"STRM": id_.encode()} if id_ else {},
        )


LAZY = tuple(type(iter(it)) for it in ({}.keys(), {}.values(), {}.items()))


def traceback_of(error):
    """As texts: of our own frames only the one that called the program's."""
    trace = error.__traceback__
    while trace.tb_next and _is_ours(trace) and _is_ours(trace.tb_next):
        trace = trace.tb_next
    return formatTraceback(type(error), error, trace, detailed=config.DETAILED_TRACEBACK)


def _is_ours(trace):
    return trace.tb_frame.f_globals.get("__package__") == __package__


def _created(clazz, creator):
    if not creator:
        return clazz()
    obj = creator(clazz)
    if isinstance(obj, clazz):
        return obj
    raise TypeError("instance creator returned object of different type")


def autoproxy(obj):
    """A registered object travels as a proxy."""
    daemon = getattr(obj, "_pyroDaemon", None)
    return daemon.proxyFor(obj) if config.AUTOPROXY and daemon else obj


def instance_mode(obj):
    """How many instances a class is served by; '' for an object that serves itself."""
    return obj._pyroInstancing[0] if inspect.isclass(obj) else ""


def type_name(obj):
    clazz = obj if inspect.isclass(obj) else type(obj)
    return clazz.__name__


def _core_object_to_dict(obj):
    return {"__class__": f"Pyro4.core.{type(obj).__name__}", "state": obj.__getstate_for_dict__()}


for _class in (URI, Proxy, Daemon):
    SerializerBase.register_class_to_dict(_class, _core_object_to_dict)
SerializerBase.register_class_to_dict(
    _ExceptionWrapper, _ExceptionWrapper.__serialized_dict__
)
