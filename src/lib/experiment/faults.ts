// faults.json: its schema, and the names in it checked against the cluster.

import { z } from 'zod';
import type { Cluster } from '#lib/protocol/cluster.ts';
import { InputError, type Diagnostic } from '#lib/protocol/errors.ts';
import { linkNames, NETWORK_VERBS, NODE_VERBS, type Fault } from '#lib/protocol/faults.ts';
import { SIGNAL_NAMES } from '#lib/protocol/signals.ts';
import { LINE_LENGTH_MAX, linkSchema } from './cluster.ts';
import { closedObject, JsonFile } from './json-file.ts';

const VERBS = [...NODE_VERBS, ...NETWORK_VERBS];
/** Verbs that touch one message: it takes a pattern to say which. */
const MESSAGE_VERBS = ['drop', 'delay', 'duplicate'];
const LINK_VERBS = ['cut', 'mend', 'link'] as const;

/** Verbs and patterns that a machine's name does not fit: it is no process. */
const PROCESS_VERBS: ReadonlySet<string> = new Set([
  ...NODE_VERBS.filter((verb) => verb !== 'powerOff' && verb !== 'skew' && verb !== 'speed'),
  'on',
]);

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
  signal: closedObject({ ...when, signal: name, name: z.enum(SIGNAL_NAMES) }),
  input: closedObject({ ...when, input: name, text: z.string().max(LINE_LENGTH_MAX) }),
  skew: closedObject({ ...when, skew: name, ms: z.number().min(-1e9).max(1e9) }),
  speed: closedObject({ ...when, speed: name, factor: z.number().min(0.001).max(1000) }),
  partition: closedObject({
    ...when,
    partition: z.tuple([group, group]),
    oneWay: z.boolean().optional(),
  }),
  heal: closedObject({ ...when, heal: z.literal(true) }),
  cut: closedObject({ ...when, cut: name }),
  mend: closedObject({ ...when, mend: name }),
  link: closedObject({
    ...when,
    link: name,
    set: linkSchema.refine((set) => Object.keys(set).length > 0, 'nothing is set'),
  }),
  drop: closedObject({ ...when, drop: z.literal(true) }),
  delay: closedObject({ ...when, delay: z.number().min(0).max(1e9) }),
  duplicate: closedObject({ ...when, duplicate: z.literal(true) }),
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

  const isKnown = ({ place, value, isPlace }: Name): boolean =>
    names.has(isPlace ? value : value.split('/')[0]!) ||
    (machines.has(value) && !PROCESS_VERBS.has(String(place[0])));
  const machineOf = new Map(cluster.nodes.map((node) => [node.name, node.machine]));
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
    if (MESSAGE_VERBS.includes(verb) && !('on' in entry)) {
      problems.push(file.problem([index], `${verb}: needs "on", a pattern that picks the message`));
    }
    for (const named of namesOf(result.data)) {
      if (isKnown(named)) continue;
      const { place, value } = named;
      const known = `nodes: ${[...names].join(', ')}`;
      problems.push(file.problem([index, ...place], `unknown node: ${value} (${known})`));
    }
    const { restart } = result.data as { restart?: string };
    if (restart?.includes('/')) {
      const [node] = restart.split('/');
      const remedy = `a child is started by its parent: restart ${node}`;
      problems.push(file.problem([index, 'restart'], `invalid restart: ${restart} (${remedy})`));
    }
    for (const linkVerb of LINK_VERBS) {
      const link = (result.data as Record<string, unknown>)[linkVerb];
      if (typeof link !== 'string') continue;
      const wrong = wrongLink(link, machineOf);
      if (wrong) problems.push(file.problem([index, linkVerb], wrong));
    }
    faults.push(result.data as unknown as Fault);
  }
  if (problems.length > 0) throw new InputError(problems);
  return faults;
}

interface Name {
  place: (string | number)[];
  value: string;
  /** A node or a machine, where others may be a single process. */
  isPlace: boolean;
}

function* namesOf(fault: Record<string, unknown>): Generator<Name> {
  for (const verb of NODE_VERBS) {
    const value = fault[verb];
    if (typeof value === 'string') yield { place: [verb], value, isPlace: false };
  }
  for (const verb of LINK_VERBS) {
    const link = fault[verb];
    const [ends = []] = typeof link === 'string' ? linkNames(link) : [];
    for (const value of ends) yield { place: [verb], value, isPlace: true };
  }
  const groups = (fault['partition'] ?? []) as string[][];
  for (const [side, members] of groups.entries()) {
    for (const [index, value] of members.entries()) {
      yield { place: ['partition', side, index], value, isPlace: true };
    }
  }
  const pattern = (fault['on'] ?? {}) as { from?: string; to?: string };
  for (const end of ['from', 'to'] as const) {
    const value = pattern[end];
    if (value !== undefined) yield { place: ['on', end], value, isPlace: false };
  }
}

/** What is wrong with the name of a link, or null. */
function wrongLink(link: string, machineOf: ReadonlyMap<string, string>): string | null {
  const [ends] = linkNames(link);
  if (!ends) return `invalid link: ${link} (write a->b or a<->b)`;
  const [from, to] = ends.map((name) => machineOf.get(name) ?? name);
  return from === to ? `no link: ${link} (both ends are on one machine)` : null;
}
