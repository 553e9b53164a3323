"""What goes wrong between a program and its broker."""


class KombuError(Exception):
    """Base of everything in this module."""


class OperationalError(KombuError):
    """The broker cannot be reached."""


class SerializationError(KombuError):
    """A message cannot be written or read."""


class EncodeError(SerializationError):
    """A value cannot be written: JSON has no place for it."""


class DecodeError(SerializationError):
    """A message cannot be read."""
