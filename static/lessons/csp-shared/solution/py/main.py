import random
import time

from pycsp.parallel import *


@process
def owner(cin):
    till = {"coins": 0}
    try:
        while True:
            till["coins"] += cin()
    finally:
        print("coins:", till["coins"])


@process
def seller(name, cout):
    for _ in range(5):
        time.sleep(random.random() / 10)
        cout(1)
    print(name, "has put in 5")
    retire(cout)


a = Channel("a")
Parallel(
    owner(a.reader()),
    seller("ada", a.writer()),
    seller("ben", a.writer()),
)
shutdown()
