// The law that windows never show (KT3), for any scenario.

import { expect } from 'vitest';
import { runCluster, type ClusterOptions, type ClusterRun } from './cluster.ts';

/** Runs a cluster whole and with its windows cut at random, expects one trace, and returns it. */
export async function runInAnyWindows(options: ClusterOptions, count = 4): Promise<ClusterRun> {
  const whole = await runCluster(options);
  expect(whole.end.detail).toBeUndefined();
  for (let windowSeed = 1; windowSeed <= count; windowSeed++) {
    const cut = await runCluster({ ...options, windowSeed });
    expect(cut.text).toBe(whole.text);
  }
  return whole;
}
