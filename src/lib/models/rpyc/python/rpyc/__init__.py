"""RPyC: an object of another program is used like one of this one, and each use is a message."""

from rpyc.version import __version__
from rpyc.core import (
    AsyncResult,
    AsyncResultTimeout,
    BaseNetref,
    Channel,
    ClassicService,
    Connection,
    GenericException,
    MasterService,
    Service,
    SlaveService,
    SocketStream,
    VoidService,
)
from rpyc.lib import setup_logger, spawn
from rpyc.utils import exposed, service
from rpyc.utils import classic
from rpyc.utils.factory import (
    connect,
    connect_by_service,
    connect_channel,
    connect_stream,
    connect_thread,
    discover,
    list_services,
)
from rpyc.utils.helpers import BgServingThread, async_, buffiter, restricted, timed
from rpyc.utils.server import ForkingServer, OneShotServer, ThreadedServer, ThreadPoolServer

globals()["async"] = async_
