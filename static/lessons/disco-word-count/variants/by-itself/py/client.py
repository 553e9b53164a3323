from disco.core import Job

from report import report
from text import lines


def map(line, params):
    counts = {}
    for word in line.split():
        counts[word] = counts.get(word, 0) + 1
    yield from counts.items()


def reduce(pairs, params):
    from disco.util import kvgroup

    for word, ones in kvgroup(sorted(pairs)):
        count = 0
        for one in ones:
            count += one
        yield word, count


if __name__ == "__main__":
    job = Job().run(
        input=["raw://" + line for line in lines],
        map=map,
        reduce=reduce,
    )
    report(job, job.wait())
