"""Names that both sides of a connection know."""

VERSION = "4.82"
PROTOCOL_VERSION = 48
DAEMON_NAME = "Pyro.Daemon"
NAMESERVER_NAME = "Pyro.NameServer"
