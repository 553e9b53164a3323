import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PythonParts } from './python-parts.ts';

const plain = { script: 'run()', module: 'wasm', stdlib: 'zip', snapshot: 'memory' };
const served = new Map(
  Object.entries(plain).map(([name, text]) => [
    `/${name}`,
    name === 'script' ? Buffer.from(text) : gzipSync(text),
  ]),
);
const totalBytes = [...served.values()].reduce((sum, { length }) => sum + length, 0);

/** Paths that are answered by 404. */
const missing = new Set<string>();
const asked: string[] = [];
const server = createServer((request, response) => {
  const path = request.url!;
  asked.push(path);
  if (missing.has(path)) response.writeHead(404).end();
  else response.end(served.get(path));
});
let urls: Record<keyof typeof plain, string>;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const url = (name: string): string => `http://127.0.0.1:${port}/${name}`;
  urls = {
    script: url('script'),
    module: url('module'),
    stdlib: url('stdlib'),
    snapshot: url('snapshot'),
  };
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

test('after a failure only what did not come is fetched again', async () => {
  const parts = new PythonParts(urls, totalBytes);
  missing.add('/stdlib');
  await expect(parts.load(() => undefined)).rejects.toThrow(/^404 stdlib$/);
  missing.clear();
  const told: number[][] = [];
  const { script, module, stdlib, snapshot } = await parts.load((...given) => told.push(given));
  const texts = [module, stdlib, snapshot].map((bytes) => new TextDecoder().decode(bytes));
  expect([script, ...texts]).toEqual(Object.values(plain));
  expect(asked.toSorted()).toEqual(['/module', '/script', '/snapshot', '/stdlib', '/stdlib']);
  expect(told.at(-1)).toEqual([totalBytes, totalBytes]);
});
