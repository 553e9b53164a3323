"""What the page shows of connections: how many netrefs live here, and how many of this side there."""

import json
import socket

try:
    from _lightcone import stacks
except ImportError:
    # Anywhere but on a simulated node.
    stacks = None


class Shown:
    """Of one connection; says only what is new."""

    def __init__(self, stream):
        self._name = self._peer = None
        self._last = None
        if stacks is None or not hasattr(stream, "sock"):
            return
        try:
            address, port = stream.sock.getpeername()[:2]
            self._peer = socket.gethostbyaddr(address)[0]
        except OSError:
            return
        self._name = f"rpyc/{self._peer}:{port}"

    def tell(self, is_open, netrefs, held):
        now = is_open, netrefs, held
        if self._name is None or now == self._last:
            return
        self._last = now
        value = {"peer": self._peer, "open": is_open, "netrefs": netrefs, "held": held}
        stacks.host.state(self._name, json.dumps(value), stacks.place()[0])
