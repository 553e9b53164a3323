from disco.core import Job
from disco.worker.classic.func import chain_reader
from disco.worker.classic.func import nop_reduce

from save import save
from text import lines


def map(line, params):
    for word in line.split():
        yield word, 1


def reduce(pairs, params):
    from disco.util import kvgroup

    for word, ones in kvgroup(sorted(pairs)):
        yield word, len(list(ones))


def turn(pair, params):
    word, count = pair
    yield str(count), word


if __name__ == "__main__":
    words = Job(name="Words").run(
        input=["raw://" + line for line in lines],
        map=map,
        reduce=reduce,
    )
    counted = words.wait()
    save("alphabetical.txt", counted)

    counts = Job(name="Counts").run(
        input=counted,
        map_reader=chain_reader,
        map=turn,
        sort=True,
        reduce=nop_reduce,
    )
    save("by-count.txt", counts.wait())
