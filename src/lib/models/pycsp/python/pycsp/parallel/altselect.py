"""The selects of pycsp.parallel."""

from .. import _select, current
from .._select import FairHistory, SkipGuard, TimeoutGuard
from .channel import ChannelEndRead, ChannelEndWrite
from .exceptions import InfoException
from .process import KIT

Skip, Timeout = SkipGuard, TimeoutGuard


class Alternation(_select.Alternation):
    kit = KIT


class InputGuard:
    def __init__(self, ch_end_read, action=None):
        if isinstance(ch_end_read, ChannelEndWrite):
            raise InfoException(
                "Can not use ChannelEndWrite object. InputGuard requires a ChannelEndRead object"
            )
        if not isinstance(ch_end_read, ChannelEndRead):
            raise InfoException(
                f"Can not use {ch_end_read} as ch_end_read. "
                "InputGuard requires a ChannelEndRead object"
            )
        self.g = (ch_end_read, action)


class OutputGuard:
    def __init__(self, ch_end_write, msg, action=None):
        if isinstance(ch_end_write, ChannelEndRead):
            raise InfoException(
                "Can not use ChannelEndRead object. OutputGuard requires a ChannelEndWrite object"
            )
        if not isinstance(ch_end_write, ChannelEndWrite):
            raise InfoException(
                f"Can not use {ch_end_write} as ch_end_write. "
                "OutputGuard requires a ChannelEndWrite object"
            )
        self.g = (ch_end_write, msg, action)


def _guards(given, words):
    guards = []
    for item in given:
        for each in item if type(item) is list else [item]:
            if not hasattr(each, "g"):
                raise InfoException(words.format(each))
            guards.append(each.g)
    return guards


def _chosen(guards, is_ordered):
    kind = current.traced or Alternation
    return kind(guards, ensurePriority=is_ordered).execute()


def AltSelect(*guards):
    """Takes any guard that is ready."""
    words = "Cannot use {} as guard. Only use *Guard types for AltSelect"
    return _chosen(_guards(guards, words), False)


def PriSelect(*guards):
    """Takes the first guard that is ready."""
    words = "Cannot use {} as guard. Only use *Guard types for PriSelect"
    return _chosen(_guards(guards, words), True)


_history = FairHistory(KIT)


def FairSelect(*guards):
    """Takes the guard that was chosen least often by this process at this line."""
    words = "Can not use {} as guard. Only use *Guard types for AltSelect"
    counts = _history.here()

    def rank(guard):
        channel = getattr(guard[0], "channel", None)
        return counts.get(channel.name, 0) if channel else float("inf")

    result = _chosen(sorted(_guards(guards, words), key=rank), True)
    channel = getattr(result[0], "channel", None)
    if channel:
        counts[channel.name] = counts.get(channel.name, 0) + 1
    return result
