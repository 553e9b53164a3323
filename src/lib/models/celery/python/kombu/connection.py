"""A connection as programs hold it: where the broker is. What needs one opens its own."""

__all__ = ("Connection",)


class Connection:
    """Stands for the way to the broker.

    >>> with app.connection() as connection:
    ...     app.events.Receiver(connection)
    """

    def __init__(self, hostname=None, **_options):
        self.hostname = hostname

    def as_uri(self, include_password=False):
        """Where it leads."""
        return self.hostname

    def clone(self, **_options):
        """Another one of the same."""
        return type(self)(self.hostname)

    def ensure_connection(self, *_args, **_options):
        """It is opened when it is used."""
        return self

    connect = ensure_connection

    def release(self):
        """There is nothing left to do."""

    close = release

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.release()

    def __repr__(self):
        return f"<Connection: {self.as_uri()} at {id(self):#x}>"
