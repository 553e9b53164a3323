"""Helpers for tasks."""

from itertools import groupby
from operator import itemgetter


def kvgroup(kviter):
    """Groups the values of equal keys that follow each other; does not sort."""
    for key, pairs in groupby(kviter, itemgetter(0)):
        yield key, (value for _, value in pairs)


def key(pair):
    return pair[0]


def value(pair):
    return pair[1]


def iskv(item):
    return isinstance(item, tuple) and len(item) == 2
