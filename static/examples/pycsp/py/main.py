# Three workers share one channel of jobs and one of results. Nobody counts who is left: a channel
# ends when the last of its writers has retired, and whoever reads it then is told.
import time

from pycsp.parallel import *


@process
def producer(jobs):
    for job in range(1, 10):
        jobs(job)
    retire(jobs)


@process
def worker(jobs, results):
    # Ended by the retirement of `jobs`, which passes on to `results`.
    while True:
        job = jobs()
        time.sleep(job / 100)
        results(job * job)


@process
def collector(results):
    total = 0
    try:
        while True:
            total += results()
    except ChannelRetireException as error:
        print(f"{type(error).__name__}: all are done, the sum is {total}")


jobs = Channel("jobs")
results = Channel("results")
Parallel(
    producer(jobs.writer()),
    3 * worker(jobs.reader(), results.writer()),
    collector(results.reader()),
)
shutdown()
