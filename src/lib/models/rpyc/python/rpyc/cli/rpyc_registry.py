"""The command `rpyc_registry`: who offers what."""

import argparse
import sys

from rpyc.lib import setup_logger
from rpyc.utils.registry import (
    DEFAULT_PRUNING_TIMEOUT,
    REGISTRY_PORT,
    TCPRegistryServer,
    UDPRegistryServer,
)


def main():
    parser = argparse.ArgumentParser("rpyc_registry", description="A registry of RPyC services.")
    add = parser.add_argument
    add("-m", "--mode", choices=["UDP", "TCP"], default="UDP", help="how it is asked")
    add("-p", "--port", type=int, default=REGISTRY_PORT, help="the port to listen on")
    add("-t", "--timeout", type=int, default=DEFAULT_PRUNING_TIMEOUT, help="seconds until a server is forgotten")
    add("-l", "--listing", type=bool, default=False, help="whether it tells the names of all services")
    add("--logfile", help="where lines go, in place of stderr")
    add("-q", "--quiet", action="store_true", help="log errors only")
    given = parser.parse_args(sys.argv[1:])
    kind = UDPRegistryServer if given.mode == "UDP" else TCPRegistryServer
    server = kind(port=given.port, pruning_timeout=given.timeout, allow_listing=given.listing)
    setup_logger(given.quiet, given.logfile)
    server.start()
