// A cluster of Disco with a client, for the tests.

import { experiment, type Experiment, type ExperimentOptions } from '../celery/harness.ts';

const NODES = {
  master: 'disco-master',
  n1: 'disco-node --slots 2',
  n2: 'disco-node --slots 2',
  n3: 'disco-node --slots 2',
};

/** Runs a client's program beside a master and three nodes. */
export function job(source: string, more: Partial<ExperimentOptions> = {}): Promise<Experiment> {
  const client = { run: 'client.ts', startMs: 100 };
  return experiment({ files: { 'client.ts': source }, nodes: { ...NODES, client }, ...more });
}

/** What the client has written. */
export function stream(run: Experiment, name: 'stdout' | 'stderr'): string[] {
  return run
    .of('log', 'client')
    .filter((event) => event.stream === name)
    .map(({ text }) => text);
}

const IMPORTS = `import { Job, JobChain, resultIterator, kvgroup, sorted, sumReduce, nopReduce,
  sumCombiner, chainReader } from 'disco';\n`;

/** What a client prints whose job succeeds. */
export async function printed(source: string): Promise<string[]> {
  const run = await job(IMPORTS + source);
  const errors = stream(run, 'stderr');
  if (errors.length > 0) throw new Error(errors.join('\n'));
  return stream(run, 'stdout');
}
