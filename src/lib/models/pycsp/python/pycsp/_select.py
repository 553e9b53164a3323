"""Guards, and the ways to choose among them, for both implementations."""

import random
import sys

from _lightcone import stacks

from ._engine import SKIP, TIMEOUT, End, Offer
from ._home import READ, WRITE


class Choice:
    def __init__(self, fn, *args, **kwargs):
        self.fn = fn
        self.args = args
        self.kwargs = kwargs

    def invoke_on_input(self, channel_input):
        self.fn(*self.args, **{**self.kwargs, "channel_input": channel_input})

    def invoke_on_output(self):
        self.fn(*self.args, **self.kwargs)


def choice(func):
    """Makes a function into one that gives actions of guards."""

    def __choice_fn(*args, **kwargs):
        return Choice(func, *args, **kwargs)

    return __choice_fn


class SkipGuard:
    """Is ready at once."""

    def __init__(self, action=None):
        self.g = (self, action)

    def offer(self):
        return Offer(SKIP)


class TimeoutGuard:
    """Is ready after so many seconds."""

    def __init__(self, seconds, action=None):
        self.seconds = seconds
        self.g = (self, action)

    def offer(self):
        return Offer(TIMEOUT, seconds=self.seconds)


def run_action(action, is_write, value, frame, misused):
    """Does what the chosen guard says; a text runs in the frame that has asked."""
    if action is None:
        return
    if isinstance(action, Choice):
        if is_write:
            action.invoke_on_output()
        else:
            action.invoke_on_input(value)
    elif callable(action):
        if getattr(action, "__name__", "") == "__choice_fn":
            raise misused(
                "@choice function is not instantiated. Please use action() and not just action"
            )
        if is_write:
            action()
        else:
            action(channel_input=value)
    elif type(action) is str:
        place = f"{frame.f_code.co_filename} line {frame.f_lineno} in string"
        names = dict(frame.f_locals)
        if not is_write:
            names["channel_input"] = value
        exec(compile(action, place, "exec"), frame.f_globals, names)
    else:
        raise Exception("Failed executing action: " + str(action))


def outer_frame():
    """The innermost frame that is not of this package: who has asked."""
    frame = sys._getframe(1)
    while frame.f_globals.get("__name__", "").partition(".")[0] == "pycsp":
        frame = frame.f_back
    return frame


class Alternation:
    """Guards as lists of dictionaries or tuples: `[{cin: action, (cout, msg): action}]`."""

    kit = None
    # What `select` gives as the message of an output.
    gives_message = False

    def __init__(self, guards, ensurePriority=False):
        self.ordered = ensurePriority
        self.guards = []
        for item in guards:
            if type(item) is tuple:
                self.guards.append(item)
            elif type(item) is dict:
                for key, action in item.items():
                    self.guards.append((*key, action) if type(key) is tuple else (key, action))

    def _choose(self):
        guards = list(self.guards)
        if not self.ordered:
            shuffle(guards)
        guard, value = self.kit.perform([_offer_of(it) for it in guards])
        chosen = guards[guard]
        is_write = len(chosen) == 3
        if is_write and self.gives_message:
            value = chosen[1]
        return chosen, is_write, value

    def select(self):
        chosen, _, value = self._choose()
        return chosen[0], value

    def execute(self):
        chosen, is_write, value = self._choose()
        run_action(chosen[-1], is_write, value, outer_frame(), self.kit.misused)
        return chosen[0], value


def _offer_of(guard):
    if len(guard) == 3:
        return Offer(WRITE, guard[0], guard[1])
    end = guard[0]
    return Offer(READ, end) if isinstance(end, End) else end.offer()


_orders = None


def shuffle(guards):
    """Any order will do: one that the seed decides, drawn where it disturbs no draw of the program."""
    global _orders
    if _orders is None:
        _orders = random.Random(f"pycsp {stacks.host.incarnation()}")
    _orders.shuffle(guards)


class FairHistory:
    """How often each channel was chosen, by process and line."""

    def __init__(self, kit):
        self._kit = kit
        self._counts = {}

    def here(self):
        frame = outer_frame()
        return self._counts.setdefault((self._kit.current().shown, frame.f_lineno), {})
