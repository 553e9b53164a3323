// SEMANTICS 1.7: a worker is killed one second into a 4-s task, another one starts a second later.
// Times are those of the recorded runs fault-kill9-*.

import { describe, expect, test } from 'vitest';
import { experiment, type Experiment } from './harness.ts';
import { ledgerAt, type LedgerLine } from '../../../src/lib/trace/ledger.ts';
import { TraceStore } from '../../../src/lib/trace/store.ts';
import { AMQP, REDIS, tasksFile, watchClient } from './programs.ts';

interface Case {
  broker: string;
  task: 'sleep' | 'sleepLate';
  seconds: number;
  settings?: string;
}

function killed({ broker, task, seconds, settings = '' }: Case): Promise<Experiment> {
  return experiment({
    files: {
      'tasks.ts': tasksFile({ broker, settings }),
      'client.ts': watchClient(task, seconds),
    },
    nodes: {
      broker: broker === AMQP ? 'rabbitmq-server' : 'redis-server',
      results: 'redis-server',
      w1: 'celery -A tasks worker -l info -n w1@%h -c 1',
      client: { run: 'client.ts', startMs: 1600 },
      w2: { run: 'celery -A tasks worker -l info -n w2@%h -c 1', startMs: 3900 },
    },
    faults: [{ atMs: 2900, kill: 'w1' }],
  });
}

/** The execution ledger of the one task. */
function ledgerOf(run: Experiment): LedgerLine[] {
  const trace = new TraceStore();
  trace.append(run.text);
  return ledgerAt(trace, trace.frontierUs);
}

const VT8 = 'app.conf.brokerTransportOptions = { visibilityTimeout: 8 };';

describe('SEMANTICS 1.7 worker killed', () => {
  test('fault-kill9-early-amqp: early ack on RabbitMQ loses the task, silently', async () => {
    const run = await killed({ broker: AMQP, task: 'sleep', seconds: 15 });
    expect(run.lines('client')).toEqual(['sent', 'states PENDING 0, STARTED 0']);
    expect(run.lines('w2').join('\n')).not.toContain('received');
    expect(run.of('effect')).toEqual([]);
    const lost = { sent: 1, delivered: 1, started: 1, applied: 0, acked: 1, stored: 0 };
    expect(ledgerOf(run)).toMatchObject([lost]);
    expect(run.states('queue/celery').at(-1)).toEqual({ ready: 0, unacked: 0 });
  });

  test('SEMANTICS 1.7 early ack on Redis loses the task, silently', async () => {
    const run = await killed({ broker: REDIS, task: 'sleep', seconds: 15 });
    expect(run.lines('client')).toEqual(['sent', 'states PENDING 0, STARTED 0']);
    expect(run.lines('w2').join('\n')).not.toContain('received');
  });

  test('SEMANTICS 1.7 late ack on RabbitMQ is redelivered as the connection drops', async () => {
    const run = await killed({ broker: AMQP, task: 'sleepLate', seconds: 15 });
    const lines = run.lines('w2').filter((line) => line.includes('sleepLate['));
    expect(lines[0]).toMatch(/Task tasks\.sleepLate\[.{36}\] received$/);
    expect(lines[1]).toMatch(/succeeded in 4\.\d+s: 'T'$/);
    expect(run.whenMs('w2', 'received') - run.whenMs('w2', 'ready.')).toBeLessThan(100);
    expect(run.lines('client').at(-1)).toMatch(/PENDING 0, STARTED 0, SUCCESS (7|8)$/);
    const delivered = run.of('deliver', 'w2').filter(({ msg }) => msg === 'task');
    expect(delivered).toHaveLength(1);
    expect(run.of('effect')).toHaveLength(1);
    const twice = { sent: 1, delivered: 2, started: 2, applied: 1, acked: 1, stored: 1 };
    expect(ledgerOf(run)).toMatchObject([twice]);
  });

  test('fault-kill9-late-redis-vt-default: Redis does not give it back within seconds', async () => {
    const run = await killed({ broker: REDIS, task: 'sleepLate', seconds: 20 });
    expect(run.lines('client')).toEqual(['sent', 'states PENDING 0, STARTED 0']);
    // Later is not never: the visibility timeout of an hour, at the next check after it.
    const receivedMs = run.whenMs('w2', 'received');
    expect(receivedMs).toBeGreaterThan(3_600_000);
    expect(receivedMs).toBeLessThan(3_720_000);
    expect(run.end.reason).toBe('quiescent');
    expect(run.of('effect')).toHaveLength(1);
  });

  test('fault-kill9-late-redis-vt8-long: timeout 8 s means about 92 s', async () => {
    const run = await killed({ broker: REDIS, task: 'sleepLate', seconds: 140, settings: VT8 });
    const lines = run.lines('client');
    expect(lines.at(-1)).toMatch(/^states PENDING 0, STARTED 0, SUCCESS 9[67]$/);
    const waitedMs = run.whenMs('w2', 'received') - run.whenMs('w1', 'received');
    expect(waitedMs).toBeGreaterThan(91_500);
    expect(waitedMs).toBeLessThan(92_800);
    const [first] = run.lines('w1').filter((line) => line.includes('received'));
    const [second] = run.lines('w2').filter((line) => line.includes('received'));
    const idOf = (line = ''): string => /\[([0-9a-f-]{36})\]/.exec(line)![1]!;
    expect(idOf(second)).toBe(idOf(first));
  });
});

describe('NODE5 restart', () => {
  test('a worker that is restarted gets its late-acked task back itself', async () => {
    const run = await experiment({
      files: {
        'tasks.ts': tasksFile({ broker: AMQP }),
        'client.ts': `import { sleepLate } from './tasks.ts';
console.log(await (await sleepLate.delay(4, 'T')).get());`,
      },
      nodes: {
        broker: 'rabbitmq-server',
        results: 'redis-server',
        w1: 'celery -A tasks worker -l info -c 2',
        client: { run: 'client.ts', startMs: 1600 },
      },
      faults: [
        { atMs: 2900, kill: 'w1' },
        { atMs: 3000, restart: 'w1' },
      ],
    });
    expect(run.lines('client')).toEqual(['T']);
    expect(run.lines('w1').filter((line) => line.endsWith('received'))).toHaveLength(2);
    const deliveries = run.of('send', 'broker').filter(({ msg }) => msg === 'task');
    expect(deliveries.map(({ mark }) => mark)).toEqual([undefined, 'redelivered']);
  });
});
