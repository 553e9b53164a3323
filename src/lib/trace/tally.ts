// What has been counted by a time: messages by node and by kind, effects, who has heard from whom, what was
// written to disk. A fold over all events. Forward it reads only what is new; of a long trace a part at a
// time, so that no frame waits for it.

import { roleOf, type Role } from '#lib/protocol/wire.ts';
import { nodeOf, NO_EVENT, type TraceStore } from './store.ts';

/** What a node did and met, its children included. Messages that stay within it, and background ones, do not count. */
export interface NodeTally {
  sent: number;
  received: number;
  /** Of those that it sent: vanished, or unwanted where they arrived, and not sent again. */
  lost: number;
  effects: number;
  /** By other node: when that one last got anything from here, background included. */
  heardUs: Map<string, number>;
  /** Files that it changed, */
  files: Set<string>;
  /** and bytes that it wrote to them. */
  writtenBytes: number;
}

/** Messages of one word of a protocol, between nodes and within them. */
export interface KindTally {
  proto: string;
  msg: string;
  role: Role;
  sent: number;
  delivered: number;
  /** Packets that vanished on the way, */
  lost: number;
  /** or arrived where nobody wanted them. */
  unwanted: number;
  /** Packets sent again because they were not acknowledged, */
  repeated: number;
  /** and copies that the network made. */
  copied: number;
}

/** Effects of one name, and of one unit of work where they say which. */
export interface EffectTally {
  name: string;
  /** The unit of work, '' when it is not told. */
  unit: string;
  /** Events, ascending. */
  ids: number[];
  /** Processes at which it happened, each once. */
  by: string[];
}

export class Tally {
  readonly nodes = new Map<string, NodeTally>();
  readonly kinds = new Map<string, KindTally>();
  readonly effects = new Map<string, EffectTally>();
  readonly #trace: TraceStore;
  readonly #isKnown: (id: number) => boolean;
  #next = 0;
  /** Messages that are lost as things stand, by the events at which they left. */
  readonly #lost = new Set<number>();

  /** @param isKnown leaves out what a lens has not seen */
  constructor(trace: TraceStore, isKnown: (id: number) => boolean = () => true) {
    this.#trace = trace;
    this.#isKnown = isKnown;
  }

  /**
   * Counts up to a time, from the beginning when it lies before the last one.
   *
   * @param most so many events at most
   * @returns false when there are more
   */
  to(atUs: number, most = Infinity): boolean {
    const end = this.#trace.lastAtOrBefore(atUs) + 1;
    if (end < this.#next) this.#reset();
    const stop = Math.min(end, this.#next + most);
    for (; this.#next < stop; this.#next++) {
      if (this.#isKnown(this.#next)) this.#take(this.#next);
    }
    return stop === end;
  }

  /** Of a node; all zero when nothing was counted. */
  of(node: string): NodeTally {
    let tally = this.nodes.get(node);
    if (!tally) {
      const none = { sent: 0, received: 0, lost: 0, effects: 0, writtenBytes: 0 };
      tally = { ...none, heardUs: new Map(), files: new Set() };
      this.nodes.set(node, tally);
    }
    return tally;
  }

  #reset(): void {
    this.#next = 0;
    this.#lost.clear();
    for (const map of [this.nodes, this.kinds, this.effects]) map.clear();
  }

  #take(id: number): void {
    const trace = this.#trace;
    switch (trace.kindAt(id)) {
      case 'send':
        this.#kindOf(id).sent++;
        if (this.#isTold(id)) this.of(trace.processAt(id).node).sent++;
        return;
      case 'deliver':
        return this.#takeArrival(id);
      case 'lose':
      case 'drop':
        return this.#takeLoss(id);
      case 'retransmit':
        return this.#takeRetransmission(id);
      case 'duplicate':
        if (this.#isMessage(id)) this.#kindOf(trace.openerAt(id)).copied++;
        return;
      case 'effect':
        return this.#takeEffect(id);
      case 'file':
        return this.#takeFile(id);
      default:
    }
  }

  #takeArrival(id: number): void {
    const trace = this.#trace;
    const origin = trace.openerAt(id);
    const { node } = trace.processAt(id);
    const from = trace.processAt(origin).node;
    if (from !== node) this.of(from).heardUs.set(node, trace.timeAt(id));
    if (!this.#isMessage(id)) return;
    this.#kindOf(origin).delivered++;
    if (this.#isTold(origin)) this.of(node).received++;
  }

  #takeLoss(id: number): void {
    const origin = this.#trace.openerAt(id);
    if (!this.#isMessage(id)) return;
    this.#kindOf(origin)[this.#trace.kindAt(id) === 'lose' ? 'lost' : 'unwanted']++;
    // A copy of what is there already is no loss.
    if (!this.#isTold(origin) || this.#lost.has(origin) || this.#hasArrived(origin, id)) return;
    this.#lost.add(origin);
    this.of(this.#trace.processAt(origin).node).lost++;
  }

  #takeRetransmission(id: number): void {
    const origin = this.#trace.openerAt(id);
    if (!this.#isMessage(id)) return;
    this.#kindOf(origin).repeated++;
    if (this.#lost.delete(origin)) this.of(this.#trace.processAt(origin).node).lost--;
  }

  #takeEffect(id: number): void {
    const trace = this.#trace;
    const { name: process, node } = trace.processAt(id);
    const name = trace.textAt(id, 'name')!;
    const value = trace.valueAt(id, 'value');
    const unit = typeof value === 'string' ? value : '';
    const key = JSON.stringify([name, unit]);
    let effect = this.effects.get(key);
    if (!effect) this.effects.set(key, (effect = { name, unit, ids: [], by: [] }));
    effect.ids.push(id);
    if (!effect.by.includes(process)) effect.by.push(process);
    this.of(node).effects++;
  }

  #takeFile(id: number): void {
    const trace = this.#trace;
    const op = trace.textAt(id, 'op')!;
    if (op !== 'write' && op !== 'append') return;
    const tally = this.of(trace.processAt(id).node);
    tally.files.add(trace.textAt(id, 'path')!);
    tally.writtenBytes += trace.intAt(id, 'bytes')!;
  }

  /** The event belongs to something that a program sent. */
  #isMessage(id: number): boolean {
    const origin = this.#trace.messageOf(id);
    return origin !== NO_EVENT && this.#trace.kindAt(origin) === 'send';
  }

  /** Between nodes, and more than background. */
  #isTold(origin: number): boolean {
    const trace = this.#trace;
    const isWithin = nodeOf(trace.textAt(origin, 'to')!) === trace.processAt(origin).node;
    return !isWithin && trace.roleAt(origin) !== 'background';
  }

  #hasArrived(origin: number, before: number): boolean {
    const trace = this.#trace;
    return trace
      .followersOf(origin)
      .some((id) => id < before && trace.kindAt(id) === 'deliver' && this.#isKnown(id));
  }

  #kindOf(origin: number): KindTally {
    const proto = this.#trace.textAt(origin, 'proto')!;
    const msg = this.#trace.textAt(origin, 'msg')!;
    const key = `${proto} ${msg}`;
    let kind = this.kinds.get(key);
    if (!kind) {
      const none = { sent: 0, delivered: 0, lost: 0, unwanted: 0, repeated: 0, copied: 0 };
      this.kinds.set(key, (kind = { proto, msg, role: roleOf(proto, msg), ...none }));
    }
    return kind;
  }
}
