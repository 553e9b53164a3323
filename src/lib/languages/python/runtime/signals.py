"""`_signal` of a process on Linux: the library's own signal module and asyncio run on it unchanged.

Signals come from faults, from a timer, or from the program itself (NODE6). The host (signals.ts) keeps
those that have come; handlers run on the main thread's stack, where it waits (stacks.py) or where a turn
of its computing ends (KT5). The interpreter's own handlers belong to the meter, out of reach.
"""

import _imp
import importlib
import os
import sys
import types

from . import stacks
from .linux import failure

SIG_DFL, SIG_IGN = 0, 1
# Numbers end before this.
NSIG = 65
# The C library's own.
RESERVED = (32, 33)

NAMES = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP "
    "TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
).split()
NUMBERS = {f"SIG{name}": number for number, name in enumerate(NAMES, 1)}
ALIASES = {"SIGIOT": "SIGABRT", "SIGCLD": "SIGCHLD", "SIGPOLL": "SIGIO"}
SIGINT, SIGABRT, SIGKILL, SIGSTOP = (NUMBERS[f"SIG{it}"] for it in ("INT", "ABRT", "KILL", "STOP"))
STOPPING = tuple(NUMBERS[f"SIG{name}"] for name in ("STOP", "TSTP", "TTIN", "TTOU"))
# By default nothing happens.
QUIET = tuple(NUMBERS[f"SIG{name}"] for name in ("CHLD", "CONT", "URG", "WINCH"))

WORDS = (
    "Hangup/Interrupt/Quit/Illegal instruction/Trace\\breakpoint trap/Aborted/Bus error/"
    "Floating point exception/Killed/User defined signal 1/Segmentation fault/User defined signal 2/"
    "Broken pipe/Alarm clock/Terminated/Stack fault/Child exited/Continued/Stopped (signal)/Stopped/"
    "Stopped (tty input)/Stopped (tty output)/Urgent I\\O condition/CPU time limit exceeded/"
    "File size limit exceeded/Virtual timer expired/Profiling timer expired/Window changed/"
    "I\\O possible/Power failure/Bad system call"
)
WORDS = [words.replace("\\", "/") for words in WORDS.split("/")]

ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF = 0, 1, 2

# What each signal does now, by number. A new process of CPython's ignores those two.
_actions = {number: SIG_DFL for number in range(1, NSIG) if number not in RESERVED}
_actions[NUMBERS["SIGPIPE"]] = _actions[NUMBERS["SIGXFSZ"]] = SIG_IGN
_wakeup_file = -1
# A model's command handles its signals itself.
_is_script = False
# Counts the handlers that have run, so that `pause` sees one.
_handled = 0


class ItimerError(OSError):
    __module__ = "signal"


def _is_main():
    return stacks.current is None or stacks.current.id == stacks.MAIN


def _checked(number):
    if not 1 <= number < NSIG:
        raise ValueError("signal number out of range")
    return number


def _name(number):
    return f"SIG{NAMES[number - 1]}" if number <= len(NAMES) else f"SIGRT{number}"


def signal(signalnum, handler, /):
    if not callable(handler) and handler not in (SIG_DFL, SIG_IGN):
        raise TypeError(
            "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object"
        )
    if not _is_main():
        raise ValueError("signal only works in main thread of the main interpreter")
    number = int(_checked(signalnum))
    if number in (SIGKILL, SIGSTOP) or number in RESERVED:
        raise failure("EINVAL")
    before, _actions[number] = _actions[number], handler
    _tell(number)
    return before


def _tell(number):
    if _is_script:
        stacks.host.handleSignal(number, _name(number), _actions[number] == SIG_DFL)


def heed_in_command(number, handler):
    """As `signal`, in a model's command: of this one signal the handler is Python's."""
    _actions[number] = handler
    stacks.host.handleSignal(number, _name(number), False)


def getsignal(signalnum, /):
    return _actions.get(_checked(signalnum))


def handle(number):
    """One that has come, on the main thread's stack. What a handler raises is raised here."""
    global _handled
    handler = _actions[number]
    if callable(handler):
        _handled += 1
        handler(number, stacks.outer_frame())


def raise_signal(signalnum, /):
    number = int(signalnum)
    if number not in _actions:
        raise failure("EINVAL")
    action = _actions[number]
    if action == SIG_IGN or (action == SIG_DFL and number in QUIET):
        return
    if action == SIG_DFL:
        _act(number)
    stacks.host.raiseSignal(number)
    if _is_main():
        stacks.heed()


def _act(number):
    """The default action: does not return."""
    if number in STOPPING:
        raise OSError(38, "a simulated node does not stop itself: use the faults pause and resume")
    stacks.host.exit(128 + number, _name(number))
    stacks.park()


def kill(pid, signal, /):
    """`os.kill`: a process knows no other one's number but its own."""
    if abs(pid) not in (0, stacks.host.pid()):
        raise ProcessLookupError(3, "No such process")
    if signal != 0:
        raise_signal(signal)


def killpg(pgid, signal, /):
    kill(pgid, signal)


def interrupt_main(signum=SIGINT, /):
    """`_thread.interrupt_main`."""
    if callable(_actions.get(_checked(signum))):
        raise_signal(signum)


def pthread_kill(thread_id, signalnum, /):
    """A signal is the process's: its main thread handles it, whoever was meant."""
    if signalnum != 0:
        raise_signal(signalnum)


def pause():
    before = _handled
    while _handled == before:
        stacks.park(what="pause()")


def set_wakeup_fd(fd, /, *, warn_on_full_buffer=True):
    """Each signal that is handled also sends its number there, as one byte: to a socket."""
    global _wakeup_file
    if not _is_main():
        raise ValueError("set_wakeup_fd only works in main thread of the main interpreter")
    if fd != -1 and not stacks.host.isSocket(fd):
        raise failure("EBADF")
    before, _wakeup_file = _wakeup_file, fd
    stacks.host.setWakeup(fd)
    return before


def alarm(seconds, /):
    left, _interval = setitimer(ITIMER_REAL, int(seconds))
    # Rounded up: a timer that is set shows.
    return int(-(-left // 1))


def setitimer(which, seconds, interval=0.0, /):
    _check_timer(which)
    if seconds < 0 or interval < 0:
        raise ItimerError(22, "Invalid argument")
    before = getitimer(which)
    stacks.host.setAlarm(float(seconds), float(interval))
    return before


def getitimer(which, /):
    _check_timer(which)
    return float(stacks.host.alarmLeft()), float(stacks.host.alarmInterval())


def _check_timer(which):
    if which != ITIMER_REAL:
        raise ItimerError(22, "Invalid argument: a simulated node has ITIMER_REAL only")


def siginterrupt(signalnum, flag, /):
    """Calls go on after a handler anyway (PEP 475)."""
    _checked(signalnum)


def strsignal(signalnum, /):
    number = _checked(signalnum)
    if number <= len(WORDS):
        return WORDS[number - 1]
    return f"Unknown signal {number}" if number in RESERVED else f"Real-time signal {number - 34}"


def valid_signals():
    return set(_actions)


FUNCTIONS = (
    signal,
    getsignal,
    raise_signal,
    pthread_kill,
    pause,
    set_wakeup_fd,
    alarm,
    setitimer,
    getitimer,
    siginterrupt,
    strsignal,
    valid_signals,
)


def become_stock():
    """Puts this in the place of the C module; gives that one's `signal`, which is the meter's."""
    real = sys.modules["_signal"]
    _actions[SIGINT] = real.default_int_handler
    module = types.ModuleType("_signal", "Signals of a simulated node.")
    module.__dict__.update(NUMBERS, SIGRTMIN=34, SIGRTMAX=64, NSIG=NSIG)
    module.__dict__.update({alias: NUMBERS[name] for alias, name in ALIASES.items()})
    for name in ("SIG_DFL", "SIG_IGN", "ITIMER_REAL", "ITIMER_VIRTUAL", "ITIMER_PROF"):
        setattr(module, name, globals()[name])
    module.ItimerError = ItimerError
    module.default_int_handler = real.default_int_handler
    for function in FUNCTIONS:
        setattr(module, function.__name__, function)
    sys.modules["_signal"] = module
    # Importing it anew gives no other.
    make = _imp.create_builtin
    _imp.create_builtin = lambda spec, /: module if spec.name == "_signal" else make(spec)
    import signal as library

    for name in [name for name in vars(library) if not name.startswith("__")]:
        delattr(library, name)
    importlib.reload(library)
    return real.signal


def install():
    import _thread

    stacks.handle = handle
    _thread.interrupt_main = interrupt_main
    os.kill, os.killpg = kill, killpg
    os.abort = lambda: _act(SIGABRT)
    return become_stock()


def begin():
    """At a script's start: Ctrl-C is KeyboardInterrupt."""
    global _is_script
    _is_script = True
    _tell(SIGINT)
