// Facts of a run: pure functions of (trace, time) that panels, the picture and the checks of
// lessons share. Data only; the words are the caller's.

import type { EndReason, Waiting } from '#lib/protocol/trace.ts';
import { nodeOf, NO_EVENT, type TraceProcess, type TraceStore } from './store.ts';

/** `unborn`: not started yet. `failed`: ended by itself with another code than 0. */
export type NodeStatus =
  'unborn' | 'ready' | 'busy' | 'waiting' | 'paused' | 'killed' | 'off' | 'ended' | 'failed';

export interface NodeFacts {
  status: NodeStatus;
  /** 0 before the first start, then 1, 2, … */
  incarnation: number;
}

/** How a node stands at `atUs`. It is busy when it or a child of it is at work. */
export function nodeFactsAt(trace: TraceStore, node: string, atUs: number): NodeFacts {
  const main = trace.process(node);
  if (!main) return { status: 'unborn', incarnation: 0 };
  const { life, incarnation, openSpanCount, openWaitCount } = trace.standingAt(main, atUs);
  if (life !== 'alive') return { status: life, incarnation };
  const isBusy =
    openSpanCount > 0 ||
    trace.processesOf(node).some((process) => {
      const standing = trace.standingAt(process, atUs);
      return standing.life === 'alive' && standing.openSpanCount > 0;
    });
  if (isBusy) return { status: 'busy', incarnation };
  return { status: openWaitCount > 0 ? 'waiting' : 'ready', incarnation };
}

export interface OpenSpan {
  id: number;
  process: string;
  name: string;
  detail: string | undefined;
  sinceUs: number;
}

/** The work under way on a node at `atUs`, oldest first. */
export function openSpansAt(trace: TraceStore, node: string, atUs: number): OpenSpan[] {
  const last = trace.lastAtOrBefore(atUs);
  const spans: OpenSpan[] = [];
  trace.visitTouching(last + 1, last, (id) => {
    if (trace.kindAt(id) !== 'span' || trace.processAt(id).node !== node) return;
    if (trace.textAt(id, 'op') !== 'begin') return;
    const closer = trace.closerAt(id);
    if (closer !== NO_EVENT && closer <= last) return;
    spans.push({
      id,
      process: trace.processAt(id).name,
      name: trace.textAt(id, 'name')!,
      detail: trace.textAt(id, 'detail'),
      sinceUs: trace.timeAt(id),
    });
  });
  return spans;
}

export interface LogLine {
  id: number;
  tUs: number;
  /** The process that wrote it; children write into their node's output. */
  process: string;
  stream: string;
  text: string;
  /** The program's own place, `client.ts:7`. */
  line: string | undefined;
}

/**
 * The output of a node up to `atUs`, in order.
 *
 * @param isKnown leaves out what a lens has not seen
 */
export function logsAt(
  trace: TraceStore,
  node: string,
  atUs: number,
  isKnown: (id: number) => boolean = () => true,
): LogLine[] {
  const { data } = trace.logs;
  const end = trace.logs.lastAtMost(trace.lastAtOrBefore(atUs)) + 1;
  const lines: LogLine[] = [];
  for (let position = 0; position < end; position++) {
    const id = data[position]!;
    if (trace.processAt(id).node !== node || !isKnown(id)) continue;
    lines.push({
      id,
      tUs: trace.timeAt(id),
      process: trace.processAt(id).name,
      stream: trace.textAt(id, 'stream')!,
      text: trace.textAt(id, 'text')!,
      line: trace.textAt(id, 'line'),
    });
  }
  return lines;
}

/** Effect name -> ids of the events at which it happened, up to `atUs`, in order of first time. */
export function effectsAt(
  trace: TraceStore,
  atUs: number,
  isKnown: (id: number) => boolean = () => true,
): Map<string, number[]> {
  const ledger = new Map<string, number[]>();
  const end = trace.effects.lastAtMost(trace.lastAtOrBefore(atUs)) + 1;
  for (let position = 0; position < end; position++) {
    const id = trace.effects.data[position]!;
    if (!isKnown(id)) continue;
    const name = trace.textAt(id, 'name')!;
    const ids = ledger.get(name);
    if (ids) ids.push(id);
    else ledger.set(name, [id]);
  }
  return ledger;
}

export interface MessageCounts {
  /** Messages that left, background ones not counted. */
  sent: number;
  /** Of these, the ones that arrived. */
  arrived: number;
  /** Of these, the ones that vanished or found nobody, and were not sent again. */
  lost: number;
}

/** What became of the messages sent up to `atUs`, as things stand then. */
export function messageCountsAt(trace: TraceStore, atUs: number): MessageCounts {
  const last = trace.lastAtOrBefore(atUs);
  const counts = { sent: trace.sends.lastAtMost(last) + 1, arrived: 0, lost: 0 };
  for (let position = 0; position < counts.sent; position++) {
    const fate = fateOf(trace, trace.sends.data[position]!, last);
    if (fate === 'arrived') counts.arrived++;
    else if (fate === 'lost') counts.lost++;
  }
  return counts;
}

export type Fate = 'underway' | 'arrived' | 'lost';

/** What had become of the message of event `origin` by event `lastId`. */
export function fateOf(trace: TraceStore, origin: number, lastId: number): Fate {
  const closer = trace.closerAt(origin);
  if (closer === NO_EVENT) return 'underway';
  let fate: Fate = 'underway';
  for (const id of trace.followersOf(origin)) {
    if (id > lastId) break;
    const kind = trace.kindAt(id);
    if (kind === 'deliver' || kind === 'accept' || kind === 'open' || kind === 'refuse') {
      return 'arrived';
    }
    if (kind === 'lose' || kind === 'drop') fate = 'lost';
    else if (kind === 'retransmit') fate = 'underway';
  }
  return fate;
}

/** A program that reads what is typed. */
export interface Keyboard {
  /** It waits for a line just then; else what is typed waits for it. */
  isAwaited: boolean;
  /** What the program has written before it waits, or ''. */
  prompt: string;
}

/** The keyboard of a node at `atUs`: null before it has asked for a line, and when it is gone. */
export function keyboardAt(trace: TraceStore, node: string, atUs: number): Keyboard | null {
  const process = trace.process(node);
  if (!process) return null;
  const { life, sinceId } = trace.standingAt(process, atUs);
  if (sinceId === NO_EVENT || (life !== 'alive' && life !== 'paused')) return null;
  const { data } = trace.inputWaits;
  for (let at = trace.inputWaits.lastAtMost(trace.lastAtOrBefore(atUs)); at >= 0; at--) {
    const id = data[at]!;
    if (trace.processIndexAt(id) !== process.index) continue;
    if (trace.textAt(id, 'op') === 'end') return { isAwaited: false, prompt: '' };
    // A wait that a death has ended belongs to another incarnation.
    const closer = trace.closerAt(id);
    const isAwaited = closer === NO_EVENT || trace.timeAt(closer) > atUs;
    return { isAwaited, prompt: isAwaited ? promptBefore(trace, process, id) : '' };
  }
  return null;
}

/** The unfinished line that a wait for input stands behind. */
function promptBefore(trace: TraceStore, { events }: TraceProcess, waitId: number): string {
  const before = events.data[events.lastAtMost(waitId) - 1] ?? NO_EVENT;
  const isPrompt = before !== NO_EVENT && trace.kindAt(before) === 'partial';
  return isPrompt ? trace.textAt(before, 'text')!.trim() : '';
}

/** The last value of each `state` name of a node, up to `atUs`. */
export function stateAt(trace: TraceStore, node: string, atUs: number): Map<string, unknown> {
  const state = new Map<string, unknown>();
  const last = trace.lastAtOrBefore(atUs);
  for (const { events } of trace.processesOf(node)) {
    for (let position = 0; position < events.length; position++) {
      const id = events.data[position]!;
      if (id > last) break;
      if (trace.kindAt(id) !== 'state') continue;
      state.set(trace.textAt(id, 'name')!, trace.valueAt(id, 'value'));
    }
  }
  return state;
}

/** "Ended at 4 112 ms · 14 messages, 0 lost · client still waits (client.ts:7)", as data. */
export interface EndFacts {
  tUs: number;
  reason: EndReason;
  detail: string | undefined;
  sent: number;
  lost: number;
  /** Waits of learners' programs come first. */
  waiting: readonly Waiting[];
  deadlocks: readonly (readonly string[])[];
  digest: string | undefined;
}

/** How the run ended, or null while it has not. */
export function endFacts(trace: TraceStore): EndFacts | null {
  const { end } = trace;
  if (!end) return null;
  const { sent, lost } = messageCountsAt(trace, end.tUs);
  const own = end.waiting.filter(({ line }) => line !== undefined);
  const others = end.waiting.filter(({ line }) => line === undefined);
  return {
    tUs: end.tUs,
    reason: end.reason,
    detail: end.detail,
    sent,
    lost,
    waiting: [...own, ...others],
    deadlocks: end.deadlocks,
    digest: end.digest,
  };
}

/** The nodes of a trace: those of its header, then any other that it mentions. */
export function nodesOf(trace: TraceStore): string[] {
  const nodes = new Set(trace.header?.nodes ?? []);
  for (const { name } of trace.processes) if (name !== '') nodes.add(nodeOf(name));
  return [...nodes];
}
