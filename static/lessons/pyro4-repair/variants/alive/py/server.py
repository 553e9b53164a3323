import Pyro4


class Clock:
    def tell(self):
        return "it is noon"


daemon = Pyro4.Daemon(host="server")
names = Pyro4.locateNS("names")
uri = daemon.register(Clock())
names.register("book.clock", uri)
print("ready")
daemon.requestLoop()
