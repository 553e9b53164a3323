// Which experiments have schedules that can be tried.

import { InputError } from '#lib/protocol/errors.ts';
import type { Prepared } from './prepare.ts';

/**
 * The node whose schedules can be tried.
 *
 * @throws InputError where there is none
 */
export function exploredNode({ cluster, models, python }: Prepared): string {
  const [node, ...others] = cluster.nodes;
  if (others.length === 0 && python === null && models.includes('pycsp')) return node!.name;
  const message =
    'all schedules can be tried of an experiment of one node whose program is written in TypeScript ' +
    'and uses pycsp';
  throw new InputError([{ file: 'cluster.json', line: 0, column: 0, code: 'explore', message }]);
}
