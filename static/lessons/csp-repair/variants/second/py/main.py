from pycsp.parallel import *


@process
def sensor(cout, limit):
    print("sensor is on")
    for i in range(limit):
        cout(20 + i)
    poison(cout)


@process
def display(cin):
    while True:
        print("degrees:", cin())


a = Channel("A")
Parallel(
    sensor(a.writer(), 3),
    display(a.reader()),
)
a.Disconnect()
print("over")
shutdown()
