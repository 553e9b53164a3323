import scoop
from random import random
from time import time
from scoop import futures

POINTS = 225_000
PIECES = 10


def inside(points):
    print(scoop.worker.decode(), "begins", flush=True)
    count = 0
    for _ in range(points):
        if random() ** 2 + random() ** 2 < 1:
            count += 1
    return count


# Every worker imports this file; the origin runs it.
if __name__ == "__main__":
    began = time()
    work = [POINTS // PIECES] * PIECES
    count = sum(futures.map(inside, work))
    pi = 4 * count / POINTS
    print(f"pi is about {pi:.2f}")
    print(f"after {time() - began:.1f} s")
