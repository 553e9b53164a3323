// What the users of browsers see at a time: the pages that `open` has loaded (src/lib/models/web). A browser
// tells of each page twice,
//
//   state  `page/<n>`   { method, url, sent? }                                as it asks
//   state  `page/<n>`   … with { status, reason, type, body, bytes }, or { error }
//
// A pure function of (trace, time, who is known). What does not have this shape is left out.

import type { JsonValue } from '#lib/protocol/trace.ts';
import type { Life, TraceStore } from './store.ts';
import { isRecord } from './told.ts';

export interface Page {
  /** Of the event that begins it. */
  id: number;
  method: string;
  url: string;
  /** The form that was sent, '' for none. */
  sent: string;
  beganUs: number;
  /** Null while it is on its way. */
  endedUs: number | null;
  /** 0 where nothing came back; `error` says why. */
  status: number;
  reason: string;
  /** `text/html; charset=utf-8`. */
  type: string;
  body: string;
  bytes: number;
  error: string;
}

export interface Browser {
  node: string;
  life: Life;
  /** In the order in which they were asked for; the last is on screen. */
  pages: readonly Page[];
}

type IsKnown = (id: number) => boolean;

interface Told {
  incarnation: number;
  /** By the name of their state. */
  pages: Map<string, Page>;
}

export class PagesFold {
  readonly #trace: TraceStore;
  readonly #isKnown: IsKnown | undefined;
  #next = 0;
  readonly #browsers = new Map<string, Told>();

  /** @param isKnown leaves out what a lens has not seen */
  constructor(trace: TraceStore, isKnown?: IsKnown) {
    this.#trace = trace;
    this.#isKnown = isKnown;
  }

  /** Browsers by node, those of this life. */
  at(atUs: number): Browser[] {
    const trace = this.#trace;
    const end = trace.changes.lastAtMost(trace.lastAtOrBefore(atUs)) + 1;
    if (end < this.#next) {
      this.#next = 0;
      this.#browsers.clear();
    }
    for (; this.#next < end; this.#next++) {
      const id = trace.changes.data[this.#next]!;
      if (this.#isKnown?.(id) ?? true) this.#take(id);
    }
    return [...this.#browsers].flatMap(([node, { incarnation, pages }]) => {
      const standing = trace.standingAt(trace.process(node)!, atUs);
      if (standing.incarnation !== incarnation) return [];
      // Who does not know of a death takes it for silence.
      const isTold = standing.life === 'alive' || (this.#isKnown?.(standing.sinceId) ?? true);
      return [{ node, life: isTold ? standing.life : 'alive', pages: [...pages.values()] }];
    });
  }

  #take(id: number): void {
    const trace = this.#trace;
    const name = trace.kindAt(id) === 'state' ? trace.textAt(id, 'name')! : '';
    if (!name.startsWith('page/')) return;
    const value = trace.valueAt(id, 'value');
    if (!isRecord(value) || typeof value['url'] !== 'string') return;
    const process = trace.processAt(id);
    const { incarnation } = trace.standingAt(process, trace.timeAt(id));
    let told = this.#browsers.get(process.name);
    if (told?.incarnation !== incarnation) {
      told = { incarnation, pages: new Map() };
      this.#browsers.set(process.name, told);
    }
    const begun = told.pages.get(name);
    const isOver = 'status' in value || 'error' in value;
    told.pages.set(name, {
      id: begun?.id ?? id,
      beganUs: begun?.beganUs ?? trace.timeAt(id),
      endedUs: isOver ? trace.timeAt(id) : null,
      method: textOf(value['method']),
      url: value['url'],
      sent: textOf(value['sent']),
      status: numberOf(value['status']),
      reason: textOf(value['reason']),
      type: textOf(value['type']),
      body: textOf(value['body']),
      bytes: numberOf(value['bytes']),
      error: textOf(value['error']),
    });
  }
}

const textOf = (value: JsonValue | undefined): string => (typeof value === 'string' ? value : '');
const numberOf = (value: JsonValue | undefined): number => (typeof value === 'number' ? value : 0);
