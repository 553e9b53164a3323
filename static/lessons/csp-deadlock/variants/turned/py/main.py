from pycsp.parallel import *


def swap(name, give, take):
    print(name, "got", take())
    give(f"a gift from {name}")


@process
def ada(give, take):
    swap("ada", give, take)


@process
def ben(give, take):
    swap("ben", give, take)


there = Channel("there")
back = Channel("back")
ada_swaps = ada(there.writer(), back.reader())
ben_swaps = ben(back.writer(), there.reader())
Parallel(ada_swaps, ben_swaps)
print("done")
shutdown()
