// What the tasks of a stage are, given what the stage before wrote (SEMANTICS 5.3).

import { hostOf } from '../addresses.ts';
import type { Grouping } from '../protocol.ts';
import type { Source, Task } from './task.ts';

/** An input before it is grouped. */
interface Labelled {
  label: number;
  /** Where it lies; '' for what lies on no node. */
  host: string;
  source: Source;
}

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
  const all =
    before === null ? inputs.map(ofJob) : before.flatMap((task) => ofTask(task, grouping));
  return [...grouped(all, keyOf(grouping)).values()];
}

/** Of replicas the first: where others lie is not asked. */
function ofJob(urls: string[]): Labelled {
  return { label: 0, host: hostOf(urls[0] ?? '') ?? '', source: { from: 'job', urls } };
}

function ofTask(producer: Task, grouping: Grouping): Labelled[] {
  const { host, outputs } = producer;
  const of = (label: number | null): Labelled => {
    return { label: label ?? 0, host, source: { from: 'task', producer, label } };
  };
  // A task of all there is runs even when there is nothing.
  if (grouping === 'group_all') return [of(null)];
  // Whatever labels it has, also after it had to run again.
  if (grouping === 'group_node') return outputs.length > 0 ? [of(null)] : [];
  return outputs.map(({ label }) => of(label));
}

type Key = (input: Labelled, index: number) => readonly (string | number)[];

/** What inputs of one group have in common. */
function keyOf(grouping: Grouping): Key {
  switch (grouping) {
    case 'split':
      return (_input, index) => [index];
    case 'group_all':
      return () => [];
    case 'group_label':
      return ({ label }) => [label];
    case 'group_node':
      return ({ host }) => [host];
    case 'group_node_label':
      return ({ label, host }) => [label, host];
    default:
      return grouping satisfies never;
  }
}

/** By key, in the order of keys: labels as numbers, hosts as texts. */
function grouped(inputs: readonly Labelled[], key: Key): Map<string, Source[]> {
  const groups = new Map<string, { parts: readonly (string | number)[]; sources: Source[] }>();
  inputs.forEach((input, index) => {
    const parts = key(input, index);
    const group = groups.get(JSON.stringify(parts)) ?? { parts, sources: [] };
    groups.set(JSON.stringify(parts), group);
    group.sources.push(input.source);
  });
  const ordered = [...groups].sort(([, a], [, b]) => compareParts(a.parts, b.parts));
  return new Map(ordered.map(([name, { sources }]) => [name, sources]));
}

function compareParts(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index]!;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
