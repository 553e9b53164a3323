// Chrome's trace event format (JSON), which Perfetto (https://ui.perfetto.dev) and chrome://tracing
// open: https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU. A node is a
// process there, each of our processes a thread of it; times are virtual microseconds.

import type { JsonValue } from '#lib/protocol/trace.ts';
import { NO_EVENT, type TraceProcess, type TraceStore } from '../store.ts';
import { arrivalOf, isBackground, plainWords } from './plain.ts';

type ChromeEvent = Readonly<Record<string, JsonValue>>;

/** A message is drawn as an arrow between two slices, and a slice needs a length. */
const SLICE_US = 1;

/**
 * Work and waits as slices, messages as arrows, output as instants, numbers of models as counters.
 *
 * @param ontext receives parts of one JSON document
 */
export function saveChrome(trace: TraceStore, ontext: (text: string) => void): void {
  const threads = new Threads(trace);
  ontext('{"displayTimeUnit":"ms","traceEvents":[\n');
  let isFirst = true;
  const emit = (event: ChromeEvent): void => {
    ontext((isFirst ? '' : ',\n') + JSON.stringify(event));
    isFirst = false;
  };
  for (let id = 0; id < trace.eventCount; id++) {
    for (const event of chromeEvents(trace, threads, id)) emit(event);
  }
  for (const event of threads.names()) emit(event);
  ontext('\n]}\n');
}

function* chromeEvents(trace: TraceStore, threads: Threads, id: number): Generator<ChromeEvent> {
  const kind = trace.kindAt(id);
  const ts = trace.timeAt(id);
  const process = trace.processAt(id);
  const place = { ts, ...threads.of(process) };
  if (kind === 'span' || kind === 'wait') {
    if (trace.textAt(id, 'op') === 'begin') yield slice(trace, threads, id);
  } else if (kind === 'send' || kind === 'deliver') {
    const flow = trace.messageOf(id);
    const cat = trace.roleAt(id);
    yield { ph: 'X', name: plainWords(trace, id), cat, dur: SLICE_US, ...place };
    // The end of a connection arrives as well, and has no arrow.
    if (trace.kindAt(flow) !== 'send' || arrivalOf(trace, flow) === NO_EVENT) return;
    const ends = kind === 'send' ? { ph: 's' } : { ph: 'f', bp: 'e' };
    yield { ...ends, name: 'message', cat, id: flow, ...place };
  } else if (kind === 'state') {
    const args = numbersOf(trace.valueAt(id, 'value'));
    if (args) yield { ph: 'C', name: trace.textAt(id, 'name')!, ts, pid: place.pid, args };
  } else if (kind !== 'timer' && kind !== 'file' && !isBackground(trace, id)) {
    yield { ph: 'i', s: 't', name: plainWords(trace, id), cat: kind, ...place };
  }
}

function slice(trace: TraceStore, threads: Threads, id: number): ChromeEvent {
  const ts = trace.timeAt(id);
  const closer = trace.closerAt(id);
  const endUs = closer === NO_EVENT ? trace.frontierUs : trace.timeAt(closer);
  const kind = trace.kindAt(id);
  const detail = trace.textAt(id, 'detail') ?? trace.textAt(id, 'line') ?? '';
  return {
    ph: 'X',
    name: (kind === 'span' ? trace.textAt(id, 'name') : `wait: ${trace.textAt(id, 'what')}`)!,
    cat: kind,
    ts,
    dur: endUs - ts,
    ...threads.of(trace.processAt(id), ts, endUs),
    args: { detail },
  };
}

/** What can be drawn as lines over time, or null. */
function numbersOf(value: JsonValue | undefined): Record<string, number> | null {
  if (typeof value === 'number') return { value };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const numbers = Object.entries(value).filter(([, item]) => typeof item === 'number');
  return numbers.length > 0 ? (Object.fromEntries(numbers) as Record<string, number>) : null;
}

interface Thread {
  pid: number;
  tid: number;
}

/** Slices of one thread must nest: work that overlaps gets a second one of the same process. */
interface Lane extends Thread {
  /** Ends of the slices that are open, innermost last. */
  openUs: number[];
}

class Threads {
  readonly #lanes = new Map<TraceProcess, Lane[]>();
  readonly #pids = new Map<string, number>();
  #count = 0;

  constructor(trace: TraceStore) {
    for (const process of trace.processes) this.#add(process);
  }

  /** Where an instant of this process is drawn, or a slice that fits nowhere else. */
  of(process: TraceProcess, beginUs?: number, endUs = 0): Thread {
    const lanes = this.#lanes.get(process)!;
    const [first] = lanes as [Lane];
    if (beginUs === undefined) return { pid: first.pid, tid: first.tid };
    let lane = lanes.find((it) => fits(it, beginUs, endUs));
    lane ??= this.#add(process);
    lane.openUs.push(endUs);
    return { pid: lane.pid, tid: lane.tid };
  }

  *names(): Generator<ChromeEvent> {
    for (const [node, pid] of this.#pids) {
      yield { ph: 'M', name: 'process_name', pid, tid: 0, args: { name: node || 'network' } };
    }
    for (const [{ name }, lanes] of this.#lanes) {
      for (const { pid, tid } of lanes) {
        yield { ph: 'M', name: 'thread_name', pid, tid, args: { name: name || 'network' } };
      }
    }
  }

  #add(process: TraceProcess): Lane {
    const { node } = process;
    if (!this.#pids.has(node)) this.#pids.set(node, this.#pids.size + 1);
    const lane = { pid: this.#pids.get(node)!, tid: ++this.#count, openUs: [] };
    this.#lanes.set(process, [...(this.#lanes.get(process) ?? []), lane]);
    return lane;
  }
}

function fits({ openUs }: Lane, beginUs: number, endUs: number): boolean {
  while (openUs.length > 0 && openUs.at(-1)! <= beginUs) openUs.pop();
  return openUs.length === 0 || endUs <= openUs.at(-1)!;
}
