from concurrent.futures import ThreadPoolExecutor

import rpyc

from text import pieces, total

hosts = ["w1", "w2", "w3"]
waiting = list(pieces)
counted = []


def keep_busy(host):
    root = rpyc.connect(host, 18861).root
    while waiting:
        piece = waiting.pop(0)
        counted.append(root.count(piece))


with ThreadPoolExecutor() as pool:
    list(pool.map(keep_busy, hosts))
print("total", total(counted))
