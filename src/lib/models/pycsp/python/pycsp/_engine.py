"""PyCSP in one node: its processes, its channels, and how an operation blocks and goes on. How processes
take turns is the business of a kit: threads (parallel) or one after another (greenlets)."""

import itertools

from _lightcone import stacks

from ._home import POISON, READ, RETIRE, SUCCESS, WRITE, Operation, Request
from ._shown import preview, state

SKIP, TIMEOUT = "skip", "timeout"


class Offer:
    """What an operation offers: at a channel, at once, or after a time."""

    __slots__ = ("kind", "end", "value", "seconds")

    def __init__(self, kind, end=None, value=None, seconds=None):
        self.kind = kind
        self.end = end
        self.value = value
        self.seconds = seconds

    def words(self):
        name = text_of(self.end.channel.name)
        if self.kind == READ:
            return f"read from {name}"
        return f"write {preview(self.value)} to {name}"


class Block:
    """What holds a process up: an operation, or processes that are to end."""

    def __init__(self, offers=(), joins=(), what=""):
        self.offers = [it for it in offers if it.end]
        self.joins = joins
        self.what = what
        self.line = stacks.place()[0]
        # It may end by itself, or by another node.
        self.is_free = any(it.kind == TIMEOUT for it in offers) or any(
            it.end.channel.is_remote for it in self.offers
        )


class Kit:
    """One of both implementations. Subclasses say how processes wait for their turn."""

    # Its exceptions.
    poisoned = retired = misused = Exception

    def __init__(self):
        self._names = {}
        self._numbers = itertools.count()
        # Those that have started and not ended.
        self.processes = []
        self._last_report = None

    def current(self):
        """The process that runs."""
        raise NotImplementedError

    def wait(self, operation, seconds, what, by):
        """Lets others run until the operation has ended, for so many seconds; -1: for ever. False when
        time is over."""
        raise NotImplementedError

    def wake(self, process):
        """Lets a process run whose operation has ended."""
        raise NotImplementedError

    def give_way(self, reader):
        """A value was given to a reader that had waited, who may go on first."""

    def free(self, name):
        """A name for the trace, with a number when it was taken before."""
        count = self._names[name] = self._names.get(name, 0) + 1
        return name if count == 1 else f"{name}-{count}"

    def started(self, process):
        held = list(ends_in((process.args, process.kwargs)))
        for end in held:
            end.holders[process] = True
        self.processes.append(process)
        holds = [f"{end.direction} {text_of(end.channel.name)}" for end in held]
        state(f"pycsp processes/{process.shown}", {"state": "running", "holds": holds})

    def ended(self, process, ending):
        self.processes.remove(process)
        state(f"pycsp processes/{process.shown}", {"state": ending, "holds": []})

    def call(self, process):
        """Runs the body of a process; gives how it ended. What it raises besides is the caller's."""
        try:
            process.return_value = process.fn(*process.args, **process.kwargs)
        except self.poisoned:
            for end in ends_in((process.args, process.kwargs)):
                end.poison()
            return "poisoned"
        except self.retired:
            for end in ends_in((process.args, process.kwargs)):
                end.retire()
            return "retired"
        return "returned"

    def perform(self, offers):
        """Offers something at channels until one of them takes it: gives the number of the offer, and
        what was read."""
        process = self.current()
        operation = Operation(process, next(self._numbers), self._ended)
        operation.is_sure = len(offers) == 1
        seconds = -1
        for guard, offer in enumerate(offers):
            if operation.outcome:
                break
            if offer.kind == SKIP:
                operation.end(SUCCESS, guard)
            elif offer.kind == TIMEOUT:
                if seconds < 0 or offer.seconds < seconds:
                    seconds, operation.late = max(0, offer.seconds), guard
            else:
                self._post(operation, guard, offer)
        if not operation.outcome:
            self._block_on(operation, offers, seconds)
        elif isinstance(operation.reader, Operation):
            self.give_way(operation.reader)
        if operation.outcome == POISON:
            raise self.poisoned()
        if operation.outcome == RETIRE:
            raise self.retired()
        for end in ends_in(operation.value):
            end.holders[process] = True
        return operation.guard, operation.value

    def _post(self, operation, guard, offer):
        end = offer.end
        end.holders[operation.process] = True
        if end.is_retired:
            operation.end(RETIRE)
            return
        request = Request(operation, guard, offer.value)
        place = end.channel.place
        operation.undo.append(lambda: place.withdraw(offer.kind, request))
        place.post(offer.kind, request)

    def _ended(self, operation):
        operation.process.block = None
        self.wake(operation.process)

    def _block_on(self, operation, offers, seconds):
        process = operation.process
        words = " or ".join(it.words() for it in offers if it.end) or "no guard at all"
        what = f"{process.shown}: {words}"
        hosts = [it.end.channel.is_remote for it in offers if it.end and it.end.channel.is_remote]
        block = Block(offers, what=words)
        process.block = block
        try:
            if not block.is_free:
                self.look_for_deadlock()
            by = hosts[0] if hosts else self.ender(offers)
            if not self.wait(operation, seconds, what, by):
                # A home far away may have locked it.
                operation.acquire(lambda ok: ok and operation.end(SUCCESS, operation.late))
                self.wait(operation, -1, what, by)
        finally:
            process.block = None
            # A signal's handler has raised.
            if not operation.outcome:
                operation.end(RETIRE)

    # Deadlock.

    def ender(self, offers):
        """A node that could end a wait at channels that live here."""
        return stacks.host.nodeName()

    def others_run(self):
        """Whether something may happen that no process of PyCSP does."""
        return False

    def look_for_deadlock(self):
        """Tells of processes that all wait for each other (KT8)."""
        blocked = self.blocked()
        if blocked is None or self.others_run():
            return
        report = {
            "stuck": [
                {
                    "process": it.shown,
                    "waits": it.block.what,
                    "line": it.block.line,
                    "for": _names(it.block.joins) or _names(to for _, to in _steps(it)),
                }
                for it in blocked
            ],
            "cycle": _cycle(blocked),
        }
        if report != self._last_report:
            self._last_report = report
            state("pycsp deadlock", report)

    def blocked(self):
        """Every process, when all of them wait and nothing else could end a wait; else None."""
        blocked = []
        for process in self.processes:
            block = process.block
            if block is None or block.is_free:
                return None
            if block.joins and all(it.has_ended for it in block.joins):
                return None
            blocked.append(process)
        return blocked


def _names(processes):
    return list(dict.fromkeys(it.shown for it in processes))


def _steps(process):
    """Channels that a process waits at, with those who hold the other ends."""
    for offer in process.block.offers if process.block else ():
        channel = offer.end.channel
        for other in channel.holders(WRITE if offer.kind == READ else READ):
            if other is not process:
                yield text_of(channel.name), other


def _cycle(processes):
    for start in processes:
        found = _way_back(start, start, set())
        if found:
            return [start.shown, *found]
    return []


def _way_back(process, goal, seen):
    for channel, to in _steps(process):
        if to is goal:
            return [channel, to.shown]
        if to in seen:
            continue
        seen.add(to)
        rest = _way_back(to, goal, seen)
        if rest:
            return [channel, to.shown, *rest]
    return None


class End:
    """What both kinds of channel ends of both implementations are."""

    direction = None

    def __init__(self, channel, is_counted=False):
        if not is_counted:
            channel.check(self.direction)
        self.channel = channel
        self.maker = channel.kit.current()
        # Who was given it, received it or has used it.
        self.holders = {}
        self.is_retired = False
        channel.ends.append(self)
        if not is_counted:
            channel.place.join(self.direction)

    def retire(self):
        if not self.is_retired:
            self.is_retired = True
            self.channel.place.retire(self.direction)

    def poison(self):
        self.channel.place.poison()

    def isReader(self):
        return self.direction == READ

    def isWriter(self):
        return self.direction == WRITE

    def __lt__(self, other):
        return self

    def _shown_as(self):
        kind = "Read" if self.direction == READ else "Write"
        return f"<ChannelEnd{kind} on channel named {text_of(self.channel.name)}>"


class Channel:
    """What channels of both implementations are. `place` is where it lives: a home, or a way to it."""

    kit = None
    # The node where it lives, when that is another.
    is_remote = None
    # Of a kind that has one end of a direction (kinds.py): its name, and which.
    kind, single = None, ()

    def restrict(self, kind, single):
        self.kind, self.single = kind, single

    def check(self, direction):
        """Whether another end may be made."""
        if direction in self.single and any(it.direction == direction for it in self.ends):
            side, word = ("reader", "reading") if direction == READ else ("writer", "writing")
            raise self.kit.misused(
                f"{self.kind} {text_of(self.name)} has one {side}: a second {word} end is refused"
            )

    def holders(self, direction):
        """Processes with an end of this kind: who made it, when nobody else has it."""
        found = {}
        for end in self.ends:
            if end.direction == direction and not end.is_retired:
                found.update(end.holders or {end.maker: True})
        return list(found)

    def __pos__(self):
        return self.reader()

    def __neg__(self):
        return self.writer()

    def __rmul__(self, multiplier):
        return self * multiplier

    def _shown_as(self):
        return f"<Channel {text_of(self.name)}>"


def text_of(name):
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


def ends_in(value, depth=20):
    """Channel ends in a value: in lists, tuples and dictionaries too."""
    if isinstance(value, End):
        yield value
    elif depth and type(value) in (list, tuple):
        for item in value:
            yield from ends_in(item, depth - 1)
    elif depth and type(value) is dict:
        for item in (*value.keys(), *value.values()):
            yield from ends_in(item, depth - 1)


def with_own_ends(value):
    """A copy of the arguments of a process, with ends of its own."""
    if isinstance(value, End):
        return value.channel.reader() if value.direction == READ else value.channel.writer()
    if type(value) in (list, tuple):
        return type(value)(with_own_ends(item) for item in value)
    if type(value) is dict:
        return {with_own_ends(key): with_own_ends(item) for key, item in value.items()}
    return value


def flat(processes):
    """Processes, and lists of them."""
    found = []
    for item in processes:
        found.extend(item if type(item) is list else [item])
    return found
