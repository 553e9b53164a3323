// The Python face in the gate: one pool of two. All recorded programs: npm run score:scoop.

import { expect, test } from 'vitest';
import { sandboxed } from '../celery/harness.ts';

const PROGRAM = `from scoop import futures, shared
from random import random
import operator, scoop, time

class Odd(Exception):
    def __init__(self, code, more): super().__init__(code, more); self.code = code
class Bad(Exception):
    def __init__(self, code): super().__init__()
class Thing:
    def __init__(self, value): self.value = value
    def __repr__(self): return f"Thing({self.value})"
    def times(self, other): return Thing(self.value * other)
def fib(n):
    if n < 2: return n
    parts = [futures.submit(fib, n - 1), futures.submit(fib, n - 2)]
    return sum(it.result() for it in parts)
def fail(n):
    if n == 1: raise Odd(7, "x")
    if n == 2: raise Bad(8)
    return n
def slow(seconds): time.sleep(seconds); return seconds
def inside(points): return sum(random() ** 2 + random() ** 2 < 1 for _ in range(points))
def large(points): return inside(points)
def took(work):
    began = time.perf_counter()
    sum(work)
    return time.perf_counter() - began
def const(n): return shared.getConst("scale")(n)

if __name__ == "__main__":
    print(futures.submit(fib, 7).result(), futures.mapReduce(fib, operator.add, range(8)))
    print(list(futures.map(Thing(3).times, [1, 2, 3])), list(futures.map(lambda x, y=2: x + y, [1, 2, 3])))
    for n in (1, 2):
        try: print(list(futures.map(fail, [n] * 4)))
        except Exception as error: print(type(error).__name__, error, getattr(error, "code", None))
    print(shared.getConst("scale", timeout=0.1))
    shared.setConst(scale=lambda x: x * 10)
    print(list(futures.map(const, [1, 2, 3, 4])))
    try: shared.setConst(scale=1)
    except TypeError as error: print(error)
    first = futures.submit(slow, 0.2)
    rest = [futures.submit(slow, t) for t in (0.5, 0.1)]
    print([it.result() for it in futures.as_completed([first, *rest], timeout=9)])
    for function, points in (inside, [100] * 40), (large, [10_000] * 8):
        print(took(map(function, points)) > took(futures.map(function, points)))
    late = futures.wait([futures.submit(slow, t) for t in (3, 0)], timeout=1)
    print(sorted(it.args for it in late.done), [it.args for it in late.not_done])
    print(scoop.IS_ORIGIN, scoop.SIZE, scoop.worker[:10], futures.submit(max, 1, 2))
    try: futures.map(slow, [lambda: 1, 2])
    except Exception as error: print(type(error).__name__)
    raise Odd(1, "the end")
`;

test('SEMANTICS 2.2 to 2.4 in Python', async () => {
  const run = await sandboxed({
    files: { 'main.py': PROGRAM },
    nodes: { main: 'python -m scoop -q -n 2 main.py' },
  });
  const lines = run.lines('main');
  expect(lines.filter((line) => !line.includes('WARNING'))).toEqual([
    '13 33',
    '[Thing(3), Thing(6), Thing(9)] [3, 4, 5]',
    "Odd (7, 'x') 7",
    expect.stringMatching(/^(Bad|RuntimeError) /),
    'None',
    '[10, 20, 30, 40]',
    'This constant already exists: scale.',
    expect.stringMatching(/^\[0\.[125], 0\.[125], 0\.[125]\]$/),
    // COURSE.md: small futures are slower in a pool, large ones faster.
    'False',
    'True',
    '[(0,)] [(3,)]',
    expect.stringMatching(
      /^True 2 b'127\.0\.0\.1:?' \(b'127\.0\.0\.1:\d+', \d+\):max\(1, 2\)\{\}=None$/,
    ),
    expect.stringMatching(/^(PicklingError|TypeError|AttributeError)$/),
    'Traceback (most recent call last):',
    expect.stringMatching(/^ {2}File "main\.py", line \d+, in <module>$/),
    '    raise Odd(1, "the end")',
    "Odd: (1, 'the end')",
    '',
  ]);
  expect(run.reports.find(({ name }) => name === 'main')!.exitCode).toBe(0);
}, 60_000);
