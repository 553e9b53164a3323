// The Python package: one program for both implementations, each on a node of its own, and a third that
// is traced. What real PyCSP printed for the recorded programs is compared by `npm run score:pycsp`.

import { beforeAll, describe, expect, test } from 'vitest';
import { sandboxed, type Experiment } from '../celery/harness.ts';

const PROGRAM = `
import sys
if sys.argv[1] == 'parallel':
    from pycsp.parallel import *
else:
    from pycsp.greenlets import *

@process
def ready(cout, tag):
    for i in range(2):
        cout(f'{tag}{i}')

P, Q = Channel('P', buffer=2), Channel('Q', buffer=2)
high, low = P.reader(), Q.reader()
Parallel(ready(P.writer(), 'p'), ready(Q.writer(), 'q'))
print('pri', [PriSelect(InputGuard(high), InputGuard(low))[1] for _ in range(4)])
Parallel(ready(P.writer(), 'p'), ready(Q.writer(), 'q'))
got = []
for _ in range(4):
    got.append(FairSelect(InputGuard(high), InputGuard(low))[1])
print('fair', got)

late = TimeoutGuard(0.25, action=lambda channel_input: print('late', channel_input))
print(AltSelect(InputGuard(high), late)[0] is late)
print(PriSelect(InputGuard(high), SkipGuard())[1])

@choice
def note(tag, channel_input=None):
    print(tag, channel_input)

word = []
Parallel(ready(P.writer(), 'p'))
AltSelect(InputGuard(high, action=note('read')))
AltSelect(InputGuard(high, action='word.append(channel_input)'))
print(word)
try:
    AltSelect(5)
except Exception as error:
    print(type(error).__name__, error)

@process
def server(cin):
    while True:
        reply, number = cin()
        reply(number * 2)

@process
def client(cout, number):
    answers = Channel()
    cin = answers.reader()
    cout((answers.writer(), number))
    print('answer', cin())
    retire(cout)

C = Channel('C')
Parallel(server(C.reader()), client(C.writer(), 21))

from pycsp.kinds import *
one = One2AnyChannel('K', buffer=1)
one.writer(), one.reader(), one.reader()
try:
    one.writer()
except Exception as error:
    print(type(error).__name__, str(error)[:22], str(error)[-19:])

@process
def side(out, inn, value):
    out(value)
    inn()

X, Y = Channel('X'), Channel('Y')
print('sends')
Parallel(side(X.writer(), Y.reader(), 'l'), side(Y.writer(), X.reader(), 'r'))
`;

const TRACED = `
from pycsp.common.trace import *
TraceInit('trace.log')

@process
def give(cout):
    cout(1)
    TraceMsg('given')
    poison(cout)

@process
def take(cin):
    while True:
        AltSelect(InputGuard(cin))

A = Channel('A')
Parallel(give(A.writer()), take(A.reader()))
TraceQuit()
shutdown()
for line in open('trace.log'):
    print(eval(line)['type'])
`;

/** As the lesson csp-trace warns: the names of the second import stand for those of the first. */
const BOTH = `from pycsp.common.trace import *
from pycsp.parallel import *
${TRACED.replace('from pycsp.common.trace import *', '')}`;

let found: Experiment;
beforeAll(async () => {
  found = await sandboxed({
    files: { 'program.py': PROGRAM, 'traced.py': TRACED, 'both.py': BOTH },
    nodes: {
      parallel: 'python program.py parallel',
      greenlets: 'python program.py greenlets',
      traced: 'python traced.py',
      both: 'python both.py',
    },
  });
}, 60_000);

describe.each(['parallel', 'greenlets'])('pycsp.%s', (node) => {
  const isParallel = node === 'parallel';

  test('selects, alternations and channel ends that travel', () => {
    expect(found.lines(node).slice(0, 13)).toEqual([
      // There a buffer is a process too, which has to have its turn first.
      isParallel ? "pri ['p0', 'p1', 'q0', 'q1']" : "pri ['p0', 'q0', 'p1', 'q1']",
      "fair ['p0', 'q0', 'p1', 'q1']",
      'late None',
      'True',
      'None',
      'read p0',
      "['p1']",
      isParallel
        ? "InfoException 'Cannot use 5 as guard. Only use *Guard types for AltSelect'"
        : 'Exception Cannot use 5 as guard. Only use *Guard types for Pri/AltSelect',
      'answer 42',
      expect.stringMatching(/^InfoException 'One2AnyChannel K.* end is refused'$/),
      'sends',
      ...(isParallel ? [] : ['Traceback (most recent call last):', expect.stringMatching(/File/)]),
    ]);
  });

  test('KT8 two sends that wait for each other', () => {
    if (isParallel) {
      const report = found.of('state', node).find(({ name }) => name === 'pycsp deadlock');
      const cycle = ['side', 'X', 'side-2', 'Y', 'side'];
      expect(report!.value).toEqual({
        stuck: [
          expect.objectContaining({ process: '__INIT__', for: ['side', 'side-2'] }),
          { process: 'side', waits: "write 'l' to X", line: 'program.py:68', for: ['side-2'] },
          { process: 'side-2', waits: "write 'r' to Y", line: 'program.py:68', for: ['side'] },
        ],
        cycle,
      });
      expect(found.end.deadlocks).toEqual([['parallel']]);
    } else expect(found.lines(node).at(-1)).toBe('Exception: Deadlock');
  });
});

test('a rendezvous is a meeting, as in TypeScript', () => {
  const states = found.of('state', 'parallel').filter(({ name }) => name === 'pycsp channels/C');
  expect(states.map(({ value }) => (value as { met?: object }).met).findLast((it) => it)).toEqual({
    count: 1,
    value: '(<ChannelEndWrite on channel named …>, 21)'.replace('…', expectName(states)),
    from: 'client',
    to: 'server',
    waited: 'server',
  });
});

/** The name that an unnamed channel was given. */
function expectName(states: readonly { value: unknown }[]): string {
  return /named ([0-9a-f]{32})>/.exec(JSON.stringify(states))![1]!;
}

test('TraceInit writes what processes do to the disk of the node', () => {
  const lines = found.lines('traced');
  expect(lines.slice(0, 4)).toEqual([
    'Channel',
    'ChannelEndWrite',
    'ChannelEndRead',
    'BlockOnParallel',
  ]);
  expect(lines.toSorted()).toEqual(
    [
      ...['Channel', 'ChannelEndWrite', 'ChannelEndRead', 'BlockOnParallel', 'DoneParallel'],
      ...['StartProcess', 'StartProcess', 'QuitProcess', 'QuitProcess', 'TraceQuit'],
      ...['BlockOnWrite', 'DoneWrite', 'Msg', 'Poison', 'Poison'],
      ...['Alternation', 'BlockOnAlternation.execute', 'DoneAlternation.execute'],
      ...['Alternation', 'BlockOnAlternation.execute'],
    ].toSorted(),
  );
});

test('who imports the names of pycsp.parallel too gets a trace without channels', () => {
  const lines = found.lines('both');
  expect(lines).toContain('Msg');
  expect(lines.filter((type) => /Channel|Read|Write/.test(type))).toEqual([]);
});
