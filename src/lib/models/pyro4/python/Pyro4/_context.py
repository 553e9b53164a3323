"""What a method can know of the call that it serves, and a caller can say beside its arguments."""

import threading
import uuid

from .errors import PyroError


class CallContext(threading.local):
    """Of each thread its own."""

    def __init__(self):
        # Who calls, by which message, and as part of what.
        self.client = self.client_sock_addr = self.correlation_id = None
        self.msg_flags = self.seq = self.serializer_id = 0
        # What came with the call, and what goes with its answer.
        self.annotations, self.response_annotations = {}, {}

    def to_global(self):
        """As a dict, for another thread."""
        return dict(self.__dict__)

    def from_global(self, values):
        self.__dict__.update(values)

    def track_resource(self, resource):
        """Has a resource closed when the client of this call goes."""
        self._client().tracked_resources.add(resource)

    def untrack_resource(self, resource):
        self._client("untrack").tracked_resources.discard(resource)

    def _client(self, verb="track"):
        if self.client is None:
            raise PyroError(f"cannot {verb} resource on a connectionless call")
        return self.client


current_context = CallContext()


def correlated(annotations):
    """Annotations with the id that all calls share which follow from one another."""
    annotations.pop("CORR", None)
    if current_context.correlation_id:
        annotations["CORR"] = current_context.correlation_id.bytes
    return annotations


def correlate(message):
    """The call that is served from now on is part of what its caller was part of."""
    given = message.annotations.get("CORR")
    current_context.correlation_id = uuid.UUID(bytes=bytes(given)) if given else uuid.uuid4()
