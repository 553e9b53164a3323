"""SCOOP: futures over a pool of workers. The engine is written in TypeScript (../engine.ts)."""

__version__ = "0.7"
__revision__ = "2.0"

# Whether this process is a worker of a pool that has joined it. The others are set by bootstrap.
IS_RUNNING = False
IS_ORIGIN = True
SIZE = 1
# This worker: b"127.0.0.1:51230".
worker = b""
