from pycsp.parallel import *


def swap(name, give, take):
    give(f"a gift from {name}")
    print(name, "got", take())


@process
def ada(give, take):
    swap("ada", give, take)


@process
def ben(give, take):
    swap("ben", give, take)


there = Channel("there", buffer=1)
back = Channel("back", buffer=1)
ada_swaps = ada(there.writer(), back.reader())
ben_swaps = ben(back.writer(), there.reader())
Parallel(ada_swaps, ben_swaps)
print("done")
shutdown()
