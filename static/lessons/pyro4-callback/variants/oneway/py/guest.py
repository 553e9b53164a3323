import threading

import Pyro4

KITCHEN = "PYRO:kitchen@kitchen:9000"


@Pyro4.expose
class Bell:
    @Pyro4.oneway
    def ring(self, dish):
        with Pyro4.Proxy(KITCHEN) as again:
            print(dish, "comes, then", again.left())


daemon = Pyro4.Daemon(host="guest")
bell = Bell()
daemon.register(bell)
loop = daemon.requestLoop
threading.Thread(target=loop, daemon=True).start()
kitchen = Pyro4.Proxy(KITCHEN)
print(kitchen.order(["soup", "fish"], bell))
