// The programs of the law: every folder of tests/fixtures/experiments, and each lesson's start and
// solution with the faults of the experiment.

import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readFolder } from '../../bin/experiment.ts';
import { prepare, type Prepared } from '../../src/lib/runtime/prepare.ts';
import type { Files } from '../../src/lib/experiment/experiment.ts';

export interface LawProgram {
  name: string;
  files: () => Promise<Files>;
  prepared: () => Promise<Prepared>;
}

const EXPERIMENTS = new URL('../fixtures/experiments/', import.meta.url);

/** Every program of the law, by name. */
export async function lawPrograms(): Promise<LawProgram[]> {
  const folders = (await readdir(EXPERIMENTS, { withFileTypes: true })).filter((entry) =>
    entry.isDirectory(),
  );
  return folders
    .map(({ name }) => name)
    .sort()
    .map((name) => {
      const files = (): Promise<Files> => readFolder(fileURLToPath(new URL(name, EXPERIMENTS)));
      return { name, files, prepared: async () => prepare(await files()) };
    });
}
