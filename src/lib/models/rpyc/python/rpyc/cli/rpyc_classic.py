"""The command `rpyc_classic`: a server in classic mode."""

import argparse
import sys

from rpyc.core.service import SlaveService
from rpyc.lib import setup_logger
from rpyc.utils.classic import DEFAULT_SERVER_PORT
from rpyc.utils.registry import REGISTRY_PORT, TCPRegistryClient, UDPRegistryClient
from rpyc.utils.server import ForkingServer, OneShotServer, ThreadedServer
from rpyc.version import __version__

_SERVERS = {"threaded": ThreadedServer, "forking": ForkingServer, "oneshot": OneShotServer}


def options(words):
    parser = argparse.ArgumentParser("rpyc_classic", description="A classic RPyC server.")
    add = parser.add_argument
    add("-m", "--mode", choices=[*_SERVERS, "stdio"], default="threaded", help="how clients are served")
    add("-p", "--port", type=int, default=DEFAULT_SERVER_PORT, help="the port to listen on")
    add("--host", default="127.0.0.1", help="the address to listen on; 127.0.0.1 is this machine only")
    add("--ipv6", action="store_true", help="not part of the simulated network")
    add("--logfile", help="where lines go, in place of stderr")
    add("-q", "--quiet", action="store_true", help="log errors only")
    add("--register", action="store_true", help="tell a registry")
    add("--registry-type", choices=["UDP", "TCP"], default="UDP")
    add("--registry-host", help="for UDP everybody, by default")
    add("--registry-port", type=int, default=REGISTRY_PORT)
    add("-v", "--version", action="version", version=f"rpyc_classic {__version__}")
    return parser.parse_args(words)


def registrar_of(given):
    if given.registry_type == "UDP":
        return UDPRegistryClient(given.registry_host or "255.255.255.255", given.registry_port)
    if given.registry_host is None:
        raise ValueError("With TCP registry, you must specify --registry-host")
    return TCPRegistryClient(given.registry_host, given.registry_port)


def main():
    given = options(sys.argv[1:])
    registrar = registrar_of(given)
    setup_logger(given.quiet, given.logfile)
    if given.mode == "stdio":
        raise NotImplementedError("stdio: a simulated process has no pipes to a client")
    server = _SERVERS[given.mode](
        SlaveService,
        hostname=given.host,
        port=given.port,
        ipv6=given.ipv6,
        registrar=registrar,
        auto_register=given.register,
    )
    if given.mode == "oneshot":
        server._listen()
        print(f"rpyc-oneshot\n{server.host}\t{server.port}", flush=True)
    server.start()
