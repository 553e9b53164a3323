// What the tasks of a stage are, given what the stage before wrote.

import type { Grouping } from '../protocol.ts';
import type { Source, Task } from './task.ts';

/**
 * The inputs of each task of the stage, in order.
 *
 * @param before tasks of the stage before, all done; null for the first stage
 * @param inputs of the job, each as the list of its replicas
 */
export function groupsOf(
  grouping: Grouping,
  before: readonly Task[] | null,
  inputs: readonly string[][],
): Source[][] {
  if (before === null) return firstGroups(grouping, inputs);
  const all = before.map((producer): Source => ({ from: 'task', producer, label: null }));
  switch (grouping) {
    case 'split':
      return all.map((source) => [source]);
    case 'group_all':
      return [all];
    case 'group_node': {
      const hosts = [...new Set(before.map(({ host }) => host))].sort();
      return hosts.map((host) => all.filter((_, index) => before[index]!.host === host));
    }
    case 'group_label': {
      const labels = new Set(before.flatMap(({ outputs }) => outputs.map(({ label }) => label)));
      return [...labels]
        .sort((a, b) => a - b)
        .map((label) => before.map((producer) => ({ from: 'task', producer, label })));
    }
    default:
      return grouping satisfies never;
  }
}

function firstGroups(grouping: Grouping, inputs: readonly string[][]): Source[][] {
  const sources = inputs.map((urls): Source => ({ from: 'job', urls }));
  if (grouping === 'split') return sources.map((source) => [source]);
  return sources.length === 0 ? [] : [sources];
}
