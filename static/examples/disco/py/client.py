# An index of four little texts: which of them has which word. Each text has a map of its own, the
# words are gathered by their hash, and each half of them is reduced on its own.
from disco.core import Job, result_iterator

TEXTS = {
    "rose": "a rose is a rose",
    "mat": "the cat sat on the mat",
    "cat": "a cat is a cat",
    "end": "the end is the end",
}


def map(line, params):
    name, text = line.split(": ")
    for word in text.split():
        yield word, name


def reduce(pairs, params):
    from disco.util import kvgroup

    for word, names in kvgroup(sorted(pairs)):
        yield word, sorted(set(names))


if __name__ == "__main__":
    job = Job("Index").run(
        input=[f"raw://{name}: {text}" for name, text in TEXTS.items()],
        map=map,
        reduce=reduce,
        partitions=2,
    )
    for word, names in result_iterator(job.wait()):
        print(f"{word}: {', '.join(names)}")
