"""Decorators that expose what has no `exposed_` before its name."""

import inspect
from functools import partial


def service(cls):
    """Gives what `exposed` marked in a class its second name."""
    for name, member in inspect.getmembers(cls):
        prefix = getattr(member, "__exposed__", False)
        if not prefix or inspect.iscode(member):
            continue
        if inspect.isclass(member):
            member = service(member)
        setattr(cls, name, member)
        setattr(cls, prefix + name, member)
    return cls


def exposed(given):
    """Marks a function for `service`; `exposed("prefix_")` gives another prefix."""
    if isinstance(given, str):
        return partial(_marked, given)
    if callable(given) or hasattr(given, "__get__"):
        return _marked("exposed_", given)
    raise TypeError("rpyc.exposed expects a callable object, descriptor, or string")


def _marked(prefix, member):
    member.__exposed__ = prefix
    return member
