"""What a program asks about the computer and the process that it is: a Linux machine, named as in
cluster.json. Nothing else can be started on it from within."""

import os
import subprocess
import sys
import sysconfig
import types

from . import stacks

# Read once, from a module named after what this really runs on (`pydoc`, so `xmlrpc.server`, needs it).
sysconfig.get_config_vars()

# Linux's number.
ENOSYS = 38
# As of Debian 12. `machine` stays true: numbers of C are 32 bits wide, as on no computer with x86-64.
RELEASE, VERSION = "6.1.0", "#1 SMP"


def uname():
    return os.uname_result(("Linux", stacks.host.hostName(), RELEASE, VERSION, "wasm32"))


ONE_PROGRAM = "a simulated node runs one program: start others as nodes of cluster.json"
ONE_PROCESS = (
    "a simulated node is one process: use threads (threading, concurrent.futures.ThreadPoolExecutor), "
    "or give the work a node of its own in cluster.json"
)

# Names of `os` that would start or become another program.
STARTERS = (
    "system execv execve execl execle execlp execlpe execvp execvpe spawnv spawnve spawnl spawnle spawnlp"
    " spawnlpe spawnvp spawnvpe posix_spawn posix_spawnp"
).split()


def _refusal(name, reason):
    def refuse(*_given, **_options):
        raise OSError(ENOSYS, reason)

    refuse.__name__ = refuse.__qualname__ = name
    return refuse


fork_exec = _refusal("fork_exec", ONE_PROGRAM)


class SemLock:
    """What every lock and queue between processes is made from."""

    SEM_VALUE_MAX = 2**31 - 1
    __init__ = _refusal("SemLock", ONE_PROCESS)


def refuse_processes():
    """What a package looks for is there, and says when it is called why it does nothing."""
    import _posixsubprocess

    for name in STARTERS:
        setattr(os, name, _refusal(name, ONE_PROGRAM))
    os.fork = os.forkpty = _refusal("fork", ONE_PROCESS)
    _posixsubprocess.fork_exec = _refusal("fork_exec", ONE_PROCESS)
    semaphores = types.ModuleType("_multiprocessing")
    semaphores.SemLock = SemLock
    semaphores.sem_unlink = _refusal("sem_unlink", ONE_PROCESS)
    semaphores.flags = {}
    memory = types.ModuleType("_posixshmem")
    memory.shm_open = memory.shm_unlink = _refusal("shm_open", ONE_PROCESS)
    sys.modules.update(_multiprocessing=semaphores, _posixshmem=memory)


def become_linux():
    """At a program's start, not before: while the library is prepared it is told what it runs on."""
    sys.platform = "linux"
    os.uname = uname
    os.getpid = lambda: stacks.host.pid()
    # Imported already, when its platform was another.
    subprocess._can_fork_exec = True
    subprocess._fork_exec = fork_exec
