from pycsp.parallel import *

numbers = [1, 2, 3, 4, 5, 6]


@process
def boss(give, take):
    squares = {}
    for n in numbers:
        give(n)
    while len(squares) < 5:
        n, square = take()
        squares[n] = square
    print("sum", sum(squares.values()))
    poison(give, take)


jobs = Channel("jobs", buffer=9)
results = Channel("results")
Parallel(boss(jobs.writer(), results.reader()))
shutdown()
