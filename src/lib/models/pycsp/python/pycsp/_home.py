"""Where a channel lives: who waits to read and to write, what lies in its buffer, how it ends."""

from collections import deque

READ, WRITE = "read", "write"
POISON, RETIRE, SUCCESS = "poison", "retire", "success"


class Operation:
    """A read, a write or an alternation: it succeeds at one channel, once, or ends with the channel.

    One that stands at channels of several nodes is taken in two steps: the home that wants it locks it,
    and then ends it or gives it back."""

    __slots__ = (
        *("process", "number", "outcome", "guard", "value", "undo", "onend", "late"),
        *("reader", "follower", "is_sure", "_is_locked", "_waiting"),
    )

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
        # It has one guard: nobody else can take it.
        self.is_sure = False
        self._is_locked = False
        self._waiting = []

    @property
    def key(self):
        """In this order locks are asked for."""
        return "", self.number

    @property
    def is_instant(self):
        return not self._is_locked

    def acquire(self, then):
        """Calls `then` with True when the operation is locked, with False when it has ended."""
        if self.outcome:
            then(False)
        elif self._is_locked:
            self._waiting.append(then)
        else:
            self._is_locked = True
            then(True)

    def release(self):
        self._is_locked = False
        if self._waiting:
            self.acquire(self._waiting.pop(0))

    def end(self, outcome, guard=None, value=None):
        if self.outcome is not None:
            return
        self.outcome, self.guard, self.value = outcome, guard, value
        for each in self.undo:
            each()
        self.onend(self)
        waiting, self._waiting = self._waiting, []
        for then in waiting:
            then(False)


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
        # It waits for the locks of operations.
        self._is_busy = False
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

    def forget_all(self, is_of):
        """A node is gone: what its processes had asked for is void."""
        for queue in self.waiting.values():
            for request in [it for it in queue if is_of(it.operation)]:
                queue.remove(request)
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
        while not self._is_busy and not self.ending and (found := self._candidates()):
            self._commit_with(*found)

    def _candidates(self):
        """What may happen next: how, and the requests that it takes."""
        writing, reading = self.waiting[WRITE], self.waiting[READ]
        if self.capacity:
            if writing and len(self.buffer) < self.capacity:
                return self._fill, writing[0]
            if reading and self.buffer:
                return self._empty, reading[0]
            return None
        for writer in writing:
            for reader in reading:
                # An alternation does not meet itself.
                if reader.operation is not writer.operation:
                    return self._hand_over, writer, reader
        return None

    def _commit_with(self, commit, *requests):
        if all(it.operation.is_instant for it in requests):
            commit(*requests)
            return
        self._is_busy = True
        unsure = [it for it in requests if not it.operation.is_sure]
        left = sorted(unsure, key=lambda it: it.operation.key)
        held = []

        def go_on(is_granted=True):
            request = left[0] if left else None
            if request and is_granted is not None:
                left.pop(0)
                request.operation.acquire(lambda granted: locked(request, granted))
            else:
                finish(is_granted is not None)

        def locked(request, granted):
            if granted:
                held.append(request)
                go_on()
            else:
                self._forget(request)
                go_on(None)

        def finish(is_complete):
            self._is_busy = False
            queued = (*self.waiting[READ], *self.waiting[WRITE])
            if is_complete and all(it in queued for it in requests):
                commit(*requests)
            else:
                for request in held:
                    request.operation.release()
            self._match()

        go_on()

    def _forget(self, request):
        for queue in self.waiting.values():
            if request in queue:
                queue.remove(request)

    def _hand_over(self, writer, reader):
        self._forget(writer)
        self._forget(reader)
        self.onmeet(writer, reader, writer.value)
        writer.operation.reader = reader.operation
        reader.succeed(writer.value)
        writer.succeed()

    def _fill(self, writer):
        self._forget(writer)
        self.buffer.append(writer.value)
        self.onmeet(writer, None, writer.value)
        writer.succeed()

    def _empty(self, reader):
        self._forget(reader)
        value = self.buffer.popleft()
        self.onmeet(None, reader, value)
        reader.succeed(value)
