"""What programs use: addresses, proxies, daemons. Each in a module of its own beside this one."""

from ._calls import _BatchProxyAdapter, _StreamResultIterator, asyncproxy, batch
from ._context import current_context
from ._daemon import Daemon, DaemonObject, SerializedBlob
from ._exposing import behavior, callback, expose, oneway
from ._locate import locateNS as _locateNS
from ._locate import resolve as _resolve
from ._proxy import Proxy
from ._uri import URI

__all__ = [
    "URI",
    "Proxy",
    "Daemon",
    "current_context",
    "callback",
    "batch",
    "asyncproxy",
    "expose",
    "behavior",
    "oneway",
    "SerializedBlob",
    "_resolve",
    "_locateNS",
]
