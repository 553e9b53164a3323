"""Netrefs: an object here stands for one of the other side, and sends there what is done to it."""

import pickle
import sys
import types

from rpyc.core import consts
from rpyc.lib import get_methods, name_pack_of

# What a netref answers by itself: everything else is a message.
LOCAL_ATTRS = frozenset(
    (
        "____conn__ ____id_pack__ ____refcount__ __class__ __cmp__ __del__ __delattr__ __dir__ __doc__ "
        "__getattr__ __getattribute__ __hash__ __instancecheck__ __init__ __metaclass__ __module__ __new__ "
        "__reduce__ __reduce_ex__ __repr__ __setattr__ __slots__ __str__ __weakref__ __dict__ __methods__ "
        "__exit__ __eq__ __ne__ __lt__ __gt__ __le__ __ge__ __array_struct__ __array_interface__"
    ).split()
)
_MISSING = frozenset(("__array_struct__", "__array_interface__"))


def syncreq(proxy, handler, *args):
    """Asks the owner of an object and waits for the answer."""
    return object.__getattribute__(proxy, "____conn__").sync_request(handler, proxy, *args)


def asyncreq(proxy, handler, *args):
    """Asks the owner of an object; gives an AsyncResult."""
    return object.__getattribute__(proxy, "____conn__").async_request(handler, proxy, *args)


class NetrefMetaclass(type):
    __slots__ = ()

    def __repr__(self):
        return f"<netref class '{self.__module__}.{self.__name__}'>"


def _change(own, handler):
    """A special method that changes an attribute: of the netref itself, or else there."""

    def change(self, name, *value):
        if name in LOCAL_ATTRS:
            own(self, name, *value)
        else:
            syncreq(self, handler, name, *value)

    return change


class BaseNetref(metaclass=NetrefMetaclass):
    """What all netrefs have. The classes of their objects add the special methods (`class_factory`)."""

    __slots__ = ("____conn__", "____id_pack__", "____refcount__", "__weakref__")

    def __init__(self, conn, id_pack):
        self.____conn__ = conn
        self.____id_pack__ = id_pack
        self.____refcount__ = 1

    def __del__(self):
        try:
            asyncreq(self, consts.HANDLE_DEL, self.____refcount__)
        except Exception:
            # The connection may be gone, and with it the object.
            pass

    def __getattribute__(self, name):
        if name == "__call__":
            return object.__getattribute__(self, name)
        if name not in LOCAL_ATTRS:
            return syncreq(self, consts.HANDLE_GETATTR, name)
        if name in _MISSING:
            raise AttributeError(name)
        if name == "__doc__":
            return syncreq(self, consts.HANDLE_GETATTR, name)
        value = object.__getattribute__(self, name)
        if name == "__class__" and value is None:
            return syncreq(self, consts.HANDLE_GETATTR, name)
        return value

    def __getattr__(self, name):
        if name in _MISSING:
            raise AttributeError(name)
        return syncreq(self, consts.HANDLE_GETATTR, name)

    __setattr__ = _change(object.__setattr__, consts.HANDLE_SETATTR)
    __delattr__ = _change(object.__delattr__, consts.HANDLE_DELATTR)

    def __dir__(self):
        return list(syncreq(self, consts.HANDLE_DIR))

    def __exit__(self, exc, typ, tb):
        # Neither a class nor a traceback can cross.
        return syncreq(self, consts.HANDLE_CTXEXIT, exc)

    def __reduce_ex__(self, protocol):
        return pickle.loads, (syncreq(self, consts.HANDLE_PICKLE, protocol),)

    def __instancecheck__(self, other):
        _, own_class, own_object = self.____id_pack__
        if own_object != 0:
            raise TypeError("isinstance() arg 2 must be a class, type, or tuple of classes and types")
        if not isinstance(other, BaseNetref):
            return isinstance(other, type(self).__dict__["__class__"].kind)
        _, its_class, its_object = other.____id_pack__
        if own_class == its_class and self.____conn__ is other.____conn__:
            return its_object != 0
        return syncreq(self, consts.HANDLE_INSTANCECHECK, other.____id_pack__)


def _question(name, handler, *said):
    """A special method that asks the other side: what it is called with, and what is said besides."""

    def ask(self, *given):
        return syncreq(self, handler, *given, *said)

    ask.__name__ = name
    setattr(BaseNetref, name, ask)


for _name in ("hash", "repr", "str"):
    _question(f"__{_name}__", getattr(consts, f"HANDLE_{_name.upper()}"))
for _name in ("cmp", "eq", "ne", "lt", "gt", "le", "ge"):
    _question(f"__{_name}__", consts.HANDLE_CMP, f"__{_name}__")


def _method(name, doc):
    """A method of the object's class: called here, run there."""

    def method(_self, *args, **kwargs):
        given = args, tuple(kwargs.items())
        if name == "__call__":
            return syncreq(_self, consts.HANDLE_CALL, *given)
        return syncreq(_self, consts.HANDLE_CALLATTR, name, *given)

    method.__name__ = name
    method.__doc__ = doc
    return method


class _ClassOf:
    """`__class__` of the netrefs of one class: the class of the same name on this side."""

    def __init__(self, kind):
        self.kind = kind

    def __get__(self, netref, _owner):
        is_class = netref.____id_pack__[2] == 0
        return self.kind.__class__ if is_class else self.kind


# Classes of which both sides know the methods: nobody asks for them. The same list as the real one's,
# because who asks sends a message.
_KNOWN = (
    type,
    object,
    bool,
    complex,
    dict,
    float,
    int,
    list,
    slice,
    str,
    tuple,
    set,
    frozenset,
    BaseException,
    Exception,
    type(None),
    types.BuiltinFunctionType,
    types.GeneratorType,
    types.MethodType,
    types.CodeType,
    types.FrameType,
    types.TracebackType,
    types.ModuleType,
    types.FunctionType,
    types.MappingProxyType,
    types.WrapperDescriptorType,
    types.MethodWrapperType,
    type(iter([])),
    type(iter(())),
    type(iter(set())),
    bytes,
    bytearray,
    type(iter(range(1))),
    memoryview,
)
_known_by_name = {name_pack_of(kind): kind for kind in _KNOWN}
builtin_classes_cache = {}


def builtin_class(name_pack):
    """The netref class of a builtin one, or None."""
    kind = _known_by_name.get(name_pack)
    if kind is not None and name_pack not in builtin_classes_cache:
        methods = get_methods(LOCAL_ATTRS, kind)
        builtin_classes_cache[name_pack] = class_factory((name_pack, 0, 0), methods)
    return builtin_classes_cache.get(name_pack)


def _class_here(name_pack):
    """What is called so on this side: a builtin class, or an attribute of a module that is imported."""
    if name_pack in _known_by_name:
        return _known_by_name[name_pack]
    module = name_pack
    while module and sys.modules.get(module) is None:
        module = module.rpartition(".")[0]
    return getattr(sys.modules.get(module), name_pack[len(module) + 1 :], None) if module else None


def class_factory(id_pack, methods):
    """A class of netrefs: those to objects with these methods."""
    name_pack = id_pack[0]
    kind = _class_here(name_pack)
    described = None if kind is None else _ClassOf(kind)
    members = {"__slots__": (), "__class__": described}
    for name, doc in methods:
        if name not in LOCAL_ATTRS:
            members[name] = _method(name, doc)
    return type(BaseNetref)(name_pack if kind is None else kind.__class__.__name__, (BaseNetref,), members)
