// Tries all schedules of an experiment's files, in this thread.

import type { Files } from '#lib/experiment/experiment.ts';
import { boot, type Program } from '#lib/runtime/boot.ts';
import { explore } from '#lib/runtime/explore.ts';
import { InlineHost } from '#lib/runtime/inline-host.ts';
import { prepare } from '#lib/runtime/prepare.ts';
import type { Exploration } from '#lib/runtime/schedules.ts';
import { addModels } from './models.ts';

addModels();

/** @param eventsMax a schedule with more is not followed to its end */
export async function exploreFiles(files: Files, eventsMax = 20_000): Promise<Exploration> {
  const prepared = await prepare(files);
  const program = (0, eval)(`(${prepared.program})`) as Program;
  const { cluster, faults } = prepared;
  return explore({
    spec: { build: 'test', cluster, faults, seed: 1 },
    createHost: () => new InlineHost((spec) => boot(spec, program)),
    eventsMax,
  });
}
