lines = [
    ["Bern 3", "Oslo 7", "Rome 0"],
    ["Bern 1", "Oslo 4", "Rome 2"],
    ["Bern 6", "Oslo 9", "Rome 0"],
    ["Bern 2", "Oslo 5", "Rome 1"],
]


def files():
    """A file for each day, on this disk."""
    names = [f"day{index + 1}" for index in range(4)]
    for name, day in zip(names, lines):
        with open(name, "w") as file:
            file.write("\n".join(day) + "\n")
    return names
