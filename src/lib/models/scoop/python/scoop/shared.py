"""Constants that all workers can read."""

from ._engine import ask, dumps, loads, opened, portable, tell
from .fallbacks import in_pool


@in_pool
def setConst(**kwargs):
    """Gives every worker a value under a name that has none yet."""
    tell("scoop.set", values={name: dumps(portable(value)) for name, value in kwargs.items()})


@in_pool
def getConst(name, timeout=None):
    """Waits until there is one of that name; with `timeout` None when it does not come."""
    text = ask("scoop.get", name=name, timeout=timeout)
    return None if text is None else opened(loads(text))
