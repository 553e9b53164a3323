"""`Job`: what is submitted, and `JobChain`."""

import os

from disco import _engine
from disco._engine import ask
from disco.error import DiscoError

_FUNCTIONS = ("map", "reduce", "map_reader", "map_init", "reduce_init", "combiner", "partition")
_SETTINGS = {
    "input": None,
    "params": None,
    "partitions": 1,
    "sort": False,
    "status_interval": 100000,
    "reduce_shuffle": False,
    "save_results": False,
    "scheduler": None,
}
_LEFT_OUT = ("profile", "required_files", "required_modules", "worker", "pipeline")


class Job:
    """A job. A subclass, in a module of its own, may have functions and settings as its members."""

    def __init__(self, name=None, master=None, worker=None, settings=None):
        if worker is not None:
            raise DiscoError("only the classic worker is modelled: leave out worker=")
        self.prefix = type(self).__name__ if name is None else name
        self.name = None
        self.master = master

    def run(self, **jobargs):
        for given in jobargs:
            if given in _LEFT_OUT:
                raise DiscoError(f"{given} is not modelled")
        known = {*_FUNCTIONS, *_SETTINGS}
        unknown = sorted(set(jobargs) - known)
        if unknown:
            raise DiscoError(f"unknown job arguments: {', '.join(unknown)}")
        if type(self) is not Job and type(self).__module__ == "__main__":
            raise DiscoError("Job subclasses must be defined in a module, not in __main__")

        def look_up(name, default=None):
            return jobargs.get(name, getattr(self, name, default))

        functions = {name: look_up(name) for name in _FUNCTIONS}
        settings = {name: look_up(name, default) for name, default in _SETTINGS.items()}
        given = settings.pop("input")
        is_listed = hasattr(given, "__iter__") and not isinstance(given, (str, bytes))
        scheduler = settings.pop("scheduler") or {}
        self.name = ask(
            "submit",
            master=self.master,
            prefix=self.prefix,
            input=list(given) if is_listed else None,
            text=str(given),
            hasMap=functions["map"] is not None,
            hasReduce=functions["reduce"] is not None,
            partitions=settings["partitions"],
            reduceShuffle=bool(settings.pop("reduce_shuffle")),
            saveResults=bool(settings.pop("save_results")),
            maxCores=scheduler.get("max_cores"),
            forceLocal=bool(scheduler.get("force_local")),
            forceRemote=bool(scheduler.get("force_remote")),
            data=_engine.text_of(_engine.dumps((functions, settings))),
        )
        return self

    def wait(self, poll_interval=2, timeout=None, clean=False, show=None):
        if show is None:
            show = os.environ.get("DISCO_EVENTS", "")
        return self._ask("wait", poll=poll_interval, timeout=timeout, clean=clean, show=bool(show))

    def kill(self):
        self._ask("control", verb="kill_job")

    def clean(self):
        self._ask("control", verb="clean_job")

    def purge(self):
        self._ask("control", verb="purge_job")

    def events(self, offset=0):
        return self._ask("events", offset=offset)

    def jobinfo(self):
        return self._ask("info")

    def results(self):
        return self._ask("results")

    def _ask(self, what, **given):
        if self.name is None:
            raise DiscoError("the job has not been run: job.run(...) first")
        return ask(what, master=self.master, name=self.name, **given)


class JobChain(dict):
    """Jobs whose inputs are those of the chain or the results of another job of it."""

    def wait(self, poll_interval=2, **kwargs):
        results = {}
        while len(results) < len(self):
            ready = [
                (job, results[given] if isinstance(given, Job) else given)
                for job, given in self.items()
                if job not in results and (not isinstance(given, Job) or given in results)
            ]
            if not ready:
                raise DiscoError("the jobs of a chain wait for each other")
            for job, given in ready:
                job.run(input=given)
            for job, _ in ready:
                results[job] = job.wait(poll_interval, **kwargs)
        return results
