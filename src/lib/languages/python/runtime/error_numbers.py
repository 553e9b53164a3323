"""Linux's error numbers for what the interpreter's own C code raises.

Emscripten numbers errors in its own way, and its C code is compiled for that: a missing file is number
44. A program sees 2, as on Linux: in `errno`, in `os.strerror`, and in each OSError, because CPython
looks up the class of an error by its number in a table that is ours to change.
"""

import errno
import gc
import os
import sys

# By number, from 1; the gaps are numbers that Linux does not use or that no file or socket gives.
LINUX = (
    "EPERM ENOENT ESRCH EINTR EIO ENXIO E2BIG ENOEXEC EBADF ECHILD EAGAIN ENOMEM EACCES EFAULT "
    "ENOTBLK EBUSY EEXIST EXDEV ENODEV ENOTDIR EISDIR EINVAL ENFILE EMFILE ENOTTY ETXTBSY EFBIG "
    "ENOSPC ESPIPE EROFS EMLINK EPIPE EDOM ERANGE EDEADLK ENAMETOOLONG ENOLCK ENOSYS ENOTEMPTY ELOOP "
    "- ENOMSG EIDRM - - - - - - - - - - - - - - - - ENOSTR ENODATA ETIME ENOSR - - - ENOLINK - - - "
    "EPROTO EMULTIHOP - EBADMSG EOVERFLOW - - - - - - - - EILSEQ - - - ENOTSOCK EDESTADDRREQ EMSGSIZE "
    "EPROTOTYPE ENOPROTOOPT EPROTONOSUPPORT ESOCKTNOSUPPORT EOPNOTSUPP EPFNOSUPPORT EAFNOSUPPORT "
    "EADDRINUSE EADDRNOTAVAIL ENETDOWN ENETUNREACH ENETRESET ECONNABORTED ECONNRESET ENOBUFS EISCONN "
    "ENOTCONN ESHUTDOWN ETOOMANYREFS ETIMEDOUT ECONNREFUSED EHOSTDOWN EHOSTUNREACH EALREADY "
    "EINPROGRESS ESTALE - - - - - EDQUOT - - ECANCELED - - - - EOWNERDEAD ENOTRECOVERABLE"
).split()
ALIASES = {"EWOULDBLOCK": "EAGAIN", "EDEADLOCK": "EDEADLK", "ENOTSUP": "EOPNOTSUPP"}

_native_words = os.strerror
# Number of Emscripten's -> of Linux, the words being the same; and the other way round.
_to_linux = {}
_to_native = {}
# Number of Linux -> the class that CPython raises.
_kinds = {}


def _init(self, *given):
    """In place of OSError's, for the numbers that either may mean."""
    number = given[0] if len(given) > 1 else None
    if number in _to_linux and given[1] == _native_words(number):
        number = _to_linux[number]
        given = (number, *given[1:])
    OSError.__init__(self, *given)
    self.__class__ = _kinds.get(number, _kinds[None])


def _reduce(self):
    """Pickled as what it looks like."""
    _class, *rest = OSError.__reduce__(self)
    return type(self).__base__, *rest


def _looks_like(kind):
    body = {
        # Without a slot of its own an instance may change its class among these.
        "__slots__": (),
        "__init__": _init,
        "__reduce__": _reduce,
        "__module__": "builtins",
        "__doc__": kind.__doc__,
    }
    return type(kind.__name__, (kind,), body)


def strerror(code, /):
    return _native_words(_to_native.get(code, code))


def _class_table():
    """CPython's table of the classes of OSError, by number."""
    for it in gc.get_objects():
        if type(it) is dict and it.get(errno.EAGAIN) is BlockingIOError:
            return it
    raise LookupError("this interpreter has no table of error classes")


def install():
    table = _class_table()
    native = {name: number for name, number in vars(errno).items() if name.startswith("E")}
    linux = {name: number for number, name in enumerate(LINUX, 1) if name in native}
    linux |= {alias: linux[name] for alias, name in ALIASES.items() if alias in native}
    like = {kind: _looks_like(kind) for kind in (OSError, *table.values())}
    _kinds[None] = like[OSError]
    for name, number in linux.items():
        _to_linux[native[name]] = number
        _to_native[number] = native[name]
        if native[name] in table:
            _kinds[number] = like[table[native[name]]]
    table.clear()
    table.update({number: like[OSError] for number in _to_linux})
    table.update({number: kind for number, kind in _kinds.items() if number is not None})
    os.strerror = sys.modules["posix"].strerror = strerror
    _renumber(native, linux)


def _renumber(native, linux):
    """In `errno`, and in every module that took names from it."""
    errno.errorcode.clear()
    errno.errorcode.update({number: name for name, number in linux.items() if name not in ALIASES})
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", {})
        for name in native.keys() & names.keys():
            if names[name] == native[name] and name in linux:
                setattr(module, name, linux[name])
    for name in native.keys() - linux.keys():
        delattr(errno, name)
