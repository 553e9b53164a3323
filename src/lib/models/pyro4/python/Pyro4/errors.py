"""What goes wrong with remote calls."""


class PyroError(Exception):
    """Of every error that Pyro itself raises."""


class CommunicationError(PyroError):
    """The other side could not be reached or understood."""


class ConnectionClosedError(CommunicationError):
    """The connection ended before the answer was here: nobody knows whether the call was made."""


class TimeoutError(CommunicationError):
    """No answer in time; the call may still be running. Not Python's own class of that name."""


class ProtocolError(CommunicationError):
    """What arrived was no message of Pyro's."""


class MessageTooLargeError(ProtocolError):
    """A message is larger than MAX_MESSAGE_SIZE."""


class SerializeError(ProtocolError):
    """A value cannot travel."""


class NamingError(PyroError):
    """The name server, or a name in it, was not found."""


class DaemonError(PyroError):
    """A daemon cannot do what it was asked."""


class SecurityError(PyroError):
    """A message was refused because it could do harm."""
