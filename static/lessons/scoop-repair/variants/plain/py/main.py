from operator import add

from scoop import futures

WORDS = ["tea", "milk", "sugar", "bread"]


def price(word, factor=1):
    return len(word) * factor


def compare():
    found = futures.map(price, WORDS, [3] * 4)
    prices = list(found)
    print("prices", prices)
    print("sum", sum(prices))


if __name__ == "__main__":
    compare()
    futures.mapReduce(price, add, WORDS)
