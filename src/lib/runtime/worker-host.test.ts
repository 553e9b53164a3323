import { describe, expect, test } from 'vitest';
import type { NodePacket } from './packets.ts';
import { run } from './run.ts';
import { WorkerHost, type WorkerPort } from './worker-host.ts';
import { clusterOf } from '../../../tests/support/cluster.ts';

/** A process's thread under the control of an attacker: answers whatever it likes. */
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

const quiet = { ops: [], nextUs: Infinity };

async function runAgainst(answer: (packet: NodePacket, worker: HostileWorker) => void) {
  const workers: HostileWorker[] = [];
  const host = new WorkerHost(() => {
    const worker = new HostileWorker(workers.length === 0 ? answer : good);
    workers.push(worker);
    return worker;
  });
  let text = '';
  const result = await run({
    spec: {
      build: 'test',
      cluster: clusterOf({ programs: { evil: null!, good: null! } }),
      faults: [],
      seed: 1,
    },
    host,
    ontext: (chunk) => {
      text += chunk;
    },
  });
  return { ...result, text, workers };
}

/** Says nothing and waits. */
function good(packet: NodePacket, worker: HostileWorker): void {
  if (packet.type === 'advance') worker.reply({ type: 'answer', answer: quiet });
  if (packet.type === 'waits') worker.reply({ type: 'waits', waits: [] });
}

const forgeries: Record<string, unknown> = {
  nothing: undefined,
  'a string': 'hello',
  'no operations': { type: 'answer', answer: { nextUs: 5 } },
  'an unknown operation': {
    type: 'answer',
    answer: { ops: [{ op: 'format', tUs: 0 }], nextUs: Infinity },
  },
  'an inherited operation': {
    type: 'answer',
    answer: { ops: [{ op: 'toString', tUs: 0 }], nextUs: Infinity },
  },
  'a message without bytes': {
    type: 'answer',
    answer: {
      ops: [{ op: 'send', tUs: 0, conn: 1, bytes: 'x', proto: 'a', msg: 'b', preview: '' }],
      nextUs: Infinity,
    },
  },
  'operations out of order': {
    type: 'answer',
    answer: {
      ops: [
        { op: 'unlisten', tUs: 9, port: 1 },
        { op: 'unlisten', tUs: 3, port: 1 },
      ],
      nextUs: Infinity,
    },
  },
  'a next turn that is no number': { type: 'answer', answer: { ops: [], nextUs: NaN } },
  'a line of a megabyte': {
    type: 'answer',
    answer: {
      ops: [{ op: 'log', tUs: 0, stream: 'stdout', text: 'x'.repeat(1e6), line: undefined }],
      nextUs: Infinity,
    },
  },
};

describe('forged packets (DESIGN section 6)', () => {
  for (const [name, reply] of Object.entries(forgeries)) {
    test(`${name} ends that process with a diagnostic, and the others go on`, async () => {
      const { end, reports, text, workers } = await runAgainst((packet, worker) => {
        if (packet.type === 'advance') worker.reply(reply);
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
    for (let count = 0; count < 10_000; count++)
      worker.reply({ type: 'answer', answer: { ops: 'x' } });
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
