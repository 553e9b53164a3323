// What the experiments of PyCSP show: two sends, a buffer at the end of its channel, five philosophers,
// and a reader that dies.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { experiment, type Experiment } from '../celery/harness.ts';
import { readFolder } from '../../../bin/experiment.ts';

const FOLDER = new URL('../../fixtures/experiments/', import.meta.url);

async function run(name: string, seed = 1): Promise<Experiment> {
  const {
    'cluster.json': cluster,
    'faults.json': faults,
    ...files
  } = await readFolder(fileURLToPath(new URL(name, FOLDER)));
  return experiment({
    ...(JSON.parse(String(cluster)) as Parameters<typeof experiment>[0]),
    faults: JSON.parse(String(faults ?? '[]')) as [],
    files: files as Record<string, string>,
    seed,
  });
}

/** Processes and channels in a ring. */
function cycleOf({ states }: Experiment): string[] {
  return states('pycsp deadlock').flatMap((it) => (it as { cycle: string[] }).cycle);
}

test('KT8 two sends deadlock; the alternation does not, whatever the seed', async () => {
  expect(cycleOf(await run('pycsp-two-sends'))).toEqual([
    ...['side', 'there', 'side-2', 'back', 'side'],
  ]);
  for (const seed of [1, 2, 3, 4, 5]) {
    const { end, lines } = await run('pycsp-two-sends-alternation', seed);
    expect(end.waiting).toEqual([]);
    expect(lines('main')).toHaveLength(2);
  }
});

test('retirement delivers what lies in a buffer, poison does not', async () => {
  const { lines } = await run('pycsp-poison-retire');
  expect(lines('main')).toEqual([
    '[0, 1, 2, 3, 4] ChannelRetireException',
    '[] ChannelPoisonException',
  ]);
});

test('KT8 five philosophers with a fork each; one left-hander breaks the ring', async () => {
  const ring = cycleOf(await run('pycsp-philosophers'));
  expect(ring).toHaveLength(21);
  expect(ring.filter((it) => it.startsWith('philosopher'))).toHaveLength(5);
  const { end, lines } = await run('pycsp-philosophers-left-handed');
  expect(end.waiting).toEqual([]);
  expect(lines('main')).toHaveLength(11);
});

test('NODE4 a reader dies: a write waits for ever, a buffer takes three more', async () => {
  const { end, lines } = await run('pycsp-dead-consumer');
  const shelved = lines('baker').filter((line) => line.startsWith('shelf'));
  const eaten = lines('baker').length - shelved.length;
  expect(lines('baker').at(-1)).toBe(`shelf ${shelved.length}`);
  expect(end.waiting.map(({ what }) => what)).toEqual(
    expect.arrayContaining([
      `baker: write ${eaten + 1} to bare`,
      `baker-2: write ${shelved.length + 1} to shelf`,
    ]),
  );
  expect(shelved.length).toBeGreaterThanOrEqual(4);
});
