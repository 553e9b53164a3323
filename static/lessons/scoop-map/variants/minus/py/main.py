from functools import reduce
from operator import sub
from time import time

from order import look
from scoop import futures
from work import divisors

numbers = list(range(1000, 1200))


def timed(name, work):
    began = time()
    found = work()
    print(f"{name}: {found} in {time() - began:.2f} s")


def in_turn():
    return reduce(sub, map(divisors, numbers))


def pool():
    return futures.mapReduce(divisors, sub, numbers)


if __name__ == "__main__":
    look("map", futures.map)
    look("as completed", futures.map_as_completed)
    timed("loop", in_turn)
    timed("pool", pool)
