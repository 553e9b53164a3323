"""The types of `ctypes`: numbers, arrays, structures, unions and pointers over bytes, by the names and
rules of CPython's `_ctypes`, which is not part of this build (foreign.py). The library's own
`ctypes/_layout.py` places the fields."""

import operator
import types

from .c_values import KINDS, POINTER_BYTES, Place


class Info:
    """What is known of a type."""

    def __init__(self, size, align, format="B"):
        self.size = size
        self.align = align
        self.format = format
        # Of an array, outermost first.
        self.shape = ()
        # Of a simple type: how its value is read and written.
        self.kind = None
        # Fields of a structure that its constructor takes, in order.
        self.names = ()
        # It may not change any more: values of it exist.
        self.is_final = False
        self.has_pointer = False
        self.pointer_type = None


def info_of(thing):
    """Of a type or of a value of it."""
    cls = thing if isinstance(thing, type) else type(thing)
    info = cls.__dict__.get("_c_info_") if isinstance(cls, CType) else None
    if info is None:
        raise TypeError("this type has no size")
    return info


def keep_info(cls, info):
    type.__setattr__(cls, "_c_info_", info)


def is_plain(cls):
    """Its values are shown as Python's own; those of a class derived from it are not."""
    return isinstance(cls, PyCSimpleType) and cls.__base__ is _SimpleCData


def placed(cls, place, base):
    """A value over bytes that are there already."""
    info_of(cls).is_final = True
    value = object.__new__(cls)
    _set_place(value, place)
    _set_base(value, base)
    return value


def get_value(cls, owner, offset):
    """What lies within a value."""
    place = place_of(owner)
    if is_plain(cls):
        return info_of(cls).kind.get(place, offset)
    return placed(cls, place.part(offset, info_of(cls).size), owner)


def put_value(cls, owner, offset, value):
    place = place_of(owner)
    if isinstance(value, cls):
        place.copy_from(place_of(value), offset)
    elif isinstance(value, _CData):
        is_list = isinstance(value, Array) and issubclass(cls, _Pointer)
        if not is_list or value._type_ is not cls._type_:
            raise TypeError(
                f"incompatible types, {type(value).__name__} instance instead of "
                f"{cls.__name__} instance"
            )
        place.point(offset, place_of(value))
    elif isinstance(cls, PyCSimpleType):
        info_of(cls).kind.put(place, offset, value)
    elif isinstance(value, tuple):
        try:
            made = cls(*value)
        except Exception as error:
            words = ", ".join(map(str, error.args))
            raise RuntimeError(f"({cls.__name__}) {type(error).__name__}: {words}") from None
        put_value(cls, owner, offset, made)
    elif value is None and issubclass(cls, _Pointer):
        place.write(offset, bytes(POINTER_BYTES))
    else:
        raise TypeError(f"expected {cls.__name__} instance, got {type(value).__name__}")


class CType(type):
    def __mul__(cls, length):
        if not hasattr(length, "__index__"):
            kind = type(length).__name__
            raise TypeError(f"can't multiply sequence by non-int of type '{kind}'")
        length = operator.index(length)
        if length < 0:
            raise ValueError(f"Array length must be >= 0, not {length}")
        key = cls, length
        if key not in _arrays:
            name = f"{cls.__name__}_Array_{length}"
            body = {"__module__": "builtins", "_length_": length, "_type_": cls}
            _arrays[key] = PyCArrayType(name, (Array,), body)
        return _arrays[key]

    __rmul__ = __mul__

    @property
    def __pointer_type__(cls):
        if info_of(cls).pointer_type is None:
            raise AttributeError(f"type {cls!r} has no attribute '__pointer_type__'")
        return info_of(cls).pointer_type

    @__pointer_type__.setter
    def __pointer_type__(cls, pointer_type):
        info_of(cls).pointer_type = pointer_type

    def from_buffer(cls, source, offset=0, /):
        size = concrete(cls).size
        memory = memoryview(source)
        if memory.readonly:
            raise TypeError("underlying buffer is not writable")
        if not memory.c_contiguous:
            raise TypeError("underlying buffer is not C contiguous")
        check_room(memory, size, offset)
        return placed(cls, Place.over(memory, size, offset), None)

    def from_buffer_copy(cls, source, offset=0, /):
        size = concrete(cls).size
        memory = memoryview(source)
        check_room(memory, size, offset)
        return placed(cls, Place.over(bytearray(memory.tobytes()[offset:]), size), None)

    def from_param(cls, value, /):
        if isinstance(value, cls):
            return value
        if isinstance(cls, PyCSimpleType):
            return cls(value)
        if hasattr(value, "_as_parameter_"):
            return cls.from_param(value._as_parameter_)
        raise TypeError(f"expected {cls.__name__} instance instead of {type(value).__name__}")


_arrays = {}


def concrete(cls):
    if "_c_info_" not in cls.__dict__:
        raise TypeError("abstract class")
    return info_of(cls)


def check_room(memory, size, offset):
    if offset < 0:
        raise ValueError("offset cannot be negative")
    if size > memory.nbytes - offset:
        raise ValueError(
            f"Buffer size too small ({memory.nbytes} instead of at least {size + offset} bytes)"
        )


class _CData(metaclass=CType):
    __slots__ = ("_c_place_", "_b_base_", "__weakref__")

    def __new__(cls, *_given, **_named):
        size = concrete(cls).size
        return placed(cls, Place.over(bytearray(size), size), None)

    def __eq__(self, other):
        return self is other or NotImplemented

    def __hash__(self):
        raise TypeError("unhashable type")

    def __buffer__(self, _flags):
        return place_of(self).view()

    def __reduce__(self):
        if info_of(self).has_pointer:
            raise ValueError("ctypes objects containing pointers cannot be pickled")
        return _unpickle, (type(self), (getattr(self, "__dict__", {}), bytes(self)))

    def __setstate__(self, values, data, /):
        place_of(self).write(0, data)
        getattr(self, "__dict__", {}).update(values)


# A structure may define attributes of its own; these are read past them.
place_of = _CData.__dict__["_c_place_"].__get__
_set_place = _CData.__dict__["_c_place_"].__set__
_set_base = _CData.__dict__["_b_base_"].__set__


def _unpickle(cls, state, /):
    value = cls.__new__(cls)
    value.__setstate__(*state)
    return value


class PyCSimpleType(CType):
    def __init__(cls, name, bases, namespace, **named):
        super().__init__(name, bases, namespace, **named)
        if bases == (_CData,):
            return
        code = getattr(cls, "_type_", None)
        if code not in KINDS:
            raise AttributeError(
                "class must define a '_type_' attribute which must be\n"
                f"a single character string containing one of '{''.join(KINDS)}'."
            )
        cls._know(KINDS[code])
        other = KINDS[code].swapped()
        if other:
            body = {key: namespace[key] for key in namespace if key != "__classcell__"}
            swapped = type.__new__(type(cls), f"{name}_be", bases, body)
            swapped._know(other)
            cls.__ctype_le__ = swapped.__ctype_le__ = cls
            cls.__ctype_be__ = swapped.__ctype_be__ = swapped

    def _know(cls, kind):
        info = Info(kind.size, kind.align, kind.format)
        info.kind = kind
        info.has_pointer = kind.is_pointer
        keep_info(cls, info)


class _SimpleCData(_CData, metaclass=PyCSimpleType):
    __slots__ = ()

    def __init__(self, *given):
        if len(given) > 1:
            raise TypeError(f"__init__ expected at most 1 argument, got {len(given)}")
        for value in given:
            self.value = value

    @property
    def value(self):
        return info_of(self).kind.get(place_of(self), 0)

    @value.setter
    def value(self, value):
        put_value(type(self), self, 0, value)

    def __bool__(self):
        return any(place_of(self).view())

    def __repr__(self):
        if is_plain(type(self)):
            return f"{type(self).__name__}({self.value!r})"
        return f"<{type(self).__name__} object at {id(self):#x}>"


class PyCArrayType(CType):
    def __init__(cls, name, bases, namespace, **named):
        super().__init__(name, bases, namespace, **named)
        if bases == (_CData,):
            return
        length = getattr(cls, "_length_", None)
        if not isinstance(length, int):
            raise AttributeError("class must define a '_length_' attribute")
        if length < 0:
            raise ValueError("The '_length_' attribute must not be negative")
        if not hasattr(cls, "_type_"):
            raise AttributeError("class must define a '_type_' attribute")
        item = info_of(cls._type_)
        item.is_final = True
        info = Info(item.size * length, item.align, item.format)
        info.shape = (length, *item.shape)
        info.has_pointer = item.has_pointer
        keep_info(cls, info)
        if item.kind in (KINDS["c"], KINDS["u"]):
            cls.value = Characters.value
        if item.kind is KINDS["c"]:
            cls.raw = Characters.raw


class Characters:
    """What arrays of characters have."""

    @property
    def value(self):
        return get_text(type(self), self, 0)

    @value.setter
    def value(self, value):
        cls = type(self)
        put_text(cls, self, 0, value, *CHARACTERS[info_of(cls._type_).kind.code])

    @property
    def raw(self):
        return bytes(self)

    @raw.setter
    def raw(self, value):
        with memoryview(value) as data:
            if data.nbytes > place_of(self).size:
                raise ValueError("byte string too long")
            place_of(self).write(0, data.tobytes())


def is_text(cls):
    return isinstance(cls, PyCArrayType) and info_of(cls._type_).kind in (KINDS["c"], KINDS["u"])


def get_text(cls, owner, offset):
    data = place_of(owner).read(offset, info_of(cls).size)
    if info_of(cls._type_).kind is KINDS["c"]:
        return data.split(b"\0", 1)[0]
    return data.decode("utf-32-le", "surrogatepass").split("\0", 1)[0]


# What an array takes as its value, and what it says of other things and of what is too long.
CHARACTERS = {
    "c": (bytes, "bytes expected instead of {} instance", "byte string too long"),
    "u": (str, "unicode string expected instead of {} instance", "string too long"),
}
# The same for a field that is an array.
LENGTHS = " ({}, maximum length {})"
TEXT_FIELDS = {
    "c": (bytes, "expected bytes, {} found", f"bytes too long{LENGTHS}"),
    "u": (str, CHARACTERS["u"][1], f"string too long{LENGTHS}"),
}


def put_text(cls, owner, offset, value, kind, wrong, long):
    if not isinstance(value, kind):
        raise TypeError(wrong.format(type(value).__name__))
    if len(value) > cls._length_:
        raise ValueError(long.format(len(value), cls._length_))
    data = value if kind is bytes else value.encode("utf-32-le", "surrogatepass")
    end = bytes(info_of(cls._type_).size)
    place_of(owner).write(offset, (data + end)[: info_of(cls).size])


def put_text_field(cls, owner, offset, value):
    code = info_of(cls._type_).kind.code
    if code == "c" and isinstance(value, bytes):
        # Reads it as C does.
        value = value.split(b"\0", 1)[0]
    put_text(cls, owner, offset, value, *TEXT_FIELDS[code])


def joined(cls, items):
    """A slice of characters is a text."""
    joiner = {KINDS["c"]: b"", KINDS["u"]: ""}.get(info_of(cls).kind)
    return items if joiner is None else joiner.join(items)


class Array(_CData, metaclass=PyCArrayType):
    __slots__ = ()
    __class_getitem__ = classmethod(types.GenericAlias)

    def __init__(self, *items):
        for index, item in enumerate(items):
            self[index] = item

    def __len__(self):
        return self._length_

    def _offset(self, index):
        if not hasattr(index, "__index__"):
            raise TypeError("indices must be integers")
        index = operator.index(index)
        if index < 0:
            index += self._length_
        if not 0 <= index < self._length_:
            raise IndexError("invalid index")
        return index * info_of(self._type_).size

    def __getitem__(self, index):
        if not isinstance(index, slice):
            return get_value(self._type_, self, self._offset(index))
        return joined(self._type_, [self[at] for at in range(*index.indices(self._length_))])

    def __setitem__(self, index, value):
        if not isinstance(index, slice):
            put_value(self._type_, self, self._offset(index), value)
            return
        places = range(*index.indices(self._length_))
        if len(value) != len(places):
            raise ValueError("Can only assign sequence of same size")
        for at, item in zip(places, value):
            self[at] = item

    def __delitem__(self, _index):
        raise TypeError("Array does not support item deletion")

    def __buffer__(self, flags):
        view, info = super().__buffer__(flags), info_of(self)
        code = info.format.removeprefix("<")
        is_native = code in "bBhHiIlLqQfd?" and all(info.shape)
        return view.cast(code, info.shape) if is_native else view


class CField:
    """Where a field of a structure lies."""

    def __init__(self, **known):
        known.pop("_internal_use")
        self.name, self.type = known["name"], known["type"]
        self.index = known["index"]
        self.offset = self.byte_offset = known["byte_offset"]
        self.byte_size = known["byte_size"]
        self.bit_size, self.bit_offset = known["bit_size"], known["bit_offset"]
        self.is_bitfield = self.bit_size is not None
        self.is_anonymous = False
        if not isinstance(self.name, str):
            raise TypeError(f"field name must be a string, not {type(self.name).__name__}")
        kind = info_of(self.type).kind
        if self.is_bitfield and not hasattr(kind, "get_bits"):
            raise TypeError(f"bit fields not allowed for type {self.type.__name__}")
        self.size = self.byte_size
        if self.is_bitfield:
            self.size = self.bit_size << 16 | self.bit_offset
        else:
            self.bit_size, self.bit_offset = 8 * self.byte_size, 0

    def __get__(self, owner, _cls=None):
        if owner is None:
            return self
        if not isinstance(owner, _CData):
            raise TypeError("not a ctype instance")
        if self.is_bitfield:
            kind = info_of(self.type).kind
            return kind.get_bits(place_of(owner), self.offset, self.bit_offset, self.bit_size)
        get = get_text if is_text(self.type) else get_value
        return get(self.type, owner, self.offset)

    def __set__(self, owner, value):
        if not isinstance(owner, _CData):
            raise TypeError("not a ctype instance")
        if self.is_bitfield:
            kind = info_of(self.type).kind
            value = value.value if isinstance(value, _SimpleCData) else value
            kind.put_bits(place_of(owner), self.offset, self.bit_offset, self.bit_size, value)
            return
        put = put_text_field if is_text(self.type) else put_value
        put(self.type, owner, self.offset, value)

    def __delete__(self, _owner):
        raise TypeError("can't delete attribute")

    def __repr__(self):
        bits = f", bit_size={self.bit_size}, bit_offset={self.bit_offset}"
        return (
            f"<ctypes.CField {self.name!r} type={self.type.__name__}, ofs={self.offset}, "
            f"size={self.byte_size}{bits if self.is_bitfield else ''}>"
        )

    def moved(self, offset, index):
        """The same field, as seen from a structure that holds this one."""
        bits = (self.bit_size, self.bit_offset) if self.is_bitfield else (None, None)
        return CField(
            name=self.name,
            type=self.type,
            byte_size=self.byte_size,
            byte_offset=self.offset + offset,
            bit_size=bits[0],
            bit_offset=bits[1],
            index=index,
            _internal_use=True,
        )


class Record(CType):
    """The type of types with fields."""

    def __init__(cls, name, bases, namespace, **named):
        super().__init__(name, bases, namespace, **named)
        if bases == (_CData,) or "_abstract_" in namespace:
            return
        info = Info(0, 1)
        if "_c_info_" in cls.__base__.__dict__:
            vars(info).update(vars(info_of(cls.__base__)), is_final=False, pointer_type=None)
            info_of(cls.__base__).is_final = True
        keep_info(cls, info)
        if "_fields_" in namespace:
            cls._fields_ = namespace["_fields_"]

    def __setattr__(cls, name, value):
        super().__setattr__(name, value)
        if name == "_fields_":
            cls._lay_out(value)

    def _lay_out(cls, fields):
        import ctypes._layout

        info = info_of(cls)
        if info.is_final:
            raise AttributeError("_fields_ is final")
        has_base = "_c_info_" in cls.__base__.__dict__
        base = cls.__base__ if has_base else None
        layout = ctypes._layout.get_layout(cls, fields, issubclass(cls, Structure), base)
        for field in layout.fields:
            if field.type is cls:
                raise AttributeError("Structure or union cannot contain itself")
            info_of(field.type).is_final = True
            info.has_pointer |= info_of(field.type).has_pointer
            type.__setattr__(cls, field.name, field)
        info.size, info.align, info.format = layout.size, layout.align, layout.format_spec
        inherited = info_of(base).names if base else ()
        info.names = (*inherited, *(field.name for field in layout.fields))
        info.is_final = True
        for name in cls.__dict__.get("_anonymous_", ()):
            cls._open(name)

    def _open(cls, name):
        """Shows the fields of an anonymous one as own."""
        outer = cls.__dict__.get(name)
        if not isinstance(outer, CField):
            raise AttributeError(f"'{name}' is specified in _anonymous_ but not in _fields_")
        outer.is_anonymous = True
        for inner in info_of(outer.type).names:
            field = getattr(outer.type, inner).moved(outer.offset, outer.index)
            type.__setattr__(cls, inner, field)
            if getattr(outer.type, inner).is_anonymous:
                cls._open(inner)


PyCStructType = type("PyCStructType", (Record,), {})
UnionType = type("UnionType", (Record,), {})


def _fill(value, given, named):
    names = info_of(value).names
    if len(given) > len(names):
        raise TypeError("too many initializers")
    for name, item in zip(names, given):
        if name in named:
            raise TypeError(f"duplicate values for field {name!r}")
        setattr(value, name, item)
    for name, item in named.items():
        setattr(value, name, item)


class Structure(_CData, metaclass=PyCStructType):
    __slots__ = ()

    def __init__(self, *given, **named):
        _fill(self, given, named)


class Union(_CData, metaclass=UnionType):
    __slots__ = ()

    def __init__(self, *given, **named):
        _fill(self, given, named)


class PyCPointerType(CType):
    def __init__(cls, name, bases, namespace, **named):
        super().__init__(name, bases, namespace, **named)
        if bases == (_CData,):
            return
        info = Info(POINTER_BYTES, POINTER_BYTES, "P")
        info.has_pointer = True
        keep_info(cls, info)
        if "_type_" in namespace:
            cls.set_type(namespace["_type_"])

    def set_type(cls, kind, /):
        if not isinstance(kind, CType):
            raise TypeError("_type_ must have storage info")
        type.__setattr__(cls, "_type_", kind)
        item = info_of(kind)
        if item.pointer_type is None:
            item.pointer_type = cls


class _Pointer(_CData, metaclass=PyCPointerType):
    """Leads to a value of the program's, or to its neighbours in the same array."""

    __slots__ = ()

    def __new__(cls, *given):
        if not hasattr(cls, "_type_"):
            raise TypeError("Cannot create instance: has no _type_")
        return super().__new__(cls)

    def __init__(self, *given):
        if len(given) > 1:
            raise TypeError(f"__init__ expected at most 1 argument, got {len(given)}")
        for target in given:
            self.contents = target

    @property
    def contents(self):
        return placed(self._type_, self._at(0), self)

    @contents.setter
    def contents(self, value):
        if not isinstance(value, self._type_):
            raise TypeError(f"expected {self._type_.__name__} instead of {type(value).__name__}")
        place_of(self).point(0, place_of(value))

    def _at(self, index):
        target = place_of(self).target(0)
        if target is None:
            raise ValueError("NULL pointer access")
        size = info_of(self._type_).size
        at = target.at + index * size
        if not 0 <= at <= len(target.memory) - size:
            raise IndexError("the pointer leads beyond the data that it was made for")
        return Place(target.memory, target.targets, at, size)

    def __getitem__(self, index):
        if not isinstance(index, slice):
            item = placed(self._type_, self._at(operator.index(index)), self)
            return get_value(self._type_, item, 0)
        if index.stop is None:
            raise ValueError("slice stop is required")
        step = 1 if index.step is None else index.step
        if index.start is None and step < 0:
            raise ValueError("slice start is required for step < 0")
        return joined(self._type_, [self[at] for at in range(index.start or 0, index.stop, step)])

    def __setitem__(self, index, value):
        put_value(self._type_, placed(self._type_, self._at(operator.index(index)), self), 0, value)

    def __bool__(self):
        return place_of(self).number(0) != 0
