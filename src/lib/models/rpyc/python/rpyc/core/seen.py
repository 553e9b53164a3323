"""What the page shows of connections: how many netrefs live here, and how many of this side there."""

import json
import socket
from collections import Counter
from operator import itemgetter

try:
    from _lightcone import stacks
except ImportError:
    # Anywhere but on a simulated node.
    stacks = None

# Of more references than this only the number is shown: counting them would take longer each time.
COUNTED_MAX = 256


class Shown:
    """Of one connection; says only what is new."""

    def __init__(self, stream):
        self._name = self._peer = None
        self._last = None
        if stacks is None or not hasattr(stream, "sock"):
            return
        try:
            address, port = stream.sock.getpeername()[:2]
            own_port = stream.sock.getsockname()[1]
            self._peer = socket.gethostbyaddr(address)[0]
        except OSError:
            return
        self._name = f"rpyc/{own_port}-{self._peer}:{port}"

    def tell(self, is_open, netrefs=(), held=()):
        """`netrefs` of this side and what the other holds, by their packs."""
        if self._name is None:
            return
        value = {"peer": self._peer, "open": is_open, "netrefs": len(netrefs), "held": len(held)}
        if is_open and len(netrefs) + len(held) <= COUNTED_MAX:
            value["of"] = _by_class(netrefs)
            value["lent"] = _by_class(held)
        now = json.dumps(value)
        if now == self._last:
            return
        self._last = now
        stacks.host.state(self._name, now, stacks.place()[0])


def _by_class(packs):
    return list(Counter(map(itemgetter(0), list(packs))).items())
