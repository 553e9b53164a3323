// faults.json: its schema, and the names in it checked against the cluster.

import { z } from 'zod';
import type { Cluster } from '#lib/protocol/cluster.ts';
import { InputError, type Diagnostic } from '#lib/protocol/errors.ts';
import { NODE_VERBS, type Fault } from '#lib/protocol/faults.ts';
import { closedObject, JsonFile } from './json-file.ts';

const VERBS = [...NODE_VERBS, 'partition', 'heal'];
const SIGNALS = [
  'SIGHUP',
  'SIGINT',
  'SIGQUIT',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGALRM',
  'SIGTERM',
] as const;

const name = z.string();
const target = {
  from: name.optional(),
  to: name.optional(),
  nth: z.int().min(1).optional(),
  every: z.boolean().optional(),
};

/** Also the grammar of a lesson's `pauseOn`. */
export const patternSchema = z.union(
  [
    closedObject({ send: name, ...target }),
    closedObject({ beforeSend: name, ...target }),
    closedObject({ deliver: name, ...target }),
  ],
  { error: 'a pattern needs one of send, beforeSend, deliver, and may have from, to, nth, every' },
);

const when = { atMs: z.number().min(0).max(1e9).optional(), on: patternSchema.optional() };
const group = z.array(name).min(1);
const entries = {
  kill: closedObject({ ...when, kill: name }),
  powerOff: closedObject({ ...when, powerOff: name }),
  restart: closedObject({ ...when, restart: name }),
  pause: closedObject({ ...when, pause: name }),
  resume: closedObject({ ...when, resume: name }),
  signal: closedObject({ ...when, signal: name, name: z.enum(SIGNALS) }),
  partition: closedObject({
    ...when,
    partition: z.tuple([group, group]),
    oneWay: z.boolean().optional(),
  }),
  heal: closedObject({ ...when, heal: z.literal(true) }),
};

/**
 * Reads a faults.json.
 *
 * @throws InputError that names the entry, the place and the allowed values
 */
export function readFaults(text: string, cluster: Cluster): Fault[] {
  const file = new JsonFile('faults.json', text);
  const list = file.parse(
    z.array(z.record(z.string(), z.unknown()), { error: 'a list of faults is expected' }),
  );
  const names = new Set(cluster.nodes.map((node) => node.name));
  const machines = new Set(cluster.machines.map((machine) => machine.name));
  const problems: Diagnostic[] = [];
  const faults: Fault[] = [];

  const isKnown = (value: string): boolean =>
    names.has(value.split('/')[0]!) || machines.has(value);
  for (const [index, entry] of list.entries()) {
    const verb = VERBS.find((word) => word in entry);
    if (!verb) {
      problems.push(
        file.problem(
          [index],
          `unknown fault: ${Object.keys(entry).join(', ') || '{}'} (faults: ${VERBS.join(', ')})`,
        ),
      );
      continue;
    }
    const result = entries[verb as keyof typeof entries].safeParse(entry);
    if (!result.success) {
      for (const issue of result.error.issues) {
        problems.push(file.problem([index, ...issue.path], issue.message));
      }
      continue;
    }
    if ('atMs' in entry === 'on' in entry) {
      problems.push(
        file.problem(
          [index],
          `${verb}: exactly one of "atMs" (milliseconds) and "on" (a pattern) is needed`,
        ),
      );
    }
    for (const [place, value] of namesOf(result.data)) {
      if (!isKnown(value)) {
        problems.push(
          file.problem(
            [index, ...place],
            `unknown node: ${value} (nodes: ${[...names].join(', ')})`,
          ),
        );
      }
    }
    faults.push(result.data as unknown as Fault);
  }
  if (problems.length > 0) throw new InputError(problems);
  return faults;
}

function* namesOf(fault: Record<string, unknown>): Generator<[(string | number)[], string]> {
  for (const verb of NODE_VERBS) {
    if (typeof fault[verb] === 'string') yield [[verb], fault[verb]];
  }
  const groups = (fault['partition'] ?? []) as string[][];
  for (const [side, members] of groups.entries()) {
    for (const [index, member] of members.entries()) yield [['partition', side, index], member];
  }
  const pattern = (fault['on'] ?? {}) as { from?: string; to?: string };
  for (const end of ['from', 'to'] as const) {
    if (pattern[end] !== undefined) yield [['on', end], pattern[end]];
  }
}
