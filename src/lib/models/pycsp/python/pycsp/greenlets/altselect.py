"""The selects of pycsp.greenlets."""

from .. import _select, current
from .._home import READ, WRITE
from .._select import FairHistory, SkipGuard, TimeoutGuard
from .scheduling import KIT

Skip, Timeout = SkipGuard, TimeoutGuard


class Alternation(_select.Alternation):
    """Guards are tried in their order."""

    kit = KIT
    gives_message = True

    def __init__(self, guards, ensurePriority=True):
        super().__init__(guards, ensurePriority=True)


class InputGuard:
    def __init__(self, ch_end, action=None):
        self.g = (_checked(ch_end, READ, "input", "InputGuard"), action)


class OutputGuard:
    def __init__(self, ch_end, msg, action=None):
        self.g = (_checked(ch_end, WRITE, "output", "OutputGuard"), msg, action)


def _checked(end, direction, word, guard):
    given = getattr(end, "direction", None)
    if given is None:
        raise Exception(f"Cannot use {end} as {word} ch_end")
    if given != direction:
        raise Exception(f"{guard} requires an {word} ch_end")
    return end


def _guards(given, words):
    for item in given:
        if not hasattr(item, "g"):
            raise Exception(words.format(item))
    return [item.g for item in given]


def _chosen(guards):
    return (current.traced or Alternation)(guards).execute()


def PriSelect(*guards):
    """Takes the first guard that is ready."""
    words = "Cannot use {} as guard. Only use *Guard types for Pri/AltSelect"
    return _chosen(_guards(guards, words))


AltSelect = PriSelect

_history = FairHistory(KIT)


def FairSelect(*guards):
    """Takes the guard that was chosen least often by this process at this line."""
    words = "Can not use {} as guard. Only use *Guard types for AltSelect"
    counts = _history.here()

    def rank(guard):
        channel = getattr(guard[0], "channel", None)
        return counts.get(channel.name, 0) if channel else float("inf")

    result = _chosen(sorted(_guards(guards, words), key=rank))
    channel = getattr(result[0], "channel", None)
    if channel:
        counts[channel.name] = counts.get(channel.name, 0) + 1
    return result
