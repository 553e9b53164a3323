import time
from collections import Counter

lines = [
    "a cat and a dog",
    "the dog and the cat and the dog",
    "a cat saw the dog",
    "the dog saw a cat",
    "the cat and the dog and a cat",
    "a dog and a cat and a dog",
]
pieces = range(6)


def count_words(piece):
    time.sleep(2)  # as if it were a book
    words = lines[piece].split()
    print(f"counted {piece}", flush=True)
    return total(f"{word}=1" for word in words)


def total(texts):
    """'dog=2 cat=1', 'cat=1': 'cat=2 dog=2'."""
    counts = Counter()
    for pair in " ".join(texts).split():
        word, count = pair.split("=")
        counts[word] += int(count)
    pairs = sorted(counts.items())
    return " ".join(f"{word}={n}" for word, n in pairs)
