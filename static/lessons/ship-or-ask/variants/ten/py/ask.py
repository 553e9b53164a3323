import socket
import time

from talk import ask

conn = socket.create_connection(("library", 7))
file = conn.makefile("rw")
start = time.monotonic()

total = 0
for row in range(0, 1000, 100):
    [price] = ask(file, row)
    total += price

seconds = time.monotonic() - start
print("sum", total, "after", f"{seconds:.1f}", "s")
