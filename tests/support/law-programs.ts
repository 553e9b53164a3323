// The programs of the law: every folder of tests/fixtures/experiments, named after what it shows, and
// random experiments whose processes all run one program (tests/fixtures/random).

import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { readFolder } from '../../bin/experiment.ts';
import { prepare, type Prepared } from '../../src/lib/runtime/prepare.ts';
import type { Files } from '../../src/lib/experiment/experiment.ts';
import { randomExperiment } from '../fuzz/experiment.ts';
import { filesOf } from '../fuzz/run-experiment.ts';

export interface LawProgram {
  name: string;
  files: () => Promise<Files>;
  prepared: () => Promise<Prepared>;
}

const EXPERIMENTS = new URL('../fixtures/experiments/', import.meta.url);
const ACTOR = new URL('../fixtures/random/', import.meta.url);
const RANDOM_COUNT = 8;
/** Which random experiments; another one gives other programs. */
const RANDOM_SEED = 2026;

/** The gate runs these: together they touch every kind of rule, fault and model. */
const GATE: ReadonlySet<string> = new Set([
  'celery-rabbit-lossy',
  'cpu',
  'disco-output-lost',
  'engine-errors',
  'gossip',
  'kt3-neighbours',
  'net2-loss',
  'node8-failures',
  'node9-files',
  'pycsp-dead-consumer',
  'python-echo',
  'random-1',
]);

/** Every program of the law, by name. */
export async function lawPrograms(): Promise<LawProgram[]> {
  const folders = (await readdir(EXPERIMENTS, { withFileTypes: true })).filter((entry) =>
    entry.isDirectory(),
  );
  const named = folders
    .map(({ name }) => name)
    .sort()
    .map((name) => program(name, () => readFolder(fileURLToPath(new URL(name, EXPERIMENTS)))));
  return [...named, ...randomPrograms()];
}

/** Those that the gate runs. */
export async function gatePrograms(): Promise<LawProgram[]> {
  const programs = (await lawPrograms()).filter(({ name }) => GATE.has(name));
  if (programs.length !== GATE.size) throw new Error('a program of the gate does not exist');
  return programs;
}

function program(name: string, files: () => Promise<Files>): LawProgram {
  return { name, files, prepared: async () => prepare(await files()) };
}

/** Larger ones with faults; a fault that strikes each time could go on for a million events. */
function randomPrograms(): LawProgram[] {
  return fc
    .sample(randomExperiment, { seed: RANDOM_SEED, numRuns: 400 })
    .filter(({ cluster }) => Object.keys(cluster.nodes).length >= 4)
    .filter(({ faults }) => faults.length >= 2 && !JSON.stringify(faults).includes('"every":true'))
    .slice(0, RANDOM_COUNT)
    .map((experiment, index) =>
      program(`random-${index + 1}`, async () => ({
        ...filesOf(experiment),
        ...(await readFolder(fileURLToPath(ACTOR))),
      })),
    );
}
