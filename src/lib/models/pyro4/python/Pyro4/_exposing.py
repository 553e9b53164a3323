"""What of an object other processes may use: what `@expose` marks, or with REQUIRE_EXPOSE off everything
that is public."""

import inspect

from .configuration import config

# Of Python's own special methods only those that make sense over a wire are public.
PRIVATE = frozenset(
    "__init__ __init_subclass__ __class__ __module__ __weakref__ __call__ __new__ __del__ __repr__"
    " __unicode__ __str__ __format__ __nonzero__ __bool__ __coerce__ __cmp__ __eq__ __ne__ __hash__"
    " __ge__ __gt__ __le__ __lt__ __dir__ __enter__ __exit__ __copy__ __deepcopy__ __sizeof__"
    " __getattr__ __setattr__ __hasattr__ __getattribute__ __delattr__ __instancecheck__"
    " __subclasscheck__ __getinitargs__ __getnewargs__ __getstate__ __setstate__ __reduce__"
    " __reduce_ex__ __getstate_for_dict__ __setstate_from_dict__ __subclasshook__".split()
)

_cache = {}


def is_private_attribute(attr_name):
    if attr_name in PRIVATE:
        return True
    is_special = len(attr_name) > 4 and attr_name[:2] == attr_name[-2:] == "__"
    return attr_name.startswith("_") and not is_special


def _is_method(value):
    return inspect.isfunction(value) or inspect.ismethod(value) or inspect.ismethoddescriptor(value)


def _accessor(descriptor):
    """A function of a property."""
    names = ("fget", "fset", "fdel")
    return next((it for it in (getattr(descriptor, name, None) for name in names) if it), None)


def get_exposed_members(obj, only_exposed=True, as_lists=False, use_cache=True):
    """Names of methods, of attributes (properties), and of methods that answer nothing."""
    clazz = obj if inspect.isclass(obj) else type(obj)
    key = (clazz, only_exposed, as_lists)
    if not use_cache or key not in _cache:
        _cache[key] = _members(clazz, only_exposed, sorted if as_lists else set)
    return _cache[key]


def reset_exposed_members(obj, only_exposed=True, as_lists=False):
    """Looks anew at the next question."""
    clazz = obj if inspect.isclass(obj) else type(obj)
    _cache.pop((clazz, only_exposed, as_lists), None)


def _members(clazz, only_exposed, collection):
    found = {"methods": [], "oneway": [], "attrs": []}
    for name in dir(clazz):
        if is_private_attribute(name):
            continue
        value = getattr(clazz, name)
        if _is_method(value):
            if getattr(value, "_pyroExposed", not only_exposed):
                found["methods"].append(name)
                if getattr(value, "_pyroOneway", False):
                    found["oneway"].append(name)
        elif inspect.isdatadescriptor(value):
            accessor = _accessor(value)
            if accessor and getattr(accessor, "_pyroExposed", not only_exposed):
                found["attrs"].append(name)
    return {kind: collection(names) for kind, names in found.items()}


def getAttribute(obj, attr):
    """A method that may be called. A name with dots is one name, which no object has."""
    if is_private_attribute(attr):
        raise AttributeError(f"attempt to access private attribute '{attr}'")
    value = getattr(obj, attr)
    if config.REQUIRE_EXPOSE and not getattr(value, "_pyroExposed", False):
        raise AttributeError(f"attempt to access unexposed attribute '{attr}'")
    return value


def get_exposed_property_value(obj, propname, only_exposed=True):
    found = getattr(type(obj), propname)
    getter = inspect.isdatadescriptor(found) and found.fget
    if getter and getattr(getter, "_pyroExposed", not only_exposed):
        return getter(obj)
    raise _unexposed(propname)


def set_exposed_property_value(obj, propname, value, only_exposed=True):
    found = getattr(type(obj), propname)
    if inspect.isdatadescriptor(found) and found.fset:
        if getattr(_accessor(found), "_pyroExposed", not only_exposed):
            return found.fset(obj, value)
    raise _unexposed(propname)


def _unexposed(name):
    return AttributeError(f"attempt to access unexposed or unknown remote attribute '{name}'")


# What servers write around their classes and methods.


def callback(method):
    """What goes wrong in this method is raised here too, not only where it was called from."""
    method._pyroCallback = True
    return method


def oneway(method):
    """Nobody waits for this method, and its result is lost."""
    method._pyroOneway = True
    return method


def expose(method_or_class):
    """Lets other processes call a method, use a property, or all that is public of a class."""
    if inspect.isdatadescriptor(method_or_class):
        accessor = _accessor(method_or_class)
        _check_public(accessor.__name__)
        accessor._pyroExposed = True
        return method_or_class
    name = getattr(method_or_class, "__name__", None)
    if isinstance(method_or_class, (classmethod, staticmethod)):
        name = method_or_class.__get__(None, dict).__name__
        raise AttributeError(
            "using @expose on a classmethod/staticmethod must be done after "
            f"@classmethod/@staticmethod. Method: {name}"
        )
    if not name:
        raise AttributeError(f"@expose cannot determine what this is: {method_or_class!r}")
    _check_public(name)
    if inspect.isclass(method_or_class):
        _expose_members(method_or_class)
    method_or_class._pyroExposed = True
    return method_or_class


def _check_public(name):
    if is_private_attribute(name):
        raise AttributeError("exposing private names (starting with _) is not allowed")


def _expose_members(clazz):
    for name in list(vars(clazz)):
        if is_private_attribute(name):
            continue
        value = getattr(clazz, name)
        if inspect.ismethod(value):
            value.__func__._pyroExposed = True
        elif _is_method(value):
            value._pyroExposed = True
        elif inspect.isdatadescriptor(value):
            for accessor in ("fget", "fset", "fdel"):
                if getattr(value, accessor, None):
                    getattr(value, accessor)._pyroExposed = True


INSTANCE_MODES = frozenset(["single", "session", "percall"])


def behavior(instance_mode="session", instance_creator=None):
    """When a class is registered: one instance for all (`single`), one for each connection (`session`)
    or one for each call (`percall`)."""
    if not isinstance(instance_mode, str):
        raise SyntaxError("behavior decorator is missing argument(s)")

    def decorate(clazz):
        mistake = None
        if not inspect.isclass(clazz):
            mistake = TypeError("behavior decorator can only be used on a class")
        elif instance_mode not in INSTANCE_MODES:
            mistake = ValueError(f"invalid instance mode: {instance_mode}")
        elif instance_creator and not callable(instance_creator):
            mistake = TypeError("instance_creator must be a callable")
        if mistake:
            raise mistake
        clazz._pyroInstancing = instance_mode, instance_creator
        return clazz

    return decorate
