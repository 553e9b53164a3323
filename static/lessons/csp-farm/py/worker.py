import time

from pycsp.parallel import *


@process
def worker(cin, cout):
    while True:
        n = cin()
        print("squares", n)
        time.sleep(1)
        cout((n, n * n))


HOME = ("boss", 8888)
jobs = Channel("jobs", connect=HOME)
results = Channel("results", connect=HOME)
Parallel(worker(jobs.reader(), results.writer()))
shutdown()
