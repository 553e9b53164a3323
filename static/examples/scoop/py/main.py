# Points at random in a square: the share of those in the circle gives π. Each future throws some.
from random import random
from time import perf_counter

from scoop import futures

POINTS = 40_000


def inside(points):
    return sum(random() ** 2 + random() ** 2 < 1 for _ in range(points))


# Every worker imports this file; only one of them, the origin, runs the program.
if __name__ == "__main__":
    for pieces in (1, 4, 40, 400):
        began = perf_counter()
        count = sum(futures.map_as_completed(inside, [POINTS // pieces] * pieces))
        ms = (perf_counter() - began) * 1000
        print(f"{pieces} pieces: π is about {4 * count / POINTS:.3f}, after {ms:.1f} ms")
