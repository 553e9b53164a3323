// The digest of a trace is the same live, read from its file and saved again (DESIGN section 2).

import { readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test, vi } from 'vitest';
import { TraceReader } from '#lib/trace/reader.ts';
import { saveTrace } from '#lib/trace/save.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { runInSandbox } from '../../bin/experiment.ts';
import { exportCommand, EXPORT_FORMATS } from '../../bin/export.ts';
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

test('lightcone verify tells good traces from bad', { timeout: 60_000 }, async () => {
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

test('lightcone export writes whole traces only', { timeout: 60_000 }, async () => {
  const live = await liveText('gossip');
  const trace = path.join(tmpdir(), `lightcone-whole-${process.pid}.jsonl`);
  await writeFile(trace, live);
  const out = `${trace}.out`;
  for (const format of EXPORT_FORMATS) {
    expect(await exportCommand(trace, format, out)).toBe(0);
    expect(await readFile(out, 'utf8')).toContain(TraceStore.from(live).header!.nodes[0]);
  }
  const cut = path.join(tmpdir(), `lightcone-cut-${process.pid}.jsonl`);
  await writeFile(cut, live.slice(0, -40));
  await expect(exportCommand(cut, 'otlp', `${cut}.out`)).rejects.toThrow(/lightcone-cut/);
  await expect(readFile(`${cut}.out`)).rejects.toThrow('ENOENT');
});
