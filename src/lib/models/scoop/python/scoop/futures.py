"""`map` and its kin, over the pool."""

import time
from collections import namedtuple
from concurrent.futures import ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION, TimeoutError

import scoop

from ._engine import ask, opened, portable, tell
from ._types import Future, collect, submitted, wait_for
from .fallbacks import in_pool, serial_map

DoneAndNotDoneFutures = namedtuple("DoneAndNotDoneFutures", "done not_done")


def _map_futures(function, iterables):
    return submitted((function, args, {}) for args in zip(*iterables))


def map(function, *iterables, **_kargs):
    """A generator of results in the order of the arguments; the futures are submitted at once."""
    if not scoop.IS_RUNNING:
        return serial_map(function, *iterables)
    return _results(_map_futures(function, iterables))


def _results(futures):
    for future in futures:
        yield future.result()


def map_as_completed(function, *iterables, **_kargs):
    """A generator of results, as they are done."""
    for future in as_completed(_map_submitted(function, iterables)):
        yield future.result()


@in_pool
def _map_submitted(function, iterables):
    return _map_futures(function, iterables)


@in_pool
def submit(function, *args, **kargs):
    return submitted([(function, args, kargs)])[0]


@in_pool
def mapReduce(mapFunc, reductionFunc, *iterables, **_kargs):
    """Joins the results of `map`, in order, by a tree of futures."""
    return _tree(_reduced, mapFunc, reductionFunc, iterables)


@in_pool
def mapScan(mapFunc, reductionFunc, *iterables, **_kargs):
    """As `mapReduce`: the results up to each item."""
    return _tree(_scanned, mapFunc, reductionFunc, iterables)


def _tree(node, map_function, join, iterables):
    rows = list(zip(*iterables))
    if not rows:
        raise IndexError("list index out of range")
    return submit(node, portable(map_function), join, rows).result()


def _reduced(map_function, join, rows):
    if len(rows) == 1:
        return opened(map_function)(*rows[0])
    left, right = _halves(_reduced, map_function, join, rows)
    return join(left, right)


def _scanned(map_function, join, rows):
    if len(rows) == 1:
        return [opened(map_function)(*rows[0])]
    left, right = _halves(_scanned, map_function, join, rows)
    return left + [join(left[-1], value) for value in right]


def _halves(node, map_function, join, rows):
    middle = (len(rows) + 1) // 2
    parts = rows[:middle], rows[middle:]
    futures = submitted((node, (map_function, join, part), {}) for part in parts)
    wait_for(futures, 2)
    return [it.result() for it in futures]


@in_pool
def wait(fs, timeout=None, return_when=ALL_COMPLETED):
    """Futures that are done, and those that are not."""
    fs = list(fs)
    end = None if timeout is None else time.monotonic() + timeout
    while True:
        done = {it for it in fs if it._is_done or it._is_cancelled}
        pending = [it for it in fs if it not in done]
        is_enough = return_when == FIRST_COMPLETED and done
        if return_when == FIRST_EXCEPTION:
            is_enough = any(it._is_error for it in done)
        if is_enough or not pending:
            break
        count = len(pending) if return_when == ALL_COMPLETED else 1
        left = None if end is None else max(0.0, end - time.monotonic())
        if not wait_for(pending, count, left):
            pending = [it for it in fs if not it._is_done]
            done = {it for it in fs if it._is_done}
            break
    return DoneAndNotDoneFutures(done, set(pending))


def as_completed(fs, timeout=None):
    """The futures as they end."""
    fs = list(fs)
    end = None if timeout is None else time.monotonic() + timeout
    done = {it for it in fs if it._is_done or it._is_cancelled}
    yield from sorted(done, key=lambda it: it._order)
    pending = {it.id[1]: it for it in fs if it not in done}
    if not pending:
        return
    arrivals = tell("scoop.arrivals", futures=list(pending))
    while pending:
        left = None if end is None else max(0.0, end - time.monotonic())
        answer = ask("scoop.next", arrivals=arrivals, timeout=left)
        collect(answer["done"])
        if answer["number"] is None:
            raise TimeoutError(f"{len(pending)} (of {len(fs)}) futures unfinished")
        yield pending.pop(answer["number"])
