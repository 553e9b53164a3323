from scoop import futures


def twice(x):
    return 2 * x


if __name__ == "__main__":
    items = [1, 2, 3, 4]
    appended = []
    for x in items:
        appended.append(2 * x)
    print("loop", appended)
    print("map by name", list(map(twice, items)))
    found = map(lambda x: 2 * x, items)
    print("map with a lambda", list(found))
    found = futures.map(twice, items)
    print("futures.map by name", list(found))
    found = futures.map(lambda x: 2 * x, items)
    print("futures.map with a lambda", list(found))
