// Signatures: a call that has not been made, and what is composed of them. They are dicts and travel
// as JSON in messages, so that a worker can apply them (celery/canvas.py; docs.celeryq.dev, "Canvas").
// Here they are that JSON, read as far as the engine has to: arguments stay text.

import { dumps, loads, partsOf, RawJson } from '../json.ts';

/** What kind of composition it is; null for one task. */
export type Composition = 'chain' | 'group' | 'chord' | null;

export interface Signature {
  /** `tasks.add`, or `celery.chain` and the like. */
  task: string;
  args: readonly RawJson[];
  /** Of one task only: a composition's parts are `tasks` and `body`. */
  kwargs: ReadonlyMap<string, RawJson>;
  /** Options of `apply_async` by Python's names. Signatures among them are read, others plain. */
  options: Map<string, unknown>;
  composition: Composition;
  /** Takes no further arguments. */
  isImmutable: boolean;
  /** Steps of a chain, members of a group. */
  tasks: Signature[];
  /** Of a chord: the group that is its header. */
  header: Signature | null;
  /** Of a chord. */
  body: Signature | null;
}

/** Options that hold lists of signatures. */
const LISTS: readonly string[] = ['link', 'link_error', 'chain'];

/** Reads a signature; throws JsonError when the text is no object. */
export function readSignature(text: string): Signature {
  const parts = partsOf(text);
  const kwargs = partsOf(parts.get('kwargs') ?? '{}');
  const composition = loads(parts.get('subtask_type') ?? 'null') as Composition;
  const isList = composition === 'chain' || composition === 'group';
  return {
    task: String(loads(parts.get('task') ?? '""')),
    args: rawItems(parts.get('args') ?? '[]'),
    kwargs: composition === null ? rawMembers(parts.get('kwargs') ?? '{}') : new Map(),
    options: readOptions(parts.get('options') ?? '{}'),
    composition,
    isImmutable: parts.get('immutable') === 'true',
    tasks: isList ? readSignatures(kwargs.get('tasks') ?? '[]') : [],
    header: composition === 'chord' ? readHeader(kwargs.get('header') ?? '[]') : null,
    body: composition === 'chord' ? readSignature(kwargs.get('body') ?? '{}') : null,
  };
}

/** Reads a list of signatures, or a single one. */
export function readSignatures(text: string): Signature[] {
  if (!text.startsWith('[')) return [readSignature(text)];
  return [...partsOf(text).values()].map(readSignature);
}

function readHeader(text: string): Signature {
  return text.startsWith('[') ? groupOf(readSignatures(text)) : readSignature(text);
}

/** Options of a call by Python's names. */
export function readOptions(text: string): Map<string, unknown> {
  return new Map([...partsOf(text)].map(readOption));
}

function readOption([name, text]: [string, string]): [string, unknown] {
  if (text === 'null') return [name, null];
  if (LISTS.includes(name)) return [name, readSignatures(text)];
  if (name === 'chord') return [name, readSignature(text)];
  return [name, loads(text)];
}

/** Items of a JSON list, unread. */
export function rawItems(text: string): RawJson[] {
  return [...partsOf(text).values()].map((item) => new RawJson(item));
}

/** Members of a JSON object, unread. */
export function rawMembers(text: string): Map<string, RawJson> {
  return new Map([...partsOf(text)].map(([name, member]) => [name, new RawJson(member)]));
}

/** JSON text of a signature, members in Celery's order. */
export function writeSignature(signature: Signature): string {
  return dumps(wireOf(signature));
}

export function writeSignatures(signatures: readonly Signature[]): string {
  return dumps(signatures.map(wireOf));
}

function wireOf(signature: Signature): Map<string, unknown> {
  const { task, args, options, composition, isImmutable } = signature;
  const written = [...options].map(([name, value]) => [name, optionWire(name, value)] as const);
  return new Map<string, unknown>([
    ['task', task],
    ['args', args],
    ['kwargs', kwargsWire(signature)],
    ['options', new Map(written)],
    ['subtask_type', composition],
    ['immutable', isImmutable],
  ]);
}

function kwargsWire({ composition, kwargs, tasks, header, body }: Signature): unknown {
  if (composition === null) return kwargs;
  if (composition !== 'chord') return { tasks: tasks.map(wireOf) };
  const isFrozen = header!.options.size > 0;
  return {
    kwargs: {},
    header: isFrozen ? wireOf(header!) : header!.tasks.map(wireOf),
    body: wireOf(body!),
  };
}

function optionWire(name: string, value: unknown): unknown {
  if (value === null) return null;
  if (LISTS.includes(name)) return (value as Signature[]).map(wireOf);
  return name === 'chord' ? wireOf(value as Signature) : value;
}

export function groupOf(tasks: Signature[], options = new Map<string, unknown>()): Signature {
  return { ...composed('group'), tasks, options };
}

export function chordOf(
  header: Signature,
  body: Signature,
  options: Map<string, unknown>,
): Signature {
  return { ...composed('chord'), header, body, options };
}

function composed(composition: 'group' | 'chord'): Signature {
  return {
    task: `celery.${composition}`,
    args: [],
    kwargs: new Map(),
    options: new Map(),
    composition,
    isImmutable: false,
    tasks: [],
    header: null,
    body: null,
  };
}

/** More for a call than its signature says. */
export interface Partial {
  args?: readonly RawJson[];
  kwargs?: ReadonlyMap<string, RawJson> | undefined;
  options?: ReadonlyMap<string, unknown>;
}

/** A signature with more arguments in front and with more options; shares nothing that is changed. */
export function cloneOf(signature: Signature, partial: Partial = {}): Signature {
  const { args = [], kwargs, options } = partial;
  const isOpen = !signature.isImmutable;
  return {
    ...signature,
    args: isOpen && args.length > 0 ? [...args, ...signature.args] : signature.args,
    kwargs: isOpen && kwargs ? new Map([...signature.kwargs, ...kwargs]) : signature.kwargs,
    options: mergedOptions(signature.options, options),
    tasks: signature.tasks.map((task) => cloneOf(task)),
    header: signature.header && cloneOf(signature.header),
    body: signature.body && cloneOf(signature.body),
  };
}

/** Options on top of others. A member of a group stays in its group, or the group would never end. */
function mergedOptions(
  own: ReadonlyMap<string, unknown>,
  more: ReadonlyMap<string, unknown> = new Map(),
): Map<string, unknown> {
  const merged = new Map([...own].map(([name, value]) => [name, copied(value)] as const));
  for (const [name, value] of more) {
    const isKept = name === 'group_id' && own.has(name);
    if (value !== null && value !== undefined && !isKept) merged.set(name, value);
  }
  return merged;
}

/** Lists are added to; the signatures in them are not changed. */
function copied(value: unknown): unknown {
  return Array.isArray(value) ? [...(value as unknown[])] : value;
}

/** Adds to an option that is a list of signatures, such as `link`. */
export function addTo(signature: Signature, option: string, more: readonly Signature[]): void {
  const list = (signature.options.get(option) as Signature[] | null | undefined) ?? [];
  const texts = new Set(list.map(writeSignature));
  signature.options.set(option, [
    ...list,
    ...more.filter((one) => !texts.has(writeSignature(one))),
  ]);
}
