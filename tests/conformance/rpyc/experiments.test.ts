// What the experiments of RPyC show: round trips, a stdout that outlives its owner, a frozen server, and
// the order of asynchronous calls.

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import { RemoteCalls } from '#lib/trace/remote-calls.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import { readFolder, runInSandbox } from '../../../bin/experiment.ts';

const FOLDER = new URL('../../fixtures/experiments/', import.meta.url);

async function run(name: string): Promise<{ lines: Map<string, string[]>; events: TraceEvent[] }> {
  const files = await readFolder(fileURLToPath(new URL(name, FOLDER)));
  const events: TraceEvent[] = [];
  const lines = new Map<string, string[]>();
  await runInSandbox(await prepare(files), [{ seed: 1, placement: 'inline' }], (line) => {
    const event = JSON.parse(line) as TraceEvent;
    events.push(event);
    if (event.kind === 'log') lines.set(event.node, [...(lines.get(event.node) ?? []), event.text]);
  });
  return { lines, events };
}

describe('NET5 experiments of RPyC', { timeout: 60_000 }, () => {
  test('a stdout that a client took outlives it: nobody else can print', async () => {
    const { lines } = await run('rpyc-stdout');
    expect(lines.get('server')).toEqual(['on the server', 'mended']);
    expect(lines.get('ada')![0]).toBe('here: at the client');
    expect(lines.get('ben')).toEqual(['EOFError stream has been closed']);
  });

  test('a loop over a remote list costs a round trip for each item, a value one', async () => {
    const { lines, events } = await run('rpyc-chatty');
    expect(lines.get('client')).toEqual([
      expect.stringMatching(/^by reference 210 25\d\d ms$/),
      expect.stringMatching(/^by value 210 20\d ms$/),
    ]);
    const trace = new TraceStore();
    trace.take(events);
    const costs = new RemoteCalls(trace).linesAt(trace.frontierUs);
    expect(costs.map((it) => ({ ...it, waitedUs: Math.round(it.waitedUs / 1e5) }))).toMatchObject([
      { node: 'client', line: 'client.ts:9', roundTrips: 25, calls: 23, waitedUs: 25 },
      { node: 'client', line: 'client.ts:14', roundTrips: 2, calls: 1, waitedUs: 2 },
    ]);
    const states = events.filter((it) => it.kind === 'state' && it.node === 'client');
    expect(
      states.map((it) => (it as unknown as { value: { netrefs: number } }).value.netrefs),
    ).toEqual(expect.arrayContaining([1, 2, 3]));
  });

  test('NODE6 a call to a frozen server ends after 30 s; what it asked for is done', async () => {
    const { lines } = await run('rpyc-frozen');
    expect(lines.get('client')).toEqual([
      '1',
      expect.stringMatching(/^TimeoutError result expired 3000\d false$/),
      '3',
    ]);
  });

  test('asynchronous calls on one connection are done in order, and call backs wait', async () => {
    const { lines } = await run('rpyc-async-order');
    expect(lines.get('server')).toEqual(['cooks roast', 'cooks soup', 'cooks tea']);
    expect(lines.get('client')!.slice(3)).toEqual([
      'tea roast',
      'asleep: nothing heard',
      'after a ping: half a second',
      'served in the background: half a second',
    ]);
  });

  test('NODE4 a registry learns of no death, and forgets who is silent', async () => {
    const { lines } = await run('rpyc-discover');
    expect(lines.get('client')).toEqual([
      '2 known: tea from shop1',
      '2 known: tea from shop2',
      "DiscoveryError no servers exposing 'shop' were found",
    ]);
  });
});
