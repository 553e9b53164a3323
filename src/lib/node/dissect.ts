// Dissectors name what a program sends as raw bytes (NET5), as Wireshark's do: by the protocol that
// belongs to the port. One works on one direction of one connection and remembers what it has seen,
// because a message may span several sends and one send may hold several messages. It never changes
// a byte, and what it cannot read is still sent.

import type { MessageLabel } from './connection.ts';

/** Names the bytes that one end of one connection sends, in their order; null for no name. */
export interface Dissector {
  (bytes: Uint8Array): MessageLabel | null;
  /** Told what this end reads: an answer may say what a later question is about. */
  heard?(bytes: Uint8Array): void;
}

/** A protocol that is known by how each side begins, whatever the port. */
export interface SpokenProtocol {
  /** Whether the first bytes that were sent together can begin it. */
  begins(first: Uint8Array): boolean;
  /** A dissector that has seen nothing. */
  create(): Dissector;
  /** Names a datagram, which is a message by itself; null for one of another protocol. */
  datagram?(bytes: Uint8Array, fromPort: number): MessageLabel | null;
}

/** The name of a datagram, or null where none can be known. */
export function datagramLabel(
  bytes: Uint8Array,
  fromPort: number,
  spoken: readonly SpokenProtocol[],
): MessageLabel | null {
  for (const protocol of spoken) {
    const label = protocol.datagram?.(bytes, fromPort);
    if (label) return label;
  }
  return null;
}

/** By name of the protocol: makes a dissector that has seen nothing. */
export const DISSECTORS: Readonly<Record<string, () => (bytes: Uint8Array) => MessageLabel>> = {
  lines,
};

/** Protocols that talk in lines of text: telnet, SMTP, finger, POP3, IRC, memcached. */
const PROTOCOL_OF_PORT: Readonly<Record<number, string>> = {
  23: 'lines',
  25: 'lines',
  79: 'lines',
  110: 'lines',
  6667: 'lines',
  11211: 'lines',
};

/**
 * A fresh dissector for a connection to or from this port, or null where none can be known.
 *
 * @param spoken protocols that may be spoken on any port
 */
export function dissectorOf(
  port: number,
  spoken: readonly SpokenProtocol[] = [],
): Dissector | null {
  const protocol = PROTOCOL_OF_PORT[port];
  if (protocol !== undefined) return DISSECTORS[protocol]!();
  return spoken.length > 0 ? recognising(spoken) : null;
}

/** So many bytes tell which protocol it is: what was sent together may be read in small pieces. */
const FIRST_BYTES = 8;

/** What either side says first tells which protocol it is, if any. */
function recognising(spoken: readonly SpokenProtocol[]): Dissector {
  let found: Dissector | null | undefined;
  let read = new Uint8Array(0);
  const decide = (bytes: Uint8Array): void => {
    found = spoken.find((it) => it.begins(bytes))?.create() ?? null;
  };
  const dissect: Dissector = (bytes) => {
    if (found === undefined) decide(bytes);
    return found?.(bytes) ?? null;
  };
  dissect.heard = (bytes) => {
    if (found !== undefined) return found?.heard?.(bytes);
    read = joined(read, bytes);
    if (read.length < FIRST_BYTES) return;
    decide(read);
    (found as Dissector | null | undefined)?.heard?.(read);
  };
  return dissect;
}

const NEWLINE = 10;
/** So much of an unfinished line is remembered. */
const LINE_LENGTH_MAX = 1_000;
const decoder = new TextDecoder();

/** Lines of text: a message is called after the first word of its first line. */
function lines(): (bytes: Uint8Array) => MessageLabel {
  let unfinished = new Uint8Array(0);
  return (bytes) => {
    const all = joined(unfinished, bytes);
    const firstEnd = all.indexOf(NEWLINE);
    const lastEnd = all.lastIndexOf(NEWLINE);
    unfinished = all.slice(lastEnd + 1).slice(0, LINE_LENGTH_MAX);
    if (firstEnd < 0) return { proto: 'lines', msg: 'part', preview: textOf(all) };
    let count = 0;
    for (const byte of all) if (byte === NEWLINE) count++;
    const line = textOf(all.subarray(0, firstEnd));
    const word = /^[A-Za-z0-9_-]{1,20}/.exec(line)?.[0].toLowerCase() ?? 'line';
    const preview = count === 1 ? line : `${line} (and ${count - 1} more)`;
    return { proto: 'lines', msg: word, preview };
  };
}

function textOf(bytes: Uint8Array): string {
  return decoder.decode(bytes.subarray(0, LINE_LENGTH_MAX)).trimEnd().slice(0, 180);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}
