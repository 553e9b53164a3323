from disco.core import result_iterator


def save(name, urls):
    """Writes a file and says whether it is in order."""
    pairs = list(result_iterator(urls))
    rows = [f"{key} {value}" for key, value in pairs]
    with open(name, "w") as file:
        file.writelines(row + "\n" for row in rows)
    print(name, ", ".join(rows))
    keys = [number(key) for key, _ in pairs]
    right = keys == sorted(keys)
    print(name, "in order" if right else "NOT in order")


def number(key):
    return int(key) if key.isdigit() else key
