import time

import rpyc

conn = rpyc.connect("shop", 18861)

# Looks like any loop. Which messages does it send?
start = time.monotonic()
total = sum(price for price in conn.root.prices())
print(f"item by item: {total} after {1000 * (time.monotonic() - start):.0f} ms")

start = time.monotonic()
total = sum(conn.root.prices_by_value())
print(f"as one value: {total} after {1000 * (time.monotonic() - start):.0f} ms")
