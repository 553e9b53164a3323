import random
import time

from pycsp.parallel import *


def write(name, cout):
    for i in range(1, 4):
        time.sleep(random.random())
        cout(f"letter {i} from {name}")
    print(name, "has no more")
    retire(cout)


@process
def ada(cout):
    write("ada", cout)


@process
def ben(cout):
    try:
        cout("letter 1 from ben")
        raise ValueError("ben has lost his pen")
    finally:
        retire(cout)


@process
def printer(cin):
    count = 0
    try:
        while True:
            print(cin())
            count += 1
    finally:
        print("printer goes home after", count)


a = Channel("A")
Parallel(
    ada(a.writer()),
    ben(a.writer()),
    printer(a.reader()),
)
print("over")
shutdown()
