"""PyCSP in one thread: processes take turns."""

from .. import current as _current
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
from .compat import (
    ClusterProcess,
    MultiProcess,
    SSHProcess,
    clusterprocess,
    multiprocess,
    sshprocess,
)
from .exceptions import (
    ChannelPoisonException,
    ChannelRetireException,
    ChannelSocketException,
    FatalException,
    InfoException,
)
from .process import Parallel, Process, Sequence, Spawn, current_process_id, process, shutdown
from .scheduling import Io, io

_MODULES = ("altselect", "channel", "compat", "exceptions", "scheduling")
__all__ = [it for it in globals() if not it.startswith("_") and it not in _MODULES] + ["version"]

version = (0, 9, 2, "greenlets")
_current.use(globals(), __all__)
