"""`app.control`: questions and commands to the workers that are there now."""

import json

from ._engine import ask, dumps
from ._missing import absent, missing

__all__ = ("Control", "Inspect")


class Control:
    """Sends to all workers, or to those that `destination` (a list of names) says."""

    def __init__(self, app):
        self.app = app

    def broadcast(
        self,
        command,
        arguments=None,
        destination=None,
        connection=None,
        reply=False,
        timeout=1.0,
        limit=None,
        callback=None,
        channel=None,
        pattern=None,
        matcher=None,
        **options,
    ):
        """Sends a command; with `reply`, a list of `{worker: answer}` of those that answer in time."""
        if pattern and matcher:
            raise missing("Control.broadcast(pattern=...)")
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
        replies = json.loads(text)
        if callback:
            for one in replies or ():
                callback(one)
        return replies

    def inspect(self, destination=None, timeout=1.0, callback=None, connection=None, app=None, limit=None):
        """Asks workers about themselves."""
        return Inspect(self, destination, timeout, callback, limit)

    # What workers do.

    def revoke(self, task_id, destination=None, terminate=False, signal="SIGTERM", **options):
        """Has workers discard a task, or a list of them, when its turn comes.

        >>> app.control.revoke(result.id)
        >>> app.control.revoke(result.id, terminate=True, signal="SIGKILL")

        terminate: also end the pool process that runs it.
        """
        arguments = {"task_id": task_id, "terminate": terminate, "signal": signal}
        return self.broadcast("revoke", arguments, destination, **options)

    def terminate(self, task_id, destination=None, signal="SIGTERM", **options):
        """The same as `revoke` with `terminate`."""
        return self.revoke(task_id, destination, True, signal, **options)

    def rate_limit(self, task_name, rate_limit, destination=None, **options):
        """Another rate for the tasks of that name that come from now on: `"10/m"`, 5, or 0 for none."""
        arguments = {"task_name": task_name, "rate_limit": rate_limit}
        return self.broadcast("rate_limit", arguments, destination, **options)

    def time_limit(self, task_name, soft=None, hard=None, destination=None, **options):
        """Other time limits in seconds, from the worker's next connection to the broker on."""
        arguments = {"task_name": task_name, "hard": hard, "soft": soft}
        return self.broadcast("time_limit", arguments, destination, **options)

    def add_consumer(
        self,
        queue,
        exchange=None,
        exchange_type="direct",
        routing_key=None,
        options=None,
        destination=None,
        **others,
    ):
        """Has workers consume from one more queue."""
        arguments = {
            "queue": queue,
            "exchange": exchange,
            "exchange_type": exchange_type,
            "routing_key": routing_key,
            **(options or {}),
        }
        return self.broadcast("add_consumer", arguments, destination, **others)

    def cancel_consumer(self, queue, destination=None, **options):
        """Has workers consume from a queue no more."""
        return self.broadcast("cancel_consumer", {"queue": queue}, destination, **options)

    def pool_grow(self, n=1, destination=None, **options):
        """So many pool processes more."""
        return self.broadcast("pool_grow", {"n": n}, destination, **options)

    def pool_shrink(self, n=1, destination=None, **options):
        """So many idle pool processes fewer."""
        return self.broadcast("pool_shrink", {"n": n}, destination, **options)

    def autoscale(self, max, min, destination=None, **options):
        """Refused by workers: there is no autoscaling."""
        return self.broadcast("autoscale", {"max": max, "min": min}, destination, **options)

    def pool_restart(self, modules=None, reload=False, reloader=None, destination=None, **options):
        """Refused by workers, as by default."""
        arguments = {"modules": modules, "reload": reload, "reloader": reloader}
        return self.broadcast("pool_restart", arguments, destination, **options)

    def purge(self, connection=None):
        """Throws away what waits in the queues of this application; returns how many messages."""
        return ask("purge", app=self.app._number)

    discard_all = purge

    def ping(self, destination=None, timeout=1.0, **options):
        """`[{'w1@h': {'ok': 'pong'}}]`."""
        return self.broadcast("ping", {}, destination, reply=True, timeout=timeout, **options)

    def shutdown(self, destination=None, **options):
        """Ends workers as SIGTERM does."""
        return self.broadcast("shutdown", {}, destination, **options)

    enable_events = absent("Control.enable_events")
    disable_events = absent("Control.disable_events")


class Inspect:
    """What workers know: a dict of answers by worker, or None when nobody answers.

    >>> app.control.inspect().active()
    {'w1@h': []}
    """

    def __init__(self, control, destination=None, timeout=1.0, callback=None, limit=None):
        self._control = control
        self.destination, self.timeout = destination, timeout
        self.callback, self.limit = callback, limit

    def _request(self, command, **arguments):
        replies = self._control.broadcast(
            command,
            arguments,
            self.destination,
            reply=True,
            timeout=self.timeout,
            limit=self.limit,
            callback=self.callback,
        )
        return {name: answer for one in replies for name, answer in one.items()} or None

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

    def registered(self, *taskinfoitems):
        """Names of the tasks, with those of these attributes that are set (`rate_limit` by default)."""
        return self._request("registered", taskinfoitems=taskinfoitems)

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

    def revoked(self):
        """Ids of revoked tasks."""
        return self._request("revoked")

    def report(self):
        """What a report of a bug needs: versions and settings."""
        return self._request("report")

    def memsample(self):
        """None: as without psutil."""
        return self._request("memsample")

    def memdump(self, samples=10):
        """Nothing: as without psutil."""
        return self._request("memdump", samples=samples)

    def objgraph(self, type="Request", n=200, max_depth=10):
        """An error: as without objgraph."""
        return self._request("objgraph", num=n, max_depth=max_depth, type=type)
