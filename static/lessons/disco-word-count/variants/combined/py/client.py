from disco.core import Job
from disco.worker.classic.func import sum_combiner

from report import report
from text import lines


def map(line, params):
    for word in line.split():
        yield word, 1


def reduce(pairs, params):
    from disco.util import kvgroup

    for word, ones in kvgroup(sorted(pairs)):
        count = 0
        for one in ones:
            count += 1
        yield word, count


if __name__ == "__main__":
    job = Job().run(
        input=["raw://" + line for line in lines],
        map=map,
        combiner=sum_combiner,
        reduce=reduce,
    )
    report(job, job.wait())
