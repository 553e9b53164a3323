import time

from pycsp.parallel import *

began = time.monotonic()


def seconds():
    return round(time.monotonic() - began)


@process
def counter(cout, limit):
    for i in range(1, limit + 1):
        cout(i)
    print("counter: done after", seconds(), "s")
    poison(cout)


@process
def printer(cin):
    while True:
        number = cin()
        time.sleep(1)
        print("printed", number)


a = Channel("A", buffer=5)
Parallel(
    counter(a.writer(), 5),
    printer(a.reader()),
)
print("over after", seconds(), "s")
shutdown()
