"""A connection: requests and answers between two sides that are equal."""

import collections
import itertools
import logging
import pickle
import sys
import threading
import weakref
from contextlib import closing, suppress

from rpyc.core import brine, consts, netref, vinegar
from rpyc.core.async_ import AsyncResult
from rpyc.core.seen import Shown
from rpyc.lib import (
    Timeout,
    get_methods,
    hasattr_static,
    id_pack_of,
    is_netref,
    log_exception,
    numbers,
    spawn,
)


class PingError(Exception):
    """What came back is not what was sent."""


_SAFE = (
    "abs add and bool cmp contains delitem delslice div divmod doc eq float floordiv ge getitem getslice gt "
    "hash hex iadd iand idiv ifloordiv ilshift imod imul index int invert ior ipow irshift isub iter itruediv "
    "ixor le len long lshift lt mod mul ne neg new nonzero oct or pos pow radd rand rdiv rdivmod repr "
    "rfloordiv rlshift rmod rmul ror rpow rrshift rshift rsub rtruediv rxor setitem setslice str sub truediv "
    "xor length_hint enter exit next format"
).split()

_YES = (
    "allow_exposed_attrs allow_getattr allow_safe_attrs include_local_traceback include_local_version "
    "log_exceptions propagate_KeyboardInterrupt_locally"
)
_NO = (
    "allow_all_attrs allow_delattr allow_pickle allow_public_attrs allow_setattr bind_threads close_catchall "
    "import_custom_exceptions instantiate_custom_exceptions instantiate_oldstyle_exceptions "
    "propagate_SystemExit_locally"
)
_NOTHING = "before_closed connid credentials endpoints logger"

DEFAULT_CONFIG = {
    "exposed_prefix": "exposed_",
    "safe_attrs": {"next", *(f"__{name}__" for name in _SAFE)},
    # In seconds.
    "sync_request_timeout": 30,
    **dict.fromkeys(_YES.split(), True),
    **dict.fromkeys(_NO.split(), False),
    **dict.fromkeys(_NOTHING.split()),
}

_connection_numbers = itertools.count(1)


class _Held:
    """Objects of this side that the other has netrefs to, and how many references it was sent."""

    def __init__(self):
        self._by_pack = {}
        self._packs = {}
        # What is forgotten may be the last user of something whose end is told on this connection.
        self._lock = threading.RLock()

    def __len__(self):
        return len(self._by_pack)

    def __iter__(self):
        return iter(self._by_pack)

    def __getitem__(self, pack):
        return self._by_pack[pack][0]

    def add(self, obj):
        with self._lock:
            pack = self._packs.get(id(obj))
            if pack is None:
                pack = id_pack_of(obj, numbers.hold(obj))
                self._packs[id(obj)] = pack
                self._by_pack[pack] = [obj, 0]
            self._by_pack[pack][1] += 1
            return pack

    def release(self, obj, count):
        with self._lock:
            pack = self._packs[id(obj)]
            entry = self._by_pack[pack]
            entry[1] -= count
            if entry[1] <= 0:
                self._forget(pack)

    def clear(self):
        with self._lock:
            for pack in list(self._by_pack):
                self._forget(pack)

    def _forget(self, pack):
        obj, _ = self._by_pack.pop(pack)
        del self._packs[id(obj)]
        numbers.release(obj)


def _answered_by(function):
    """A request about an object that Python itself answers."""
    return lambda _connection, obj: function(obj)


class Connection:
    _closed = True

    def __init__(self, root, channel, config={}):
        self._config = {**DEFAULT_CONFIG, **config}
        if self._config["connid"] is None:
            self._config["connid"] = f"conn{next(_connection_numbers)}"
        self._channel = channel
        self._shown = Shown(getattr(channel, "stream", None))
        self._local_root = root
        self._remote_root = None
        self._closed = False
        self._sequence = itertools.count()
        self._callbacks = {}
        self._held = _Held()
        self._proxies = weakref.WeakValueDictionary()
        self._classes = {}
        self._last_traceback = None
        # Who reads; others wait for news. The reader may be in a request, in which it reads again.
        self._reading = threading.RLock()
        self._news = threading.Condition()
        self._outbox = collections.deque()
        self._sending = threading.Lock()

    def __repr__(self):
        kind, place = object.__repr__(self).split(" object ")
        return f"{kind} {self._config['connid']!r} object {place}"

    def __del__(self):
        self.close()

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()

    # Its end.

    @property
    def closed(self):
        return self._closed

    def fileno(self):
        return self._channel.fileno()

    def close(self):
        """Says good-bye to the other side, which does not have to be there any more."""
        if self._closed:
            return
        self._closed = True
        try:
            self._say_goodbye()
        finally:
            self._cleanup()

    def _say_goodbye(self):
        hook, is_forgiving = self._config["before_closed"], self._config["close_catchall"]
        try:
            if hook:
                hook(self.root)
            self._request(consts.HANDLE_CLOSE, ())
        except Exception as error:
            if not is_forgiving and not isinstance(error, EOFError):
                raise

    def _cleanup(self):
        self._closed = True
        self._channel.close()
        root, self._local_root = self._local_root, None
        if root is not None:
            root.on_disconnect(self)
        self._callbacks.clear()
        self._held.clear()
        self._proxies.clear()
        self._classes.clear()
        self._last_traceback = self._remote_root = None
        self._shown.tell(False)

    # Asking.

    @property
    def root(self):
        """The service of the other side."""
        if self._remote_root is None:
            self._remote_root = self.sync_request(consts.HANDLE_GETROOT)
        return self._remote_root

    def ping(self, data=None, timeout=3):
        data = "abcdefghijklmnopqrstuvwxyz" * 20 if data is None else data
        if self.async_request(consts.HANDLE_PING, data, timeout=timeout).value != data:
            raise PingError("echo mismatches sent data")

    def sync_request(self, handler, *args):
        """Asks, and waits for as long as `sync_request_timeout` says."""
        timeout = self._config["sync_request_timeout"]
        return self.async_request(handler, *args, timeout=timeout).value

    def async_request(self, handler, *args, timeout=None):
        """Asks; gives an AsyncResult."""
        result = AsyncResult(self)
        self._request(handler, args, result)
        if timeout is not None:
            result.set_expiry(timeout)
        return result

    def _request(self, handler, args, callback=lambda is_exc, obj: None):
        number = next(self._sequence)
        self._callbacks[number] = callback
        try:
            self._send(consts.MSG_REQUEST, number, (handler, self._box(args)))
        except Exception:
            self._callbacks.pop(number, None)
            raise

    def _send(self, kind, number, content):
        # A netref may die while something is sent, and its `del` must not wait for that: whoever is
        # sending takes it along.
        self._outbox.append(brine.dump((kind, number, content)))
        while self._outbox and self._sending.acquire(False):
            try:
                if self._outbox:
                    self._channel.send(self._outbox.popleft())
            finally:
                self._sending.release()

    # Values.

    def _box(self, obj):
        if brine.dumpable(obj):
            return consts.LABEL_VALUE, obj
        if type(obj) is tuple:
            return consts.LABEL_TUPLE, tuple(map(self._box, obj))
        if is_netref(obj) and obj.____conn__ is self:
            return consts.LABEL_LOCAL_REF, obj.____id_pack__
        return consts.LABEL_REMOTE_REF, self._held.add(obj)

    def _unbox(self, package):
        label, content = package
        opened = _OPENED.get(label)
        if opened is None:
            raise ValueError(f"invalid label {label!r}")
        return opened(self, content)

    def _proxy_of(self, pack):
        proxy = self._proxies.get(pack)
        if proxy is not None:
            # The other side counts what it sends.
            proxy.____refcount__ += 1
            return proxy
        proxy = self._class_of(pack)(self, pack)
        self._proxies[pack] = proxy
        return proxy

    def _class_of(self, pack):
        kind = netref.builtin_class(pack[0])
        if pack[2] == 0:
            kind = self._classes.get(pack, kind)
        if kind is None:
            kind = netref.class_factory(pack, self.sync_request(consts.HANDLE_INSPECT, pack))
            if pack[2] == 0:
                self._classes[pack] = kind
        return kind

    # Serving.

    def serve(self, timeout=1, wait_for_lock=True):
        """Handles one message, if one comes in this time; True if one did. None waits for ever."""
        timeout = Timeout(timeout)
        with self._news:
            if not self._reading.acquire(False):
                # Another thread reads: what it reads may be for this one.
                return self._news.wait(timeout.timeleft()) if wait_for_lock else False
        try:
            data = self._channel.recv() if self._channel.poll(timeout) else None
            if data is None:
                return False
            self._dispatch(data)
            if not self._closed:
                self._shown.tell(True, self._proxies.data, self._held)
            return True
        except EOFError:
            self.close()
            raise
        finally:
            self._reading.release()
            with self._news:
                self._news.notify_all()

    def poll(self, timeout=0):
        return self.serve(timeout, False)

    def poll_all(self, timeout=0):
        """Handles what there is, and what comes in this time; True if there was something."""
        end = Timeout(timeout)
        count = 0
        with suppress(EOFError):
            count += bool(self.poll(end))
            while not end.expired():
                count += bool(self.poll(end))
        return count > 0

    def serve_all(self):
        """Until the connection ends."""
        with closing(self):
            try:
                self._serve_on()
            except OSError:
                # Of a socket that this side has closed.
                if not self._closed:
                    raise

    def serve_threaded(self, thread_count=10):
        """Until the connection ends, with so many requests at a time."""
        with closing(self):
            threads = [spawn(self._serve_on) for _ in range(thread_count)]
            for thread in threads:
                thread.join()

    def _serve_on(self):
        with suppress(EOFError):
            while not self._closed:
                self.serve(None)

    def _dispatch(self, data):
        kind, number, content = brine.load(data)
        if kind == consts.MSG_REQUEST:
            self._answer(number, content)
        elif kind == consts.MSG_REPLY:
            self._settle(kind, number, False, self._unbox(content))
        elif kind == consts.MSG_EXCEPTION:
            config = self._config
            error = vinegar.load(
                content,
                config["import_custom_exceptions"],
                config["instantiate_custom_exceptions"],
                config["instantiate_oldstyle_exceptions"],
            )
            self._settle(kind, number, True, error)
        else:
            raise ValueError(f"invalid message type: {kind!r}")

    def _settle(self, kind, number, is_exc, obj):
        callback = self._callbacks.pop(number, None)
        if callback is not None:
            callback(is_exc, obj)
        elif self._config["logger"]:
            # The misspelling is the real one's.
            self._config["logger"].debug(
                f"Recieved {kind} seq {number} and a related request callback did not exist"
            )

    def _answer(self, number, request):
        try:
            handler, args = request
            result = _HANDLERS[handler](self, *self._unbox(args))
        except BaseException as error:
            self._last_traceback = error.__traceback__
            self._refuse(number, error)
        else:
            self._send(consts.MSG_REPLY, number, self._box(result))

    def _refuse(self, number, error):
        config, kind = self._config, type(error)
        if config["logger"] and kind is not StopIteration:
            log_exception(config["logger"], logging.DEBUG, "Exception caught", error)
        for name in ("SystemExit", "KeyboardInterrupt"):
            if kind.__name__ == name and config[f"propagate_{name}_locally"]:
                raise error
        with_trace, with_version = config["include_local_traceback"], config["include_local_version"]
        packed = vinegar.dump(error, with_trace, with_version)
        self._send(consts.MSG_EXCEPTION, number, packed)

    # What the other side may ask. Rules of access: README, "Services".

    def _access(self, obj, name, args, own, permission, default):
        if type(name) is bytes:
            name = str(name, "utf8")
        elif type(name) is not str:
            raise TypeError("name must be a string")
        accessor = getattr(type(obj), own, None)
        if accessor is None:
            return default(obj, self._allowed(obj, name, permission), *args)
        return accessor(obj, name, *args)

    def _allowed(self, obj, name, permission):
        """The name by which an attribute may be had. Raises AttributeError when it may not."""
        config = self._config
        if not config[permission]:
            raise AttributeError(f"cannot access {name!r}")
        prefix = config["exposed_prefix"] if config["allow_exposed_attrs"] else ""
        is_plain = (
            config["allow_all_attrs"]
            or (prefix and name.startswith(prefix))
            or (config["allow_safe_attrs"] and name in config["safe_attrs"])
            or (config["allow_public_attrs"] and not name.startswith("_"))
        )
        exposed = prefix + name
        is_exposed = prefix and (hasattr(obj, exposed) or hasattr_static(obj, exposed))
        if is_exposed and not (is_plain and hasattr(obj, name)):
            return exposed
        if is_plain:
            return name
        raise AttributeError(f"cannot access {name!r}")

    def _on_ping(self, data):
        return data

    def _on_close(self):
        self._cleanup()

    def _on_getroot(self):
        return self._local_root

    def _on_getattr(self, obj, name):
        return self._access(obj, name, (), "_rpyc_getattr", "allow_getattr", getattr)

    def _on_setattr(self, obj, name, value):
        return self._access(obj, name, (value,), "_rpyc_setattr", "allow_setattr", setattr)

    def _on_delattr(self, obj, name):
        return self._access(obj, name, (), "_rpyc_delattr", "allow_delattr", delattr)

    def _on_call(self, obj, args, kwargs=()):
        return obj(*args, **dict(kwargs))

    def _on_callattr(self, obj, name, args, kwargs=()):
        return self._on_call(self._on_getattr(obj, name), args, kwargs)

    def _on_cmp(self, obj, other, op="__cmp__"):
        return self._on_getattr(type(obj), op)(obj, other)

    _on_hash, _on_repr, _on_str = map(_answered_by, (hash, repr, str))
    _on_dir = _answered_by(lambda obj: tuple(dir(obj)))

    def _on_pickle(self, obj, proto):
        if not self._config["allow_pickle"]:
            raise ValueError("pickling is disabled")
        return bytes(pickle.dumps(obj, proto))

    def _on_del(self, obj, count=1):
        self._held.release(obj, count)

    def _on_inspect(self, pack):
        obj = self._held[pack]
        if is_netref(obj):
            return obj.____conn__.sync_request(consts.HANDLE_INSPECT, obj.____id_pack__)
        return tuple(get_methods(netref.LOCAL_ATTRS, obj))

    def _on_buffiter(self, obj, count):
        return tuple(itertools.islice(obj, count))

    def _on_oldslicing(self, obj, attempt, fallback, start, stop, args):
        try:
            return self._on_getattr(obj, attempt)(slice(start, stop), *args)
        except Exception:
            stop = sys.maxsize if stop is None else stop
            return self._on_getattr(obj, fallback)(start, stop, *args)

    def _on_ctxexit(self, obj, error):
        kind = trace = None
        if error:
            try:
                raise error
            except Exception as raised:
                kind, trace = type(raised), raised.__traceback__
        return self._on_getattr(obj, "__exit__")(kind, error or None, trace)

    def _on_instancecheck(self, obj, other_pack):
        if is_netref(obj):
            return obj.____conn__.sync_request(consts.HANDLE_INSTANCECHECK, obj, other_pack)
        class_pack = (other_pack[0], other_pack[1], 0)
        kind = netref.builtin_class(other_pack[0]) or self._classes.get(class_pack)
        if kind is None:
            return False
        return isinstance(kind.__dict__["__class__"] and kind.__dict__["__class__"].kind, obj)


_OPENED = {
    consts.LABEL_VALUE: lambda _connection, value: value,
    consts.LABEL_TUPLE: lambda connection, items: tuple(map(connection._unbox, items)),
    consts.LABEL_LOCAL_REF: lambda connection, pack: connection._held[pack],
    consts.LABEL_REMOTE_REF: lambda connection, pack: connection._proxy_of((str(pack[0]), *pack[1:3])),
}
_HANDLERS = {
    number: getattr(Connection, f"_on_{name.lower()}")
    for number, name in enumerate(consts.HANDLERS, 1)
}
