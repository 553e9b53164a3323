// Turns events into JSON lines and their digest, a batch at a time. The lines are the one form of a
// trace: what the page shows, what the command line writes and what the digest covers are the same
// text, so live = file = any host by construction.

import {
  TRACE_FIELDS,
  type FieldType,
  type TraceEnd,
  type TraceEvent,
  type TraceHeader,
  type TraceKind,
} from '#lib/protocol/trace.ts';
import { TraceDigest } from './digest.ts';

/** Lines are hashed and handed on in batches of so many characters. */
const BATCH_LENGTH = 32_768;

interface FieldPlan {
  name: string;
  prefix: string;
  type: FieldType;
}

const PLANS = Object.fromEntries(
  Object.entries(TRACE_FIELDS).map(([kind, fields]) => [
    kind,
    Object.entries(fields).map(([name, type]) => ({ name, prefix: `,"${name}":`, type })),
  ]),
) as Record<TraceKind, FieldPlan[]>;

/** Names and words come back again and again: their JSON form is kept. */
class QuotedText {
  readonly #known = new Map<string, string>();

  of(text: string): string {
    if (text.length > 40) return JSON.stringify(text);
    let quoted = this.#known.get(text);
    if (quoted === undefined) {
      quoted = JSON.stringify(text);
      if (this.#known.size < 4096) this.#known.set(text, quoted);
    }
    return quoted;
  }
}

/** The JSON line of one event, without the newline. */
function lineOf(event: TraceEvent, quoted: QuotedText): string {
  const values = event as unknown as Record<string, unknown>;
  let line = `{"tUs":${event.tUs},"kind":"${event.kind}","node":${quoted.of(event.node)}`;
  if (event.cause !== undefined) line += `,"cause":${event.cause}`;
  for (const { name, prefix, type } of PLANS[event.kind]) {
    const value = values[name];
    if (value === undefined) continue;
    if (type === 'int' || type === 'int?') line += prefix + (value as number);
    else if (type === 'text' || type === 'text?') line += prefix + quoted.of(value as string);
    else line += prefix + JSON.stringify(value);
  }
  return line + '}';
}

/** What is said of the end of a run before its lines are counted and hashed. */
export type Ending = Omit<TraceEnd, 'kind' | 'eventCount' | 'digest'>;

/** The last line of a trace; a run that failed has no digest. */
export function sealed(ending: Ending, eventCount: number, digest: string | undefined): TraceEnd {
  const isWhole = ending.reason !== 'failed';
  return { kind: 'end', ...ending, eventCount, digest: isWhole ? digest : undefined };
}

/** Events in, whole lines out. */
export class LineWriter {
  readonly #quoted = new QuotedText();
  readonly #ontext: (text: string) => void;
  #batch = '';
  #eventCount = 0;

  /** @param ontext receives whole lines, each with its newline */
  constructor(ontext: (text: string) => void) {
    this.#ontext = ontext;
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  event(event: TraceEvent): void {
    this.#eventCount++;
    this.#batch += lineOf(event, this.#quoted) + '\n';
    if (this.#batch.length >= BATCH_LENGTH) this.flush();
  }

  /** Hands on what has been written so far. */
  flush(): void {
    if (this.#batch === '') return;
    const text = this.#batch;
    this.#batch = '';
    this.#ontext(text);
  }
}

/** A trace that is written and hashed in one thread. */
export class TraceWriter {
  readonly #digest = new TraceDigest();
  readonly #encoder = new TextEncoder();
  readonly #ontext: (text: string) => void;
  readonly #lines: LineWriter;

  /**
   * @param ontext receives whole lines, each with its newline
   * @param isHashing false where nobody asks for the digest
   */
  constructor(ontext: (text: string) => void, isHashing = true) {
    this.#ontext = ontext;
    this.#lines = new LineWriter((text) => {
      if (isHashing) this.#digest.update(this.#encoder.encode(text));
      ontext(text);
    });
  }

  header(header: TraceHeader): void {
    this.#ontext(JSON.stringify(header) + '\n');
  }

  event(event: TraceEvent): void {
    this.#lines.event(event);
  }

  /** Hands on what has been written so far. */
  flush(): void {
    this.#lines.flush();
  }

  /** Writes the last line. */
  end(ending: Ending): TraceEnd {
    this.flush();
    const end = sealed(ending, this.#lines.eventCount, this.#digest.hex());
    this.#ontext(JSON.stringify(end) + '\n');
    return end;
  }
}
