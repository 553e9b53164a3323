from pycsp.parallel import *

from text import count_words


@process
def worker(cin, cout):
    while True:
        cout(count_words(cin()))


there = ("client", 8888)
jobs = Channel("jobs", connect=there)
counts = Channel("counts", connect=there)
Parallel(worker(jobs.reader(), counts.writer()))
shutdown()
