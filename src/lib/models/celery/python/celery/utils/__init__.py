"""Small things that programs import from here."""

from uuid import uuid4


def uuid():
    """A random id, as tasks have one."""
    return str(uuid4())
