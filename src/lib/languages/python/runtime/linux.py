"""What Linux calls things: numbers of socket options, and of a socket's errors with their words
and classes.
"""

CONSTANTS = {
    "AF_UNSPEC": 0,
    "AF_UNIX": 1,
    "AF_INET": 2,
    "AF_INET6": 10,
    "SOCK_STREAM": 1,
    "SOCK_DGRAM": 2,
    "SOCK_RAW": 3,
    "SOCK_NONBLOCK": 2048,
    "SOCK_CLOEXEC": 524288,
    "SOL_SOCKET": 1,
    "SOL_IP": 0,
    "SOL_TCP": 6,
    "SOL_UDP": 17,
    "SO_DEBUG": 1,
    "SO_REUSEADDR": 2,
    "SO_TYPE": 3,
    "SO_ERROR": 4,
    "SO_BROADCAST": 6,
    "SO_SNDBUF": 7,
    "SO_RCVBUF": 8,
    "SO_KEEPALIVE": 9,
    "SO_LINGER": 13,
    "SO_REUSEPORT": 15,
    "SO_RCVTIMEO": 20,
    "SO_SNDTIMEO": 21,
    "SO_ACCEPTCONN": 30,
    "SO_PROTOCOL": 38,
    "SO_DOMAIN": 39,
    "SOMAXCONN": 4096,
    "IPPROTO_IP": 0,
    "IPPROTO_ICMP": 1,
    "IPPROTO_TCP": 6,
    "IPPROTO_UDP": 17,
    "IPPROTO_IPV6": 41,
    "IPV6_V6ONLY": 26,
    "IP_TOS": 1,
    "IP_TTL": 2,
    "TCP_NODELAY": 1,
    "TCP_MAXSEG": 2,
    "TCP_CORK": 3,
    "TCP_KEEPIDLE": 4,
    "TCP_KEEPINTVL": 5,
    "TCP_KEEPCNT": 6,
    "TCP_DEFER_ACCEPT": 9,
    "TCP_QUICKACK": 12,
    "TCP_USER_TIMEOUT": 18,
    "MSG_OOB": 1,
    "MSG_PEEK": 2,
    "MSG_TRUNC": 32,
    "MSG_DONTWAIT": 64,
    "MSG_WAITALL": 256,
    "MSG_NOSIGNAL": 16384,
    "MSG_MORE": 32768,
    "SHUT_RD": 0,
    "SHUT_WR": 1,
    "SHUT_RDWR": 2,
    "AI_PASSIVE": 1,
    "AI_CANONNAME": 2,
    "AI_NUMERICHOST": 4,
    "AI_V4MAPPED": 8,
    "AI_ALL": 16,
    "AI_ADDRCONFIG": 32,
    "AI_NUMERICSERV": 1024,
    "EAI_BADFLAGS": -1,
    "EAI_NONAME": -2,
    "EAI_AGAIN": -3,
    "EAI_FAIL": -4,
    "EAI_FAMILY": -6,
    "EAI_SOCKTYPE": -7,
    "EAI_SERVICE": -8,
    "NI_NUMERICHOST": 1,
    "NI_NUMERICSERV": 2,
    "NI_NOFQDN": 4,
    "NI_NAMEREQD": 8,
    "NI_DGRAM": 16,
    "INADDR_ANY": 0,
    "INADDR_LOOPBACK": 0x7F000001,
    "INADDR_BROADCAST": 0xFFFFFFFF,
    "INADDR_NONE": 0xFFFFFFFF,
    "has_ipv6": False,
}

# Name -> number, words, and the exception that CPython raises for it.
ERRORS = {
    "EBADF": (9, "Bad file descriptor", OSError),
    "EAGAIN": (11, "Resource temporarily unavailable", BlockingIOError),
    "EACCES": (13, "Permission denied", PermissionError),
    "EINVAL": (22, "Invalid argument", OSError),
    "EPIPE": (32, "Broken pipe", BrokenPipeError),
    "ENOTSOCK": (88, "Socket operation on non-socket", OSError),
    "EDESTADDRREQ": (89, "Destination address required", OSError),
    "EMSGSIZE": (90, "Message too long", OSError),
    "ENOPROTOOPT": (92, "Protocol not available", OSError),
    "EPROTONOSUPPORT": (93, "Protocol not supported", OSError),
    "EOPNOTSUPP": (95, "Operation not supported", OSError),
    "EAFNOSUPPORT": (97, "Address family not supported by protocol", OSError),
    "EADDRINUSE": (98, "Address already in use", OSError),
    "EADDRNOTAVAIL": (99, "Cannot assign requested address", OSError),
    "ENETUNREACH": (101, "Network is unreachable", OSError),
    "ECONNABORTED": (103, "Software caused connection abort", ConnectionAbortedError),
    "ECONNRESET": (104, "Connection reset by peer", ConnectionResetError),
    "ENOBUFS": (105, "No buffer space available", OSError),
    "EISCONN": (106, "Transport endpoint is already connected", OSError),
    "ENOTCONN": (107, "Transport endpoint is not connected", OSError),
    "ETIMEDOUT": (110, "Connection timed out", TimeoutError),
    "ECONNREFUSED": (111, "Connection refused", ConnectionRefusedError),
    "EHOSTUNREACH": (113, "No route to host", OSError),
    "EALREADY": (114, "Operation already in progress", BlockingIOError),
    "EINPROGRESS": (115, "Operation now in progress", BlockingIOError),
}


class gaierror(OSError):
    __module__ = "socket"


class herror(OSError):
    __module__ = "socket"


def failure(code):
    """The exception for an error of the host's."""
    if code == "ENOTFOUND":
        return gaierror(CONSTANTS["EAI_NONAME"], "Name or service not known")
    number, words, kind = ERRORS[code]
    return kind(number, words)


def bytes_of(data):
    try:
        return memoryview(data).tobytes()
    except TypeError:
        kind = type(data).__name__
        raise TypeError(f"a bytes-like object is required, not '{kind}'") from None
