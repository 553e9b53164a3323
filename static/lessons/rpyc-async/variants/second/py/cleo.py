import time

import rpyc

east = rpyc.connect("east", 18861)
ask = rpyc.async_(east.root.price)
also = rpyc.connect("east", 18861)
ask_also = rpyc.async_(also.root.price)

start = time.monotonic()
tea = ask("tea")
rice = ask_also("rice")
rice.add_callback(lambda it: print("rice is here"))
print("tea", tea.value)
print("rice", rice.value)

seconds = time.monotonic() - start
print("took", f"{seconds:.1f}", "s")
