count = 0
is_first = True


def taken(pairs):
    """The same pairs, counted as they are taken."""
    global count
    for pair in pairs:
        count += 1
        yield pair


def first(who):
    """Says once how much was taken by now."""
    global is_first
    if is_first:
        is_first = False
        print(who, "took", count, "before its first")


def told(events):
    """What the tasks have printed."""
    for line in "\n".join(events).splitlines():
        if line.endswith("before its first"):
            return line.split("] ")[1]
