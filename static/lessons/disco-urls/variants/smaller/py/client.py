from disco.core import Job
from disco.ddfs import DDFS
from disco.worker.classic.func import sum_combiner

from logs import logs
from report import report


def map(line, params):
    _, _, url, _ = line.split()
    yield url, 1


def reduce(pairs, params):
    from disco.util import kvgroup

    for url, ones in kvgroup(sorted(pairs)):
        yield url, sum(ones)


if __name__ == "__main__":
    DDFS().chunk("logs", logs(), chunk_size=500)
    job = Job(name="Urls").run(
        input=["tag://logs"],
        map=map,
        combiner=sum_combiner,
        reduce=reduce,
        partitions=2,
    )
    report(job, job.wait())
