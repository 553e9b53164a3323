rest = ["/about", "/help", "/login"]


def log(lines):
    """One server's log: 7 of 10 requests are for /."""
    rows = []
    for at in range(lines):
        page = rest[at % 10] if at % 10 < 3 else "/"
        rows.append(f"{at} GET {page} 200\n")
    return "".join(rows)


def logs():
    """Files here; www2 has many more visitors."""
    names = {"www1": 20, "www2": 160}
    for name, lines in names.items():
        with open(name, "w") as file:
            file.write(log(lines))
    return list(names)
