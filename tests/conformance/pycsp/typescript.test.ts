// PyCSP's behaviour (recorded with PyCSP 0.9.2, `pycsp.parallel`) on the TypeScript face.

import { describe, expect, test } from 'vitest';
import { experiment, type Experiment } from '../celery/harness.ts';

const IMPORTS = `import { kinds, process, Parallel, Sequence, Spawn, Channel, poison, retire, shutdown,
  currentProcessId, choice, Alternation, AltSelect, PriSelect, FairSelect, InputGuard, OutputGuard,
  TimeoutGuard, SkipGuard, ChannelPoisonException, ChannelRetireException } from 'pycsp';
import { sleep } from 'node';
const word = (error) => error.name;
`;

async function run(source: string, seed = 1): Promise<Experiment> {
  const files = { 'main.ts': IMPORTS + source };
  return experiment({ files, nodes: { main: 'main.ts' }, seed });
}

async function lines(source: string, seed = 1): Promise<string[]> {
  const { end, lines } = await run(source, seed);
  expect(end.waiting).toEqual([]);
  return lines('main');
}

describe('processes', () => {
  test('Parallel and Sequence give what processes return, and take lists and copies', async () => {
    const printed = await lines(`
      const twice = process(async function twice(x) { return x * 2; });
      console.log(await Parallel(twice(1), [twice(2), twice(3)]), await Sequence(twice(4)));
      console.log(await Parallel(twice(9).times(3)), await Parallel(), await Spawn(twice(1)));
      console.log(/^[0-9a-f]{32}\\.__INIT__$/.test(currentProcessId()));
      await shutdown();`);
    expect(printed).toEqual(['[2, 4, 6] [8]', '[18, 18, 18] [] undefined', 'true']);
  });

  test('what is no process is refused', async () => {
    const { lines } = await run(`await Parallel(5);`);
    expect(lines('main')[0]).toContain('TypeError: not a process: 5');
  });

  test('an exception ends its process alone: the channels stay as they are', async () => {
    const { end, lines } = await run(`
      const bad = process(async function bad(cout) { await cout(1); throw new Error('crashed'); });
      const reader = process(async function reader(cin) { for (;;) console.log(await cin()); });
      const a = new Channel('A');
      await Parallel(bad(a.writer()), reader(a.reader()));`);
    expect(lines('main').slice(0, 3)).toEqual(['1', 'Exception in process bad:', 'Error: crashed']);
    expect(end.waiting.map(({ what }) => what)).toEqual([
      'Parallel: bad, reader',
      'reader: read from A',
    ]);
  });

  test('who forgets shutdown() does not end', async () => {
    const { end } = await run(`new Channel('A'); console.log('the end');`);
    expect(end.waiting.map(({ what }) => what)).toEqual(['pycsp: shutdown() is never called']);
  });

  test('a process ends after those that it spawned', async () => {
    const printed = await lines(`
      const child = process(async function child() { await sleep(1); console.log('child'); });
      const parent = process(async function parent() { await Spawn(child()); console.log('parent'); });
      await Parallel(parent());
      console.log('main');
      await shutdown();`);
    expect(printed).toEqual(['parent', 'child', 'main']);
  });
});

describe('channels', () => {
  const TWO_SIDES = `
    const w = process(async function w(cout) {
      for (let i = 0; i < 3; i++) {
        console.log('write', i);
        await cout(i);
        console.log('written', i);
      }
      await retire(cout);
    });
    const r = process(async function r(cin) {
      await sleep(0.3);
      try {
        for (;;) {
          console.log('  read', await cin());
          await sleep(0.3);
        }
      } catch (error) {
        console.log('  reader:', word(error));
      }
    });`;

  test('without a buffer, a write waits for its reader', async () => {
    const printed = await lines(`${TWO_SIDES}
      const a = new Channel('A');
      await Parallel(w(a.writer()), r(a.reader()));
      await shutdown();`);
    expect(printed).toEqual([
      'write 0',
      '  read 0',
      'written 0',
      'write 1',
      '  read 1',
      'written 1',
      'write 2',
      '  read 2',
      'written 2',
      '  reader: ChannelRetireException',
    ]);
  });

  test('a buffer lets the writer run ahead', async () => {
    const printed = await lines(`${TWO_SIDES}
      const a = new Channel('A', { buffer: 2 });
      await Parallel(w(a.writer()), r(a.reader()));
      await shutdown();`);
    expect(printed).toEqual([
      'write 0',
      'written 0',
      'write 1',
      'written 1',
      'write 2',
      '  read 0',
      'written 2',
      '  read 1',
      '  read 2',
      '  reader: ChannelRetireException',
    ]);
  });

  test('each value reaches one of several readers, and none is lost', async () => {
    const printed = await lines(`
      const source = process(async function source(cout, tag) {
        for (let i = 0; i < 3; i++) await cout(tag + i);
        await retire(cout);
      });
      const got = [];
      const sink = process(async function sink(cin) { for (;;) got.push(await cin()); });
      const a = new Channel('A');
      await Parallel(source(a.writer(), 'x'), source(a.writer(), 'y'), sink(a.reader()).times(2));
      console.log(got.sort());
      await shutdown();`);
    expect(printed).toEqual(["['x0', 'x1', 'x2', 'y0', 'y1', 'y2']"]);
  });

  test('values pass by reference, and channel ends pass too', async () => {
    const printed = await lines(`
      const list = [1];
      const server = process(async function server(cin) {
        const { reply, list } = await cin();
        list.push(2);
        await reply('done');
      });
      const client = process(async function client(cout) {
        const answer = new Channel();
        const cin = answer.reader();
        await cout({ reply: answer.writer(), list });
        console.log(await cin(), list);
      });
      const a = new Channel('A');
      await Parallel(server(a.reader()), client(a.writer()));
      await shutdown();`);
    expect(printed).toEqual(['done [1, 2]']);
  });

  test('the four kinds refuse a second end where there may be one', async () => {
    const printed = await lines(`
      for (const Kind of Object.values(kinds)) {
        const a = new Kind(Kind.name.slice(0, 7));
        for (const make of ['writer', 'reader']) {
          a[make]();
          try {
            a[make]();
            console.log(a.name, 'any', make);
          } catch (error) {
            console.log(error.name, error.message);
          }
        }
      }
      await shutdown();`);
    const refused = (kind: string, side: string, word: string): string =>
      `InfoException ${kind}Channel ${kind} has one ${side}: a second ${word} end is refused`;
    expect(printed).toEqual([
      refused('One2One', 'writer', 'writing'),
      refused('One2One', 'reader', 'reading'),
      refused('One2Any', 'writer', 'writing'),
      'One2Any any reader',
      'Any2One any writer',
      refused('Any2One', 'reader', 'reading'),
      'Any2Any any writer',
      'Any2Any any reader',
    ]);
  });

  test('a name is used once', async () => {
    const { lines } = await run(`new Channel('A'); new Channel('A');`);
    expect(lines('main')[0]).toBe('InfoException: Reusing channel name in same process namespace');
  });
});

describe('the end of a channel', () => {
  const WRITERS = `
    const log = [];
    const quick = (end) => process(async function quick(cout) {
      for (let i = 0; i < 2; i++) await cout('quick' + i);
      await end(cout);
    });
    const slow = process(async function slow(cout) {
      let i = 0;
      try {
        for (; i < 3; i++) {
          await sleep(0.1);
          await cout('slow' + i);
        }
        await retire(cout);
        log.push('slow finished');
      } catch (error) {
        log.push('slow ' + word(error) + ' at ' + i);
      }
    });
    const reader = process(async function reader(cin) {
      try {
        for (;;) log.push(await cin());
      } catch (error) {
        log.push('reader ' + word(error));
      }
    });
    const a = new Channel('A');`;

  test('poison ends it for everybody at once', async () => {
    const printed = await lines(`${WRITERS}
      await Parallel(quick(poison)(a.writer()), slow(a.writer()), reader(a.reader()));
      console.log(log);
      await shutdown();`);
    expect(printed).toEqual([
      "['quick0', 'quick1', 'reader ChannelPoisonException', 'slow ChannelPoisonException at 0']",
    ]);
  });

  test('retirement counts: the last writer takes the channel with it', async () => {
    const printed = await lines(`${WRITERS}
      await Parallel(quick(retire)(a.writer()), slow(a.writer()), reader(a.reader()));
      console.log(log);
      await shutdown();`);
    expect(printed).toEqual([
      "['quick0', 'quick1', 'slow0', 'slow1', 'slow2', 'slow finished', 'reader ChannelRetireException']",
    ]);
  });

  test('a buffer is drained by retirement and lost by poison', async () => {
    const printed = await lines(`
      for (const end of [retire, poison]) {
        const a = new Channel(end.name, { buffer: 3 });
        const [cout, cin] = [a.writer(), a.reader()];
        for (let i = 0; i < 3; i++) await cout(i);
        await end(cout);
        const got = [];
        try {
          for (;;) got.push(await cin());
        } catch (error) {
          got.push(word(error));
        }
        console.log(got);
      }
      await shutdown();`);
    expect(printed).toEqual(["[0, 1, 2, 'ChannelRetireException']", "['ChannelPoisonException']"]);
  });

  test('what comes after the end meets it; retiring twice is harmless', async () => {
    const printed = await lines(`
      const attempt = async (work) => console.log(await work().then(() => 'ok', word));
      for (const end of [poison, retire]) {
        const a = new Channel(end.name);
        const [cout, cin] = [a.writer(), a.reader()];
        await end(cout);
        await attempt(() => cout(1));
        await attempt(() => cin());
        await attempt(() => a.writer()(1));
        await attempt(() => cout.retire());
      }
      await shutdown();`);
    const [poisoned, retired] = ['ChannelPoisonException', 'ChannelRetireException'];
    expect(printed).toEqual([
      ...[poisoned, poisoned, poisoned, 'ok'],
      ...[retired, retired, retired, 'ok'],
    ]);
  });

  test('who does not catch it passes it on to the ends it was given', async () => {
    const { end, states } = await run(`
      const source = process(async function source(cout) {
        for (let i = 0; i < 3; i++) await cout(i);
        await retire(cout);
      });
      const pass = process(async function pass([cin, cout]) { for (;;) await cout(await cin()); });
      const sink = process(async function sink(cin) { for (;;) await cin(); });
      const [a, b] = [new Channel('A'), new Channel('B')];
      await Parallel(source(a.writer()), pass([a.reader(), b.writer()]), sink(b.reader()));
      await shutdown();`);
    expect(end.waiting).toEqual([]);
    expect(states('pycsp processes/sink').at(-1)).toEqual({ state: 'retired', holds: [] });
  });

  test('a process that returns leaves its ends open', async () => {
    const { end } = await run(`
      const w = process(async function w(cout) { await cout(1); });
      const r = process(async function r(cin) { for (;;) await cin(); });
      const a = new Channel('A');
      await Parallel(w(a.writer()), r(a.reader()));`);
    expect(end.waiting.map(({ what, line }) => [what, line])).toContainEqual([
      'r: read from A',
      'main.ts:8',
    ]);
  });
});

describe('alternation', () => {
  const SOURCE = `
    const source = process(async function source(cout, tag, n, seconds) {
      let i = 0;
      try {
        for (; i < n; i++) {
          await sleep(seconds);
          await cout(tag + i);
        }
        await retire(cout);
      } catch (error) {
        console.log('  src', tag, word(error), 'at', i);
      }
    });
    const [a, b] = [new Channel('A'), new Channel('B')];`;

  test('execute does what the chosen guard says; a retired channel ends the whole', async () => {
    const printed = await lines(`${SOURCE}
      const act = choice((prefix, { channelInput }) => console.log(prefix, channelInput));
      const sel = process(async function sel(a, b) {
        try {
          for (;;) await new Alternation([new Map([[a, act('A:')], [b, act('B:')]])]).execute();
        } catch (error) {
          console.log('selector', word(error));
          await retire(a, b);
        }
      });
      await Parallel(source(a.writer(), 'a', 3, 0.2), source(b.writer(), 'b', 1, 0.5),
        sel(a.reader(), b.reader()));
      await shutdown();`);
    expect(printed).toEqual([
      'A: a0',
      'A: a1',
      'B: b0',
      'selector ChannelRetireException',
      '  src a ChannelRetireException at 2',
    ]);
  });

  test('select gives the end and the value', async () => {
    const printed = await lines(`${SOURCE}
      const sel = process(async function sel(a, b) {
        for (;;) {
          const [end, message] = await new Alternation([[a, null], [b, null]]).select();
          console.log(end === a, message);
        }
      });
      await Parallel(source(a.writer(), 'a', 2, 0.1), source(b.writer(), 'b', 2, 0.15),
        sel(a.reader(), b.reader()));
      await shutdown();`);
    expect(printed).toEqual([
      'true a0',
      'false b0',
      'true a1',
      '  src b ChannelRetireException at 1',
    ]);
  });

  const READY = `
    const put = process(async function put(cout, tag) { for (let i = 0; i < 3; i++) await cout(tag + i); });
    const [p, q] = [new Channel('P'), new Channel('Q')];
    const [high, low] = [p.reader(), q.reader()];
    await Spawn(put(p.writer(), 'p'), put(q.writer(), 'q'));
    const got = [];`;

  test('PriSelect takes the first that is ready, FairSelect the least chosen', async () => {
    const printed = await lines(`${READY}
      for (let i = 0; i < 6; i++) {
        const guards = [new InputGuard(high), new InputGuard(low)];
        await sleep(0.001);
        got.push((await PriSelect(...guards))[1]);
      }
      console.log(got.splice(0));
      await Spawn(put(p.writer(), 'p'), put(q.writer(), 'q'));
      for (let i = 0; i < 6; i++)
        got.push((await FairSelect(new InputGuard(high), new InputGuard(low)))[1]);
      console.log(got);
      await shutdown();`);
    expect(printed).toEqual([
      "['p0', 'p1', 'p2', 'q0', 'q1', 'q2']",
      "['p0', 'q0', 'p1', 'q1', 'p2', 'q2']",
    ]);
  });

  test('KT6 AltSelect takes any: another seed takes another', async () => {
    const source = `${READY}
      for (let i = 0; i < 6; i++)
        got.push((await AltSelect(new InputGuard(high), new InputGuard(low)))[1]);
      console.log(got.join(' '));
      await shutdown();`;
    const orders = await Promise.all([1, 2, 3, 4].map((seed) => lines(source, seed)));
    expect(new Set(orders.map(([order]) => order)).size).toBeGreaterThan(1);
    expect(await lines(source, 1)).toEqual(orders[0]);
  });

  test('a timeout, a skip and an output are guards too', async () => {
    const printed = await lines(`
      const a = new Channel('A');
      const [cin, cout] = [a.reader(), a.writer()];
      const late = new TimeoutGuard(0.25, { action: ({ channelInput }) => console.log('late', channelInput) });
      console.log((await AltSelect(new InputGuard(cin), late))[0] === late);
      console.log((await PriSelect(new InputGuard(cin), new SkipGuard()))[1]);
      const reader = process(async function reader(cin) { console.log('got', await cin()); });
      await Spawn(reader(cin));
      const [end] = await AltSelect(new OutputGuard(cout, 7, { action: () => console.log('sent') }));
      console.log(end === cout);
      await shutdown();`);
    expect(printed).toEqual(['late undefined', 'true', 'undefined', 'got 7', 'sent', 'true']);
  });

  test('what is no guard is refused', async () => {
    const { lines } = await run(`await AltSelect(5);`);
    expect(lines('main')[0]).toBe(
      'InfoException: Cannot use 5 as guard. Only use *Guard types for AltSelect',
    );
  });
});

describe('what is seen', () => {
  test('a rendezvous is a meeting: who gave what to whom, and who had waited', async () => {
    const { states } = await run(`
      const w = process(async function w(cout) { await cout('hello'); });
      const r = process(async function r(cin) { await cin(); });
      const a = new Channel('A');
      await Parallel(w(a.writer()), r(a.reader()));
      await shutdown();`);
    const open = { state: 'open', writers: 1, readers: 1 };
    expect(states('pycsp channels/A').slice(2)).toEqual([
      { ...open, writing: [{ process: 'w', value: "'hello'" }], reading: [] },
      {
        ...open,
        writing: [],
        reading: [],
        met: { count: 1, value: "'hello'", from: 'w', to: 'r', waited: 'w' },
      },
    ]);
  });

  test('KT8 two sends that wait for each other are a cycle of processes and channels', async () => {
    const { end, states } = await run(`
      const side = (name) => process({ async [name](out, inn) { await out(name); await inn(); } }[name]);
      const [x, y] = [new Channel('X'), new Channel('Y')];
      await Parallel(side('left')(x.writer(), y.reader()), side('right')(y.writer(), x.reader()));`);
    expect(end.deadlocks).toEqual([['main']]);
    expect(states('pycsp deadlock')).toEqual([
      {
        stuck: [
          expect.objectContaining({ process: '__INIT__', for: ['left', 'right'] }),
          { process: 'left', waits: "write 'left' to X", line: 'main.ts:7', for: ['right'] },
          { process: 'right', waits: "write 'right' to Y", line: 'main.ts:7', for: ['left'] },
        ],
        cycle: ['left', 'X', 'right', 'Y', 'left'],
      },
    ]);
  });

  test('who sleeps is no deadlock', async () => {
    const { states } = await run(`
      const w = process(async function w(cout) { await sleep(5); await cout(1); });
      const r = process(async function r(cin) { await cin(); });
      const a = new Channel('A');
      await Parallel(w(a.writer()), r(a.reader()));
      await shutdown();`);
    expect(states('pycsp deadlock')).toEqual([]);
  });
});

test('a node that communicates without pause ends its turns: nothing is stopped', async () => {
  const { lines } = await run(`
    const w = process(async function w(cout) { for (let i = 0; i < 20000; i++) await cout(i); await retire(cout); });
    const r = process(async function r(cin) { for (;;) await cin(); });
    const a = new Channel('A');
    await Parallel(w(a.writer()), r(a.reader()));
    console.log('done');
    await shutdown();`);
  expect(lines('main')).toEqual(['done']);
});

describe('traces and settings', () => {
  test('TraceInit writes what processes do to the disk of the node', async () => {
    const { end, lines } = await run(`
      import { TraceInit, TraceMsg, TraceQuit } from 'pycsp';
      import { disk } from 'node';
      TraceInit('trace.log', { stdout: true });
      const give = process(async function give(cout) {
        await cout(1); TraceMsg("it's given"); await poison(cout);
      });
      const take = process(async function take(cin) { for (;;) await AltSelect(new InputGuard(cin)); });
      const a = new Channel('A');
      await Parallel(give(a.writer()), take(a.reader()));
      console.log('done');
      TraceQuit();
      await shutdown();
      for (const line of disk.readText('trace.log').trim().split('\\n')) console.log(line);`);
    expect(end.waiting).toEqual([]);
    const [done, ...told] = lines('main');
    expect(done).toBe('done');
    const ids = /'[0-9a-f]{32}\.(\w+)'/g;
    const plain = told.map((line) => line.replace(ids, '<$1>'));
    expect(plain.slice(0, 5)).toEqual([
      "{'type': 'Channel', 'chan_name': 'A'}",
      "{'type': 'ChannelEndWrite', 'chan_name': 'A'}",
      "{'type': 'ChannelEndRead', 'chan_name': 'A'}",
      "{'processes': [{'func_name': 'give', 'process_id': <give>}, {'func_name': 'take', 'process_id': <take>}], 'process_id': <__INIT__>, 'type': 'BlockOnParallel'}",
      "{'type': 'StartProcess', 'func_name': 'give', 'process_id': <give>}",
    ]);
    expect(plain).toContain(
      "{'type': 'DoneWrite', 'id': 0, 'chan_name': 'A', 'process_id': <give>}",
    );
    expect(plain).toContain(`{'type': 'Msg', 'process_id': <give>, 'msg': "it's given"}`);
    expect(plain.slice(-2)).toEqual([
      "{'type': 'Output', 'msg': 'done\\n'}",
      "{'type': 'TraceQuit'}",
    ]);
    const types = plain.map((line) => /'type': '([\w.]+)'}?/.exec(line.replace(/\[.*\]/, ''))![1]!);
    // As the Python package tells of the same program.
    expect(types.toSorted()).toEqual(
      [
        ...['Channel', 'ChannelEndWrite', 'ChannelEndRead', 'BlockOnParallel', 'DoneParallel'],
        ...['StartProcess', 'StartProcess', 'QuitProcess', 'QuitProcess', 'TraceQuit', 'Output'],
        ...['BlockOnWrite', 'DoneWrite', 'Msg', 'Poison', 'Poison'],
        ...['Alternation', 'BlockOnAlternation.execute', 'DoneAlternation.execute'],
        ...['Alternation', 'BlockOnAlternation.execute'],
      ].toSorted(),
    );
  });

  test('without TraceQuit shutdown() waits', async () => {
    const { end } = await run(`
      import { TraceInit } from 'pycsp';
      TraceInit(); await shutdown();`);
    expect(end.waiting.map(({ what }) => what)).toContain('spawned processes: TraceQuit');
  });

  test('settings are of one mind, and an unknown one is refused', async () => {
    const printed = await lines(`
      import { Configuration, SOCKETS_CONNECT_TIMEOUT } from 'pycsp';
      new Configuration().set(SOCKETS_CONNECT_TIMEOUT, 0.5);
      console.log(new Configuration().get(SOCKETS_CONNECT_TIMEOUT));
      try { new Configuration().get(9); } catch (error) { console.log(error.name); }`);
    expect(printed).toEqual(['0.5', 'InfoException']);
  });
});
