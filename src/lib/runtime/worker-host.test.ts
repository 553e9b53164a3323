import { describe, expect, test, vi } from 'vitest';
import type { Op } from '#lib/protocol/packets.ts';
import { TraceWriter } from '#lib/trace/writer.ts';
import { OPS, type FlatPacket } from './packet-plan.ts';
import { PacketWriter } from './packet-writer.ts';
import type { NodePacket } from './packets.ts';
import type { WorkerPort } from './pool-thread.ts';
import { run } from './run.ts';
import { ThreadPool } from './thread-pool.ts';
import { WorkerHost } from './worker-host.ts';
import { clusterOf } from '../../../tests/support/cluster.ts';

/** A thread of the pool under the control of an attacker: answers whatever it likes. */
class HostileWorker implements WorkerPort {
  onmessage: WorkerPort['onmessage'] = null;
  onerror: WorkerPort['onerror'] = null;
  isTerminated = false;
  readonly #answer: (packet: NodePacket, worker: HostileWorker) => void;

  constructor(answer: (packet: NodePacket, worker: HostileWorker) => void) {
    this.#answer = answer;
  }

  postMessage(message: unknown): void {
    queueMicrotask(() => this.#answer(message as NodePacket, this));
  }

  reply(data: unknown): void {
    this.onmessage?.({ data });
  }

  terminate(): void {
    this.isTerminated = true;
  }
}

async function runAgainst(
  answer: (packet: NodePacket, worker: HostileWorker) => void,
  nodes = ['evil', 'good'],
) {
  const workers: HostileWorker[] = [];
  const pool = new ThreadPool(() => {
    const worker = new HostileWorker(workers.length === 0 ? answer : good);
    workers.push(worker);
    return worker;
  }, 2);
  let text = '';
  const result = await run({
    spec: {
      build: 'test',
      cluster: clusterOf({ programs: Object.fromEntries(nodes.map((name) => [name, null!])) }),
      faults: [],
      seed: 1,
    },
    host: new WorkerHost(pool, () => false),
    sink: new TraceWriter((chunk) => {
      text += chunk;
    }),
  });
  return { ...result, text, workers };
}

/** Says nothing and waits. */
function good(packet: NodePacket, worker: HostileWorker): void {
  if (packet.type === 'window') {
    const answers = Array.from({ length: packet.numbers[0]! }, () => [Infinity, 0]).flat();
    worker.reply({ type: 'answers', ...flat(answers) });
  }
  if (packet.type === 'waits') worker.reply({ type: 'waits', waits: [] });
}

function flat(numbers: number[]): FlatPacket {
  return {
    numbers: new Float64Array(numbers),
    words: [],
    texts: [],
    bytes: new Uint8Array(0),
  };
}

/** One answer, written by our own writer. */
function answerOf(nextUs: number, ...ops: Op[]): unknown {
  const writer = new PacketWriter();
  writer.number(nextUs);
  writer.number(ops.length);
  for (const op of ops) writer.item(OPS, op);
  return { type: 'answers', ...writer.take() };
}

/** What each single value is refused for is in packet-codec.test.ts. */
const forgeries: Record<string, unknown> = {
  nothing: undefined,
  'a string': 'hello',
  'an answer without a packet': { type: 'answers' },
  'an empty packet': { type: 'answers', ...flat([]) },
  'fewer operations than it says': { type: 'answers', ...flat([Infinity, 1_000_000]) },
  'an operation of unknown kind': { type: 'answers', ...flat([Infinity, 1, 99, 0]) },
  'more answers than were asked': { type: 'answers', ...flat([Infinity, 0, Infinity, 0]) },
  'the answer to another question': { type: 'waits', waits: [] },
  'operations out of order': answerOf(
    Infinity,
    { op: 'unlisten', tUs: 9, port: 1 },
    { op: 'unlisten', tUs: 3, port: 1 },
  ),
  'a next turn that is no number': answerOf(NaN),
  'a line of a megabyte': answerOf(Infinity, {
    op: 'log',
    tUs: 0,
    stream: 'stdout',
    text: 'x'.repeat(1e6),
    line: undefined,
  }),
};

describe('forged packets (DESIGN section 6)', () => {
  for (const [name, reply] of Object.entries(forgeries)) {
    test(`${name} ends that process with a diagnostic, and the others go on`, async () => {
      const { end, reports, text, workers } = await runAgainst((packet, worker) => {
        if (packet.type === 'window') worker.reply(reply);
      });
      expect(end.reason).toBe('quiescent');
      expect(reports.map(({ name, exitCode }) => [name, exitCode])).toEqual([
        ['evil', 70],
        ['good', null],
      ]);
      expect(text).toContain('its worker sent a packet that is not allowed');
      expect(workers[0]!.isTerminated).toBe(true);
    });
  }
});

test('a flood of messages that nobody asked for changes nothing', async () => {
  const { end, reports } = await runAgainst((packet, worker) => {
    good(packet, worker);
    if (packet.type === 'start') return;
    for (let count = 0; count < 10_000; count++) worker.reply({ type: 'answers', numbers: 'x' });
  });
  expect(end.reason).toBe('quiescent');
  expect(reports.every(({ isAlive }) => isAlive)).toBe(true);
});

test('a worker that breaks fails the run, and the trace is kept', async () => {
  const { end, text } = await runAgainst((_packet, worker) => {
    worker.onerror?.({ message: 'out of memory' });
  });
  expect(end.reason).toBe('failed');
  expect(end.detail).toContain('evil: its worker broke: out of memory');
  expect(end.digest).toBeUndefined();
  expect(text).toContain('"kind":"start"');
});

test('NODE3 a forged packet ends the processes of its own thread only', async () => {
  const { reports } = await runAgainst(
    (packet, worker) => {
      if (packet.type === 'window') worker.reply('nonsense');
    },
    ['evil', 'good', 'neighbour', 'other'],
  );
  expect(reports.map(({ name, exitCode }) => [name, exitCode])).toEqual([
    ['evil', 70],
    ['good', null],
    ['neighbour', 70],
    ['other', null],
  ]);
});

test('NODE7 a thread that does not answer fails the run, and its processes are named', async () => {
  vi.useFakeTimers();
  try {
    const running = runAgainst(() => undefined, ['a', 'b', 'c']);
    await vi.advanceTimersByTimeAsync(12_000);
    const { end, workers } = await running;
    expect(end.reason).toBe('failed');
    expect(end.detail).toBe('a, c: computed 10 s of real time without an answer');
    expect(workers[0]!.isTerminated).toBe(true);
  } finally {
    vi.useRealTimers();
  }
});

test('NODE7 a thread that hangs when it is asked what it waits for fails the run', async () => {
  vi.useFakeTimers();
  try {
    const running = runAgainst((packet, worker) => {
      if (packet.type === 'window') good(packet, worker);
    });
    await vi.advanceTimersByTimeAsync(12_000);
    const { end } = await running;
    expect(end).toMatchObject({ reason: 'failed', waiting: [], digest: undefined });
    expect(end.detail).toContain('evil: computed 10 s of real time');
  } finally {
    vi.useRealTimers();
  }
});

test('NODE3 a thousand machines share a few threads', async () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `n${index}`);
  const { end, workers } = await runAgainst(good, names);
  expect(end.reason).toBe('quiescent');
  expect(workers.length).toBe(2);
});
