import os
import time

import Pyro4

# A file: it outlives the process.
BOOK = "book.txt"
# By call, as long as the process lives.
known = {}


# Adds a line to the book, gives its number.
def enter(guest, call):
    line = f"{call} {guest}"
    if call in known:
        return known[call]
    with open(BOOK, "a") as book:
        book.write(f"{line}\n")
    print("wrote", guest)
    known[call] = len(lines())
    return known[call]


def lines():
    if not os.path.exists(BOOK):
        return []
    with open(BOOK) as book:
        return book.read().splitlines()


@Pyro4.expose
class Greeter:
    def greet(self, guest, call):
        time.sleep(0.5)  # finds its pen
        number = enter(guest, call)
        time.sleep(0.5)  # lets the ink dry
        return f"Hi {guest}, guest {number}"


daemon = Pyro4.Daemon(host="server")
uri = daemon.register(Greeter())
with Pyro4.locateNS("names") as names:
    names.register("greeter", uri)
daemon.requestLoop()
