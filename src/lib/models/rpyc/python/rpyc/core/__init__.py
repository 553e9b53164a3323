"""What both ends of a connection are made of."""

from rpyc.core.async_ import AsyncResult, AsyncResultTimeout
from rpyc.core.channel import Channel
from rpyc.core.netref import BaseNetref
from rpyc.core.protocol import DEFAULT_CONFIG, Connection
from rpyc.core.service import ClassicService, MasterService, Service, SlaveService, VoidService
from rpyc.core.stream import SocketStream
from rpyc.core.vinegar import GenericException
