"""Models whose engine is written in TypeScript: their Python packages ask it here, and it calls the
functions that they register. Everything crosses as JSON text."""

import json

from . import stacks

_registered = {}


def register(function):
    """Lets the engine call a function by its name. It may block; it must not raise."""
    _registered[function.__name__] = function


def tell(what, given):
    """Says something to the engine, which answers at once."""
    return json.loads(stacks.host.tell(what, json.dumps(given), stacks.place()[0]))


def ask(what, given):
    """Parks the thread until the engine answers."""
    return json.loads(stacks.ask(what, json.dumps(given)))


def enter(number, name, given):
    """Called by the host, on a stack of its own."""
    stacks.begin(number)
    return json.dumps(_registered[name](**json.loads(given)))
