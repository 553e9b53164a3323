// Python programs that wait for several things at once: asyncio, select, selectors, UDP. Those of
// tests/fixtures/python-asyncio print what they print natively; each `.out` was made by CPython 3.11
// on Linux.

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { readFolder } from '../../bin/experiment.ts';
import { runFiles, type Outcome } from '../support/run-files.ts';

const PROGRAMS = fileURLToPath(new URL('../fixtures/python-asyncio/', import.meta.url));

describe('a program that waits for several things at once', () => {
  const names = ['tasks', 'selecting', 'udp'];
  let outcome: Outcome;

  beforeAll(async () => {
    const files = await readFolder(PROGRAMS);
    const nodes = names.map((name) => [name, { run: `python ${name}.py` }]);
    outcome = await runFiles({ nodes: Object.fromEntries(nodes) }, files);
  }, 120_000);

  test.each(names)('KT4 %s prints what it prints natively', async (name) => {
    const expected = await readFile(`${PROGRAMS}${name}.out`, 'utf8');
    expect(outcome.lines(name)).toEqual(expected.trimEnd().split('\n'));
    expect(outcome.exitCode(name)).toBe(0);
  });
});

test('NODE4 an asyncio server killed in mid-stream ends the stream, then refuses', async () => {
  const files = {
    'server.py': `
import asyncio

async def serve(reader, writer):
    async for line in reader:
        for number in range(10):
            writer.write(f"{line.decode().strip()} {number}\\n".encode())
            await writer.drain()
            await asyncio.sleep(0.1)

async def main():
    async with await asyncio.start_server(serve, "", 7000) as server:
        await server.serve_forever()

asyncio.run(main())
`,
    'client.py': `
import asyncio
import threading
import time

async def main():
    reader, writer = await asyncio.open_connection("server", 7000)
    writer.write(b"a\\nb\\n")
    try:
        while line := await reader.readline():
            print(line)
        print("the end", reader.at_eof())
        writer.write(b"c\\n")
        await writer.drain()
        await asyncio.sleep(0.1)
        writer.write(b"d\\n")
        await writer.drain()
        await writer.wait_closed()
    except OSError as error:
        print(type(error).__name__, error)
    try:
        await asyncio.open_connection("server", 7000)
    except OSError as error:
        print(error)
    return "done"

# The loop runs beside a thread that sleeps and one that waits for the loop.
ticks = threading.Thread(target=lambda: [time.sleep(0.1) for _ in range(3)])
ticks.start()
loop = asyncio.new_event_loop()
thread = threading.Thread(target=loop.run_forever, daemon=True)
thread.start()
print(asyncio.run_coroutine_threadsafe(main(), loop).result(), ticks.is_alive())
`,
  };
  const cluster = {
    network: { latencyMs: 10 },
    nodes: { server: { run: 'python server.py' }, client: { run: 'python client.py' } },
  };
  const faults = [{ atMs: 250, kill: 'server' }];
  const { lines, exitCode } = await runFiles(cluster, files, faults);
  expect(lines('client')).toEqual([
    ...["b'a 0\\n'", "b'a 1\\n'", "b'a 2\\n'", 'the end True'],
    'ConnectionResetError Connection lost',
    "[Errno 111] Connect call failed ('10.0.0.1', 7000)",
    'done False',
  ]);
  expect(exitCode('client')).toBe(0);
}, 60_000);
