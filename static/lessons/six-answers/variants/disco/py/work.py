from text import count_words, total


def map(piece, params):
    yield "all", count_words(int(piece))


def reduce(pairs, params):
    yield "all", total(text for _, text in pairs)
