"""Where a channel lives: who waits to read and to write, what lies in its buffer, how it ends."""

from collections import deque

READ, WRITE = "read", "write"
POISON, RETIRE, SUCCESS = "poison", "retire", "success"


class Operation:
    """A read, a write or an alternation: it succeeds at one channel, once, or ends with the channel."""

    __slots__ = ("process", "number", "outcome", "guard", "value", "undo", "onend", "late", "reader", "follower")

    def __init__(self, process, number, onend):
        self.process = process
        # Counts operations: who came first.
        self.number = number
        self.outcome = None
        self.guard = None
        self.value = None
        # What takes its other requests back.
        self.undo = []
        self.onend = onend
        # The guard that is ready when time is over.
        self.late = None
        # Of a write, the read that it met; of a read, who goes on after its process.
        self.reader = None
        self.follower = None

    def end(self, outcome, guard=None, value=None):
        if self.outcome is not None:
            return
        self.outcome, self.guard, self.value = outcome, guard, value
        for each in self.undo:
            each()
        self.onend(self)


class Request:
    """One guard of an operation, as it stands at a channel."""

    __slots__ = ("operation", "guard", "value")

    def __init__(self, operation, guard, value=None):
        self.operation = operation
        self.guard = guard
        self.value = value

    def succeed(self, value=None):
        self.operation.end(SUCCESS, self.guard, value)


class Home:
    def __init__(self, name, capacity=0):
        self.name = name
        self.capacity = capacity
        self.counts = {READ: 0, WRITE: 0}
        self.waiting = {READ: deque(), WRITE: deque()}
        self.buffer = deque()
        # How the channel has ended.
        self.ending = None
        # What ends it when its buffer is empty.
        self._pill = None
        self.onmeet = lambda writer, reader, value: None
        self.onchange = lambda: None

    def join(self, direction):
        self.counts[direction] += 1
        self.onchange()

    def post(self, direction, request):
        if self._pill and not self.buffer and not self.ending:
            self._end(self._pill)
        refusal = self.ending or (self._pill if direction == WRITE else None)
        if refusal:
            request.operation.end(refusal)
            return
        self.waiting[direction].append(request)
        self._match()
        if request.operation.outcome is None:
            self.onchange()

    def withdraw(self, direction, request):
        if request in self.waiting[direction]:
            self.waiting[direction].remove(request)
            self.onchange()

    def retire(self, direction):
        """The last end of a side takes the channel with it, as soon as its buffer is empty."""
        self.counts[direction] -= 1
        if self.counts[direction] == 0 and not self.ending:
            if direction == WRITE and self.buffer:
                self._pill = self._pill or RETIRE
            else:
                self._end(RETIRE)
        self.onchange()

    def poison(self, is_drained=False):
        """`is_drained`: what lies in the buffer is still delivered, as for writers of other nodes."""
        if is_drained and self.buffer:
            self._pill = POISON
            self._dismiss(WRITE, POISON)
        elif self.ending != POISON:
            self.buffer.clear()
            self._end(POISON)
        self.onchange()

    def _end(self, outcome):
        self.ending = outcome
        self._dismiss(READ, outcome)
        self._dismiss(WRITE, outcome)

    def _dismiss(self, direction, outcome):
        requests = list(self.waiting[direction])
        self.waiting[direction].clear()
        for request in requests:
            request.operation.end(outcome)

    def _match(self):
        if self.capacity:
            while self._fill() or self._empty():
                pass
            return
        while pair := self._pair():
            writer, reader = pair
            self.waiting[WRITE].remove(writer)
            self.waiting[READ].remove(reader)
            self.onmeet(writer, reader, writer.value)
            writer.operation.reader = reader.operation
            reader.succeed(writer.value)
            writer.succeed()

    def _pair(self):
        """The first that may meet: an alternation does not meet itself."""
        for writer in self.waiting[WRITE]:
            for reader in self.waiting[READ]:
                if reader.operation is not writer.operation:
                    return writer, reader
        return None

    def _fill(self):
        if not self.waiting[WRITE] or len(self.buffer) >= self.capacity:
            return False
        writer = self.waiting[WRITE].popleft()
        self.buffer.append(writer.value)
        self.onmeet(writer, None, writer.value)
        writer.succeed()
        return True

    def _empty(self):
        if not self.waiting[READ] or not self.buffer:
            return False
        reader = self.waiting[READ].popleft()
        value = self.buffer.popleft()
        self.onmeet(None, reader, value)
        reader.succeed(value)
        return True
