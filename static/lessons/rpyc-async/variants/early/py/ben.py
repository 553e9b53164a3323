import time

import rpyc

east = rpyc.connect("east", 18861)
west = rpyc.connect("west", 18861)
ask_east = rpyc.async_(east.root.price)
ask_west = rpyc.async_(west.root.price)

start = time.monotonic()
in_east = ask_east("tea")
in_west = ask_west("tea")
in_west.set_expiry(2)
print("east", in_east.value)

try:
    print("west", in_west.value)
except rpyc.AsyncResultTimeout as error:
    print("west", type(error).__name__)

seconds = time.monotonic() - start
print("took", f"{seconds:.1f}", "s")
