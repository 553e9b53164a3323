import random
import time

from pycsp.parallel import *
from pycsp.kinds import Any2OneChannel
from pycsp.kinds import One2AnyChannel
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
def adder(cin):
    total = 0
    try:
        while True:
            total += cin()
    finally:
        print("sum", total)


@process
def spy(cin, cout):
    while True:
        result = cin()
        print("spy saw", result)
        cout(result)


jobs = One2AnyChannel("jobs")
results = Any2OneChannel("results")
copy = One2OneChannel("copy")
Parallel(
    boss(jobs.writer()),
    worker(jobs.reader(), results.writer()),
    worker(jobs.reader(), results.writer()),
    spy(results.reader(), copy.writer()),
    adder(copy.reader()),
)
shutdown()
