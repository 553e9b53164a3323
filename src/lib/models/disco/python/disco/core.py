"""`Disco`, `result_iterator`, and `Job` under the name by which programs import it."""

from disco._engine import ask, bytes_of, pairs_in
from disco.error import CommError, DataError, DiscoError, JobError
from disco.job import Job, JobChain

__all__ = (
    "CommError", "DataError", "Disco", "DiscoError", "Job", "JobChain", "JobError",
    "result_iterator",
)


class Disco:
    """The master, for those who look after a cluster."""

    def __init__(self, master=None, settings=None):
        self.master = master

    def joblist(self):
        return ask("get", master=self.master, what="joblist")

    def nodeinfo(self):
        return ask("get", master=self.master, what="nodeinfo")

    def jobinfo(self, jobname):
        return ask("info", master=self.master, name=jobname)

    def events(self, jobname, offset=0):
        return ask("events", master=self.master, name=jobname, offset=offset)

    def results(self, jobname):
        return ask("results", master=self.master, name=jobname)

    def kill(self, jobname):
        self._control("kill_job", jobname)

    def clean(self, jobname):
        self._control("clean_job", jobname)

    def purge(self, jobname):
        self._control("purge_job", jobname)

    def blacklist(self, node):
        self._control("blacklist", node)

    def whitelist(self, node):
        self._control("whitelist", node)

    def _control(self, verb, name):
        ask("control", master=self.master, verb=verb, name=name)


def result_iterator(urls, reader=None, master=None):
    """The pairs of results, in the order of the addresses; each address is read when its turn comes."""
    for replicas in ask("expand", master=master, input=list(urls), text=str(urls)):
        yield from pairs_in(bytes_of(ask("read", master=master, urls=replicas)))
