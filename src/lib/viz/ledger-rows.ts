// The ledger of any model as rows of words and counts. What happened again though it should happen once is
// marked as wrong: an effect of one unit of work, and nothing else, as a question may be asked twice on
// purpose.

import { m } from '#lib/i18n/paraglide/messages.js';
import type { CallLine } from '#lib/trace/accounts.ts';
import type { EffectTally, KindTally } from '#lib/trace/tally.ts';
import type { Unit } from '#lib/trace/units.ts';
import { shortIds } from './words.ts';

export interface CountColumn {
  name: string;
  /** What is counted. */
  effect: string;
}

export interface CountRow {
  key: string;
  name: string;
  detail: string;
  /** The event to show, or null. */
  eventId: number | null;
  counts: readonly Count[];
}

interface Count {
  value: number;
  /** It happened again, */
  isMore: boolean;
  /** and should not have. */
  isWrong: boolean;
}

export interface CountList {
  columns: readonly CountColumn[];
  rows: readonly CountRow[];
}

const plain = (...values: number[]): Count[] =>
  values.map((value) => ({ value, isMore: value > 1, isWrong: false }));

export function callRows(calls: readonly CallLine[]): CountList {
  return {
    columns: [
      { name: m.ledger_asked(), effect: m.ledger_asked_effect() },
      { name: m.ledger_arrived(), effect: m.ledger_arrived_effect() },
      { name: m.ledger_answered(), effect: m.ledger_answered_effect() },
      { name: m.ledger_back(), effect: m.ledger_back_effect() },
    ],
    rows: calls.map(({ key, from, to, msg, preview, firstId, ...counts }) => ({
      ...{ key, eventId: firstId },
      name: preview === '' ? msg : shortIds(preview),
      detail: m.ledger_call({ msg, from, to }),
      counts: plain(counts.asked, counts.arrived, counts.answered, counts.ended),
    })),
  };
}

export function unitRows(units: readonly Unit[]): CountList {
  return {
    columns: [
      { name: m.ledger_begun(), effect: m.ledger_begun_effect() },
      { name: m.ledger_done(), effect: m.ledger_done_effect() },
      { name: m.ledger_failed(), effect: m.ledger_failed_effect() },
      { name: m.ledger_lost(), effect: m.ledger_lost_effect() },
    ],
    rows: units.map(({ id, what, nodes, firstId, begun, done, failed, lost }) => ({
      ...{ key: id, name: what, eventId: firstId },
      detail: nodes.length === 0 ? id : m.ledger_unit({ id, nodes: nodes.join(', ') }),
      counts: plain(begun, done, failed, lost),
    })),
  };
}

export function effectRows(effects: readonly EffectTally[]): CountList {
  return {
    columns: [{ name: m.ledger_times(), effect: m.ledger_times_effect() }],
    rows: effects.map(({ name, unit, ids, by }) => ({
      ...{ key: JSON.stringify([name, unit]), name: unit === '' ? name : `${name} ${unit}` },
      ...{ detail: m.ledger_by({ nodes: by.join(', ') }), eventId: ids.at(-1)! },
      counts: [{ value: ids.length, isMore: ids.length > 1, isWrong: ids.length > 1 }],
    })),
  };
}

export function kindRows(kinds: readonly KindTally[]): CountList {
  const all = [
    { key: 'sent', name: m.ledger_sent(), effect: m.ledger_sent_effect() },
    { key: 'delivered', name: m.ledger_got(), effect: m.ledger_got_effect() },
    { key: 'lost', name: m.ledger_vanished(), effect: m.ledger_vanished_effect() },
    { key: 'repeated', name: m.ledger_again(), effect: m.ledger_again_effect() },
    { key: 'copied', name: m.ledger_copied(), effect: m.ledger_copied_effect() },
    { key: 'unwanted', name: m.ledger_unwanted(), effect: m.ledger_unwanted_effect() },
  ] as const;
  const isAlways = (key: string): boolean => ['sent', 'delivered', 'lost'].includes(key);
  // What happened to none is no column.
  const columns = all.filter(({ key }) => isAlways(key) || kinds.some((kind) => kind[key] > 0));
  return {
    columns,
    rows: kinds.map((kind) => ({
      ...{ key: `${kind.proto} ${kind.msg}`, name: kind.msg, eventId: null },
      detail: kind.role === 'background' ? m.ledger_background({ ...kind }) : kind.proto,
      counts: columns.map(({ key }) => {
        const value = kind[key];
        return { value, isMore: false, isWrong: key === 'lost' && value > 0 };
      }),
    })),
  };
}

/** "3 once · 1 again", of effects. */
export function effectNote(effects: readonly EffectTally[]): string {
  const again = effects.filter(({ ids }) => ids.length > 1).length;
  const once = effects.length - again;
  return `${m.work_once({ count: once })} · ${m.work_more({ count: again })}`;
}
