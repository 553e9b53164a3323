# A chain of objects: each passes the message on to the next one, whose name it looks up.
# Add "env": { "PYRO_SERVERTYPE": "multiplex" } to the servers in cluster.json: now none can answer
# while it waits, and the message never comes round.
import sys

import Pyro4

name, following = sys.argv[1:]


@Pyro4.expose
class Link:
    def pass_on(self, seen):
        if name in seen:
            return [*seen, f"closed at {name}"]
        print("forwards to", following)
        with Pyro4.Proxy(f"PYRONAME:chain.{following}@ns") as chain:
            return chain.pass_on([*seen, name])


daemon = Pyro4.Daemon(host=name)
with Pyro4.locateNS("ns") as names:
    names.register(f"chain.{name}", daemon.register(Link()))
daemon.requestLoop()
