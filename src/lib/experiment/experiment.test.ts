import { describe, expect, test } from 'vitest';
import { InputError } from '#lib/protocol/errors.ts';
import { readExperiment } from './experiment.ts';

const good = {
  'cluster.json': JSON.stringify({
    network: { latencyMs: 10, jitterMs: 2 },
    nodes: { a: { run: 'a.ts --name "two words"' }, b: { run: 'b.ts', startMs: 50.5 } },
    links: { 'a->b': { latencyMs: 50 }, 'b<->a': { loss: 0.5 } },
  }),
  'a.ts': '',
};

/** The messages that a broken experiment gets. */
function problemsOf(files: Record<string, string>): string[] {
  try {
    readExperiment(files);
  } catch (error) {
    if (error instanceof InputError) return error.message.split('\n');
    throw error;
  }
  return [];
}

const withCluster = (text: string): string[] => problemsOf({ 'cluster.json': text });
const withFaults = (faults: unknown): string[] =>
  problemsOf({ ...good, 'faults.json': JSON.stringify(faults) });

describe('cluster.json', () => {
  test('fills in every default and converts milliseconds once', () => {
    const { cluster, faults, programs } = readExperiment(good);
    expect(cluster.nodes[0]!.argv).toEqual(['a.ts', '--name', 'two words']);
    expect(cluster.nodes[1]!.startUs).toBe(50_500);
    expect(cluster.network).toEqual({
      latencyUs: 10_000,
      jitterUs: 2_000,
      distribution: 'uniform',
      loss: 0,
      duplicate: 0,
      bandwidthKbps: 0,
    });
    expect(cluster.machines.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(cluster.seed).toBe(1);
    expect(cluster.untilUs).toBe(7_200_000_000);
    expect(faults).toEqual([]);
    expect(Object.keys(programs)).toEqual(['a.ts']);
  });

  test('a latency of 0 counts as 1 µs (NET1)', () => {
    const { cluster } = readExperiment({
      'cluster.json': '{ "network": { "latencyMs": 0 }, "nodes": { "a": { "run": "a.ts" } } }',
    });
    expect(cluster.network.latencyUs).toBe(1);
  });

  test('what is no JSON is named with line and column', () => {
    expect(withCluster('{\n  "nodes": {,}\n}')).toEqual([
      'cluster.json:2:13: not JSON: value expected',
    ]);
  });

  test('an unknown key, a wrong type and a missing command name their place', () => {
    expect(withCluster('{ "nodes": { "a": { "rum": "a.ts" } } }').join('|')).toMatch(
      /cluster\.json:1:\d+: nodes\.a\.run: expected string\|.*nodes\.a: unknown key: rum \(keys: run, machine, startMs, env, hosts, cwd, stdin\)/,
    );
    expect(withCluster('{\n"nodes": {\n"a": { "run": "x", "startMs": "soon" } } }')[0]).toMatch(
      /^cluster\.json:3:\d+: nodes\.a\.startMs: expected number$/,
    );
  });

  test('a folder that is none names its place', () => {
    expect(withCluster('{ "nodes": { "a": { "run": "x", "cwd": "" } } }')[0]).toMatch(
      /^cluster\.json:1:\d+: nodes\.a\.cwd: a folder is wanted/,
    );
  });

  test('unknown machines, nodes in links and bad names are named with the allowed values', () => {
    expect(withCluster('{ "nodes": { "a": { "run": "x", "machine": "m" } } }')[0]).toContain(
      'unknown machine: m (machines: none)',
    );
    expect(withCluster('{ "nodes": { "9": { "run": "x" } } }')[0]).toContain('invalid name: 9');
    expect(
      withCluster('{ "nodes": { "a": { "run": "x" } }, "links": { "a->z": {} } }')[0],
    ).toContain('unknown node: z (nodes: a)');
    expect(
      withCluster('{ "nodes": { "a": { "run": "x" } }, "links": { "a-z": {} } }')[0],
    ).toContain('invalid link: a-z (write a->b or a<->b)');
  });

  test('a missing file says what it is for', () => {
    expect(problemsOf({})[0]).toMatch(/^cluster\.json: missing/);
  });
});

describe('faults.json', () => {
  test('reads every verb', () => {
    const list = [
      { atMs: 1, kill: 'a' },
      { atMs: 2, powerOff: 'a' },
      { atMs: 3, restart: 'a' },
      { atMs: 4, pause: 'a/1' },
      { atMs: 5, resume: 'a' },
      { atMs: 6, signal: 'a', name: 'SIGTERM' },
      { atMs: 6, input: 'a', text: 'LiLei' },
      { atMs: 6, skew: 'a', ms: -1.5 },
      { atMs: 6, speed: 'a', factor: 0.25 },
      { atMs: 7, partition: [['a'], ['b']], oneWay: true },
      { atMs: 8, heal: true },
      { on: { deliver: 'task', to: 'b', nth: 2 }, kill: 'b' },
      { atMs: 9, cut: 'a->b' },
      { atMs: 10, mend: 'a<->b' },
      { atMs: 11, link: 'a->b', set: { latencyMs: 200, loss: 0.3, bandwidthKbps: 64 } },
      { on: { send: 'task', from: 'a', to: 'b', nth: 3 }, drop: true },
      { on: { deliver: 'task', every: true }, delay: 50 },
      { on: { send: 'task' }, duplicate: true },
    ];
    const { faults } = readExperiment({ ...good, 'faults.json': JSON.stringify(list) });
    expect(faults).toEqual(list);
  });

  test('NODE2 a machine can lose power, but not be killed', () => {
    const cluster =
      '{ "machines": { "m": {} }, "nodes": { "a": { "run": "a.ts", "machine": "m" } } }';
    const problems = (fault: unknown): string[] =>
      problemsOf({ ...good, 'cluster.json': cluster, 'faults.json': JSON.stringify([fault]) });
    expect(problems({ atMs: 1, kill: 'm' })[0]).toContain('unknown node: m (nodes: a)');
    for (const fault of [{ powerOff: 'm' }, { skew: 'm', ms: 1 }, { speed: 'm', factor: 2 }]) {
      const list = JSON.stringify([{ atMs: 1, ...fault }]);
      const read = readExperiment({ ...good, 'cluster.json': cluster, 'faults.json': list });
      expect(read.faults).toHaveLength(1);
    }
  });

  test('unknown verbs, nodes and signals name the entry and what is allowed', () => {
    expect(withFaults([{ atMs: 1, explode: 'a' }])[0]).toMatch(
      /^faults\.json:1:2: \[0\]: unknown fault: atMs, explode \(faults: kill, powerOff/,
    );
    expect(withFaults([{ atMs: 1, kill: 'z' }])[0]).toContain(
      '[0].kill: unknown node: z (nodes: a, b)',
    );
    expect(withFaults([{ atMs: 1, signal: 'a', name: 'SIGBOOM' }])[0]).toContain('[0].name:');
    expect(withFaults([{ atMs: 1, speed: 'a', factor: 0 }])[0]).toContain('[0].factor:');
    expect(withFaults([{ atMs: 1, restart: 'a/1' }])[0]).toContain(
      'invalid restart: a/1 (a child is started by its parent: restart a)',
    );
    expect(withFaults([{ kill: 'a' }])[0]).toContain(
      'exactly one of "atMs" (milliseconds) and "on"',
    );
    expect(withFaults([{ atMs: 1, kill: 'a', extra: 1 }])[0]).toContain('unknown key: extra');
    expect(withFaults({ atMs: 1 })[0]).toContain('expected array');
  });

  test('unknown links, units and places name the entry and the remedy', () => {
    expect(
      withFaults([
        { atMs: 1, heal: true },
        { atMs: 1, cut: 'a->n9' },
      ]),
    ).toEqual([
      expect.stringMatching(/^faults\.json:1:\d+: \[1\]\.cut: unknown node: n9 \(nodes: a, b\)$/),
    ]);
    expect(withFaults([{ atMs: 1, cut: 'a-b' }])[0]).toContain(
      '[0].cut: invalid link: a-b (write a->b or a<->b)',
    );
    expect(withFaults([{ atMs: 1, link: 'a->b', set: { latency: 5 } }])[0]).toContain(
      '[0].set: unknown key: latency (keys: latencyMs, jitterMs, distribution, loss,',
    );
    expect(withFaults([{ atMs: 1, partition: [['a/1'], ['b']] }])[0]).toContain(
      '[0].partition.0.0: unknown node: a/1 (nodes: a, b)',
    );
    expect(withFaults([{ atMs: 1, drop: true }])[0]).toContain('[0]: drop: needs "on"');
    expect(withFaults([{ on: { send: 'x' }, delay: '5ms' }])[0]).toContain('[0].delay:');
  });
});
