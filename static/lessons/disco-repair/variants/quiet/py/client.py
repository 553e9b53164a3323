from disco.core import Job, result_iterator

VOTES = "red blue red green blue red"


def map(line, params):
    for colour in line.split():
        prit(colour)
        yield colour, 1


def reduce(votes, params):
    from disco.util import kvgroup

    for colour, ones in kvgroup(votes):
        yield colour, len(list(ones))


if __name__ == "__main__":
    job = Job().run(
        input=["raw://" + VOTES],
        map=map,
        reduce=reduce,
    )
    urls = job.wait()
    for colour, n in result_iterator(urls):
        print(f"result: {colour} {n}")
