"""`Job`: what is submitted, and `JobChain`."""

import os
import time

from disco import _engine
from disco._engine import ask
from disco.error import DiscoError, JobError

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
_LEFT_OUT = ("profile", "required_files", "required_modules")


class Job:
    """A job. A subclass, in a module of its own, may have functions and settings as its members."""

    def __init__(self, name=None, master=None, worker=None, settings=None):
        if worker is None:
            worker = self.Worker() if hasattr(self, "Worker") else {}
        self.worker = worker
        self.prefix = type(self).__name__ if name is None else name
        self.name = None
        self.master = master

    def run(self, **jobargs):
        for given in jobargs:
            if given in _LEFT_OUT:
                raise DiscoError(f"{given} is not modelled")
        known = {*_FUNCTIONS, *_SETTINGS, "pipeline"}
        unknown = sorted(set(jobargs) - known)
        if unknown:
            raise DiscoError(f"unknown job arguments: {', '.join(unknown)}")
        if type(self) is not Job and type(self).__module__ == "__main__":
            raise DiscoError("Job subclasses must be defined in a module, not in __main__")

        def look_up(name, default=None):
            return jobargs.get(name, getattr(self, name, self.worker.get(name, default)))

        functions = {name: look_up(name) for name in _FUNCTIONS}
        settings = {name: look_up(name, default) for name, default in _SETTINGS.items()}
        given = settings.pop("input")
        is_listed = hasattr(given, "__iter__") and not isinstance(given, (str, bytes))
        scheduler = settings.pop("scheduler") or {}
        pipeline = look_up("pipeline")
        stages = None if pipeline is None else _stages(pipeline)
        if stages is not None:
            functions = {"pipeline": [stage for _, stage in stages]}
        self.name = ask(
            "submit",
            master=self.master,
            prefix=self.prefix,
            input=list(given) if is_listed else None,
            text=str(given),
            pipeline=None if stages is None else [[group, stage.name] for group, stage in stages],
            hasMap=functions.get("map") is not None,
            hasReduce=functions.get("reduce") is not None,
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


def _stages(pipeline):
    from disco.worker.pipeline.worker import Stage

    for pair in pipeline:
        if len(pair) not in (2, 3) or not isinstance(pair[1], Stage):
            raise DiscoError(f"Bad Stage {pair}")
        if len(pair) == 3 and pair[2]:
            raise DiscoError("concurrent stages are not modelled")
    return [(pair[0], pair[1]) for pair in pipeline]


class JobChain(dict):
    """Jobs whose inputs are those of the chain or the results of other jobs of it."""

    def wait(self, poll_interval=1):
        results = {}
        while True:
            moved = self._walk(results)
            if len(results) == len(self):
                return self
            if not moved:
                raise DiscoError("the jobs of a chain wait for each other")
            time.sleep(poll_interval)

    def _walk(self, results):
        """Asks after jobs that run, starts those whose inputs are there; says how many moved."""
        moved = 0
        for job, given in self.items():
            if job in results:
                continue
            if job.name is None:
                inputs = [given] if isinstance(given, (Job, str)) else list(given)
                if all(one in results for one in inputs if isinstance(one, Job)):
                    lists = [results[one] if isinstance(one, Job) else [one] for one in inputs]
                    job.run(input=[url for urls in lists for url in urls])
                    moved += 1
                continue
            status, urls = job.results()
            if status not in ("ready", "active"):
                raise JobError(f"Job {job.name} failed: Status {status}")
            if status == "ready":
                results[job] = urls
            moved += 1
        return moved

    def purge(self):
        for job in self:
            job.purge()
