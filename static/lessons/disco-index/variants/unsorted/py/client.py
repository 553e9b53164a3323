from disco.core import Job, result_iterator

from count import told
from pages import pages


def map(line, params):
    page, text = line.split(": ")
    for word in text.split():
        yield word, page


def reduce(pairs, params):
    from count import first, taken
    from disco.util import kvgroup

    for word, found in kvgroup(taken(pairs)):
        entry = " ".join(sorted(set(found)))
        first("reduce")
        yield word, entry


if __name__ == "__main__":
    job = Job(name="Index").run(
        input=["raw://" + page for page in pages],
        map=map,
        reduce=reduce,
    )
    urls = job.wait()
    for word, found in result_iterator(urls):
        print(f"{word}: {found}")
    print(told(job.events()))
