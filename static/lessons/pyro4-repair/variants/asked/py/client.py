import Pyro4

uri = input("Which uri? ")
clock = Pyro4.Proxy("PYRONAME:book.clock@names")
print(clock.tell())
