"""`app.control`: questions and commands to the workers that are there now."""

import json

from ._engine import ask, dumps
from ._missing import absent

__all__ = ("Control", "Inspect")


class Control:
    """Sends to all workers, or to those that `destination` (a list of names) says."""

    def __init__(self, app):
        self.app = app

    def broadcast(
        self, command, arguments=None, destination=None, reply=False, timeout=1.0, limit=None, **options
    ):
        """Sends a command; with `reply`, a list of `{worker: answer}` of those that answer in time."""
        if destination is not None and not isinstance(destination, (list, tuple)):
            raise ValueError(f"destination must be a list/tuple not {type(destination)}")
        text = ask(
            "broadcast",
            app=self.app._number,
            method=command,
            arguments=dumps({**(arguments or {}), **options}),
            options={
                "destination": None if destination is None else list(destination),
                "reply": bool(reply),
                "timeout": 1.0 if timeout is None else timeout,
                "limit": limit,
            },
        )
        return json.loads(text)

    def inspect(self, destination=None, timeout=1.0, limit=None, **_options):
        """Asks workers about themselves."""
        return Inspect(self, destination, timeout, limit)

    def ping(self, destination=None, timeout=1.0, **options):
        """`[{'w1@h': {'ok': 'pong'}}]`."""
        return self.broadcast("ping", {}, destination, True, timeout, **options)

    def shutdown(self, destination=None, **options):
        """Ends workers as SIGTERM does."""
        return self.broadcast("shutdown", {}, destination, **options)

    revoke = absent("Control.revoke")
    terminate = absent("Control.terminate")
    rate_limit = absent("Control.rate_limit")
    time_limit = absent("Control.time_limit")
    add_consumer = absent("Control.add_consumer")
    cancel_consumer = absent("Control.cancel_consumer")
    pool_grow = absent("Control.pool_grow")
    pool_shrink = absent("Control.pool_shrink")
    enable_events = absent("Control.enable_events")
    disable_events = absent("Control.disable_events")
    purge = discard_all = absent("Control.purge")


class Inspect:
    """What workers know: a dict of answers by worker, or None when nobody answers.

    >>> app.control.inspect().active()
    {'w1@h': []}
    """

    def __init__(self, control, destination=None, timeout=1.0, limit=None):
        self._control = control
        self.destination, self.timeout, self.limit = destination, timeout, limit

    def _request(self, method, **arguments):
        names = [self.destination] if isinstance(self.destination, str) else self.destination
        replies = self._control.broadcast(method, arguments, names, True, self.timeout, self.limit)
        found = {name: answer for reply in replies for name, answer in reply.items()}
        if not found:
            return None
        return found.get(self.destination) if isinstance(self.destination, str) else found

    def active(self, safe=None):
        """Tasks that run."""
        return self._request("active", safe=safe)

    def active_queues(self):
        """Queues that are consumed from."""
        return self._request("active_queues")

    def clock(self):
        """Lamport's clock."""
        return self._request("clock")

    def conf(self, with_defaults=False):
        """Settings that are not the defaults."""
        return self._request("conf", with_defaults=with_defaults)

    def ping(self, destination=None):
        """`{'w1@h': {'ok': 'pong'}}`."""
        if destination:
            self.destination = destination
        return self._request("ping")

    def query_task(self, *ids):
        """What is known of tasks with these ids."""
        if len(ids) == 1 and isinstance(ids[0], (list, tuple)):
            ids = ids[0]
        return self._request("query_task", ids=list(ids))

    def registered(self, *_items):
        """Names of the tasks."""
        return self._request("registered")

    registered_tasks = registered

    def reserved(self, safe=None):
        """Tasks that wait for a pool process."""
        return self._request("reserved")

    def scheduled(self, safe=None):
        """Tasks that wait for their time."""
        return self._request("scheduled")

    def stats(self):
        """Numbers about workers."""
        return self._request("stats")

    revoked = absent("Inspect.revoked")
    report = absent("Inspect.report")
    objgraph = absent("Inspect.objgraph")
    memsample = absent("Inspect.memsample")
    memdump = absent("Inspect.memdump")
