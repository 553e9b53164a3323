import time

from pycsp.parallel import *


@process
def desk(orders, bills):
    while True:
        order = orders()
        time.sleep(1)
        what = " and ".join(order)
        bills(f"{len(order)} things: {what}")


orders = Channel("orders")
bills = Channel("bills")
Parallel(desk(orders.reader(), bills.writer()))
print("no more customers")
shutdown()
