"""The exceptions of pycsp.greenlets."""


class ChannelPoisonException(Exception):
    """Somebody has poisoned the channel."""

    def __init__(self):
        pass


class ChannelRetireException(Exception):
    """All readers, or all writers, have retired."""

    def __init__(self):
        pass


class ChannelSocketException(Exception):
    """There for programs that are written for both implementations."""

    def __init__(self, addr, msg):
        self.msg = msg
        self.addr = addr

    def __str__(self):
        return repr(f"{self.msg} {self.addr}")


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
