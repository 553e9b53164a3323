import { describe, expect, test } from 'vitest';
import { RandomStream } from '#lib/protocol/random.ts';
import { Broker, Channel, Consumer, type MessageQueue } from './broker.ts';

const OPTIONS = { durable: true, autoDelete: false, maxPriority: 0, exclusiveTo: null };

interface Worker {
  channel: Channel;
  /** Bodies as they came; `!` marks a redelivery. */
  got: string[];
  tags: number[];
}

class Bench {
  readonly broker = new Broker();
  readonly queue: MessageQueue = this.broker.declare('celery', OPTIONS);

  worker(prefetchCount = 0, noAck = false): Worker {
    const worker: Worker = { channel: null as unknown as Channel, got: [], tags: [] };
    worker.channel = new Channel((_consumer, tag, message) => {
      worker.got.push(message.body + (message.isRedelivered ? '!' : ''));
      worker.tags.push(tag);
    });
    const { channel } = worker;
    this.broker.setPrefetch(channel, prefetchCount, true);
    const { queue } = this;
    this.broker.consume(new Consumer({ channel, tag: 'c', queue, noAck, prefetchCount: 0 }));
    return worker;
  }

  publish(...bodies: string[]): void {
    for (const body of bodies) {
      this.broker.publish({ exchange: '', routingKey: 'celery', properties: {}, body });
    }
  }

  get ready(): string {
    return this.queue.ready.map(({ body }) => body).join('');
  }
}

describe('delivery', () => {
  test('consumers are served in turn', () => {
    const bench = new Bench();
    const [one, two] = [bench.worker(), bench.worker()];
    bench.publish('a', 'b', 'c');
    expect([one.got, two.got]).toEqual([['a', 'c'], ['b']]);
  });

  test('a prefetch window holds back what is too much, an ack opens it', () => {
    const bench = new Bench();
    const worker = bench.worker(2);
    bench.publish('a', 'b', 'c', 'd');
    expect(worker.got).toEqual(['a', 'b']);
    expect(bench.ready).toBe('cd');
    bench.broker.ack(worker.channel, worker.tags[0]!, false);
    expect(worker.got).toEqual(['a', 'b', 'c']);
    bench.broker.setPrefetch(worker.channel, 3, true);
    expect(worker.got).toEqual(['a', 'b', 'c', 'd']);
    bench.broker.ack(worker.channel, worker.tags[3]!, true);
    expect(bench.queue.unackedCount).toBe(0);
  });

  test('without acknowledgements nothing is held', () => {
    const bench = new Bench();
    const worker = bench.worker(1, true);
    bench.publish('a', 'b');
    expect(worker.got).toEqual(['a', 'b']);
    expect(bench.queue.unackedCount).toBe(0);
  });

  test('a message for nobody is dropped', () => {
    const content = { exchange: '', routingKey: 'nobody', properties: {}, body: '' };
    expect(new Broker().publish(content)).toEqual({ count: 0, isKept: false });
  });
});

describe('coming back', () => {
  test('SEMANTICS 1.7 a closed channel gives its deliveries back to the front, marked', () => {
    const bench = new Bench();
    const one = bench.worker(2);
    bench.publish('a', 'b', 'c');
    bench.broker.closeChannel(one.channel);
    expect(bench.ready).toBe('abc');
    const two = bench.worker();
    expect(two.got).toEqual(['a!', 'b!', 'c']);
  });

  test('another consumer gets them at once', () => {
    const bench = new Bench();
    const one = bench.worker(1);
    bench.publish('a');
    const two = bench.worker(1);
    bench.broker.closeChannel(one.channel);
    expect(two.got).toEqual(['a!']);
  });

  test('a rejected message goes back to where it stood, or is gone', () => {
    const bench = new Bench();
    const worker = bench.worker(1);
    bench.publish('a', 'b');
    bench.broker.reject(worker.channel, worker.tags[0]!, false, true);
    expect(worker.got).toEqual(['a', 'a!']);
    bench.broker.reject(worker.channel, worker.tags[1]!, false, false);
    expect(worker.got).toEqual(['a', 'a!', 'b']);
  });

  test('an unknown delivery tag is told', () => {
    const bench = new Bench();
    expect(bench.broker.ack(bench.worker().channel, 7, false)).toBe(false);
  });
});

describe('queues that go', () => {
  test('auto-delete with the last consumer, exclusive with its connection', () => {
    const broker = new Broker();
    const session = {};
    const queue = broker.declare('reply', { ...OPTIONS, autoDelete: true });
    broker.declare('mine', { ...OPTIONS, exclusiveTo: session });
    const channel = new Channel(() => undefined);
    broker.consume(new Consumer({ channel, tag: 'c', queue, noAck: true, prefetchCount: 0 }));
    broker.closeChannel(channel);
    broker.dropExclusive(session);
    expect([...broker.queues.keys()]).toEqual([]);
  });
});

for (const seed of [1, 2, 3, 4]) {
  test(`fuzz: no message is ever lost or doubled, seed ${seed}`, () => {
    const stream = new RandomStream(seed, 'broker');
    let ordinal = 0;
    const below = (bound: number): number => stream.below(bound, 1, ordinal++);
    const bench = new Bench();
    let workers = [bench.worker(2), bench.worker(0), bench.worker(1)];
    let published = 0;
    let settled = 0;
    for (let step = 0; step < 500; step++) {
      const worker = workers[below(workers.length)];
      const tags = worker ? [...worker.channel.deliveries.keys()] : [];
      const tag = tags[below(tags.length || 1)];
      const choice = below(10);
      if (choice < 4) bench.publish(String(published++));
      else if (choice < 7 && worker && tag !== undefined) {
        bench.broker.ack(worker.channel, tag, false);
        settled++;
      } else if (choice < 8 && worker && tag !== undefined) {
        bench.broker.reject(worker.channel, tag, false, true);
      } else if (choice === 8 && worker) {
        workers = workers.filter((other) => other !== worker);
        bench.broker.closeChannel(worker.channel);
      } else if (choice === 9 && workers.length < 5) workers.push(bench.worker(below(4)));
      const held = workers.flatMap(({ channel }) => [...channel.deliveries.values()]);
      const bodies = [...held.map(({ message }) => message), ...bench.queue.ready];
      expect(new Set(bodies.map(({ body }) => body)).size).toBe(published - settled);
      expect(bodies).toHaveLength(published - settled);
      expect(bench.queue.unackedCount).toBe(held.length);
      const orders = bench.queue.ready.map(({ order }) => order);
      expect(orders).toEqual([...orders].sort((a, b) => a - b));
    }
  });
}
