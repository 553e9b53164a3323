"""What a program asks about the computer and the process that it is: a Linux machine, named as in
cluster.json. Nothing else can be started on it from within."""

import os
import subprocess
import sys
import sysconfig

from . import stacks

# Read once, from a module named after what this really runs on (`pydoc`, so `xmlrpc.server`, needs it).
sysconfig.get_config_vars()

# Linux's number.
ENOSYS = 38
# As of Debian 12. `machine` stays true: numbers of C are 32 bits wide, as on no computer with x86-64.
RELEASE, VERSION = "6.1.0", "#1 SMP"


def uname():
    return os.uname_result(("Linux", stacks.host.hostName(), RELEASE, VERSION, "wasm32"))


def fork_exec(*_given):
    raise OSError(
        ENOSYS,
        "a simulated node runs one program: start others as nodes of cluster.json",
    )


def become_linux():
    """At a program's start, not before: while the library is prepared it is told what it runs on."""
    sys.platform = "linux"
    os.uname = uname
    os.getpid = lambda: stacks.host.pid()
    # Imported already, when its platform was another.
    subprocess._can_fork_exec = True
    subprocess._fork_exec = fork_exec
