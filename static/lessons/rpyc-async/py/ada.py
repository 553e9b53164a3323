import time

import rpyc

east = rpyc.connect("east", 18861)
west = rpyc.connect("west", 18861)

start = time.monotonic()
print("east", east.root.price("tea"))
print("west", west.root.price("tea"))

seconds = time.monotonic() - start
print("took", f"{seconds:.1f}", "s")
