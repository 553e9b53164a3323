# One question, and the lines of its answer.
def ask(file, question):
    file.write(f"{question}\n")
    file.flush()
    lines = []
    while (line := file.readline()) != "\n":
        if not line:
            raise EOFError("library is gone")
        lines.append(int(line.rstrip(".\n")))
    return lines
