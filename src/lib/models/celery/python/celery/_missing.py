"""What the real Celery has and this one does not: a clear error instead of a silent difference."""


def missing(what):
    """The exception for something that is not built."""
    return NotImplementedError(f"{what} is not part of this build of Celery")


def absent(what):
    """A function in the place of one that is not built."""

    def refuse(*_args, **_options):
        raise missing(what)

    refuse.__name__ = what.rpartition(".")[2]
    refuse.__doc__ = "Not part of this build: raises NotImplementedError."
    return refuse
