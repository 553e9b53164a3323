// What programs asked of objects of other processes: by connection, with who waits for how many answers,
// and by line of the program. A netref looks like any object, so that a harmless loop may ask a hundred
// times; this is where it shows. Made of messages alone, so that the real packages are counted like our
// faces. An index that grows with its trace, and a pure function of (trace, time, who is known).

import { roleOf } from '#lib/protocol/wire.ts';
import { NO_EVENT, type TraceProcess, type TraceStore } from './store.ts';

/** What a line of a program cost, on one node. */
export interface LineCost {
  node: string;
  /** `client.py:7`. */
  line: string;
  /** Methods and functions that it called on the other side. */
  calls: number;
  /** Questions that it sent and that are answered: calls, names, items, greetings. */
  roundTrips: number;
  /** Of its messages, and of the answers that have arrived. */
  bytes: number;
  /** How long it waited, all waits of the line together. */
  waitedUs: number;
  /** The event at which it sent the first of them. */
  firstId: number;
}

/** One end of a connection. */
export interface LinkEnd {
  process: TraceProcess;
  /** Questions that it has sent and that are not answered yet, */
  pending: number;
  /** and all that it has sent. */
  asked: number;
  /** The latest `state` event in which it tells of the connection, or NO_EVENT. */
  stateId: number;
}

export interface Link {
  conn: number;
  proto: string;
  /** That it was connected to. */
  port: number;
  isOpen: boolean;
  /** Who connected, and who accepted. */
  ends: readonly [LinkEnd, LinkEnd];
}

interface Question {
  id: number;
  line: LineRecord | undefined;
}

interface EndRecord {
  process: TraceProcess;
  questions: number[];
  answers: number[];
  states: number[];
  /** Not answered so far, in order. */
  open: Question[];
}

interface LinkRecord {
  conn: number;
  proto: string;
  port: number;
  ends: [EndRecord, EndRecord | undefined];
  /** The first event that ended it. */
  closedId: number;
}

interface LineRecord {
  node: string;
  line: string;
  /** Events at which questions left, and other messages. */
  questions: number[];
  others: number[];
  /** Events at which answers arrived. */
  answers: number[];
}

type IsKnown = (id: number) => boolean;

const PROTOCOLS: ReadonlySet<string> = new Set(['rpyc', 'pyro4']);
/** Words that run something of the learner's on the other side. */
const CALLS: ReadonlySet<string> = new Set(['call', 'callattr', 'invoke', 'batch', 'oneway']);
/** Nobody answers these. */
const UNANSWERED: ReadonlySet<string> = new Set(['oneway', 'part', 'close']);
/** Every message names one of two nodes by this. */
const STATE = /^rpyc\/\d+-(.+):\d+$/;

export class RemoteCalls {
  readonly #trace: TraceStore;
  #next = 0;
  readonly #links = new Map<number, LinkRecord>();
  readonly #lines = new Map<string, LineRecord>();
  /** Beginnings of waits for somebody, by the line that waits. */
  readonly #waits = new Map<string, number[]>();
  /** Connections by the name that an end tells of them under. */
  readonly #told = new Map<string, EndRecord>();

  constructor(trace: TraceStore) {
    this.#trace = trace;
  }

  /** What each line cost up to a time, the dearest first. */
  linesAt(atUs: number, isKnown?: IsKnown): LineCost[] {
    this.#update();
    const last = this.#trace.lastAtOrBefore(atUs);
    const costs: LineCost[] = [];
    for (const record of this.#lines.values()) {
      const cost = this.#costOf(record, last, atUs, isKnown);
      if (cost && cost.roundTrips + cost.calls > 0) costs.push(cost);
    }
    return costs.sort((a, b) => b.roundTrips - a.roundTrips || b.waitedUs - a.waitedUs);
  }

  /**
   * Connections of one protocol over which something went, up to a time, in order.
   *
   * @param proto such as `rpyc`
   */
  linksAt(proto: string, atUs: number, isKnown?: IsKnown): Link[] {
    this.#update();
    const last = this.#trace.lastAtOrBefore(atUs);
    const links: Link[] = [];
    for (const { conn, port, proto: own, ends, closedId } of this.#links.values()) {
      const [client, server] = ends.map((end) => end && endAt(end, last, isKnown));
      if (own !== proto || !client || !server) continue;
      const isSilent = [client, server].every((it) => it.asked === 0 && it.stateId === NO_EVENT);
      if (isSilent) continue;
      const isOver = closedId !== NO_EVENT && closedId <= last && (isKnown?.(closedId) ?? true);
      const waiting = isOver ? { pending: 0 } : {};
      links.push({
        ...{ conn, proto, port, isOpen: !isOver },
        ends: [
          { ...client, ...waiting },
          { ...server, ...waiting },
        ],
      });
    }
    return links;
  }

  #costOf(
    record: LineRecord,
    last: number,
    atUs: number,
    isKnown: IsKnown | undefined,
  ): LineCost | null {
    const trace = this.#trace;
    const { node, line } = record;
    const [questions, others, answers] = [record.questions, record.others, record.answers].map(
      (ids) => until(ids, last, isKnown),
    ) as [number[], number[], number[]];
    const sent = [...questions, ...others];
    if (sent.length === 0) return null;
    const isCall = (id: number): boolean => CALLS.has(trace.textAt(id, 'msg')!);
    const bytes = [...sent, ...answers.map((id) => trace.openerAt(id))];
    return {
      ...{ node, line, firstId: Math.min(...[questions[0], others[0]].filter(isThere)) },
      calls: sent.filter(isCall).length,
      roundTrips: questions.length,
      bytes: bytes.reduce((sum, id) => sum + (trace.intAt(id, 'bytes') ?? 0), 0),
      waitedUs: this.#waitedAt(`${node} ${line}`, last, atUs, isKnown),
    };
  }

  #waitedAt(key: string, last: number, atUs: number, isKnown: IsKnown | undefined): number {
    const trace = this.#trace;
    let sumUs = 0;
    for (const id of until(this.#waits.get(key) ?? [], last, isKnown)) {
      const end = trace.closerAt(id);
      const isOver = end !== NO_EVENT && end <= last;
      sumUs += (isOver ? trace.timeAt(end) : atUs) - trace.timeAt(id);
    }
    return sumUs;
  }

  // Reading what is new.

  #update(): void {
    for (; this.#next < this.#trace.eventCount; this.#next++) this.#take(this.#next);
  }

  #take(id: number): void {
    const trace = this.#trace;
    const conn = trace.intAt(id, 'conn');
    switch (trace.kindAt(id)) {
      case 'connect': {
        const client = newEnd(trace.processAt(id));
        const port = trace.intAt(id, 'port')!;
        const record: LinkRecord = {
          ...{ conn: conn!, proto: '', port, ends: [client, undefined], closedId: NO_EVENT },
        };
        this.#links.set(conn!, record);
        return;
      }
      case 'accept': {
        const link = this.#links.get(conn!);
        if (link) link.ends[1] = newEnd(trace.processAt(id));
        return;
      }
      case 'send':
        return this.#takeSend(id, conn);
      case 'deliver':
        return this.#takeArrival(id, conn);
      case 'close':
      case 'reset':
      case 'timeout': {
        const link = this.#links.get(conn!);
        if (link && link.closedId === NO_EVENT) link.closedId = id;
        return;
      }
      case 'wait':
        return this.#takeWait(id);
      case 'state':
        return this.#takeState(id);
      default:
        return;
    }
  }

  #takeSend(id: number, conn: number | undefined): void {
    const trace = this.#trace;
    const proto = trace.textAt(id, 'proto')!;
    if (conn === undefined || !PROTOCOLS.has(proto)) return;
    const link = this.#links.get(conn);
    const end = this.#endOf(link, id);
    if (!link || !end) return;
    link.proto = proto;
    const msg = trace.textAt(id, 'msg')!;
    const role = roleOf(proto, msg);
    // Pyro's servers answer, and never ask; a ping is answered with a ping.
    if (role === 'answer' || role === 'ack' || (proto === 'pyro4' && end === link.ends[1])) return;
    const isAnswered = !UNANSWERED.has(msg);
    const line = this.#lineOf(id);
    if (line) (isAnswered && role === 'command' ? line.questions : line.others).push(id);
    if (!isAnswered) return;
    end.questions.push(id);
    end.open.push({ id, line });
  }

  #takeArrival(id: number, conn: number | undefined): void {
    const trace = this.#trace;
    const proto = trace.textAt(id, 'proto')!;
    if (conn === undefined || !PROTOCOLS.has(proto)) return;
    const link = this.#links.get(conn);
    const end = this.#endOf(link, id);
    if (!link || !end) return;
    const role = roleOf(proto, trace.textAt(id, 'msg')!);
    const isPong = proto === 'pyro4' && end === link.ends[0];
    if (role !== 'answer' && role !== 'ack' && !isPong) return;
    // An answer that was sent as soon as the question arrived names it; others come in order.
    const asked = trace.causeAt(trace.openerAt(id));
    const exact =
      asked === NO_EVENT ? -1 : end.open.findIndex((it) => it.id === trace.openerAt(asked));
    const [question] = end.open.splice(Math.max(0, exact), 1);
    if (!question) return;
    end.answers.push(id);
    question.line?.answers.push(id);
  }

  #takeWait(id: number): void {
    const trace = this.#trace;
    const line = trace.textAt(id, 'line');
    if (line === undefined || trace.textAt(id, 'by') === undefined) return;
    const key = `${trace.processAt(id).name} ${line}`;
    const waits = this.#waits.get(key);
    if (waits) waits.push(id);
    else this.#waits.set(key, [id]);
  }

  #takeState(id: number): void {
    const trace = this.#trace;
    const name = trace.textAt(id, 'name')!;
    const [, peer] = STATE.exec(name) ?? [];
    if (peer === undefined) return;
    const process = trace.processAt(id);
    const key = `${process.name} ${trace.standingAt(process, trace.timeAt(id)).incarnation} ${name}`;
    const end = this.#told.get(key) ?? this.#untoldEnd(id, process, peer);
    if (!end) return;
    this.#told.set(key, end);
    end.states.push(id);
  }

  /** A process tells of a connection for the first time: mostly in a turn that something on it began. */
  #untoldEnd(id: number, process: TraceProcess, peer: string): EndRecord | undefined {
    const trace = this.#trace;
    const cause = trace.causeAt(id);
    const conn = cause === NO_EVENT ? undefined : trace.intAt(cause, 'conn');
    const own = (link: LinkRecord | undefined): EndRecord | undefined =>
      link?.ends.find((end) => end?.process === process && end.states.length === 0);
    const caused = conn === undefined ? undefined : own(this.#links.get(conn));
    if (caused) return caused;
    for (const link of this.#links.values()) {
      const other = link.ends.find((end) => end && end.process !== process);
      const end =
        link.closedId === NO_EVENT && other?.process.node === peer ? own(link) : undefined;
      if (end) return end;
    }
    return undefined;
  }

  #endOf(link: LinkRecord | undefined, id: number): EndRecord | undefined {
    const process = this.#trace.processAt(id);
    return (
      link?.ends.find((end) => end?.process === process) ??
      link?.ends.find((end) => end?.process.node === process.node)
    );
  }

  #lineOf(id: number): LineRecord | undefined {
    const line = this.#trace.textAt(id, 'line');
    if (line === undefined) return undefined;
    const node = this.#trace.processAt(id).name;
    const key = `${node} ${line}`;
    let record = this.#lines.get(key);
    if (!record) {
      record = { node, line, questions: [], others: [], answers: [] };
      this.#lines.set(key, record);
    }
    return record;
  }
}

function newEnd(process: TraceProcess): EndRecord {
  return { process, questions: [], answers: [], states: [], open: [] };
}

function endAt(
  { process, questions, answers, states }: EndRecord,
  last: number,
  isKnown: IsKnown | undefined,
): LinkEnd {
  const asked = until(questions, last, isKnown).length;
  const pending = asked - until(answers, last, isKnown).length;
  return { process, pending, asked, stateId: until(states, last, isKnown).at(-1) ?? NO_EVENT };
}

/** Those of ascending ids that have happened and are known. */
function until(ids: readonly number[], last: number, isKnown: IsKnown | undefined): number[] {
  let [low, high] = [0, ids.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ids[middle]! <= last) low = middle + 1;
    else high = middle;
  }
  const happened = ids.slice(0, low);
  return isKnown ? happened.filter(isKnown) : happened;
}

function isThere(id: number | undefined): id is number {
  return id !== undefined;
}
