"""How values travel: as serpent, JSON, marshal or pickle. What none of them can say becomes a dict with
the name of its class, and of such dicts only known ones become objects again."""

import array
import builtins
import datetime
import decimal
import inspect
import json
import marshal
import pickle
import uuid
import zlib

import serpent

from . import errors
from .configuration import config

# Smaller messages are not worth compressing.
COMPRESSED_FROM = 200


def _exceptions_of(module, base):
    found = vars(module).items()
    return {name: it for name, it in found if isinstance(it, type) and issubclass(it, base)}


_BUILTIN = _exceptions_of(builtins, BaseException)
_OWN = _exceptions_of(errors, errors.PyroError)
all_exceptions = {**_BUILTIN, **_OWN}

_to_dict = {}
_to_class = {}


class SerializerBase:
    """What all of them share. Converters that are registered count for all of them."""

    __module__ = "Pyro4.util"
    serializer_id = 0

    def serializeData(self, data, compress=False):
        return self._compressed(self.dumps(data), compress)

    def deserializeData(self, data, compressed=False):
        return self.loads(zlib.decompress(data) if compressed else bytes(data))

    def serializeCall(self, obj, method, vargs, kwargs, compress=False):
        return self._compressed(self.dumpsCall(obj, method, vargs, kwargs), compress)

    def deserializeCall(self, data, compressed=False):
        return self.loadsCall(zlib.decompress(data) if compressed else bytes(data))

    def _compressed(self, data, compress):
        if compress and len(data) >= COMPRESSED_FROM:
            smaller = zlib.compress(data)
            if len(smaller) < len(data):
                return smaller, True
        return data, False

    @classmethod
    def register_class_to_dict(cls, clazz, converter, serpent_too=True):
        """Objects of this class travel as the dict that `converter(object)` makes of them."""
        _to_dict[clazz] = converter
        if serpent_too:
            serpent.register_class(
                clazz, lambda obj, to, parts, level: to.ser_builtins_dict(converter(obj), parts, level)
            )

    @classmethod
    def unregister_class_to_dict(cls, clazz):
        _to_dict.pop(clazz, None)
        serpent.unregister_class(clazz)

    @classmethod
    def register_dict_to_class(cls, classname, converter):
        """Dicts of a class with this name become what `converter(name, dict)` makes of them."""
        _to_class[classname] = converter

    @classmethod
    def unregister_dict_to_class(cls, classname):
        _to_class.pop(classname, None)

    @classmethod
    def class_to_dict(cls, obj):
        for clazz, converter in _to_dict.items():
            if isinstance(obj, clazz):
                return converter(obj)
        kind = type(obj)
        if kind in (set, dict, tuple, list):
            raise ValueError(f"can't serialize type {kind} into a dict")
        if hasattr(obj, "_pyroDaemon"):
            obj._pyroDaemon = None
        name = f"{kind.__module__}.{kind.__name__}"
        if isinstance(obj, BaseException):
            state = {"args": obj.args, "attributes": vars(obj)}
            return {"__class__": name, "__exception__": True, **state}
        if kind.__getstate__ is not object.__getstate__:
            state = obj.__getstate__()
            if isinstance(state, dict):
                return state
        if hasattr(obj, "__dict__"):
            return {**vars(obj), "__class__": name}
        if hasattr(obj, "__slots__"):
            return {**{slot: getattr(obj, slot) for slot in obj.__slots__}, "__class__": name}
        raise errors.SerializeError(
            f"don't know how to serialize class {kind} using serializer {cls.__name__}. "
            "Give it vars() or an appropriate __getstate__"
        )

    @classmethod
    def dict_to_class(cls, data):
        name = data.get("__class__", "<unknown>")
        if isinstance(name, bytes):
            name = name.decode("utf-8")
        if name in _to_class:
            return _to_class[name](name, data)
        if "__" in name:
            raise errors.SecurityError(
                f"refused to deserialize types with double underscores in their name: {name}"
            )
        module, _, short = name.rpartition(".")
        if module == "Pyro4.core":
            return _core_object(short, data)
        if module == "Pyro4.errors" and short in _OWN:
            return cls.make_exception(_OWN[short], data)
        if name == "Pyro4.futures._ExceptionWrapper":
            from .futures import _ExceptionWrapper

            inner = data["exception"]
            is_dict = isinstance(inner, dict) and "__class__" in inner
            return _ExceptionWrapper(cls.dict_to_class(inner) if is_dict else inner)
        if data.get("__exception__"):
            # Python 2 said `exceptions.ValueError`.
            if module in ("builtins", "exceptions", "") and short in _BUILTIN:
                return cls.make_exception(_BUILTIN[short], data)
        raise errors.SerializeError(f"unsupported serialized class: {name}")

    @staticmethod
    def make_exception(exceptiontype, data):
        error = exceptiontype(*data["args"])
        for name, value in data.get("attributes", {}).items():
            setattr(error, name, value)
        return error

    def recreate_classes(self, literal):
        """Objects again, of the dicts with a class in a value."""
        kind = type(literal)
        if kind in (list, tuple, set):
            return kind(self.recreate_classes(item) for item in literal)
        if kind is not dict:
            return literal
        if "__class__" in literal:
            return self.dict_to_class(literal)
        return {key: self.recreate_classes(value) for key, value in literal.items()}

    @classmethod
    def register_type_replacement(cls, object_type, replacement_function):
        """Objects of this class are replaced by what the function makes of them."""
        if object_type is type or not inspect.isclass(object_type):
            raise ValueError("refusing to register replacement for a non-type or the type 'type' itself")
        cls._replace(object_type, replacement_function)

    @classmethod
    def _replace(cls, object_type, function):
        pass


def _core_object(name, data):
    from . import core

    if name not in ("URI", "Proxy", "Daemon"):
        raise errors.SerializeError(f"unsupported serialized class: Pyro4.core.{name}")
    clazz = getattr(core, name)
    obj = clazz.__new__(clazz)
    obj.__setstate_from_dict__(data["state"])
    return obj


class SerpentSerializer(SerializerBase):
    __module__ = "Pyro4.util"
    serializer_id = 1

    def dumps(self, data):
        return serpent.dumps(data, module_in_classname=True)

    def dumpsCall(self, obj, method, vargs, kwargs):
        return self.dumps((obj, method, vargs, kwargs))

    def loads(self, data):
        return self.recreate_classes(serpent.loads(data))

    def loadsCall(self, data):
        obj, method, vargs, kwargs = serpent.loads(data)
        return obj, method, self.recreate_classes(vargs), self.recreate_classes(kwargs)

    @classmethod
    def dict_to_class(cls, data):
        if data.get("__class__") == "float":
            return float(data["value"])
        return super().dict_to_class(data)

    @classmethod
    def _replace(cls, object_type, function):
        def write(obj, to, parts, level):
            replaced = function(obj)
            if replaced is obj:
                to.ser_default_class(obj, parts, level)
            else:
                to._serialize(replaced, parts, level)

        serpent.register_class(object_type, write)


class JsonSerializer(SerializerBase):
    __module__ = "Pyro4.util"
    serializer_id = 2
    _replacements = {}

    def dumps(self, data):
        return json.dumps(data, ensure_ascii=False, default=self.default).encode("utf-8")

    def dumpsCall(self, obj, method, vargs, kwargs):
        return self.dumps({"object": obj, "method": method, "params": vargs, "kwargs": kwargs})

    def loads(self, data):
        return self.recreate_classes(json.loads(data.decode("utf-8")))

    def loadsCall(self, data):
        call = json.loads(data.decode("utf-8"))
        vargs, kwargs = self.recreate_classes(call["params"]), self.recreate_classes(call["kwargs"])
        return call["object"], call["method"], vargs, kwargs

    def default(self, obj):
        replace = self._replacements.get(type(obj))
        if replace:
            obj = replace(obj)
        if isinstance(obj, (set, frozenset)):
            return tuple(obj)
        if isinstance(obj, (uuid.UUID, decimal.Decimal)):
            return str(obj)
        if isinstance(obj, (datetime.datetime, datetime.date)):
            return obj.isoformat()
        if isinstance(obj, array.array):
            return obj.tounicode() if obj.typecode in "uw" else obj.tolist()
        return self.class_to_dict(obj)

    @classmethod
    def _replace(cls, object_type, function):
        cls._replacements[object_type] = function


class MarshalSerializer(SerializerBase):
    __module__ = "Pyro4.util"
    serializer_id = 3
    KNOWN = (str, int, float, type(None), bool, complex, bytes, bytearray)
    KNOWN += (tuple, set, frozenset, list, dict)

    def dumps(self, data):
        return marshal.dumps(self.convert_obj_into_marshallable(data))

    def dumpsCall(self, obj, method, vargs, kwargs):
        convert = self.convert_obj_into_marshallable
        kwargs = {name: convert(value) for name, value in (kwargs or {}).items()}
        return marshal.dumps((obj, method, [convert(value) for value in vargs], kwargs))

    def loads(self, data):
        return self.recreate_classes(marshal.loads(data))

    def loadsCall(self, data):
        obj, method, vargs, kwargs = marshal.loads(data)
        return obj, method, self.recreate_classes(vargs), self.recreate_classes(kwargs)

    def convert_obj_into_marshallable(self, obj):
        if isinstance(obj, self.KNOWN):
            return obj
        if isinstance(obj, array.array):
            return obj.tounicode() if obj.typecode in "uw" else obj.tolist()
        return str(obj) if isinstance(obj, uuid.UUID) else self.class_to_dict(obj)


class PickleSerializer(SerializerBase):
    """Runs what the sender likes: daemons refuse it unless it is among SERIALIZERS_ACCEPTED."""

    __module__ = "Pyro4.util"
    serializer_id = 4

    def dumps(self, data):
        return pickle.dumps(data, config.PICKLE_PROTOCOL_VERSION)

    def dumpsCall(self, obj, method, vargs, kwargs):
        return self.dumps((obj, method, vargs, kwargs))

    def loads(self, data):
        return pickle.loads(data)

    loadsCall = loads

    @classmethod
    def _replace(cls, object_type, function):
        import copyreg

        copyreg.pickle(object_type, lambda obj: function(obj).__reduce__())


_serializers = {
    "pickle": PickleSerializer(),
    "marshal": MarshalSerializer(),
    "json": JsonSerializer(),
    "serpent": SerpentSerializer(),
}
_serializers_by_id = {it.serializer_id: it for it in _serializers.values()}


def get_serializer(name):
    if name in _serializers:
        return _serializers[name]
    raise errors.SerializeError(f"serializer '{name}' is unknown or not available")


def get_serializer_by_id(sid):
    if sid in _serializers_by_id:
        return _serializers_by_id[sid]
    raise errors.SerializeError(f"no serializer available for id {sid}")
