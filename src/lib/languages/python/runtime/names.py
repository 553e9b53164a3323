"""Names and addresses of the simulated network. The network itself knows names only: addresses become
names where programs give them (`checked_address`), names become addresses where programs see them."""

from . import stacks
from .linux import CONSTANTS, failure, gaierror, herror

AF_UNSPEC, AF_INET = 0, 2
SOCK_STREAM, SOCK_DGRAM, SOCK_RAW = 1, 2, 3
KINDS = ((SOCK_STREAM, 6), (SOCK_DGRAM, 17), (SOCK_RAW, 0))

ANY_ADDRESS = ("", "0.0.0.0")
LOOPBACK_ADDRESS = ("localhost", "127.0.0.1")

# What /etc/services is mostly asked for.
SERVICES = {
    "echo": 7,
    "discard": 9,
    "daytime": 13,
    "ftp": 21,
    "ssh": 22,
    "telnet": 23,
    "smtp": 25,
    "time": 37,
    "domain": 53,
    "http": 80,
    "pop3": 110,
    "ntp": 123,
    "imap2": 143,
    "https": 443,
    "syslog": 514,
}
PROTOCOLS = {"ip": 0, "icmp": 1, "tcp": 6, "udp": 17}


def text_of(host):
    if isinstance(host, (bytes, bytearray)):
        return host.decode()
    if not isinstance(host, str):
        raise TypeError(f"str, bytes or bytearray expected, not {type(host).__name__}")
    return host


def is_number(host):
    parts = host.split(".")
    return len(parts) == 4 and all(part.isdigit() and int(part) < 256 for part in parts)


def name_of(host, caller):
    """What the network calls a host."""
    if not is_number(host) or host in ("127.0.0.1", "0.0.0.0", "255.255.255.255"):
        return host
    if host.startswith("127."):
        return "localhost"
    name = stacks.host.machineAt(host)
    if not name:
        raise failure("EADDRNOTAVAIL" if caller == "bind" else "EHOSTUNREACH")
    return name


def address_of(host):
    """The number of a name, or of a number itself."""
    if host in ANY_ADDRESS:
        return "0.0.0.0"
    address = host if is_number(host) else stacks.host.addressOf(host)
    if not address:
        raise failure("ENOTFOUND")
    return address


def own_address():
    return stacks.host.addressOf(stacks.host.hostName())


def checked_address(address, caller):
    if not isinstance(address, tuple):
        kind = type(address).__name__
        raise TypeError(f"{caller}(): AF_INET address must be tuple, not {kind}")
    if len(address) != 2:
        raise TypeError("AF_INET address must be a pair (host, port)")
    name, port = address
    name = text_of(name)
    if not hasattr(port, "__index__"):
        raise TypeError(f"'{type(port).__name__}' object cannot be interpreted as an integer")
    port = port.__index__()
    if not 0 <= port <= 65535:
        raise OverflowError(f"{caller}(): port must be 0-65535.")
    return name_of(name, caller), port


def check_local(name):
    """Only names of its own machine are a process's to bind."""
    if name not in ANY_ADDRESS and not stacks.host.isLocal(name):
        raise failure("EADDRNOTAVAIL" if stacks.host.isKnown(name) else "ENOTFOUND")


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    if family not in (AF_UNSPEC, AF_INET):
        if family != CONSTANTS["AF_INET6"]:
            raise gaierror(CONSTANTS["EAI_FAMILY"], "ai_family not supported")
        raise gaierror(-9, "Address family for hostname not supported")
    if host is None and port is None:
        raise failure("ENOTFOUND")
    if host is None:
        address = "0.0.0.0" if flags & CONSTANTS["AI_PASSIVE"] else "127.0.0.1"
    else:
        address = address_of(text_of(host))
    number = port_of(port)
    found = [
        (AF_INET, kind, protocol, "", (address, number))
        for kind, protocol in KINDS
        if type in (0, kind) and (proto in (0, protocol) or kind == SOCK_RAW)
    ]
    if not found:
        raise gaierror(CONSTANTS["EAI_SOCKTYPE"], "ai_socktype not supported")
    return found


def port_of(service):
    if service is None:
        return 0
    if isinstance(service, int):
        return service
    text = service.decode() if isinstance(service, bytes) else service
    if not isinstance(text, str):
        raise OSError("Int or String expected")
    if text in SERVICES:
        return SERVICES[text]
    if not text.isdigit():
        raise gaierror(CONSTANTS["EAI_SERVICE"], "Servname not supported for ai_socktype")
    return int(text)


def gethostbyname(hostname, /):
    return address_of(text_of(hostname))


def gethostbyaddr(ip_address, /):
    address = gethostbyname(ip_address)
    name = "localhost" if address.startswith("127.") else stacks.host.machineAt(address)
    if not name:
        raise herror(1, "Unknown host")
    return name, [], [address]


def getnameinfo(sockaddr, flags, /):
    address, port = address_of(sockaddr[0]), sockaddr[1]
    name = "localhost" if address.startswith("127.") else stacks.host.machineAt(address)
    if flags & CONSTANTS["NI_NUMERICHOST"] or not name:
        name = address
    if not flags & CONSTANTS["NI_NUMERICSERV"]:
        port = next((service for service, number in SERVICES.items() if number == port), port)
    return name, str(port)


def getservbyname(servicename, protocolname="tcp", /):
    if servicename not in SERVICES:
        raise OSError("service/proto not found")
    return SERVICES[servicename]


def getservbyport(port, protocolname="tcp", /):
    for name, number in SERVICES.items():
        if number == port:
            return name
    raise OSError("port/proto not found")


def getprotobyname(protocolname, /):
    if protocolname not in PROTOCOLS:
        raise OSError("protocol not found")
    return PROTOCOLS[protocolname]


def inet_aton(ip_addr, /):
    parts = ip_addr.split(".")
    try:
        *first, last = [int(part) for part in parts]
        packed = bytes(first) + last.to_bytes(4 - len(first), "big")
    except (ValueError, OverflowError):
        packed = b""
    if len(packed) != 4:
        raise OSError("illegal IP address string passed to inet_aton")
    return packed


def inet_ntoa(packed_ip, /):
    if len(packed_ip) != 4:
        raise OSError("packed IP wrong length")
    return ".".join(str(part) for part in packed_ip)


def inet_pton(address_family, ip_string, /):
    if address_family != AF_INET:
        raise failure("EAFNOSUPPORT")
    parts = ip_string.split(".")
    if len(parts) != 4 or not all(part.isdigit() and int(part) < 256 for part in parts):
        raise OSError("illegal IP address string passed to inet_pton")
    return bytes(int(part) for part in parts)


def inet_ntop(address_family, packed_ip, /):
    if address_family != AF_INET:
        raise ValueError(f"unknown address family {address_family}")
    if len(packed_ip) != 4:
        raise ValueError("invalid length of packed IP address string")
    return inet_ntoa(packed_ip)
