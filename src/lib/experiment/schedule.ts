// schedule.json: what the processes of CSP in a node do next, where several things are possible (CSP1).

import { z } from 'zod';
import type { Cluster } from '#lib/protocol/cluster.ts';
import { InputError } from '#lib/protocol/errors.ts';
import { JsonFile } from './json-file.ts';
import { SCHEDULE_FILE } from './schedule-file.ts';

const choices = z.array(z.int().min(0).max(9999)).max(100_000);

/**
 * Reads a schedule.json: `{ "main": [1, 0, 2] }`.
 *
 * @returns the cluster with the choices of its node
 * @throws InputError for an unknown node, more than one node, or anything but numbers of steps
 */
export function withSchedule(text: string, cluster: Cluster): Cluster {
  const file = new JsonFile(SCHEDULE_FILE, text);
  const input = file.parse(
    z
      .unknown()
      .refine(
        (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
        'the choices of a node are expected, counted from 0: { "main": [1, 0, 2] }',
      )
      .pipe(z.record(z.string(), choices)),
  );
  const known = cluster.nodes.map(({ name }) => name);
  const unknown = Object.keys(input).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const remedy = `unknown node: ${unknown} (nodes: ${known.join(', ')})`;
    throw new InputError([file.problem([unknown], remedy)]);
  }
  const [node] = cluster.nodes;
  if (cluster.nodes.length > 1) {
    const remedy = `a schedule is for an experiment of one node, and there are ${known.length}`;
    throw new InputError([file.problem([], remedy)]);
  }
  const schedule = input[node!.name];
  return schedule ? { ...cluster, nodes: [{ ...node!, schedule }] } : cluster;
}
