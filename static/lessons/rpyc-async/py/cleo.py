import time

import rpyc

east = rpyc.connect("east", 18861)
ask = rpyc.async_(east.root.price)

start = time.monotonic()
tea = ask("tea")
rice = ask("rice")
rice.add_callback(lambda it: print("rice is here"))
print("tea", tea.value)
print("rice", rice.value)

seconds = time.monotonic() - start
print("took", f"{seconds:.1f}", "s")
