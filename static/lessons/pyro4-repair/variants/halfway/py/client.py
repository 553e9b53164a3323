import Pyro4

names = Pyro4.locateNS("names")
uri = names.lookup("example.clock")
clock = Pyro4.Proxy(uri)
print(clock.tell())
