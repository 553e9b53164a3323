"""Authenticators: callables that take a socket and give it back with credentials."""


class AuthenticationError(Exception):
    """The other side is not let in."""
