"""Traces a program into a file: import this instead of pycsp.parallel or pycsp.greenlets.

One dictionary for each line, of process and operation. `TraceInit` opens the file, `TraceQuit` closes it:
without it the program does not end."""

import sys

from .. import current as _current

if _current.version is None:
    import pycsp.parallel  # noqa: F401

from .._home import READ, WRITE

_pycsp = {name: value for name, value in vars(_current).items() if not name.startswith("_")}
_current.trace = True
globals().update(_pycsp)

_file = None
_quit = None


def sendTrace(msg):
    if _file:
        _file.write(f"{msg}\n")
        _file.flush()


class _Pipe:
    """Standard output that is traced too."""

    def __init__(self, wrapped):
        self.wrapped = wrapped

    def write(self, text):
        sendTrace({"type": "Output", "msg": text})
        self.wrapped.write(text)

    def flush(self):
        self.wrapped.flush()


def TraceInit(file=None, stdout=False):
    """Starts tracing into a file, by its name or open: `pycsp_trace.log` when none is given."""
    global _file, _quit
    if stdout:
        sys.stdout = _Pipe(sys.stdout)
    file = "pycsp_trace.log" if file is None else file
    _file = open(file, "w") if isinstance(file, str) else file
    # Whoever waits for what was spawned waits for the end of the trace.
    channel = _current.Channel("TraceChan_A")
    _quit = channel.writer()
    _current.Spawn(_current.Process(_until_quit, channel.reader()))


def _until_quit(cin):
    cin()


def TraceQuit():
    """Ends the trace."""
    global _file
    if _file is None:
        return
    sendTrace({"type": "TraceQuit"})
    _file.close()
    _file = None
    _quit.retire()


def TraceMsg(s):
    """A line of the program's own."""
    sendTrace({"type": "Msg", "process_id": _id(), "msg": str(s)})


def _id():
    return _current.current_process_id()


def process(func):
    def _call(*args, **kwargs):
        def wrapped(*given, **named):
            who = {"func_name": func.__name__, "process_id": _id()}
            sendTrace({"type": "StartProcess", **who})
            try:
                return func(*given, **named)
            finally:
                sendTrace({"type": "QuitProcess", **who})

        wrapped.__name__ = func.__name__
        return _current.Process(wrapped, *args, **kwargs)

    return _call


def _described(plist):
    flat = [each for item in plist for each in (item if type(item) is list else [item])]
    processes = [{"func_name": it.fn.__name__, "process_id": it.id} for it in flat]
    return {"processes": processes, "process_id": _id()}


def Parallel(*plist):
    value = _described(plist)
    sendTrace({**value, "type": "BlockOnParallel"})
    result = _current.Parallel(*plist)
    sendTrace({**value, "type": "DoneParallel"})
    return result


def Sequence(*plist):
    value = _described(plist)
    sendTrace({**value, "type": "BlockOnSequence"})
    result = _current.Sequence(*plist)
    sendTrace({**value, "type": "DoneSequence"})
    return result


def Spawn(*plist):
    sendTrace({"type": "Spawn", **_described(plist)})
    _current.Spawn(*plist)


class Channel(_current.Channel):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        sendTrace({"type": "Channel", "chan_name": self.name})

    def reader(self):
        return _traced(super().reader())

    def writer(self):
        return _traced(super().writer())


def _traced(end):
    """An end that tells what is done with it; `id` counts what it has done."""
    kind = type(end)
    word = "Read" if end.direction == READ else "Write"
    sendTrace({"type": f"ChannelEnd{word}", "chan_name": end.channel.name})

    class Traced(kind):
        count = 0

        def _tell(self, what):
            about = {"id": self.count, "chan_name": self.channel.name, "process_id": _id()}
            sendTrace({"type": what, **about})

        def __call__(self, *msg):
            self._tell(f"BlockOn{word}")
            value = kind.__call__(self, *msg)
            self._tell(f"Done{word}")
            self.count += 1
            return value

        def retire(self):
            self._tell("Retire")
            kind.retire(self)

        def poison(self):
            self._tell("Poison")
            kind.poison(self)

    Traced.__name__ = kind.__name__
    end.__class__ = Traced
    return end


def _guard_of(guard):
    direction = getattr(guard, "direction", None)
    if direction is None:
        return {"type": type(guard).__name__}
    word = {READ: "Read", WRITE: "Write"}[direction]
    return {"type": f"{word}Guard", "chan_name": guard.channel.name}


class Alternation(_current.Alternation):
    def __init__(self, guards, **options):
        super().__init__(guards, **options)
        guards = [_guard_of(it[0]) for it in self.guards]
        sendTrace({"type": "Alternation", "guards": guards, "process_id": _id()})

    def select(self):
        return self._told("select", super().select)

    def execute(self):
        return self._told("execute", super().execute)

    def _told(self, name, work):
        sendTrace({"type": f"BlockOnAlternation.{name}", "process_id": _id()})
        result = work()
        about = {"guard": _guard_of(result[0]), "process_id": _id()}
        sendTrace({"type": f"DoneAlternation.{name}", **about})
        return result


_current.traced = Alternation
_own = ("sendTrace", "TraceInit", "TraceQuit", "TraceMsg")
__all__ = [*(name for name in _pycsp if name not in ("use", "trace", "traced")), *_own]
