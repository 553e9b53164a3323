from concurrent.futures import ThreadPoolExecutor

from Pyro4 import Proxy
from Pyro4.errors import CommunicationError

from text import pieces, total

hosts = ["w1", "w2", "w3"]
waiting = list(pieces)
counted = []


def keep_busy(host):
    worker = Proxy(f"PYRO:counter@{host}:7766")
    while waiting:
        piece = waiting.pop(0)
        try:
            counted.append(worker.count(piece))
        except CommunicationError:
            hosts.remove(host)
            return


while waiting and hosts:
    with ThreadPoolExecutor() as pool:
        list(pool.map(keep_busy, list(hosts)))
print("total", total(counted))
