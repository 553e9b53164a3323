// An experiment is a folder of text files; this reads one that is already in memory.

import type { Cluster } from '#lib/protocol/cluster.ts';
import { InputError } from '#lib/protocol/errors.ts';
import type { Fault } from '#lib/protocol/faults.ts';
import { isPackageFile } from '#lib/protocol/package-files.ts';
import { readCluster } from './cluster.ts';
import { readFaults } from './faults.ts';
import { withSchedule } from './schedule.ts';
import { SCHEDULE_FILE } from './schedule-file.ts';

/** Files that are no program's. */
const ABOUT_RUNS: ReadonlySet<string> = new Set(['cluster.json', 'faults.json', SCHEDULE_FILE]);

/** Path below the folder -> text. */
export type Files = Readonly<Record<string, string>>;

export interface Experiment {
  cluster: Cluster;
  faults: Fault[];
  /** The program files: everything but cluster.json, faults.json and schedule.json. */
  programs: Files;
}

/**
 * Reads an experiment.
 *
 * @throws InputError that names file, line, place and remedy
 */
export function readExperiment(files: Files): Experiment {
  const clusterText = files['cluster.json'];
  if (clusterText === undefined) {
    const message = 'missing: every experiment needs one; it names the nodes and their commands';
    throw new InputError([
      { file: 'cluster.json', line: 0, column: 0, code: 'missing-file', message },
    ]);
  }
  const given = readCluster(clusterText);
  const scheduleText = files[SCHEDULE_FILE];
  const cluster = scheduleText === undefined ? given : withSchedule(scheduleText, given);
  const faultsText = files['faults.json'];
  const programs = Object.fromEntries(
    Object.entries(files).filter(([path]) => !ABOUT_RUNS.has(path)),
  );
  return {
    cluster: { ...cluster, files: filesOfMachines(programs) },
    faults: faultsText === undefined ? [] : readFaults(faultsText, cluster),
    programs,
  };
}

/** What a machine finds in its home folder: all but TypeScript, which is compiled, and packages. */
function filesOfMachines(programs: Files): Files {
  return Object.fromEntries(
    Object.entries(programs).filter(([path]) => !path.endsWith('.ts') && !isPackageFile(path)),
  );
}
