"""What programs get that were started by themselves, not by `python -m scoop`."""

import warnings
from functools import wraps

import scoop

REASON = (
    "SCOOP was not started properly.\n"
    "Be sure to start your program with the '-m scoop' parameter. "
    "You can find further information in the documentation."
)


class NotStartedProperly(Exception):
    """The pool's functions were called outside of a pool."""


def serial_map(function, *iterables):
    warnings.warn(
        f"{REASON}\nYour map call has been replaced by the builtin serial Python map().",
        RuntimeWarning,
    )
    return map(function, *iterables)


def in_pool(function):
    @wraps(function)
    def checked(*args, **kargs):
        if not scoop.IS_RUNNING:
            raise NotStartedProperly(REASON)
        return function(*args, **kargs)

    return checked
