"""What the other side may reach for when it sends an object by value."""

import pickle
from select import select

select_error = OSError
maxint = 2**63 - 1


def execute(code, globals=None, locals=None):
    exec(code, globals, locals)
