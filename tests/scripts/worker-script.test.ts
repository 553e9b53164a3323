import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
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
