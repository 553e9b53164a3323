// Channel ends as learners hold them: functions, `await cout(value)` and `await cin()`.

import { repr } from '#lib/node/print.ts';
import { type Body, run, type SimPromise } from '#lib/node/promise.ts';
import type { Csp } from '../engine/csp.ts';
import type { Channel, End } from '../engine/channel.ts';
import { Far } from '../engine/network.ts';
import type { Direction } from '../engine/operation.ts';
import { InfoException } from '../errors.ts';

/** What an end can do besides being called. */
const cores = new WeakMap<object, { end: End; csp: Csp; channel: unknown }>();

/** The class of both kinds of ends; its methods are theirs, though each end is a function. */
class ChannelEnd {
  get channel(): unknown {
    return coreOf(this).channel;
  }

  /** Name of its channel. */
  get channelName(): string {
    return coreOf(this).end.channel.name;
  }

  isReader(): boolean {
    return coreOf(this).end.direction === 'read';
  }

  isWriter(): boolean {
    return coreOf(this).end.direction === 'write';
  }

  poison(): SimPromise<void> {
    const { csp, end } = coreOf(this);
    return run(csp.leave(end, 'poison'));
  }

  retire(): SimPromise<void> {
    const { csp, end } = coreOf(this);
    return run(csp.leave(end, 'retire'));
  }

  /** Gives up the connection to a channel of another node; the next use makes it again. */
  disconnect(): SimPromise<void> {
    const { place } = coreOf(this).end.channel;
    return run(at(() => void (place instanceof Far && place.disconnect())));
  }

  toString(): string {
    return this[repr]();
  }

  [repr](): string {
    const { end } = coreOf(this);
    const kind = end.direction === 'read' ? 'ChannelEndRead' : 'ChannelEndWrite';
    return `<${kind} on channel named ${end.channel.name}>`;
  }
}
// Ends are called, so they keep what functions have.
Object.setPrototypeOf(ChannelEnd.prototype, Function.prototype);

export class ChannelEndRead extends ChannelEnd {}
export class ChannelEndWrite extends ChannelEnd {}

/** An end as it is handed to the program. */
export function faceOf(csp: Csp, end: End, channel: unknown): object {
  const isReader = end.direction === 'read';
  const face = isReader
    ? () => run(read(csp, end))
    : (value: unknown) => run(write(csp, end, value));
  Object.setPrototypeOf(face, (isReader ? ChannelEndRead : ChannelEndWrite).prototype as object);
  cores.set(face, { end, csp, channel });
  return face;
}

/** A new end of a channel, as the program gets it. */
export function openEnd(
  csp: Csp,
  channel: Channel,
  direction: Direction,
  channelFace: unknown,
): object {
  const end = channel.open(direction, csp.current());
  csp.scheduler?.noteOpened(channel.name, direction);
  const type = direction === 'read' ? 'ChannelEndRead' : 'ChannelEndWrite';
  csp.ontell?.({ type, chan_name: channel.name });
  return faceOf(csp, end, channelFace);
}

/** The end behind a value, or null for anything else. */
export function endOf(value: unknown): End | null {
  return typeof value === 'function' ? (cores.get(value)?.end ?? null) : null;
}

/** Another end of the same channel and kind, for a copy of a process. */
export function anotherOf(value: unknown): unknown {
  const core = typeof value === 'function' ? cores.get(value) : undefined;
  if (!core) return value;
  const { end, csp, channel } = core;
  return openEnd(csp, end.channel, end.direction, channel);
}

/** Ends that lie in arguments or in a value that is sent: in lists, maps and plain objects too. */
export function endsIn(value: unknown): readonly End[] {
  const found: End[] = [];
  collect(value, found, new Set());
  return found;
}

/** Retires ends, and lists of ends. */
export function retire(...ends: unknown[]): SimPromise<void> {
  return run(each(ends, 'retire'));
}

/** Poisons ends, and lists of ends. */
export function poison(...ends: unknown[]): SimPromise<void> {
  return run(each(ends, 'poison'));
}

function* each(ends: readonly unknown[], verb: 'retire' | 'poison'): Body<void> {
  for (const given of ends) {
    const core = typeof given === 'function' ? cores.get(given) : undefined;
    if (Array.isArray(given)) yield* each(given, verb);
    else if (core) yield* core.csp.leave(core.end, verb);
    else {
      const past = verb === 'retire' ? 'retired' : 'poisoned';
      throw new InfoException(
        `Tried to ${verb} a channel object. Only channel end objects may be ${past}.`,
      );
    }
  }
}

function* read(csp: Csp, end: End): Body<unknown> {
  csp.tellOf(end, 'BlockOnRead');
  const { value } = yield* csp.perform([{ kind: 'read', end }]);
  used(csp, end, 'DoneRead');
  return value;
}

function* write(csp: Csp, end: End, value: unknown): Body<void> {
  csp.tellOf(end, 'BlockOnWrite');
  yield* csp.perform([{ kind: 'write', end, value }]);
  used(csp, end, 'DoneWrite');
}

function used(csp: Csp, end: End, type: string): void {
  csp.tellOf(end, type);
  end.useCount++;
}

// eslint-disable-next-line require-yield -- what it does may throw, and is awaited like the rest
function* at(work: () => void): Body<void> {
  work();
}

function coreOf(face: object): { end: End; csp: Csp; channel: unknown } {
  const core = cores.get(face);
  if (!core) throw new InfoException('not a channel end');
  return core;
}

function collect(value: unknown, found: End[], seen: Set<unknown>): void {
  const end = endOf(value);
  if (end) return void found.push(end);
  if (typeof value !== 'object' || value === null || seen.has(value)) return;
  seen.add(value);
  for (const item of itemsOf(value)) collect(item, found, seen);
}

function itemsOf(value: object): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...value.keys(), ...value.values()] as unknown[];
  const prototype = Object.getPrototypeOf(value) as unknown;
  if (prototype !== Object.prototype && prototype !== null) return [];
  // A getter is the program's code, and no place for an end.
  return Object.values(Object.getOwnPropertyDescriptors(value)).map((it) => it.value as unknown);
}
