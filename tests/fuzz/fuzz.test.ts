// The gate's share of the random experiments, always the same ones, and every experiment that ever
// broke something. `npm run fuzz` runs as many as one likes.

import { describe, expect, test } from 'vitest';
import { readExperiment } from '#lib/experiment/experiment.ts';
import { describeBreach, explore } from './explore.ts';
import regressions from './regressions.json' with { type: 'json' };
import { runExperiment, runOnce } from './run-experiment.ts';

test(
  'KT2 KT3 NET2 NODE4 150 random experiments break no invariant',
  { timeout: 60_000 },
  async () => {
    const { failure, eventCount } = await explore({ seed: 1, count: 150 });
    expect(failure).toBeNull();
    expect(eventCount).toBeGreaterThan(10_000);
  },
);

describe('KT3 what broke once holds now', () => {
  for (const { name, experiment } of regressions) {
    test(name, async () => {
      const { breaches } = await runExperiment(experiment);
      expect(breaches.map(describeBreach)).toEqual([]);
    });
  }
});

test('NODE2 processes that share a machine talk over loopback, 50 µs', async () => {
  const node = (script: unknown) => ({ run: 'actor.ts', env: { SCRIPT: JSON.stringify(script) } });
  const nodes = (machine?: string) => ({
    server: { ...node([[['listen', 7, 'echo']]]), ...(machine ? { machine } : {}) },
    client: { ...node([[['connect', 'x', 'server', 7]]]), ...(machine ? { machine } : {}) },
  });
  const opened = async (machine?: string): Promise<number | undefined> => {
    const text = JSON.stringify({
      machines: machine ? { [machine]: {} } : {},
      nodes: nodes(machine),
    });
    const { cluster } = readExperiment({ 'cluster.json': text });
    const { events } = await runOnce({ build: 'fuzz', cluster, faults: [], seed: 1 });
    return events.find(({ kind }) => kind === 'open')?.tUs;
  };
  expect(await opened('vm')).toBe(100);
  expect(await opened()).toBe(20_000);
});
