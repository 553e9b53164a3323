"""Functions for jobs."""

from disco._engine import pairs_in
from disco.util import kvgroup


def nop_map(entry, params):
    yield entry


def nop_reduce(iter, params):
    yield from iter


def sum_reduce(iter, params):
    for key, values in kvgroup(sorted(iter)):
        yield key, sum(values)


def sum_combiner(key, value, buf, done, params):
    if done:
        return list(buf.items())
    buf[key] = buf.get(key, 0) + value


def chain_reader(stream, size, url, params):
    """Reads what another job has written."""
    return pairs_in(stream.read())


def make_range_partition(min_val, max_val):
    """A partition function by equal ranges of numbers."""

    def range_partition(key, nr_partitions, params):
        place = (float(key) - min_val) * nr_partitions / (max_val - min_val)
        return min(nr_partitions - 1, max(0, int(place)))

    return range_partition
