from disco.core import Job, result_iterator

LINES = [
    "The end is near.",
    "Near the end, they say,",
    "the near end ends.",
]


# No punctuation, and all words in small letters.
def map(line, params):
    import string

    table = string.maketrans("", "")
    for word in line.split():
        bare = word.translate(table, string.punctuation)
        yield bare, 1


def reduce(pairs, params):
    from disco.util import kvgroup

    for word, ones in kvgroup(sorted(pairs)):
        yield word, len(list(ones))


if __name__ == "__main__":
    job = Job().run(
        input=["raw://" + line for line in LINES],
        map=map,
        reduce=reduce,
    )
    urls = job.wait(show=True)
    for word, n in result_iterator(urls):
        print(f"result: {word} {n}")
