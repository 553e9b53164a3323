import re

from disco.core import result_iterator

from text import by_hand, lines


def report(job, urls):
    """What the job gave, and what it took."""
    counts = list(result_iterator(urls))
    words = [f"{word} {n}" for word, n in counts]
    print(", ".join(words))
    is_same = str(counts == by_hand()).lower()
    print("as counted by hand:", is_same)
    told = "\n".join(job.events())
    maps = re.findall(r"DONE: \[map:", told)
    print("maps:", len(maps), "for", len(lines))
    read = re.search(r"Done: (\d+) entries red", told)
    print("pairs that reduce read:", read[1])
