"""`_ctypes` without foreign calls: what the library's own `ctypes` is made from, on a machine that has
no libraries in machine code and no addresses.

The real one cannot be let in by halves. Each of its types makes a value at any address (`from_address`,
`from_buffer` of a pointer or of a `py_object`), each is reached from any other by `__subclasses__`, and
whoever writes to the interpreter's memory is outside of virtual time or ends it.
"""

import sys
import types

from . import c_types
from .c_types import CType, Info, Record, _CData, concrete, info_of, keep_info, place_of
from .c_values import POINTER_BYTES, Place
from .machine import ENOSYS

NO_CODE = "a simulated node has no libraries in machine code"
NO_ADDRESSES = (
    "not on a simulated node: values of ctypes have no address there. "
    "Use from_buffer, from_buffer_copy, bytes(value) and pointer(value)"
)


def refusal(name, reason):
    def refuse(*_given, **_options):
        raise OSError(ENOSYS, f"{name}: {reason}")

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


class Absent:
    """Stands for the address of a function of C's."""

    def __init__(self, name):
        self.call = refusal(name, NO_ADDRESSES)


class PyCFuncPtrType(CType):
    def __init__(cls, name, bases, namespace, **named):
        super().__init__(name, bases, namespace, **named)
        if bases != (_CData,):
            info = Info(POINTER_BYTES, POINTER_BYTES, "X{}")
            info.has_pointer = True
            keep_info(cls, info)


class CFuncPtr(_CData, metaclass=PyCFuncPtrType):
    """Types of functions may be named; there are none to call."""

    def __init__(self, target=None, *_rest):
        self.restype = getattr(self, "_restype_", None)
        self.argtypes = getattr(self, "_argtypes_", None)
        self.errcheck = None
        self._call = refusal(type(self).__name__, NO_CODE)
        if isinstance(target, Absent):
            self._call = target.call
        elif isinstance(target, tuple):
            raise AttributeError(f"function {target[0]!r} not found: {NO_CODE}")
        elif target is not None:
            self._call()

    def __call__(self, *given, **named):
        self._call()

    def __bool__(self):
        return False


class ArgumentError(Exception):
    pass


def dlopen(name, flags=0, /):
    """The program itself, which has no functions either, can be opened: `ctypes` does so."""
    if name is None:
        return 0
    raise OSError(f"{name}: cannot open shared object file: {NO_CODE}")


def sizeof(thing, /):
    return place_of(thing).size if isinstance(thing, _CData) else info_of(thing).size


def alignment(thing, /):
    try:
        return info_of(thing).align
    except TypeError:
        raise TypeError("no alignment info") from None


def buffer_info(thing, /):
    info = info_of(thing)
    return info.format, len(info.shape), info.shape


def byref(value, offset=0, /):
    if not isinstance(value, _CData):
        raise TypeError(
            f"byref() argument must be a ctypes instance, not '{type(value).__name__}'"
        )
    return types.SimpleNamespace(_obj=value)


def resize(value, size, /):
    place, least = place_of(value), concrete(type(value)).size
    if size < least:
        raise ValueError(f"minimum size is {least}")
    if value._b_base_ is not None:
        raise ValueError("Memory cannot be resized because this object doesn't own it")
    larger = Place.over(bytearray(size), size)
    larger.write(0, place.read(0, min(size, place.size)))
    larger.targets.update(place.targets)
    c_types._set_place(value, larger)


_errno = 0


def get_errno():
    return _errno


def set_errno(value, /):
    global _errno
    before, _errno = _errno, value
    return before


def install():
    CType.from_address = refusal("from_address", NO_ADDRESSES)
    CType.in_dll = refusal("in_dll", NO_CODE)
    module = types.ModuleType("_ctypes", "Create and manipulate C compatible data types in Python.")
    for name in "Structure Union Array CField _Pointer _SimpleCData _CData _unpickle".split():
        setattr(module, name, getattr(c_types, name))
    own = "CFuncPtr ArgumentError dlopen sizeof alignment buffer_info byref resize get_errno set_errno"
    for name in own.split():
        setattr(module, name, globals()[name])
    for value in [*vars(module).values(), *type.__subclasses__(CType), *type.__subclasses__(Record)]:
        if getattr(value, "__module__", "").startswith(__package__):
            value.__module__ = "_ctypes"
    module.addressof = refusal("addressof", NO_ADDRESSES)
    for name in "memmove memset string_at wstring_at memoryview_at cast".split():
        setattr(module, f"_{name}_addr", Absent(name))
    module.__version__ = "1.1.0"
    module.RTLD_LOCAL, module.RTLD_GLOBAL = 0, 0x100
    module.SIZEOF_TIME_T = 8
    flags = {"CDECL": 1, "PYTHONAPI": 4, "USE_ERRNO": 8, "USE_LASTERROR": 16}
    for name, flag in flags.items():
        setattr(module, f"FUNCFLAG_{name}", flag)
    sys.modules["_ctypes"] = module
