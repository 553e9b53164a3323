"""Addresses of objects: `PYRO:id@host:port`, `PYRONAME:name@host:port`, `PYROMETA:tag,tag@host:port`."""

import re

from .configuration import config
from .errors import PyroError

PATTERN = re.compile(r"([Pp][Yy][Rr][Oo][a-zA-Z]*):(\S+?)(?:@(.+))?$")


class URI:
    """Where an object is, or under which name to ask for it."""

    __module__ = "Pyro4.core"

    def __init__(self, uri):
        if isinstance(uri, URI):
            self.__setstate__(uri.__getstate__())
            return
        if not isinstance(uri, str):
            raise TypeError("uri parameter object is of wrong type")
        found = PATTERN.match(uri)
        if not found:
            raise PyroError("invalid uri")
        protocol, self.object, location = found.groups()
        self.protocol = protocol.upper()
        self.sockname = self.host = self.port = None
        if self.protocol not in ("PYRO", "PYRONAME", "PYROMETA"):
            raise PyroError("invalid uri (protocol)")
        if self.protocol == "PYRO" and not location:
            raise PyroError("invalid uri")
        if self.protocol == "PYROMETA":
            self.object = {tag.strip() for tag in self.object.split(",")}
        if location:
            self._locate(location, None if self.protocol == "PYRO" else config.NS_PORT)

    def _locate(self, location, default_port):
        if location.startswith("./u:"):
            self.sockname = location[4:]
            if not self.sockname or ":" in self.sockname:
                raise PyroError("invalid uri (location)")
            return
        self.host, _, port = location.partition(":")
        try:
            self.port = int(port or default_port)
        except (TypeError, ValueError):
            raise PyroError(f"invalid port in uri, port={port or default_port}") from None

    @staticmethod
    def isUnixsockLocation(location):
        return location.startswith("./u:")

    @property
    def location(self):
        if self.host:
            return f"{self.host}:{self.port}"
        return f"./u:{self.sockname}" if self.sockname else None

    def asString(self):
        name = ",".join(self.object) if self.protocol == "PYROMETA" else self.object
        return f"{self.protocol}:{name}" + (f"@{self.location}" if self.location else "")

    __str__ = asString

    def __repr__(self):
        return f"<Pyro4.core.URI at {id(self):#x}; {self}>"

    def __eq__(self, other):
        return isinstance(other, URI) and self.__getstate__() == other.__getstate__()

    def __hash__(self):
        return hash((self.protocol, str(self.object), self.sockname, self.host, self.port))

    def __getstate__(self):
        return self.protocol, self.object, self.sockname, self.host, self.port

    def __setstate__(self, state):
        self.protocol, self.object, self.sockname, self.host, self.port = state

    __getstate_for_dict__ = __getstate__
    __setstate_from_dict__ = __setstate__
