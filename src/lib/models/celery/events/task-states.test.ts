import { expect, test } from 'vitest';
import { dumps, loads } from '../json.ts';
import { ClusterState } from './task-states.ts';

const event = (type: string, hostname: string, timestamp: number, fields: object = {}) =>
  new Map(
    Object.entries({ type, hostname, timestamp, local_received: timestamp, ...fields }).map(
      ([name, value]) => [name, dumps(value)] as const,
    ),
  );
const uuid = 'a';
const call = { uuid, name: 'tasks.flaky', args: '()', retries: 0 };

function shown(state: ClusterState): Record<string, unknown> {
  const entries = state.tasks.get(uuid)!.entries();
  return Object.fromEntries(entries.map(([name, text]) => [name, loads(text)]));
}

test('fault-retry: what comes late adds to a task and does not take its state back', () => {
  const state = new ClusterState();
  state.hear(event('task-received', 'w1@h', 2, call));
  state.hear(event('task-started', 'w1@h', 3, { uuid }));
  // The message of the next attempt is received before the attempt that sent it has ended.
  state.hear(event('task-received', 'w1@h', 4, { ...call, retries: 1, pid: 7 }));
  expect(shown(state)).toMatchObject({ state: 'STARTED', retries: 1, started: 3, received: 4 });
  state.hear(event('task-sent', 'gen1@c', 1, { ...call, queue: 'celery' }));
  expect(shown(state)).toMatchObject({ state: 'STARTED', sent: 1, client: 'gen1@c' });
  state.hear(event('task-retried', 'w1@h', 5, { uuid, exception: 'E()' }));
  expect(shown(state)).toMatchObject({ state: 'RETRY', retried: 5, exception: 'E()' });
  state.hear(event('task-started', 'w2@h', 6, { uuid }));
  expect(shown(state)).toMatchObject({ state: 'STARTED', worker: 'w2@h', timestamp: 6 });
  state.hear(event('task-succeeded', 'w2@h', 7, { uuid, result: '8', runtime: 0.5 }));
  state.hear(event('task-started', 'w2@h', 6, { uuid }));
  expect(shown(state)).toMatchObject({ state: 'SUCCESS', result: '8', runtime: 0.5 });
  expect(state.taskTypes).toEqual(['tasks.flaky']);
});

test('a worker that said good-bye is still listed, with its heart still', () => {
  const state = new ClusterState();
  state.hear(event('worker-online', 'w1@h', 10, { freq: 2 }));
  expect(state.workers.get('w1@h')?.expiresUs).toBe(14_000_000);
  state.hear(event('worker-offline', 'w1@h', 11, { freq: 2 }));
  expect(state.workers.get('w1@h')?.expiresUs).toBe(0);
});
