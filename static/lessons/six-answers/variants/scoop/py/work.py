from text import count_words


def count(piece):
    return count_words(piece)
