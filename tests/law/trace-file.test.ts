// The digest of a trace is the same live, read from its file and saved again (DESIGN section 2).

import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { TraceReader } from '#lib/trace/reader.ts';
import { saveTrace } from '#lib/trace/save.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { runInSandbox } from '../../bin/experiment.ts';
import { verifyCommand } from '../../bin/verify.ts';
import { gatePrograms } from '../support/law-programs.ts';

async function liveText(name: string): Promise<string> {
  const program = (await gatePrograms()).find((one) => one.name === name)!;
  const lines: string[] = [];
  const run = { seed: 1, placement: 'inline' as const };
  await runInSandbox(await program.prepared(), [run], (line) => lines.push(line));
  return lines.join('\n') + '\n';
}

for (const { name } of await gatePrograms()) {
  test(`${name}: live = file = saved again`, { timeout: 60_000 }, async () => {
    const live = await liveText(name);
    const reader = new TraceReader(name);
    reader.push(new TextEncoder().encode(live));
    const store = reader.finish();
    let saved = '';
    saveTrace(store, (text) => (saved += text));
    expect(saved).toBe(live);
    expect(store.byteLength / store.eventCount).toBeLessThanOrEqual(sizeLimit(store));
  });
}

/** 64 bytes an event, and what a process costs however little it does. */
function sizeLimit(store: TraceStore): number {
  return 64 + (store.processes.length * 512 + 8192) / store.eventCount;
}

test('lightcone verify tells good traces from damaged and missing ones', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const error = vi.spyOn(console, 'error').mockReturnValue();
  const live = await liveText('gossip');
  const good = path.join(tmpdir(), `lightcone-good-${process.pid}.jsonl`);
  const bad = path.join(tmpdir(), `lightcone-bad-${process.pid}.jsonl`);
  await writeFile(good, live);
  await writeFile(bad, live.replace('"kind":"send"', '"kind":"sent"'));
  expect(await verifyCommand([good])).toBe(0);
  expect(log.mock.calls.join()).toContain(TraceStore.from(live).end!.digest);
  expect(await verifyCommand([good, bad])).toBe(1);
  expect(error.mock.calls.join()).toMatch(/bad.*jsonl:\d+:1: unknown kind: sent/);
  expect(await verifyCommand([good, `${good}.gone`])).toBe(2);
});
