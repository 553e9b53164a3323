"""`fcntl` of sockets, whose numbers the interpreter's own file table does not have."""

import fcntl

from . import stacks

O_RDWR = 2


def install():
    own = fcntl.fcntl
    # FD_CLOEXEC: what every socket of CPython has. Nothing is ever executed here.
    descriptor_flags = {fcntl.F_GETFD: fcntl.FD_CLOEXEC, fcntl.F_GETFL: O_RDWR}

    def control(fd, cmd, arg=0, /):
        number = fd if isinstance(fd, int) else fd.fileno()
        if number < 0 or not stacks.host.isSocket(number):
            return own(fd, cmd, arg)
        # Whether calls wait is kept by the socket object, so setting it here changes nothing.
        return descriptor_flags.get(cmd, 0)

    fcntl.fcntl = control
