// What a line of a trace must be, by the table of kinds: nothing of a file is believed before. What
// this version does not know of a line is let be, so that fields can be appended to the table: the
// digest covers them, the columns do not keep them.

import {
  TRACE_FIELDS,
  type FieldType,
  type TraceEnd,
  type TraceHeader,
  type TraceKind,
} from '#lib/protocol/trace.ts';
import { nodeOf } from './store.ts';

/** The format that this version writes, and the only one it reads. */
export const TRACE_VERSION = 1;

type Values = Readonly<Record<string, unknown>>;

const REASONS: ReadonlySet<unknown> = new Set<TraceEnd['reason']>([
  'quiescent',
  'until',
  'event-limit',
  'instant-limit',
  'failed',
]);

const FIELDS: ReadonlyMap<unknown, readonly [string, FieldType][]> = new Map(
  (Object.keys(TRACE_FIELDS) as TraceKind[]).map((kind) => [
    kind,
    Object.entries(TRACE_FIELDS[kind]) as [string, FieldType][],
  ]),
);

/** What is wrong with the first line, apart from its version; null when nothing is. */
export function headerFault(header: object): string | null {
  const { build, seed, nodes, machines } = header as Partial<TraceHeader>;
  if (typeof build !== 'string') return 'build: expected a text';
  if (!isCount(seed)) return 'seed: expected a whole number from 0 on';
  if (!isTextList(nodes)) return 'nodes: expected a list of names';
  if (new Set(nodes).size < nodes.length) return 'nodes: a name stands there twice';
  return machines === undefined ? null : machinesFault(machines, nodes);
}

/** Older traces do not tell of machines. */
function machinesFault(machines: unknown, nodes: readonly string[]): string | null {
  if (typeof machines !== 'object' || machines === null || Array.isArray(machines)) {
    return 'machines: expected machines by node';
  }
  for (const [node, machine] of Object.entries(machines)) {
    if (!nodes.includes(node)) return `machines: unknown node: ${node}`;
    if (typeof machine !== 'string') return `machines.${node}: expected a text`;
  }
  return null;
}

/**
 * What is wrong with an event's line; null when nothing is.
 *
 * @param nodes the nodes of the header
 */
export function eventFault(line: object, nodes: ReadonlySet<string>): string | null {
  const values = line as Values;
  const { kind, tUs, node, cause } = values;
  const fields = FIELDS.get(kind);
  if (!fields) return `unknown kind: ${String(kind)}`;
  if (!isCount(tUs)) return 'tUs: expected a whole number from 0 on';
  if (typeof node !== 'string') return 'node: expected a text';
  if (node !== '' && !nodes.has(nodeOf(node))) return `unknown node: ${node}`;
  if (cause !== undefined && !isCount(cause)) return 'cause: expected the number of an event';
  for (const [name, type] of fields) {
    const fault = fieldFault(values[name], type);
    if (fault) return `${kind as string}.${name}: ${fault}`;
  }
  return null;
}

function fieldFault(value: unknown, type: FieldType): string | null {
  if (value === undefined) return type.endsWith('?') ? null : 'missing';
  if (type.startsWith('int')) return Number.isSafeInteger(value) ? null : 'expected a whole number';
  if (type.startsWith('text')) return typeof value === 'string' ? null : 'expected a text';
  return null;
}

/** What is wrong with the last line; null when nothing is. */
export function endFault(line: object): string | null {
  const { tUs, reason, waiting, deadlocks, eventCount, digest, detail } = line as Values;
  if (!isCount(tUs)) return 'tUs: expected a whole number from 0 on';
  if (!REASONS.has(reason)) return `unknown reason: ${String(reason)}`;
  if (detail !== undefined && typeof detail !== 'string') return 'detail: expected a text';
  if (!Array.isArray(waiting) || !waiting.every(isWaiting)) return 'waiting: not a list of waits';
  if (!Array.isArray(deadlocks) || !deadlocks.every(isTextList)) {
    return 'deadlocks: expected lists of names';
  }
  if (!isCount(eventCount)) return 'eventCount: expected a whole number from 0 on';
  const isHex = typeof digest === 'string' && /^[0-9a-f]{64}$/.test(digest);
  const isAbsent = digest === undefined && reason === 'failed';
  return isHex || isAbsent ? null : 'digest: expected 64 hexadecimal digits';
}

function isWaiting(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { node, what, line, dueUs, by } = value as Values;
  return (
    typeof node === 'string' &&
    typeof what === 'string' &&
    (line === undefined || typeof line === 'string') &&
    (dueUs === undefined || isCount(dueUs)) &&
    (by === undefined || isTextList(by))
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
