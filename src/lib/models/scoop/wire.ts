// What workers and the broker send each other: frames of our own in place of ZeroMQ's multipart
// messages, because a ZeroMQ socket reconnects and routes on its own, which would hide what there is to
// see. A frame is two lengths (32 bits each, of the whole rest and of the head), a head as JSON text and
// a body of opaque bytes: a task, a result or a constant as the learner's language writes it.

import type { Connection, MessageLabel } from '#lib/node/connection.ts';

/** A future, in the whole pool: who submitted it, and its number there. */
export type FutureId = readonly [worker: string, number: number];

/** Worker to broker: hello, task, request, reply, status, ask; broker to worker: welcome, task, reply,
 * answer; both: variable, shutdown. */
export type FrameKind =
  /** A worker is there: `from`. */
  | 'hello'
  /** It is known. */
  | 'welcome'
  /** A future to run: `id`, `call`, `key`; the body says what. */
  | 'task'
  /** The worker has nothing to do. */
  | 'request'
  /** A future is done: `id`, `call`, `isError`; the body is what came of it. */
  | 'reply'
  /** The worker's heartbeat. */
  | 'status'
  /** Are these futures, `ids`, still somewhere? */
  | 'ask'
  /** Those of `ids` that nobody has. */
  | 'answer'
  /** A constant, `name`; the body is its value. */
  | 'variable'
  /** The pool ends. */
  | 'shutdown';

export interface Frame {
  kind: FrameKind;
  from?: string;
  id?: FutureId;
  /** `f(3,){}`: what the future calls, for people. */
  call?: string;
  /** The function, for estimates of how long it takes. */
  key?: string;
  isError?: boolean;
  /** What came of a future, for people. */
  outcome?: string;
  /** How long it ran, without what it waited for others, in microseconds. */
  ranUs?: number;
  ids?: readonly FutureId[];
  name?: string;
  body?: Uint8Array;
}

/** A peer sent what is no frame. */
export class FrameError extends Error {
  override name = 'FrameError';
}

/** Nobody sends more in one frame: a stream of other bytes must not fill the memory. */
const FRAME_BYTES_MAX = 64 * 1024 * 1024;
const LENGTHS = 8;
const KINDS: ReadonlySet<unknown> = new Set<FrameKind>([
  'hello',
  'welcome',
  'task',
  'request',
  'reply',
  'status',
  'ask',
  'answer',
  'variable',
  'shutdown',
]);

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const NOTHING = new Uint8Array(0);

export function encodeFrame({ body = NOTHING, ...head }: Frame): Uint8Array {
  const json = encoder.encode(JSON.stringify(head));
  const bytes = new Uint8Array(LENGTHS + json.length + body.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, bytes.length - 4);
  view.setUint32(4, json.length);
  bytes.set(json, LENGTHS);
  bytes.set(body, LENGTHS + json.length);
  return bytes;
}

/** Takes a stream of bytes apart. */
export class FrameReader {
  #rest: Uint8Array = NOTHING;

  /** @throws FrameError when the stream is none of frames */
  push(bytes: Uint8Array): Frame[] {
    this.#rest = this.#rest.length === 0 ? bytes : joined(this.#rest, bytes);
    const frames: Frame[] = [];
    for (let frame = this.#next(); frame; frame = this.#next()) frames.push(frame);
    return frames;
  }

  #next(): Frame | null {
    const rest = this.#rest;
    if (rest.length < LENGTHS) return null;
    const view = new DataView(rest.buffer, rest.byteOffset);
    const end = view.getUint32(0) + 4;
    const headEnd = LENGTHS + view.getUint32(4);
    if (end > FRAME_BYTES_MAX || headEnd > end) throw new FrameError('no frame of SCOOP');
    if (rest.length < end) return null;
    this.#rest = rest.subarray(end);
    return { ...headOf(rest.subarray(LENGTHS, headEnd)), body: rest.slice(headEnd, end) };
  }
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(a.length + b.length);
  bytes.set(a);
  bytes.set(b, a.length);
  return bytes;
}

function headOf(bytes: Uint8Array): Frame {
  let head: unknown;
  try {
    head = JSON.parse(decoder.decode(bytes));
  } catch {
    throw new FrameError('the head of a frame is no JSON');
  }
  if (!isHead(head)) throw new FrameError('the head of a frame lacks something');
  return head;
}

function isHead(head: unknown): head is Frame {
  if (typeof head !== 'object' || head === null) return false;
  const { kind, from, id, ids, name, call, key, outcome, ranUs = 0 } = head as Partial<Frame>;
  const isText = (value: unknown): boolean => value === undefined || typeof value === 'string';
  return (
    KINDS.has(kind) &&
    Number.isSafeInteger(ranUs) &&
    ranUs >= 0 &&
    [from, name, call, key, outcome].every(isText) &&
    (kind !== 'hello' || from !== undefined) &&
    (id === undefined ? kind !== 'task' && kind !== 'reply' : isId(id)) &&
    (ids === undefined
      ? kind !== 'ask' && kind !== 'answer'
      : Array.isArray(ids) && ids.every(isId))
  );
}

function isId(id: unknown): id is FutureId {
  return Array.isArray(id) && typeof id[0] === 'string' && Number.isSafeInteger(id[1]);
}

/** A future's id as one text: `127.0.0.1:32769/7`. */
export function idText([worker, number]: FutureId): string {
  return `${worker}/${number}`;
}

/** How a frame is called in the trace (NET5). */
export function labelOf(frame: Frame): MessageLabel {
  return { proto: 'scoop', msg: frame.kind, preview: previewOf(frame) };
}

function previewOf({
  kind,
  from = '',
  id,
  call = '',
  outcome = '',
  ids = [],
  name = '',
}: Frame): string {
  switch (kind) {
    case 'hello':
      return from;
    case 'task':
      return `${id![1]} ${call}`;
    case 'reply':
      return `${id![1]} ${call} = ${outcome}`;
    case 'ask':
    case 'answer':
      return ids.length > 3 ? `${ids.length} futures` : ids.map((it) => it[1]).join(' ');
    case 'variable':
      return name;
    default:
      return '';
  }
}

export function sendFrame(connection: Connection, frame: Frame): void {
  // A peer that does not read blocks nobody here: what it gets waits in the connection.
  connection.send(encodeFrame(frame), labelOf(frame)).catch(() => undefined);
}
