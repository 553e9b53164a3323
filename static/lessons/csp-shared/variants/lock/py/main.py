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
def seller(name, cin, take, give):
    till = cin()
    for _ in range(5):
        key = take()
        coins = till["coins"]
        time.sleep(random.random() / 10)
        till["coins"] = coins + 1
        give(key)
        time.sleep(random.random() / 10)
    print(name, "has put in 5")


a = Channel("a")
b = Channel("b")
keys = Channel("keys", buffer=1)
hang = keys.writer()
hang("the key")
Parallel(
    owner(a.writer(), b.writer()),
    seller("ada", a.reader(), keys.reader(), hang),
    seller("ben", b.reader(), keys.reader(), hang),
)
shutdown()
