from operator import add
from time import time

from order import look
from scoop import futures
from work import cut, loop

numbers = list(range(1000, 1200))


def timed(name, work):
    began = time()
    found = work()
    print(f"{name}: {found} in {time() - began:.2f} s")


def pool():
    pieces = cut(numbers, 5)
    return futures.mapReduce(loop, add, pieces)


if __name__ == "__main__":
    look("map", futures.map)
    look("as completed", futures.map_as_completed)
    timed("loop", lambda: loop(numbers))
    timed("pool", pool)
