// The tables of protocol/packets.ts in the form that the two ends of a packet work with: kinds and
// types of fields as small integers.

import {
  INPUT_FIELDS,
  OP_FIELDS,
  type Input,
  type Op,
  type PacketFieldType,
} from '#lib/protocol/packets.ts';

/**
 * Inputs or operations of several processes on their way between two threads, without an object
 * for each of them. The receiver reads `numbers` from front to back; a text is a number that says
 * where it stands. Parts that would be empty are left out: a copy of each costs half a microsecond.
 */
export interface FlatPacket {
  /** Everything that is a number, and what stands for flags, texts, lists and bytes. */
  numbers: Float64Array;
  /** Texts that will come again: they extend the receiver's table, in this order. */
  words?: string[];
  /** Texts of this packet alone. */
  texts?: string[];
  /** All payloads, one behind the other. */
  bytes?: Uint8Array;
}

/** Texts that one direction of a channel keeps. */
export const WORD_COUNT_MAX = 8_192;
/** A longer text is not kept. */
export const WORD_LENGTH_MAX = 300;

/** A text's number: 0 absent · n > 0 the nth word of the table · -n the nth text of the packet. */
export const ABSENT = 0;
/** Stands for an absent `int?`. */
export const NO_INT = -1;

export interface FieldPlan {
  readonly name: string;
  readonly type: PacketFieldType;
}

export interface KindPlan {
  readonly kind: string;
  /** Its number in a packet. */
  readonly index: number;
  readonly fields: readonly FieldPlan[];
  /** An item of this kind with all its keys, in the order in which processes and kernel make them. */
  readonly template: Readonly<Record<string, unknown>>;
}

/** A table: which kinds there are, and which field of an item names its kind. */
export interface PacketPlan<Item> {
  readonly tag: 'op' | 'kind';
  readonly kinds: readonly KindPlan[];
  readonly byKind: ReadonlyMap<string, KindPlan>;
  /** Inputs carry a ticket, operations do not. */
  readonly hasTicket: boolean;
  /** Only for the type. */
  readonly item?: Item;
}

function planOf<Item>(
  tag: 'op' | 'kind',
  table: Readonly<Record<string, Readonly<Record<string, PacketFieldType>>>>,
): PacketPlan<Item> {
  const hasTicket = tag === 'kind';
  const kinds = Object.entries(table).map(([kind, fields], index) => ({
    kind,
    index,
    fields: Object.entries(fields).map(([name, type]) => ({ name, type })),
    template: {
      [tag]: kind,
      tUs: 0,
      ...(hasTicket ? { ticket: 0 } : {}),
      ...Object.fromEntries(Object.keys(fields).map((name) => [name, undefined])),
    },
  }));
  return { tag, kinds, byKind: new Map(kinds.map((plan) => [plan.kind, plan])), hasTicket };
}

export const OPS: PacketPlan<Op> = planOf('op', OP_FIELDS);
export const INPUTS: PacketPlan<Input> = planOf('kind', INPUT_FIELDS);

/** Payloads are short: below this a loop is faster than the platform's copy. */
const LOOP_LENGTH_MAX = 96;

export function copyBytes(
  source: Uint8Array,
  sourceAt: number,
  target: Uint8Array,
  targetAt: number,
  length: number,
): void {
  if (length > LOOP_LENGTH_MAX) {
    target.set(source.subarray(sourceAt, sourceAt + length), targetAt);
    return;
  }
  for (let at = 0; at < length; at++) target[targetAt + at] = source[sourceAt + at]!;
}
