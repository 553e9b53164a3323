from collections import Counter

lines = [
    "the cat and the dog and the bird",
    "a cat is a cat is a cat",
    "the dog saw the cat and the cat saw the dog",
    "a bird is a bird and a bird is a bird",
    "the bird saw the dog and the dog saw the bird",
    "and the end is the end is the end",
]


def by_hand():
    """The same without a cluster."""
    words = " ".join(lines).split()
    return sorted(Counter(words).items())
