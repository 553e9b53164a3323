import random
import time

from pycsp.parallel import *


@process
def owner(to_ada, to_ben):
    till = {"coins": 0}
    to_ada(till)
    to_ben(till)
    time.sleep(3)
    print("coins:", till["coins"])


@process
def seller(name, cin):
    till = cin()
    for _ in range(5):
        coins = till["coins"]
        time.sleep(random.random() / 10)
        till["coins"] = coins + 1
        time.sleep(random.random() / 10)
    print(name, "has put in 5")


a = Channel("a")
b = Channel("b")
Parallel(
    owner(a.writer(), b.writer()),
    seller("ada", a.reader()),
    seller("ben", b.reader()),
)
shutdown()
