import socket
import time

from talk import ask

conn = socket.create_connection(("library", 7))
file = conn.makefile("rw")
start = time.monotonic()

rows = range(0, 1000, 20)
prices = ask(file, " ".join(map(str, rows)))
total = sum(prices)

seconds = time.monotonic() - start
print("sum", total, "after", f"{seconds:.1f}", "s")
