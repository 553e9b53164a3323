import time

from pycsp.common.trace import *


@process
def client(ask, hear):
    for number in [3, 4]:
        ask(number)
    for _ in range(2):
        print("the square is", hear())
    retire(ask)


@process
def server(hear, answer):
    while True:
        number = hear()
        answer(number * number)


@process
def clock():
    for i in range(1, 6):
        time.sleep(0.1)
        TraceMsg(f"tick {i}")


TraceInit("trace.log")
questions = Channel("questions")
answers = Channel("answers", buffer=1)
Parallel(
    client(questions.writer(), answers.reader()),
    server(questions.reader(), answers.writer()),
    clock(),
)
print("over")
TraceQuit()
shutdown()
