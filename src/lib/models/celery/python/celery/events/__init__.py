"""Events: what workers and clients tell of themselves and of tasks, and who listens to it.

>>> with app.connection() as connection:
...     receiver = app.events.Receiver(connection, handlers={"task-failed": print})
...     receiver.capture()
"""

import json
import time

from .._engine import ask, dumps
from .._missing import missing

__all__ = ("Event", "EventDispatcher", "EventReceiver", "Events")

# A capture without news looks whether it is to stop, this often, in seconds.
SAFETY_INTERVAL = 1


def Event(type, _fields=None, **fields):
    """An event: a dict with its type, the time and whatever it tells."""
    return {"timestamp": time.time(), **(_fields or {}), **fields, "type": type}


class EventReceiver:
    """Hears events from the moment on at which it captures.

    handlers: functions of one event by its type; `"*"` gets those that have none of their own.
    routing_key: which ones, `"worker.#"`; all by default.
    """

    def __init__(self, channel=None, handlers=None, routing_key="#", node_id=None, app=None, **options):
        if options:
            raise missing(f"Receiver({sorted(options)[0]}=...)")
        self.app = app
        self.connection = channel
        self.handlers = {} if handlers is None else handlers
        self.routing_key = routing_key
        self.should_stop = False

    def process(self, type, event):
        """Gives an event to its handler."""
        handler = self.handlers.get(type) or self.handlers.get("*")
        if handler:
            handler(event)

    def capture(self, limit=None, timeout=None, wakeup=True):
        """Hears until `should_stop` is set, after `limit` rounds, or with TimeoutError after `timeout`
        seconds without an event.

        wakeup: ask workers to tell of themselves at once.
        """
        for _ in self.itercapture(limit, timeout, wakeup):
            pass

    def itercapture(self, limit=None, timeout=None, wakeup=True):
        """The same as a generator, which yields after each message."""
        app = self.app._number
        stream = ask("events_open", app=app, routingKey=self.routing_key, wakeup=bool(wakeup))
        # Without an end in sight nobody has to look at the clock.
        interval = None if limit is None and timeout is None else SAFETY_INTERVAL
        elapsed = rounds = 0
        try:
            while not self.should_stop and (limit is None or rounds < limit):
                rounds += 1
                text = ask("events_next", app=app, stream=stream, timeout=interval)
                if text is None:
                    elapsed += SAFETY_INTERVAL
                    if timeout and elapsed >= timeout:
                        raise TimeoutError()
                    continue
                for event in json.loads(text):
                    self.process(event["type"], event)
                elapsed = 0
                yield
        finally:
            ask("events_close", app=app, stream=stream)

    def wakeup_workers(self, channel=None):
        """Asks workers to tell of themselves at once."""
        self.app.control.broadcast("heartbeat")


class EventDispatcher:
    """Sends events of the program's own.

    >>> with app.events.default_dispatcher() as dispatcher:
    ...     dispatcher.send("shop-opened", street="Main Street")
    """

    def __init__(self, connection=None, hostname=None, enabled=True, app=None, **options):
        if options:
            raise missing(f"Dispatcher({sorted(options)[0]}=...)")
        self.app = app
        self.hostname = hostname
        self.enabled = enabled

    def send(self, type, **fields):
        """Sends an event to whoever listens."""
        if self.enabled:
            ask(
                "events_send",
                app=self.app._number,
                type=type,
                hostname=self.hostname,
                fields=dumps(fields),
            )

    def close(self):
        """Nothing is sent any more."""
        self.enabled = False

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        self.close()


class Events:
    """`app.events`."""

    def __init__(self, app):
        self.app = app

    def Receiver(self, *args, **options):
        """An `EventReceiver` of this application."""
        return EventReceiver(*args, **{"app": self.app, **options})

    def Dispatcher(self, *args, **options):
        """An `EventDispatcher` of this application."""
        return EventDispatcher(*args, **{"app": self.app, **options})

    def State(self, *args, **options):
        """What events tell of the cluster."""
        from .state import State

        return State(*args, **options)

    def default_dispatcher(self, hostname=None, enabled=True, **_options):
        """A dispatcher to use in a `with` statement."""
        return self.Dispatcher(hostname=hostname, enabled=enabled)
