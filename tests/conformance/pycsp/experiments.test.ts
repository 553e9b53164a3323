// What the experiments of PyCSP show: two sends, a buffer at the end of its channel, five philosophers,
// and a reader that dies.

import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { experiment, type Experiment } from '../celery/harness.ts';
import { readFolder } from '../../../bin/experiment.ts';
import { cspAt, hasChannels, type CspPicture } from '../../../src/lib/trace/csp.ts';
import { TraceStore } from '../../../src/lib/trace/store.ts';

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

test('KT8 the picture of processes and channels: the red circle, values on offer, the last meeting', async () => {
  const shown = async (name: string, atUs = Infinity): Promise<CspPicture> => {
    const { text } = await run(name);
    const trace = new TraceStore();
    trace.append(text);
    expect(hasChannels(trace)).toBe(true);
    return cspAt(trace, Math.min(atUs, trace.frontierUs));
  };
  const { links, cycle, processes } = await shown('pycsp-two-sends');
  expect(cycle).toEqual(['side', 'there', 'side-2', 'back', 'side']);
  expect(links.map(({ isDeadlock, isBlocked, value }) => [isDeadlock, isBlocked, value])).toEqual([
    ...[
      [true, true, "'from ada'"],
      [true, false, null],
    ],
    ...[
      [true, true, "'from ben'"],
      [true, false, null],
    ],
  ]);
  expect(processes.map(({ name, state }) => [name, state])).toEqual([
    ...[
      ['side', 'running'],
      ['side-2', 'running'],
    ],
  ]);
  const after = await shown('pycsp-two-sends-alternation');
  expect(after.cycle).toEqual([]);
  expect(after.links.filter(({ isMeeting }) => isMeeting).map(({ side }) => side)).toEqual([
    ...['write', 'read'],
  ]);
  expect((await shown('pycsp-two-sends', -1)).channels).toEqual([]);
  const far = await shown('pycsp-dead-consumer', 90_000);
  expect(far.links.map(({ process }) => process)).toContain('baker baker');
  const [channel] = far.channels;
  expect(channel).toMatchObject({ node: 'shelf', name: 'bare', met: { from: 'baker/baker' } });
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

test('who prefers one channel starves the other, who is fair does not', async () => {
  const { lines, end } = await run('pycsp-starvation');
  expect(lines('main')).toEqual(['{ada: 20, ben: 0}', '{ada: 10, ben: 10}']);
  expect(end.waiting).toEqual([]);
});

test('two who step aside for each other are never blocked, and get nowhere', async () => {
  const { lines, states } = await run('pycsp-livelock');
  expect(lines('main')).toEqual(
    ['ada', 'ben'].map((name) => `${name} stepped aside 50 times and got nowhere`),
  );
  const [met] = states('pycsp channels/there').slice(-1) as [{ met: { count: number } }];
  expect(met.met.count).toBe(50);
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
