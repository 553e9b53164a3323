import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { keptScript } from '../../scripts/kept-scripts.ts';
import { buildWorkerScript, computeBuild } from '../../scripts/worker-script.ts';

const FIXTURES = 'tests/fixtures/worker-script';

test('a worker with its imports becomes one classic script', async () => {
  const script = await buildWorkerScript(`${FIXTURES}/entry.worker.ts`);
  const posted: unknown[] = [];
  // A classic script: module syntax would not even parse here.
  runInNewContext(script, { postMessage: (message: unknown) => posted.push(message) });
  expect(posted).toEqual([{ theme: 'light', text: "print('face')\n" }]);
});

test('an import that is not found fails the build, not the browser', async () => {
  await expect(buildWorkerScript(`${FIXTURES}/broken.worker.ts`)).rejects.toThrow(/is-not-there/);
});

test('the build identity is 12 hex digits and the same each time', async () => {
  const build = await computeBuild();
  expect(build).toMatch(/^[0-9a-f]{12}$/);
  expect(await computeBuild()).toBe(build);
});

test('a script is kept until a source of it changes', async () => {
  // One place, so that nothing heaps up where scripts are kept.
  const folder = path.resolve('node_modules/.cache/lightcone-scripts-test');
  await mkdir(folder, { recursive: true });
  const [entry, source] = ['entry.ts', 'source.ts'].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  /** As if it had stood there for long. */
  const write = async (file: string, text: string): Promise<void> => {
    await writeFile(file, text);
    await utimes(file, 1, 1);
  };
  await write(entry, "import { word } from './source.ts';\npostMessage(word);\n");
  await write(source, "export const word = 'one';\n");
  const first = await buildWorkerScript(entry);
  expect(first).toContain('one');
  expect(await keptScript(entry)).toBe(first);
  await write(source, "export const word = 'two';\n");
  expect(await keptScript(entry)).toBeNull();
  expect(await buildWorkerScript(entry)).toContain('two');
  // Written while it was made: the script may have seen what was there before.
  await writeFile(source, "export const word = 'three';\n");
  await utimes(source, new Date(), new Date(Date.now() + 60_000));
  expect(await buildWorkerScript(entry)).toContain('three');
  expect(await keptScript(entry)).toBeNull();
  await rm(folder, { recursive: true });
});
