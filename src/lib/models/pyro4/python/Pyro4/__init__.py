"""Pyro4: calls to objects of other processes. An engine of our own that speaks the protocol of Pyro 4.82
(version 48, serpent), so that it and the real one understand each other in one cluster."""

from . import configuration, constants, core, errors, futures, message, socketutil, util
from .configuration import config
from .core import (
    URI,
    Daemon,
    Proxy,
    SerializedBlob,
    asyncproxy,
    batch,
    behavior,
    callback,
    current_context,
    expose,
    oneway,
)
from .core import _locateNS as locateNS
from .core import _resolve as resolve
from .futures import Future

__version__ = constants.VERSION

__all__ = [
    "config",
    "URI",
    "Proxy",
    "Daemon",
    "callback",
    "batch",
    "asyncproxy",
    "oneway",
    "expose",
    "behavior",
    "current_context",
    "locateNS",
    "resolve",
    "Future",
    "SerializedBlob",
    "errors",
]
