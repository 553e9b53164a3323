from operator import add

from scoop import futures

WORDS = ["tea", "milk", "sugar", "bread"]


def price(word, factor=1):
    return len(word) * factor


if __name__ == "__main__":
    print(futures.mapReduce(price, add, WORDS))
    long = futures.scoop.futures.mapReduce
    print("long", long(price, add, WORDS))
