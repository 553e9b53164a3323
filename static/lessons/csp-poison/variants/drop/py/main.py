from pycsp.parallel import *


@process
def source(cout):
    for i in range(1, 4):
        cout(i)


@process
def stage(cin, cout):
    while True:
        cout(cin())


@process
def printer(cin):
    print("letter", cin())
    poison(cin)


a = Channel("A")
b = Channel("B")
c = Channel("C")
Parallel(
    source(a.writer()),
    stage(a.reader(), b.writer()),
    stage(b.reader(), c.writer()),
    printer(c.reader()),
)
print("over")
shutdown()
