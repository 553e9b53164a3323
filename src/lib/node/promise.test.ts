import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { setCurrent } from './current.ts';
import { Meter } from './meter.ts';
import {
  contextNow,
  coroutine,
  Deferred,
  interrupt,
  JobQueue,
  originOf,
  peek,
  queueMicrotask,
  run,
  runWithin,
  SimPromise,
  wait,
} from './promise.ts';

let process: { queue: JobQueue; meter: Meter; port: null };
let lines: string[];
const log = (line: unknown) => void lines.push(String(line));

beforeEach(() => {
  process = { queue: new JobQueue(), meter: new Meter(), port: null };
  lines = [];
  setCurrent(process);
});
afterEach(() => void setCurrent(null));

describe('KT4 a turn', () => {
  test('ends exactly when the queue is empty, however long the chain', () => {
    run(
      (function* () {
        for (let i = 0; i < 1000; i++) yield null;
        log('done');
      })(),
    );
    expect(lines).toEqual([]);
    process.queue.run();
    expect(lines).toEqual(['done']);
    expect(process.queue.isEmpty).toBe(true);
  });

  test('runs jobs in the order of ECMAScript', () => {
    SimPromise.resolve()
      .then(() => log('then 1'))
      .then(() => log('then 2'));
    queueMicrotask(() => log('microtask'));
    // Adopting a promise takes two jobs more than a plain value.
    SimPromise.resolve()
      .then(() => SimPromise.resolve())
      .then(() => log('adopted'));
    SimPromise.resolve()
      .then(() => undefined)
      .then(() => undefined)
      .then(() => undefined)
      .then(() => log('fourth'));
    process.queue.run();
    expect(lines).toEqual(['then 1', 'microtask', 'then 2', 'adopted', 'fourth']);
  });

  test('keeps the jobs behind one that throws', () => {
    queueMicrotask(() => {
      throw new Error('uncaught');
    });
    queueMicrotask(() => log('still there'));
    expect(() => process.queue.run()).toThrow('uncaught');
    process.queue.run();
    expect(lines).toEqual(['still there']);
  });
});

describe('a promise', () => {
  test('settles once', () => {
    const promise = new SimPromise((resolve, reject) => {
      resolve(1);
      resolve(2);
      reject(new Error('late'));
    });
    expect(peek(promise)).toEqual({ state: 'fulfilled', value: 1 });
  });

  test('rejects when its executor throws', () => {
    const reason = new Error('executor');
    const promise = new SimPromise(() => {
      throw reason;
    });
    promise.catch(log);
    expect(peek(promise)).toEqual({ state: 'rejected', reason });
  });

  test('cannot wait for itself', () => {
    const { promise, resolve } = SimPromise.withResolvers<unknown>();
    resolve(promise);
    expect(peek(promise)).toMatchObject({ state: 'rejected', reason: { name: 'TypeError' } });
  });

  test('follows a thenable, and the first thing it says', () => {
    const thenable = {
      then(resolve: (value: number) => void, reject: (reason: unknown) => void) {
        resolve(1);
        reject(new Error('second'));
        throw new Error('third');
      },
    };
    SimPromise.resolve(thenable as PromiseLike<number>).then(log);
    process.queue.run();
    expect(lines).toEqual(['1']);
  });

  test('finally passes value and reason on', () => {
    SimPromise.resolve('value')
      .finally(() => 'ignored')
      .then(log);
    SimPromise.reject('reason')
      .finally(() => undefined)
      .catch(log);
    process.queue.run();
    expect(lines.sort()).toEqual(['reason', 'value']);
  });
});

describe('the statics', () => {
  const late = () => new SimPromise<string>((resolve) => queueMicrotask(() => resolve('late')));

  test.each([
    ['all', () => SimPromise.all([late(), 'now']), ['late', 'now']],
    ['race', () => SimPromise.race([late(), SimPromise.resolve('now')]), 'now'],
    ['any', () => SimPromise.any([SimPromise.reject('no'), late()]), 'late'],
    ['all of nothing', () => SimPromise.all([]), []],
    ['try', () => SimPromise.try((x: number) => x + 1, 1), 2],
  ])('%s', (_name, make, expected) => {
    const promise = make() as SimPromise<unknown>;
    process.queue.run();
    expect(peek(promise)).toEqual({ state: 'fulfilled', value: expected });
  });

  test('allSettled tells of each', () => {
    const promise = SimPromise.allSettled([SimPromise.reject(1), 2]);
    process.queue.run();
    expect(peek(promise)).toEqual({
      state: 'fulfilled',
      value: [
        { status: 'rejected', reason: 1 },
        { status: 'fulfilled', value: 2 },
      ],
    });
  });

  test('any of failures rejects with all of them', () => {
    const promise = SimPromise.any([SimPromise.reject(1), SimPromise.reject(2)]);
    promise.catch(() => undefined);
    process.queue.run();
    expect(peek(promise)).toMatchObject({ reason: { name: 'AggregateError', errors: [1, 2] } });
  });
});

describe('NODE8 an unhandled rejection', () => {
  test('is reported once, when the turn ends', () => {
    const lost = SimPromise.reject(new Error('lost'));
    process.queue.run();
    expect(process.queue.takeUnhandled()).toMatchObject([
      { promise: lost, reason: { message: 'lost' } },
    ]);
    expect(process.queue.takeUnhandled()).toEqual([]);
  });

  test('is none when a handler came later in the same turn', () => {
    const promise = SimPromise.reject(new Error('found'));
    queueMicrotask(() => void promise.catch(() => undefined));
    process.queue.run();
    expect(process.queue.takeUnhandled()).toEqual([]);
  });
});

describe('a coroutine', () => {
  test('runs at once up to its first wait', () => {
    run(
      (function* () {
        log('before');
        yield null;
        log('after');
      })(),
    );
    log('caller');
    process.queue.run();
    expect(lines).toEqual(['before', 'caller', 'after']);
  });

  test('receives values and reasons', () => {
    const answer = run(
      (function* () {
        const value = yield* wait(SimPromise.resolve(20));
        try {
          yield* wait(SimPromise.reject<number>(new Error('no')));
        } catch (error) {
          return `${value} ${(error as Error).message}`;
        }
        return 'unreachable';
      })(),
    );
    process.queue.run();
    expect(peek(answer)).toEqual({ state: 'fulfilled', value: '20 no' });
  });

  test('keeps this, arguments, name and length', () => {
    const holder = {
      base: 1,
      add: coroutine(function* add(this: { base: number }, a: number, b: number) {
        yield null;
        return this.base + a + b;
      }),
    };
    const sum = holder.add(2, 3);
    process.queue.run();
    expect(peek(sum)).toEqual({ state: 'fulfilled', value: 6 });
    expect([holder.add.name, holder.add.length]).toEqual(['add', 2]);
  });

  test('KT8 shows while suspended where it waits and for what', () => {
    const gate = new Deferred<void>();
    const outer = run(
      (function* () {
        process.meter.at = 22;
        yield gate.promise;
      })(),
    );
    process.queue.run();
    expect(process.queue.suspended()).toMatchObject([{ at: 22, awaiting: gate.promise }]);
    expect(originOf(outer)).toBe(process.queue.suspended()[0]);
    gate.resolve();
    process.queue.run();
    expect(process.queue.suspended()).toEqual([]);
  });

  test('interrupt: the innermost function of the program gets an exception at its await', () => {
    const gate = new Deferred<void>();
    const inner = run(
      (function* () {
        try {
          yield run(
            (function* () {
              yield gate.promise;
            })(),
          );
        } catch (error) {
          return `inner ${String(error)}`;
        }
      })(),
      2,
    );
    const outer = run(
      (function* () {
        return yield inner;
      })(),
      1,
    );
    outer.then(log, log);
    process.queue.run();
    expect(interrupt(outer, 'over')).toBe(true);
    process.queue.run();
    expect(lines).toEqual(['inner over']);
    // What it waited for ends unheard, and nothing waits any more.
    gate.resolve();
    process.queue.run();
    expect(lines).toEqual(['inner over']);
    expect(interrupt(outer, 'again')).toBe(false);
  });

  test('gives the caller its line back, and finds its own again', () => {
    const seen: number[] = [];
    process.meter.at = 1;
    run(
      (function* () {
        process.meter.at = 7;
        yield null;
        seen.push(process.meter.at);
      })(),
    );
    seen.push(process.meter.at);
    process.meter.at = 2;
    process.queue.run();
    expect(seen).toEqual([1, 7]);
  });
});

test('two processes of one realm have queues of their own', () => {
  const other = { queue: new JobQueue(), meter: new Meter(), port: null };
  SimPromise.resolve('first').then(log);
  setCurrent(other);
  SimPromise.resolve('second').then(log);
  other.queue.run();
  expect(lines).toEqual(['second']);
  setCurrent(process);
  process.queue.run();
  expect(lines).toEqual(['second', 'first']);
});

describe('a context', () => {
  const say = (label: string) => log(`${label} ${String(contextNow())}`);

  test('goes with what a coroutine starts and waits for, and nowhere else', () => {
    const later = new Deferred<void>();
    function* inner() {
      yield* wait(later.promise);
      say('inner');
    }
    function* body() {
      say('body');
      void later.promise.then(() => say('callback'));
      queueMicrotask(() => say('microtask'));
      yield* wait(run(inner()));
      say('after');
    }
    void runWithin('a', body());
    void runWithin('b', body());
    say('outside');
    void later.promise.then(() => say('outside'));
    process.queue.run();
    later.resolve();
    process.queue.run();
    expect(lines.toSorted()).toEqual(
      ['a', 'b']
        .flatMap((name) =>
          ['after', 'body', 'callback', 'inner', 'microtask'].map((at) => `${at} ${name}`),
        )
        .concat('outside null', 'outside null')
        .toSorted(),
    );
    expect(contextNow()).toBeNull();
  });
});
