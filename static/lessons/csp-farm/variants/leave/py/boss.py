from pycsp.parallel import *

numbers = [1, 2, 3, 4, 5, 6]


@process
def boss(give, take):
    squares = {}
    for n in numbers:
        give(n)
    while len(squares) < len(numbers):
        chosen, result = AltSelect(
            InputGuard(take), TimeoutGuard(3)
        )
        if chosen is take:
            n, square = result
            squares[n] = square
        else:
            break
    print("sum", sum(squares.values()))
    poison(give, take)


jobs = Channel("jobs", buffer=9)
results = Channel("results")
Parallel(boss(jobs.writer(), results.reader()))
shutdown()
