from pycsp.parallel import *


def swap(name, give, take):
    gift = f"a gift from {name}"
    for _ in range(2):
        chosen, got = AltSelect(
            OutputGuard(give, gift), InputGuard(take)
        )
        if chosen is take:
            print(name, "got", got)


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
