from concurrent.futures import ThreadPoolExecutor

from Pyro4 import Proxy

from text import pieces, total

hosts = ["w1", "w2", "w3"]
waiting = list(pieces)
counted = []


def keep_busy(host):
    worker = Proxy(f"PYRO:counter@{host}:7766")
    while waiting:
        piece = waiting.pop(0)
        counted.append(worker.count(piece))


with ThreadPoolExecutor() as pool:
    list(pool.map(keep_busy, hosts))
print("total", total(counted))
