import random
import time

from pycsp.parallel import *


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


jobs = Channel("jobs")
results = Channel("results")
Parallel(
    boss(jobs.writer()),
    worker(jobs.reader(), results.writer()),
    worker(jobs.reader(), results.writer()),
    adder(results.reader()),
)
shutdown()
