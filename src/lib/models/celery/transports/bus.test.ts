// Broadcasts on both brokers: who gets what, and what becomes of it when a connection ends.

import { describe, expect, test } from 'vitest';
import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { runCluster, type Program } from '../../../../../tests/support/cluster.ts';
import { CeleryApp } from '../app.ts';
import { rabbitMain } from '../servers/rabbitmq/server.ts';
import { redisMain } from '../servers/redis/server.ts';
import { EVENTS, PIDBOX, PIDBOX_REPLY, type Bus, type BusExchange } from './bus.ts';

const BROKERS = [
  { broker: redisMain, url: 'redis://broker/1' },
  { broker: rabbitMain, url: 'amqp://guest@broker//' },
] as const;

function busOf(process: NodeProcess, url: string): Bus {
  const app = new CeleryApp(process, null!, 'test');
  app.settings.brokerUrl = url;
  return app.createBus();
}

function* say(bus: Bus, exchange: BusExchange, routingKey: string, body: string): Body<void> {
  const properties = { correlationId: '', replyTo: '', deliveryMode: 1, priority: 0 } as const;
  yield* bus.publish({
    exchange,
    routingKey,
    message: { body, headers: { clock: 1 }, properties },
  });
}

/** Prints what it hears within three seconds. */
function listener(url: string, exchange: BusExchange, routingKey: string): Program {
  return function* (process) {
    const bus = busOf(process, url);
    yield* bus.subscribe({
      ...{ exchange, routingKey, queue: `${process.spec.name}.queue` },
      onMessage: ({ body, headers }, key) => {
        process.write('stdout', `${key || '-'} ${body} ${String(headers['clock'])}\n`);
      },
    });
    yield* wait(process.sleepUs(3_000_000));
    bus.close();
  };
}

function talker(url: string, work: (bus: Bus) => Body<void>): Program {
  return function* (process) {
    yield* wait(process.sleepUs(1_000_000));
    const bus = busOf(process, url);
    yield* work(bus);
    bus.close();
  };
}

describe.each(BROKERS)('$url', ({ broker, url }) => {
  test('a fanout reaches everybody who listens, and nobody later', async () => {
    const run = await runCluster({
      programs: {
        broker,
        w1: listener(url, PIDBOX, ''),
        w2: listener(url, PIDBOX, ''),
        late: listener(url, PIDBOX, ''),
        client: talker(url, (bus) => say(bus, PIDBOX, '', '{"method": "ping"}')),
      },
      startUs: { late: 2_000_000 },
    });
    expect(run.lines('w1')).toEqual(['- {"method": "ping"} 1']);
    expect(run.lines('w2')).toEqual(run.lines('w1'));
    expect(run.lines('late')).toEqual([]);
    const labels = run.of('send').filter(({ msg }) => msg === 'broadcast');
    expect(labels.map(({ preview }) => preview)).toContain('ping');
    // A bus that was closed keeps nobody alive.
    expect(run.of('exit').map(({ node }) => node)).toEqual(['client', 'w1', 'w2', 'late']);
  });

  test('a reply reaches the one who asked', async () => {
    const run = await runCluster({
      programs: {
        broker,
        asker: listener(url, PIDBOX_REPLY, 'asker'),
        other: listener(url, PIDBOX_REPLY, 'other'),
        worker: talker(url, function* (bus) {
          yield* say(bus, PIDBOX_REPLY, 'asker', '{"w1@h": {"ok": "pong"}}');
          yield* say(bus, PIDBOX_REPLY, 'nobody', '{}');
        }),
      },
    });
    expect(run.lines('asker')).toEqual(['asker {"w1@h": {"ok": "pong"}} 1']);
    expect(run.lines('other')).toEqual([]);
  });

  test('events go by their topics', async () => {
    const run = await runCluster({
      programs: {
        broker,
        all: listener(url, EVENTS, '#'),
        gossip: listener(url, EVENTS, 'worker.#'),
        worker: talker(url, function* (bus) {
          yield* say(bus, EVENTS, 'worker.heartbeat', '{"type": "worker-heartbeat"}');
          yield* say(bus, EVENTS, 'task.received', '{"type": "task-received"}');
        }),
      },
    });
    expect(run.lines('gossip')).toEqual(['worker.heartbeat {"type": "worker-heartbeat"} 1']);
    expect(run.lines('all')).toEqual([
      ...run.lines('gossip'),
      'task.received {"type": "task-received"} 1',
    ]);
  });

  test('who listens learns that the broker is gone', async () => {
    const run = await runCluster({
      programs: {
        broker,
        *w1(process) {
          const bus = busOf(process, url);
          bus.onLost = () => process.write('stdout', 'lost\n');
          const queue = 'w1';
          yield* bus.subscribe({ exchange: PIDBOX, routingKey: '', queue, onMessage: () => {} });
          yield* wait(process.sleepUs(3_000_000));
          try {
            yield* say(bus, PIDBOX, '', '{}');
          } catch (error) {
            process.write('stdout', `${String(error)}\n`);
          }
        },
      },
      faults: [{ atMs: 1_000, kill: 'broker' }],
    });
    expect(run.lines('w1')[0]).toBe('lost');
    expect(run.lines('w1')[1]).toMatch(/^OperationalError: .*Connection refused/);
  });
});
