"""Exchanges and queues as an application describes them; the engine declares them."""

from celery._missing import missing

TYPES = ("direct", "topic", "fanout", "headers")


class Exchange:
    """Where messages are sent to, and which decides on the queues."""

    durable = True
    auto_delete = False

    def __init__(self, name="", type="direct", channel=None, durable=True, **options):
        if type not in TYPES:
            raise ValueError(f"no such exchange type: {type!r}")
        if not durable or any(options.values()):
            raise missing("an Exchange that is not plain and durable")
        self.name = name or ""
        self.type = type or "direct"

    def __repr__(self):
        return f"Exchange {self.name or repr('')}({self.type})"

    def __eq__(self, other):
        if not isinstance(other, Exchange):
            return NotImplemented
        return (self.name, self.type) == (other.name, other.type)

    __hash__ = None


class Queue:
    """Where messages wait."""

    def __init__(
        self,
        name="",
        exchange=None,
        routing_key="",
        channel=None,
        bindings=None,
        queue_arguments=None,
        max_priority=None,
        durable=True,
        **options,
    ):
        unknown = set(queue_arguments or {}) - {"x-max-priority"}
        if bindings or unknown or not durable or any(options.values()):
            raise missing("a Queue with more than a name, an exchange, a key and a priority")
        self.name = name
        self.exchange = Exchange(exchange) if isinstance(exchange, str) else exchange or Exchange()
        self.routing_key = routing_key or ""
        self.queue_arguments = queue_arguments
        self.max_priority = max_priority

    def __repr__(self):
        return f"<unbound Queue {self.name} -> {self.exchange!r} -> {self.routing_key}>"
