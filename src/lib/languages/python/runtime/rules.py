"""What would crash the interpreter while other stacks are suspended, and what stands in its place:
our own times for collecting garbage, and errors that explain why nothing can be traced.

The automatic collector and all tracing walk the frames of every thread, and the frames of a suspended
stack are not where they look (docs/languages/python.md).
"""

import gc
import sys
import types

# A collection is due when so many more objects were made than freed, and a quarter as many as there
# were: a program that builds something large is not searched again and again.
GARBAGE_MIN = 20_000

_collect, _garbage = gc.collect, gc.get_count
_set_threshold, _thresholds = gc.set_threshold, gc.get_threshold

_is_on = True
# Objects that were left by the last collection, roughly.
_living = 0


def collect(generation=2):
    """A full collection: the others crash."""
    global _living
    if not 0 <= generation <= 2:
        raise ValueError("invalid generation")
    grown = _garbage()[0]
    found = _collect()
    _living = max(0, _living + grown - found)
    return found


def collect_if_due():
    """Called where a thread waits and where a turn ends."""
    grown = _garbage()[0]
    if grown > GARBAGE_MIN and grown > _living >> 2 and _is_on and _thresholds()[0] > 0:
        collect()


def _switch(is_on):
    def switch():
        global _is_on
        _is_on = is_on

    return switch


def _keep_garbage_ours():
    gc.disable()
    gc.enable = _switch(True)
    gc.disable = _switch(False)
    gc.isenabled = lambda: _is_on
    gc.collect = collect


DEBUGGING = "Print what you want to know; the stage shows where each thread waits."
PROFILING = "Compare time.perf_counter() before and after: computing takes virtual time."
MEASURING = "Measure one object with sys.getsizeof, or a whole program with python3 on your own machine."


def _refusal(name, remedy):
    def refuse(*_args, **_options):
        raise RuntimeError(
            f"{name} is not available on a simulated node: its threads are set aside in the middle "
            f"of their work, where nothing may look at their frames. {remedy}"
        )

    return refuse


def _refuse_tracing():
    sys.settrace = _refusal("sys.settrace", DEBUGGING)
    sys.setprofile = _refusal("sys.setprofile", PROFILING)
    sys._settraceallthreads = _refusal("threading.settrace_all_threads", DEBUGGING)
    sys._setprofileallthreads = _refusal("threading.setprofile_all_threads", PROFILING)
    for name in dir(sys.monitoring):
        if not name.startswith("_") and callable(getattr(sys.monitoring, name)):
            setattr(sys.monitoring, name, _refusal(f"sys.monitoring.{name}", DEBUGGING))
    sys.breakpointhook = _refusal("breakpoint()", DEBUGGING)
    # What cProfile and tracemalloc are made from.
    profiler = types.ModuleType("_lsprof")
    profiler.Profiler = type("Profiler", (), {"__init__": _refusal("cProfile", PROFILING)})
    sys.modules["_lsprof"] = profiler
    allocations = types.ModuleType("_tracemalloc")
    for name in ("start", "take_snapshot", "_get_traces", "_get_object_traceback"):
        setattr(allocations, name, _refusal("tracemalloc", MEASURING))
    allocations.stop = allocations.clear_traces = allocations.reset_peak = lambda: None
    allocations.is_tracing = lambda: False
    allocations.get_traceback_limit = lambda: 1
    allocations.get_traced_memory = lambda: (0, 0)
    allocations.get_tracemalloc_memory = lambda: 0
    sys.modules["_tracemalloc"] = allocations


def keep(current_id):
    """`current_id` gives the number of the running thread."""
    _keep_garbage_ours()
    _refuse_tracing()
    sys._current_frames = lambda: {current_id(): sys._getframe(1)}
