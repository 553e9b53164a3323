import time

from pycsp.parallel import *

HOME = ("shop", 8888)
orders = Channel("orders", connect=HOME)
bills = Channel("bills", connect=HOME)

give = orders.writer()
take = bills.reader()
order = ["pen", "ink"]
give(order)
order.append("paper")
print("bill for", take())
retire(give, take)
orders.disconnect()
print("going for a walk")
time.sleep(60)
shutdown()
