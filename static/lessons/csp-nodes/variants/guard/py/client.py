from pycsp.parallel import *

HOME = ("shop", 8888)
orders = Channel("orders", connect=HOME)
bills = Channel("bills", connect=HOME)

give = orders.writer()
take = bills.reader()
order = ["pen", "ink"]
give(order)
order.append("paper")
chosen, _ = AltSelect(
    InputGuard(take), TimeoutGuard(3)
)
if chosen is not take:
    print("no bill")
try:
    take()
except Exception as error:
    print("told:", type(error).__name__)
shutdown()
