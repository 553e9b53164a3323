// The experiments of tests/fixtures/experiments/pyro4-*: what a caller can know when the object that it
// calls is busy, gone, frozen or another one. What is expected was recorded with the real Pyro4
// (fault-server-killed, fault-server-frozen, fault-timeout, fault-ns-restarted, servertype-*).

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { waitGraphAt } from '#lib/trace/waits.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { readFolder, runInSandbox } from '../../../bin/experiment.ts';

interface Ran {
  lines: Record<string, string[]>;
  events: TraceEvent[];
}

async function ran(name: string, env: Record<string, string> = {}): Promise<Ran> {
  const folder = new URL(`../../fixtures/experiments/pyro4-${name}/`, import.meta.url);
  const files = await readFolder(fileURLToPath(folder));
  const cluster = JSON.parse(files['cluster.json']!) as { nodes: Record<string, object> };
  for (const node of Object.values(cluster.nodes)) {
    Object.assign(node, { env: { ...(node as { env?: object }).env, ...env } });
  }
  const prepared = await prepare({ ...files, 'cluster.json': JSON.stringify(cluster) });
  const found: Ran = { lines: {}, events: [] };
  await runInSandbox(prepared, [{ seed: 1, placement: 'inline' }], (line) => {
    const event = JSON.parse(line) as TraceEvent;
    found.events.push(event);
    if (event.kind === 'log') (found.lines[event.node] ??= []).push(event.text);
  });
  return found;
}

/** Who is found waiting for whom at the end of the run. */
function deadlocked({ events }: Ran): string[] {
  const end = events.at(-1) as { deadlocks?: readonly (readonly string[])[] };
  return (end.deadlocks ?? []).flat().sort();
}

const CLOSED = 'ConnectionClosedError: receiving: not enough data';
const CIRCLE = "['a', 'b', 'c', 'closed at a']";

describe('NODE4 NET2 remote objects in trouble', () => {
  test('a chain of objects comes round on the thread server', async () => {
    const { lines } = await ran('chain-thread');
    expect(lines['client']).toEqual([CIRCLE]);
  });

  test('KT8 and stands still on the multiplex server, where each waits for the other', async () => {
    const run = await ran('chain-multiplex');
    expect(run.lines['client']).toBeUndefined();
    expect(deadlocked(run)).toEqual(['a', 'b', 'c', 'client']);
  });

  test('a killed object is told at once, one hop after the other', async () => {
    const { lines } = await ran('chain-killed');
    expect(lines['a']).toEqual(['forwards to b', CLOSED]);
    expect(lines['client']).toEqual([CLOSED]);
  });

  test('one without power is not told at all', async () => {
    const { lines } = await ran('chain-power-off');
    expect(lines['a']).toEqual(['forwards to b']);
    expect(lines['client']).toBeUndefined();
  });

  test('a frozen one answers late, and with a time limit its caller gives up', async () => {
    const patient = await ran('chain-frozen');
    expect(patient.lines['client']).toEqual([CIRCLE]);
    const hasty = await ran('chain-frozen-timeout');
    expect(hasty.lines['a']).toEqual(['forwards to b', 'TimeoutError: receiving: timeout']);
    // A communication error of its own is nothing that a server tells its caller: it hangs up.
    expect(hasty.lines['client']).toEqual([CLOSED]);
  });

  test('a call that is tried again is made twice', async () => {
    const { lines, events } = await ran('retry-twice');
    expect(lines['client']).toEqual(['TimeoutError: receiving: timeout', 'sold 3']);
    expect(events.filter(({ kind }) => kind === 'effect')).toHaveLength(3);
  });

  test('the name of an object that is gone stays, until it is registered anew', async () => {
    const { lines } = await ran('stale-name');
    expect(lines['list']!.some((line) => line.startsWith('clock --> PYRO:obj_'))).toBe(true);
    expect(lines['client']).toEqual([
      CLOSED,
      expect.stringMatching(
        /^CommunicationError: cannot connect to \('server', \d+\): \[Errno 111\] Connection refused$/,
      ),
      'tick 1',
      'tick 2',
    ]);
  });

  test('NODE9 a name server in memory forgets, one with a file does not, connections need neither', async () => {
    const { lines } = await ran('name-server-restart');
    expect(lines['client']).toEqual([
      'hi, Ada',
      'hi, Bob',
      'memory NamingError: Failed to locate the nameserver',
      'disk NamingError: Failed to locate the nameserver',
      'hi, Bob',
      'memory NamingError: unknown name: greeter',
      'disk server',
    ]);
    expect(lines['disk']).toContain('Persistent store contains 2 existing registrations.');
  });

  test('KT8 a call-back that calls back stands still with one call at a time', async () => {
    const run = await ran('callback-deadlock');
    expect(run.lines['client']).toBeUndefined();
    expect(deadlocked(run)).toEqual(['client', 'server']);
    const trace = new TraceStore();
    trace.take(run.events);
    const { edges } = waitGraphAt(trace, trace.frontierUs);
    expect(edges.map(({ from, to, line, circle }) => [from, ...to, line, circle])).toEqual([
      ['client', 'server', 'client.ts:17', 'deadlock'],
      ['server', 'client', 'server.ts:13', 'deadlock'],
      ['client', 'server', 'client.ts:8', 'deadlock'],
    ]);
    const threads = await ran('callback-deadlock', { PYRO_SERVERTYPE: 'thread' });
    expect(threads.lines['client']).toEqual(['part 1 of 1', 'part 2 of 2', 'part 3 of 3', 'done']);
  });
});
