"""PyCSP with a thread for each process, over channels that other nodes can reach."""

from .. import current as _current
from .._select import choice
from .altselect import (
    Alternation,
    AltSelect,
    FairSelect,
    InputGuard,
    OutputGuard,
    PriSelect,
    Skip,
    SkipGuard,
    Timeout,
    TimeoutGuard,
)
from .channel import Channel, poison, retire
from .._configuration import (
    PYCSP_HOST,
    PYCSP_PORT,
    SOCKETS_BIND_RETRY_DELAY,
    SOCKETS_BIND_TIMEOUT,
    SOCKETS_CONNECT_RETRY_DELAY,
    SOCKETS_CONNECT_TIMEOUT,
    SOCKETS_STRICT_MODE,
    Configuration,
)
from .elsewhere import (
    ClusterProcess,
    MultiProcess,
    SSHProcess,
    clusterprocess,
    multiprocess,
    sshprocess,
)
from .exceptions import (
    ChannelBindException,
    ChannelConnectException,
    ChannelLostException,
    ChannelPoisonException,
    ChannelRetireException,
    ChannelSocketException,
    FatalException,
    InfoException,
)
from .process import Parallel, Process, Sequence, Spawn, current_process_id, process, shutdown


class Io:
    """Means something in pycsp.greenlets only."""


def io(func):
    """Means something in pycsp.greenlets only."""
    return func


__all__ = [name for name in globals() if not name.startswith("_")]
__all__ = [name for name in __all__ if name not in ("altselect", "channel")]
__all__ = [name for name in __all__ if name not in ("elsewhere", "exceptions")] + ["version"]

version = (0, 9, 2, "parallel")
_current.use(globals(), __all__)
