import random
import time

from pycsp.parallel import *
from pycsp.kinds import Any2OneChannel
from pycsp.kinds import One2OneChannel


@process
def boss(cout):
    for job in range(1, 7):
        cout(job)
    retire(cout)


@process
def worker(cin, cout):
    while True:
        job = cin()
        time.sleep(random.random())
        cout(job * job)


@process
def adder(cin, copy):
    total = 0
    try:
        while True:
            result = cin()
            total += result
            copy(result)
    finally:
        print("sum", total)


@process
def spy(cin):
    while True:
        print("spy saw", cin())


jobs = Any2OneChannel("jobs")
results = Any2OneChannel("results")
copy = One2OneChannel("copy")
Parallel(
    boss(jobs.writer()),
    worker(jobs.reader(), results.writer()),
    worker(jobs.reader(), results.writer()),
    adder(results.reader(), copy.writer()),
    spy(copy.reader()),
)
shutdown()
