from scoop import futures

WORDS = ["tea", "milk", "sugar", "bread"]


def price(word, factor=3):
    return len(word) * factor


def compare():
    found = futures.map(price, WORDS)
    prices = list(found)
    print("prices", prices)
    print("sum", sum(prices))


if __name__ == "__main__":
    compare()
