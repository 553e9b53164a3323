import time

import Pyro4

shelf = ["pen", "book"]


def sell(item):
    if item not in shelf:
        raise ValueError("sold out")
    print("charged", item)
    if item == "book":
        time.sleep(1)  # as a gift
    print("sent", item)
    return "on its way"


@Pyro4.expose
class Shop:
    def buy(self, order, item):
        return sell(item)


daemon = Pyro4.Daemon(host="shop")
uri = daemon.register(Shop())
with Pyro4.locateNS("names") as names:
    names.register("shop", uri)
daemon.requestLoop()
