// RabbitMQ as a client sees it: where messages go, what it refuses, and what is left of them after a
// kill and after a power cut.

import { describe, expect, test } from 'vitest';
import type { NodeProcess } from '#lib/node/process.ts';
import type { Body } from '#lib/node/promise.ts';
import type { Fault } from '#lib/protocol/faults.ts';
import { runCluster, type ClusterRun } from '../../../../../../tests/support/cluster.ts';
import { AmqpClient } from '../../amqp-client.ts';
import type { ExchangeType, MethodOf } from '../../amqp.ts';
import { parseUrl } from '../../url.ts';
import { rabbitMain } from './server.ts';

const URL = parseUrl('amqp://guest@rabbit//');

/** A connection with short words for what tests do. */
class Client {
  readonly amqp: AmqpClient;
  readonly #process: NodeProcess;

  constructor(amqp: AmqpClient, process: NodeProcess) {
    this.amqp = amqp;
    this.#process = process;
  }

  static *open(process: NodeProcess): Body<Client> {
    const options = { heartbeatS: 0, timeoutUs: 4e6 };
    return new Client(yield* AmqpClient.open(process, URL, options), process);
  }

  say(text: string): void {
    this.#process.write('stdout', `${text}\n`);
  }

  *queue(queue: string, more: Partial<MethodOf<'queue.declare'>> = {}): Body<number> {
    const options = { durable: true, exclusive: false, autoDelete: false, ...more };
    const { messageCount } = yield* this.amqp.call(
      { method: 'queue.declare', queue, ...options },
      'queue.declare-ok',
    );
    return messageCount;
  }

  *exchange(exchange: string, type: ExchangeType, durable = true): Body<void> {
    yield* this.amqp.call(
      { method: 'exchange.declare', exchange, type, durable, autoDelete: false },
      'exchange.declare-ok',
    );
  }

  *bind(exchange: string, queue: string, routingKey = '', args = {}): Body<void> {
    const binding = { exchange, routingKey, args };
    yield* this.amqp.call({ method: 'queue.bind', queue, ...binding }, 'queue.bind-ok');
  }

  *publish(
    routingKey: string,
    body: string,
    {
      exchange = '',
      ...properties
    }: MethodOf<'basic.publish'>['properties'] & {
      exchange?: string;
    } = {},
  ): Body<void> {
    yield* this.amqp.publish({
      ...{ exchange, routingKey, body },
      properties: { deliveryMode: 2, ...properties },
    });
  }

  /** Bodies that lie in a queue, `!` behind what was delivered before. */
  *take(queue: string): Body<string> {
    let bodies = '';
    for (;;) {
      const got = yield* this.amqp.callAny({ method: 'basic.get', queue, noAck: true }, [
        'basic.get-ok',
        'basic.get-empty',
      ]);
      if (got.method !== 'basic.get-ok') return bodies;
      bodies += got.body + (got.redelivered ? '!' : '');
    }
  }

  *attempt(work: Body<unknown>): Body<void> {
    try {
      yield* work;
    } catch (error) {
      this.say(String(error));
    }
  }
}

type Work = (client: Client) => Body<void>;

/** What a client prints. */
async function lines(work: Work, after?: Work, faults: Fault[] = []): Promise<string[]> {
  const run = await scene(work, after, faults);
  return [...run.lines('client'), ...run.lines('after')];
}

function scene(work: Work, after?: Work, faults: Fault[] = []): Promise<ClusterRun> {
  const program = (body?: Work) =>
    function* (process: NodeProcess): Body<void> {
      if (!body) return;
      const client = yield* Client.open(process);
      yield* body(client);
      client.amqp.close();
    };
  return runCluster({
    programs: { 'rabbitmq-server': rabbitMain, client: program(work), after: program(after) },
    nodes: ['rabbit', 'client', 'after'],
    commands: { rabbit: 'rabbitmq-server' },
    startUs: { client: 100_000, after: 20_000_000 },
    faults,
  });
}

describe('exchanges', () => {
  test('direct, topic, fanout and headers lead to the queues that are bound', async () => {
    const said = await lines(function* (client) {
      for (const name of ['a', 'b']) yield* client.queue(name);
      for (const type of ['direct', 'topic', 'fanout', 'headers'] as const) {
        yield* client.exchange(type, type);
      }
      yield* client.bind('direct', 'a', 'red');
      yield* client.bind('topic', 'a', 'log.*');
      yield* client.bind('topic', 'b', 'log.#.error');
      yield* client.bind('fanout', 'a', 'x');
      yield* client.bind('fanout', 'b', 'y');
      yield* client.bind('headers', 'a', '', { 'x-match': 'any', kind: 'pdf', size: 1 });
      yield* client.bind('headers', 'b', '', { kind: 'pdf', size: 1 });
      yield* client.publish('red', '1', { exchange: 'direct' });
      yield* client.publish('blue', '2', { exchange: 'direct' });
      yield* client.publish('log.error', '3', { exchange: 'topic' });
      yield* client.publish('log.disk.full.error', '4', { exchange: 'topic' });
      yield* client.publish('log', '5', { exchange: 'topic' });
      yield* client.publish('', '6', { exchange: 'fanout' });
      yield* client.publish('', '7', { exchange: 'headers', headers: { kind: 'pdf', size: 2 } });
      yield* client.publish('', '8', { exchange: 'headers', headers: { kind: 'pdf', size: 1 } });
      client.say(yield* client.take('a'));
      client.say(yield* client.take('b'));
    });
    expect(said).toEqual(['13678', '3468']);
  });

  test('an exchange leads to another, and a message comes once', async () => {
    const said = await lines(function* (client) {
      yield* client.queue('q');
      yield* client.exchange('front', 'fanout');
      yield* client.exchange('back', 'topic');
      const ring = { method: 'exchange.bind', routingKey: '#', args: {} } as const;
      for (const [exchange, destination] of [
        ['front', 'back'],
        ['back', 'front'],
      ] as const) {
        yield* client.amqp.call({ ...ring, exchange, destination }, 'exchange.bind-ok');
      }
      yield* client.bind('front', 'q');
      yield* client.bind('back', 'q', 'x.#');
      yield* client.publish('x.y', '1', { exchange: 'front' });
      client.say(yield* client.take('q'));
    });
    expect(said).toEqual(['1']);
  });

  test('what is mandatory comes back when no queue takes it', async () => {
    const said = await lines(function* (client) {
      client.amqp.onReturn = ({ code, text, body }) => client.say(`${code} ${text} ${body}`);
      const content = { exchange: '', routingKey: 'nobody', properties: {}, body: '1' };
      client.amqp.send({ method: 'basic.publish', mandatory: true, ...content });
      client.amqp.send({ method: 'basic.publish', ...content });
      yield* client.queue('q');
    });
    expect(said).toEqual(['312 NO_ROUTE 1']);
  });

  test('urgent messages come first, as far as the queue knows priorities', async () => {
    const said = await lines(function* (client) {
      yield* client.queue('plain');
      yield* client.queue('urgent', { maxPriority: 5 });
      for (const [body, priority] of [
        ['a', 0],
        ['b', 9],
        ['c', 5],
        ['d', 1],
      ] as const) {
        yield* client.publish('plain', body, { priority });
        yield* client.publish('urgent', body, { priority });
      }
      client.say(yield* client.take('plain'));
      client.say(yield* client.take('urgent'));
    });
    expect(said).toEqual(['abcd', 'bcda']);
  });

  test('a queue can be emptied and removed', async () => {
    const said = await lines(function* (client) {
      yield* client.queue('q');
      yield* client.publish('q', 'a');
      yield* client.publish('q', 'b');
      const purge = { method: 'queue.purge', queue: 'q' } as const;
      client.say(String((yield* client.amqp.call(purge, 'queue.purge-ok')).messageCount));
      yield* client.publish('q', 'c');
      const remove = { method: 'queue.delete', queue: 'q' } as const;
      client.say(String((yield* client.amqp.call(remove, 'queue.delete-ok')).messageCount));
      yield* client.attempt(client.queue('q', { passive: true }));
    });
    expect(said).toEqual([
      ...['2', '1'],
      "NotFound: Queue.declare: (404) NOT_FOUND - no queue 'q' in vhost '/'",
    ]);
  });
});

describe('refusals', () => {
  test.each<[string, Work, string]>([
    [
      'another queue of that name',
      function* (client) {
        yield* client.queue('q');
        yield* client.attempt(client.queue('q', { durable: false }));
      },
      "PreconditionFailed: Queue.declare: (406) PRECONDITION_FAILED - inequivalent arg 'durable' for queue 'q' in vhost '/': received 'false' but current is 'true'",
    ],
    [
      'another exchange of that name',
      function* (client) {
        yield* client.exchange('x', 'fanout');
        yield* client.attempt(client.exchange('x', 'topic'));
      },
      "PreconditionFailed: Exchange.declare: (406) PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'x' in vhost '/': received 'topic' but current is 'fanout'",
    ],
    [
      'an exchange that is not there',
      function* (client) {
        yield* client.publish('q', '1', { exchange: 'x' });
        yield* client.attempt(client.queue('q'));
      },
      "NotFound: Basic.publish: (404) NOT_FOUND - no exchange 'x' in vhost '/'",
    ],
    [
      'a reserved name',
      function* (client) {
        yield* client.attempt(client.exchange('amq.mine', 'topic'));
      },
      "AccessRefused: Exchange.declare: (403) ACCESS_REFUSED - exchange name 'amq.mine' contains reserved prefix 'amq.*'",
    ],
  ])('%s', async (_, work, text) => {
    expect(await lines(work)).toEqual([text]);
  });
});

describe('what is left', () => {
  const KILL: Fault[] = [
    { atMs: 10_000, kill: 'rabbit' },
    { atMs: 12_000, restart: 'rabbit' },
  ];
  const CUT: Fault[] = [
    { atMs: 10_000, powerOff: 'rabbit' },
    { atMs: 12_000, restart: 'rabbit' },
  ];
  const STOP: Fault[] = [
    { atMs: 10_000, signal: 'rabbit', name: 'SIGTERM' },
    { atMs: 12_000, restart: 'rabbit' },
  ];

  /** `P` persistent and `t` transient, to a durable and to a transient queue. */
  const publish = (isConfirmed: boolean): Work =>
    function* (client) {
      yield* client.queue('durable');
      yield* client.queue('transient', { durable: false });
      if (isConfirmed) yield* client.amqp.confirmSelect();
      for (const queue of ['durable', 'transient']) {
        yield* client.publish(queue, 'P');
        yield* client.publish(queue, 't', { deliveryMode: 1 });
      }
      // The broker has them, whether it said so or not.
      yield* client.queue('durable', { passive: true });
    };

  function* look(client: Client): Body<void> {
    client.say(yield* client.take('durable'));
    yield* client.attempt(client.queue('transient', { passive: true }));
  }

  const GONE = "NotFound: Queue.declare: (404) NOT_FOUND - no queue 'transient' in vhost '/'";

  test.each([
    ['NODE4 unconfirmed, after a kill', false, KILL, 'P'],
    ['NODE4 unconfirmed, after a clean stop', false, STOP, 'P'],
    ['NODE4 unconfirmed, after a power cut', false, CUT, ''],
    ['NODE4 confirmed, after a power cut', true, CUT, 'P'],
  ])('%s', async (_, isConfirmed, faults, left) => {
    expect(await lines(publish(isConfirmed), look, faults)).toEqual([left, GONE]);
  });

  test('NODE4 a confirm of the moment of the cut was true', async () => {
    for (const atMs of [250, 260, 270, 280]) {
      const run = await scene(
        function* (client) {
          yield* client.queue('durable');
          yield* client.amqp.confirmSelect();
          for (let count = 1; ; count++) {
            yield* client.publish('durable', '.');
            client.say(String(count));
          }
        },
        function* (client) {
          client.say(String((yield* client.take('durable')).length));
        },
        [
          { atMs, powerOff: 'rabbit' },
          { atMs: 400, powerOff: 'client' },
          { atMs: 12_000, restart: 'rabbit' },
        ],
      );
      const confirmed = run.lines('client').length;
      expect(confirmed).toBeGreaterThan(1);
      expect(Number(run.lines('after')[0])).toBeGreaterThanOrEqual(confirmed);
    }
  });

  test('NODE4 bindings and durable exchanges are there again, acknowledged messages are not', async () => {
    const said = await lines(
      function* (client) {
        yield* client.queue('q');
        yield* client.exchange('x', 'topic');
        yield* client.exchange('passing', 'fanout', false);
        yield* client.bind('x', 'q', 'a.*');
        yield* client.amqp.confirmSelect();
        yield* client.publish('a.b', '1', { exchange: 'x' });
        client.say(yield* client.take('q'));
        yield* client.publish('a.c', '2', { exchange: 'x' });
      },
      function* (client) {
        yield* client.publish('a.d', '3', { exchange: 'x' });
        client.say(yield* client.take('q'));
        yield* client.publish('', '', { exchange: 'passing' });
        yield* client.attempt(client.queue('q'));
      },
      CUT,
    );
    expect(said).toEqual([
      ...['1', '23'],
      "NotFound: Basic.publish: (404) NOT_FOUND - no exchange 'passing' in vhost '/'",
    ]);
  });

  test('NODE4 what was delivered and not acknowledged comes back marked', async () => {
    const said = await lines(
      function* (client) {
        yield* client.queue('q');
        yield* client.publish('q', 'a');
        yield* client.publish('q', 'b');
        const consume = { method: 'basic.consume', queue: 'q', consumerTag: 'c', noAck: false };
        yield* client.amqp.call(
          { method: 'basic.qos', prefetchCount: 1, global: true },
          'basic.qos-ok',
        );
        yield* client.amqp.call(consume as MethodOf<'basic.consume'>, 'basic.consume-ok');
        client.amqp.hold(1);
      },
      function* (client) {
        client.say(yield* client.take('q'));
      },
      KILL,
    );
    expect(said).toEqual(['a!b']);
  });

  test('a journal that has grown is written anew', async () => {
    const body = 'x'.repeat(1_000_000);
    const run = await scene(
      function* (client) {
        yield* client.queue('q');
        yield* client.publish('q', 'first');
        for (let count = 0; count < 9; count++) {
          yield* client.publish('q', body);
          yield* client.queue('q');
        }
        const purge = { method: 'queue.purge', queue: 'q' } as const;
        yield* client.amqp.call(purge, 'queue.purge-ok');
        yield* client.publish('q', 'last');
        yield* client.queue('q');
      },
      function* (client) {
        client.say(yield* client.take('q'));
      },
      KILL,
    );
    expect(run.lines('after')).toEqual(['last']);
    const rewrites = run.of('file').filter(({ op }) => op === 'rename');
    expect(rewrites.length).toBeGreaterThan(1);
  });
});
