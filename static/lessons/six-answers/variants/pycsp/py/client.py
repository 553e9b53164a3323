from pycsp.parallel import *

from text import pieces, total


@process
def deal(cout):
    for piece in pieces:
        cout(piece)


@process
def add(cin):
    print("total", total([cin() for _ in pieces]))


jobs, counts = Channel("jobs"), Channel("counts")
out = jobs.writer()
Parallel(deal(out), add(counts.reader()))
poison(out)
shutdown()
