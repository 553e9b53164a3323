"""The exceptions of pycsp.parallel."""


class ChannelPoisonException(Exception):
    """Somebody has poisoned the channel."""

    def __init__(self):
        pass


class ChannelRetireException(Exception):
    """All readers, or all writers, have retired."""

    def __init__(self):
        pass


class ChannelSocketException(Exception):
    """Something is wrong between nodes; `addr` is where the channel lives."""

    def __init__(self, addr, msg):
        self.msg = msg
        self.addr = addr

    def __str__(self):
        return repr(f"{self.msg} {self.addr}")


class ChannelConnectException(ChannelSocketException):
    """Nobody answers where the channel is said to live."""


class ChannelBindException(ChannelSocketException):
    """The port is taken at which other nodes are to find channels."""


class ChannelLostException(ChannelSocketException):
    """The connection to a channel broke and could not be made again."""


class FatalException(Exception):
    def __init__(self, msg):
        self.msg = msg

    def __str__(self):
        return repr(self.msg)


class InfoException(Exception):
    """The library is used in a way that it does not allow."""

    def __init__(self, msg):
        self.msg = msg

    def __str__(self):
        return repr(self.msg)
