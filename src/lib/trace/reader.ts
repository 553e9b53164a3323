// Reads a trace from a file, in whatever pieces it comes, and believes nothing of it: every line is
// checked against the table of kinds and against the lines before it, and at the end the digest is
// computed anew by the code that computes it live. The first thing that is wrong is said once, with
// its line and with what to do.
//
// The digest covers the lines of events: a changed byte in one of them never goes unnoticed. In the
// header and in the last line a number changed for another is noticed only where events contradict it.

import type { TraceEnd, TraceHeader } from '#lib/protocol/trace.ts';
import { endFault, eventFault, headerFault, TRACE_VERSION } from './check.ts';
import { TraceDigest } from './digest.ts';
import { damaged, parseLines, traceError } from './lines.ts';
import { TraceStore } from './store.ts';

const NEWLINE = 10;
const RETURN = 13;
/** Lines are taken in blocks of about so many bytes. */
const BLOCK_BYTES = 262_144;
/** No line of ours comes near it: a file without line ends must not fill the memory. */
const LINE_BYTES_MAX = 4_194_304;

const WHENCE =
  'Save trace on the page writes one, and so does lightcone run <folder> --json <file>';

/** What files that are often taken for a trace begin with. */
const FOREIGN: readonly { bytes: readonly number[]; message: string }[] = [
  { bytes: [0x1f, 0x8b], message: 'a file packed with gzip: unpack it first (gunzip)' },
  { bytes: [0x50, 0x4b, 3, 4], message: 'a ZIP archive: open the trace that is in it' },
  { bytes: [0x28, 0xb5, 0x2f, 0xfd], message: 'a file packed with zstd: unpack it first (unzstd)' },
  { bytes: [0xff, 0xfe], message: 'text in UTF-16: save it as UTF-8' },
  { bytes: [0xfe, 0xff], message: 'text in UTF-16: save it as UTF-8' },
];

/** Takes a trace in pieces that may be cut anywhere, also inside a character. */
export class TraceReader {
  readonly #name: string;
  readonly #store: TraceStore;
  readonly #digest = new TraceDigest();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  #rest: Uint8Array[] = [];
  #restBytes = 0;
  #lineCount = 0;
  #isSniffed = false;
  #nodes: ReadonlySet<string> = new Set();

  /** @param name of the file, for errors */
  constructor(name = 'trace') {
    this.#name = name;
    this.#store = new TraceStore(name);
  }

  /** @throws InputError when what has come so far cannot be a trace */
  push(bytes: Uint8Array): void {
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      this.#takeLines(this.#joined(bytes.subarray(0, end)));
      this.#rest = [];
      this.#restBytes = 0;
    }
    if (end === bytes.length) return;
    // A copy: whoever reads a stream may use its buffer again.
    this.#rest.push(bytes.slice(end));
    this.#restBytes += bytes.length - end;
    if (this.#restBytes > LINE_BYTES_MAX) {
      this.#sniff(this.#joined(new Uint8Array()));
      throw this.#damaged(this.#lineCount + 1, 'longer than any line of a trace');
    }
  }

  /**
   * The whole trace, once everything has come.
   *
   * @throws InputError when something is missing or the digest is another
   */
  finish(): TraceStore {
    if (this.#restBytes > 0) this.#takeLines(this.#joined(new Uint8Array()), true);
    if (this.#lineCount === 0) throw this.#foreign(`an empty file: ${WHENCE}`);
    if (!this.#store.end) {
      throw this.#damaged(
        this.#lineCount,
        'the file stops here, without its last line: it was cut off',
      );
    }
    this.#checkDigest(this.#store.end);
    return this.#store;
  }

  #joined(last: Uint8Array): Uint8Array {
    if (this.#rest.length === 0) return last;
    const whole = new Uint8Array(this.#restBytes + last.length);
    let at = 0;
    for (const part of [...this.#rest, last]) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  /** @param isCut the last line has no line end */
  #takeLines(bytes: Uint8Array, isCut = false): void {
    this.#sniff(bytes);
    for (let from = 0; from < bytes.length;) {
      const to = blockEnd(bytes, from, this.#lineCount === 0 ? 0 : BLOCK_BYTES);
      const block = bytes.subarray(from, to);
      if (this.#lineCount === 0) this.#takeHeader(block);
      else this.#takeBlock(block, isCut && to === bytes.length);
      from = to;
    }
  }

  #sniff(bytes: Uint8Array): void {
    if (this.#isSniffed) return;
    this.#isSniffed = true;
    const found = FOREIGN.find((one) => one.bytes.every((byte, index) => bytes[index] === byte));
    if (found) throw this.#foreign(found.message);
    const start = new TextDecoder().decode(bytes.subarray(0, 256)).trimStart();
    if (start.startsWith('<')) throw this.#foreign(`a web page (HTML): ${WHENCE}`);
  }

  #takeHeader(block: Uint8Array): void {
    const header = this.#headerOf(block);
    const { lightcone } = header as Record<string, unknown>;
    if (Number.isSafeInteger(lightcone) && (lightcone as number) > TRACE_VERSION) {
      throw traceError(
        'trace-version',
        this.#name,
        1,
        `format ${lightcone as number}, of a newer Lightcone (this one reads ${TRACE_VERSION}): open it there`,
      );
    }
    if (lightcone !== TRACE_VERSION) throw this.#foreignHeader();
    const fault = headerFault(header);
    if (fault) throw this.#damaged(1, fault);
    if (block.at(-2) === RETURN) {
      throw this.#damaged(
        1,
        'line ends were changed to those of Windows (CR LF)',
        'copy it as a binary file',
      );
    }
    this.#nodes = new Set((header as TraceHeader).nodes);
    this.#store.take([header]);
    this.#lineCount = 1;
  }

  #headerOf(block: Uint8Array): object {
    try {
      const value: unknown = JSON.parse(this.#decoder.decode(block));
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // Not UTF-8, or not JSON: either way not ours.
    }
    throw this.#foreignHeader();
  }

  #foreignHeader(): Error {
    return traceError(
      'trace-foreign',
      this.#name,
      1,
      `not a trace, which begins with {"lightcone":${TRACE_VERSION},…}: ${WHENCE}`,
    );
  }

  #takeBlock(block: Uint8Array, isCut: boolean): void {
    if (this.#store.end) throw this.#damaged(this.#lineCount + 1, 'stands after the end');
    const lines = this.#parse(block, isCut);
    let hashedBytes = block.length;
    for (const [index, line] of lines.entries()) {
      const number = this.#lineCount + index + 1;
      if ((line as { kind?: unknown }).kind === 'end') {
        if (index < lines.length - 1) {
          throw this.#damaged(number + 1, 'stands after the end');
        }
        this.#checkEnd(line, number, this.#store.eventCount + index);
        hashedBytes = block.lastIndexOf(NEWLINE, block.length - 2) + 1;
      } else {
        const fault = eventFault(line, this.#nodes);
        if (fault) throw this.#damaged(number, fault);
      }
    }
    this.#digest.update(block.subarray(0, hashedBytes));
    this.#store.take(lines);
    this.#lineCount += lines.length;
    this.#checkEndTime();
  }

  #parse(block: Uint8Array, isCut: boolean): object[] {
    let text: string;
    try {
      text = this.#decoder.decode(block);
    } catch {
      throw this.#damaged(this.#lineOfBadText(block), 'not UTF-8 text');
    }
    try {
      return parseLines(text, this.#name, this.#lineCount);
    } catch (error) {
      if (!isCut) throw error;
      const line = this.#lineCount + text.split('\n').length;
      throw this.#damaged(line, 'the file stops inside this line: it was cut off');
    }
  }

  #lineOfBadText(block: Uint8Array): number {
    let line = this.#lineCount;
    for (let from = 0; from < block.length;) {
      const to = blockEnd(block, from, 0);
      line++;
      try {
        this.#decoder.decode(block.subarray(from, to));
      } catch {
        return line;
      }
      from = to;
    }
    return line;
  }

  #checkEnd(line: object, number: number, eventCount: number): void {
    const fault = endFault(line);
    if (fault) throw this.#damaged(number, fault);
    const { eventCount: told } = line as TraceEnd;
    if (told === eventCount) return;
    const what = told > eventCount ? 'lines are missing' : 'lines were added';
    throw this.#damaged(number, `tells of ${told} events, but ${eventCount} stand here: ${what}`);
  }

  #checkEndTime(): void {
    const { end, eventCount } = this.#store;
    if (!end || eventCount === 0) return;
    const lastUs = this.#store.timeAt(eventCount - 1);
    if (end.tUs < lastUs) throw this.#damaged(this.#lineCount, 'ends before its last event');
  }

  #checkDigest({ digest }: TraceEnd): void {
    // A run that failed has none.
    if (digest === undefined || digest === this.#digest.hex()) return;
    throw this.#damaged(
      this.#lineCount,
      `the digest is not that of lines 2 to ${this.#lineCount - 1}: one of them was changed`,
    );
  }

  #foreign(message: string): Error {
    return traceError('trace-foreign', this.#name, 0, message);
  }

  #damaged(line: number, message: string, remedy?: string): Error {
    return damaged(this.#name, line, message, remedy);
  }
}

/** Where the block that begins at `from` ends: after the first line end past `length` bytes. */
function blockEnd(bytes: Uint8Array, from: number, length: number): number {
  if (from + length >= bytes.length) return bytes.length;
  const newline = bytes.indexOf(NEWLINE, from + length);
  return newline < 0 ? bytes.length : newline + 1;
}

/**
 * Reads a whole trace.
 *
 * @param chunks of bytes, cut anywhere
 * @throws (rejects with) InputError, see `TraceReader`
 */
export async function readTrace(
  chunks: AsyncIterable<Uint8Array>,
  name?: string,
): Promise<TraceStore> {
  const reader = new TraceReader(name);
  for await (const chunk of chunks) reader.push(chunk);
  return reader.finish();
}
