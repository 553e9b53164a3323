"""What goes wrong with jobs and data."""


class DiscoError(Exception):
    """Base of Disco's own exceptions."""


class JobError(DiscoError):
    """A job died or took too long."""


class DataError(DiscoError):
    """Something at an address could not be read. A task that meets it is tried again."""


class CommError(DiscoError):
    """A server could not be reached. A task that meets it is tried again."""
