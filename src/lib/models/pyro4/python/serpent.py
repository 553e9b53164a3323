"""Values as Python literals, readable by `ast.literal_eval`: what Pyro4 sends by default. Writes what
serpent 1.41 writes."""

import array
import ast
import base64
import collections
import datetime
import decimal
import enum
import math
import numbers
import uuid

__version__ = "1.41"
__all__ = ["dump", "dumps", "load", "loads", "register_class", "unregister_class", "tobytes"]

HEADER = "# serpent utf-8 python3.2\n"
# A fifth of the recursion limit.
DEPTH_MAX = 200

BYTES = (bytes, bytearray, memoryview)

# Classes with a way of their own: class -> function(object, serializer, parts, level).
_special = {}


def dumps(obj, indent=False, module_in_classname=False, bytes_repr=False):
    """The bytes of a value. `indent` puts each item on a line of its own."""
    return Serializer(indent, module_in_classname, bytes_repr).serialize(obj)


def dump(obj, file, indent=False, module_in_classname=False, bytes_repr=False):
    file.write(dumps(obj, indent, module_in_classname, bytes_repr))


def loads(serialized_bytes):
    text = bytes(serialized_bytes).decode("utf-8")
    if "\0" in text:
        raise ValueError(
            "The serpent data contains 0-bytes so it cannot be parsed by ast.literal_eval. "
            "Has it been corrupted?"
        )
    return ast.literal_eval(text)


def load(file):
    return loads(file.read())


def register_class(clazz, serializer):
    """Objects of this class are written by `serializer(object, serializer, parts, level)`."""
    _special[clazz] = serializer


def unregister_class(clazz):
    _special.pop(clazz, None)


def tobytes(obj):
    """Bytes again, of the dict with base64 as which they travel."""
    if isinstance(obj, BYTES):
        return obj
    if isinstance(obj, dict) and "data" in obj and obj.get("encoding") == "base64":
        return base64.b64decode(obj["data"])
    raise TypeError("argument is neither bytes nor serpent base64 encoded bytes dict")


class Serializer:
    """Writes one value."""

    def __init__(self, indent=False, module_in_classname=False, bytes_repr=False):
        self.indent = indent
        self.module_in_classname = module_in_classname
        self.bytes_repr = bytes_repr
        self.maximum_level = DEPTH_MAX
        self._above = set()

    def serialize(self, obj):
        parts = [HEADER]
        self._serialize(obj, parts, 0)
        return "".join(parts).encode("utf-8")

    def _serialize(self, obj, parts, level):
        if level > self.maximum_level:
            raise ValueError(
                "Object graph nesting too deep. Increase serializer.maximum_level if you think you "
                "need more,  but this may cause a RecursionError instead if Python's recursion limit "
                "doesn't allow it."
            )
        kind = type(obj)
        write = _WRITERS.get(kind) or self._of_special(obj) or self._of_base(kind)
        write(self, obj, parts, level)

    def _of_special(self, obj):
        for clazz, write in list(_special.items()):
            if isinstance(obj, clazz):
                return lambda serializer, it, parts, level: write(it, serializer, parts, level)
        return None

    def _of_base(self, kind):
        if issubclass(kind, enum.Enum):
            return Serializer._enum
        for base in kind.__mro__:
            if base in _WRITERS:
                return _WRITERS[base]
        return Serializer.ser_default_class

    # Whole values in one piece.

    def _literal(self, obj, parts, level):
        parts.append(repr(obj))

    def _text(self, obj, parts, level):
        parts.append(repr(str(obj)))

    def _iso(self, obj, parts, level):
        parts.append(repr(obj.isoformat()))

    def _seconds(self, obj, parts, level):
        parts.append(repr(obj.total_seconds()))

    def _float(self, obj, parts, level):
        if math.isnan(obj):
            parts.append("{'__class__':'float','value':'nan'}")
        elif math.isinf(obj):
            # A literal that overflows.
            parts.append("1e30000" if obj > 0 else "-1e30000")
        else:
            parts.append(repr(float(obj)))

    def _complex(self, obj, parts, level):
        parts.append("(")
        self._float(obj.real, parts, level)
        if obj.imag >= 0:
            parts.append("+")
        self._float(obj.imag, parts, level)
        parts.append("j)")

    def _bytes(self, obj, parts, level):
        if self.bytes_repr:
            parts.append(repr(bytes(obj)))
            return
        encoded = base64.b64encode(obj).decode("ascii")
        parts.append(repr({"data": encoded, "encoding": "base64"}))

    # Values that hold others.

    def _items(self, opening, items, closing, parts, level, write):
        """`[a,b]`, or with indentation one line each."""
        items = list(items)
        parts.append(opening)
        inside = "\n" + "  " * (level + 1) if self.indent and items else ""
        for index, item in enumerate(items):
            if index:
                parts.append(",")
            parts.append(inside)
            write(item)
        if len(items) == 1 and opening == "(":
            parts.append(",")
        if inside:
            parts.append("\n" + "  " * level)
        parts.append(closing)

    def ser_builtins_tuple(self, obj, parts, level):
        self._items("(", obj, ")", parts, level, lambda it: self._serialize(it, parts, level + 1))

    def ser_builtins_list(self, obj, parts, level):
        with _Once(self._above, obj, "list"):
            write = lambda it: self._serialize(it, parts, level + 1)  # noqa: E731
            self._items("[", obj, "]", parts, level, write)

    def ser_builtins_set(self, obj, parts, level):
        if not obj:
            # There is no literal of an empty set.
            parts.append("()")
            return

        def write(item):
            _check_hashable(item)
            self._serialize(item, parts, level + 1)

        self._items("{", self._ordered(obj), "}", parts, level, write)

    def ser_builtins_dict(self, obj, parts, level):
        colon = ": " if self.indent else ":"

        def write(item):
            _check_hashable(item[0])
            self._serialize(item[0], parts, level + 1)
            parts.append(colon)
            self._serialize(item[1], parts, level + 1)

        with _Once(self._above, obj, "dict"):
            self._items("{", self._ordered(obj.items()), "}", parts, level, write)

    def _ordered(self, items):
        try:
            return sorted(items) if self.indent else items
        except TypeError:
            return items

    def _ordered_dict(self, obj, parts, level):
        name = "collections.OrderedDict" if self.module_in_classname else "OrderedDict"
        self._serialize({"__class__": name, "items": list(obj.items())}, parts, level)

    def _enum(self, obj, parts, level):
        self._serialize(obj.value, parts, level)

    def _array(self, obj, parts, level):
        is_text = obj.typecode in "uw"
        self._serialize(obj.tounicode() if is_text else obj.tolist(), parts, level)

    def _exception(self, obj, parts, level):
        value = {
            "__class__": self.get_class_name(obj),
            "__exception__": True,
            "args": obj.args,
            "attributes": vars(obj),
        }
        self._serialize(value, parts, level)

    def ser_default_class(self, obj, parts, level):
        """Of an object: what it says it is made of."""
        with _Once(self._above, obj, "class"):
            value = self._state(obj)
            if isinstance(value, dict):
                self.ser_builtins_dict(value, parts, level)
            else:
                self._serialize(value, parts, level)

    def _state(self, obj):
        kind = type(obj)
        if getattr(kind, "__getstate__", None) is not object.__getstate__:
            return obj.__getstate__()
        try:
            value = dict(vars(obj))
        except TypeError:
            if not hasattr(obj, "__slots__"):
                raise TypeError(
                    f"don't know how to serialize class {obj.__class__}. "
                    "Give it vars() or an appropriate __getstate__"
                ) from None
            value = {slot: getattr(obj, slot) for slot in obj.__slots__}
        value["__class__"] = self.get_class_name(obj)
        return value

    def get_class_name(self, obj):
        kind = obj.__class__
        return f"{kind.__module__}.{kind.__name__}" if self.module_in_classname else kind.__name__


class _Once:
    """What is being written must not be met again inside itself."""

    def __init__(self, above, obj, word):
        self.above = above
        self.key = id(obj)
        if self.key in above:
            raise ValueError(f"Circular reference detected ({word})")

    def __enter__(self):
        self.above.add(self.key)

    def __exit__(self, *_):
        self.above.discard(self.key)


def _check_hashable(key):
    kind = type(key)
    if kind in (bool, bytes, str, tuple) or issubclass(kind, (numbers.Number, enum.Enum)):
        return
    raise TypeError(
        f"one of the keys in a dict or set is not of a primitive hashable type: {kind}. "
        "Use simple types as keys or use a list or tuple as container."
    )


def _as(kind, name):
    def write(serializer, obj, parts, level):
        getattr(serializer, name)(kind(obj), parts, level)

    return write


_WRITERS = {
    str: Serializer._literal,
    int: Serializer._literal,
    bool: Serializer._literal,
    type(None): Serializer._literal,
    float: Serializer._float,
    complex: Serializer._complex,
    tuple: Serializer.ser_builtins_tuple,
    list: Serializer.ser_builtins_list,
    dict: Serializer.ser_builtins_dict,
    set: Serializer.ser_builtins_set,
    frozenset: Serializer.ser_builtins_set,
    bytes: Serializer._bytes,
    bytearray: Serializer._bytes,
    memoryview: Serializer._bytes,
    collections.deque: _as(list, "ser_builtins_list"),
    collections.UserDict: _as(dict, "ser_builtins_dict"),
    collections.UserList: _as(list, "ser_builtins_list"),
    collections.UserString: _as(str, "_literal"),
    type({}.keys()): _as(list, "ser_builtins_list"),
    type({}.values()): _as(list, "ser_builtins_list"),
    type({}.items()): _as(list, "ser_builtins_list"),
    collections.OrderedDict: Serializer._ordered_dict,
    decimal.Decimal: Serializer._text,
    uuid.UUID: Serializer._text,
    datetime.datetime: Serializer._iso,
    datetime.date: Serializer._iso,
    datetime.time: Serializer._text,
    datetime.timedelta: Serializer._seconds,
    array.array: Serializer._array,
    BaseException: Serializer._exception,
}
