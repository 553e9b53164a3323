# Uses a classic server as much as fits into one run.
import sys

import rpyc

conn = rpyc.classic.connect(sys.argv[1])
print(conn.modules.os.uname().nodename, conn.eval("6 * 7"), conn.root is conn.root)

numbers = conn.eval("[3, 1, 2]")
numbers.append(4)
print(numbers, len(numbers), isinstance(numbers, list), type(numbers), sorted(numbers))
print(numbers == [3, 1, 2, 4], numbers[-1], 4 in numbers, [n for n in numbers])
print(conn.eval("(1, 'a', None, frozenset({2}))"), type(conn.eval("(1, [2])")[1]))

mine = [9]
conn.namespace["mine"] = mine
conn.execute("mine.append(len(mine)); mine.sort()")
conn.namespace["twice"] = lambda n: 2 * n
print(mine, conn.eval("list(map(twice, [1, 2]))"))

conn.execute(
    "class Box:\n"
    "  def __init__(self): self.open = True\n"
    "  def __repr__(self): return 'a box'\n"
    "  def __enter__(self): return self\n"
    "  def __exit__(self, kind, error, trace): self.open = kind and kind.__name__\n"
    "box = Box()"
)
box = conn.namespace["box"]
print(box, box.open, isinstance(box, conn.namespace["Box"]), conn.namespace["box"] is box)
try:
    # No class crosses: the server raises what it was sent, and that is a TypeError.
    with box:
        raise KeyError("lost")
except KeyError as error:
    print(error)
box.colour = "red"
print(box.open, conn.eval("box.colour"), hasattr(box, "weight"))
try:
    box.weight
except AttributeError as error:
    print(str(error).splitlines()[0], "Remote Traceback (1)" in str(error))
try:
    conn.eval("{}['soup']")
except KeyError as error:
    print("KeyError", error.args)

print(rpyc.classic.obtain(numbers), rpyc.classic.deliver(conn, {"a": [1]}))
print(conn.teleport(lambda n: n + 1)(41), list(rpyc.buffiter(conn.eval("iter('abc')"))))
later = rpyc.async_(conn.modules.time.sleep)
waiting = later(0.25)
print(waiting.ready, waiting.value, waiting.ready)
slow = rpyc.timed(conn.modules.time.sleep, 0.1)(0.3)
try:
    slow.wait()
except rpyc.AsyncResultTimeout as error:
    print(error)
with rpyc.classic.redirected_stdio(conn):
    conn.execute("print('printed', 'there')")
print(len(conn.eval("'x' * 100_000")), conn.ping(), conn.closed)
conn.close()
try:
    numbers.append(5)
except EOFError as error:
    print("EOFError", error, conn.closed)
