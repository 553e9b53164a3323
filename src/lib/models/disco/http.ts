// As much of HTTP/1.1 as Disco needs, both sides: one request for each connection, bodies of known
// length, any bytes.

import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import { isStop } from '#lib/node/meter.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { bytesNs } from './costs.ts';
import { CommError } from './errors.ts';
import { joined } from './frames.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path and query. */
  target: string;
  body?: Uint8Array;
  /** Word of the wire vocabulary. */
  msg: string;
}

export interface HttpResponse {
  status: number;
  body: Uint8Array;
}

export interface Address {
  host: string;
  port: number;
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  400: 'Bad Request',
  404: 'Not Found',
  503: 'Service Unavailable',
};
const HEAD_MAX = 1 << 14;
const BODY_MAX = 64 * 1024 * 1024;
/** A body leaves in pieces of this size, so that slow links and small buffers show. */
const PIECE = 1 << 16;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Asks once.
 *
 * @throws CommError when no whole answer comes in time
 */
export function* ask(
  process: NodeProcess,
  { host, port }: Address,
  request: HttpRequest,
  timeoutUs: number,
): Body<HttpResponse> {
  let connection: Connection | null = null;
  let connecting: SimPromise<Connection> | null = null;
  let isLate = false;
  const late = SimPromise.withResolvers<never>();
  late.promise.catch(() => undefined);
  const label = `${request.method} ${host}${request.target}`;
  const timer = process.setTimer(
    timeoutUs,
    () => {
      isLate = true;
      if (connection) connection.reset();
      else if (connecting) process.cancelConnect(connecting);
      late.reject(new ConnectionError('ETIMEDOUT', 'Operation timed out'));
    },
    { label },
  );
  try {
    connecting = process.connect(host, port);
    connection = yield* wait(SimPromise.race([connecting, late.promise]) as SimPromise<Connection>);
    const head = `${request.method} ${request.target} HTTP/1.1\r\nHost: ${host}\r\n`;
    send(connection, head, request.body ?? new Uint8Array(0), request.msg, label);
    const message = yield* readMessage(connection);
    connection.close();
    if (!message || isLate) throw new ConnectionError('ECONNRESET', 'Connection closed early');
    process.spendNs(bytesNs(message.body.length));
    return { status: Number(message.line.split(' ')[1]), body: message.body };
  } catch (error) {
    if (!(error instanceof ConnectionError)) throw error;
    const url = `http://${host}:${port}${request.target}`;
    throw new CommError(`Unable to access resource (${url}): ${error.message}`);
  } finally {
    process.clearTimer(timer);
  }
}

/** Answers one request. */
export function* answer(
  process: NodeProcess,
  connection: Connection,
  handle: (request: HttpRequest) => Body<HttpResponse>,
): Body<void> {
  try {
    const message = yield* readMessage(connection);
    if (!message) return connection.close();
    const [method = '', target = '/'] = message.line.split(' ');
    process.spendNs(bytesNs(message.body.length));
    const request = { method, target, body: message.body, msg: '' } as HttpRequest;
    const { status, body } = yield* handle(request);
    process.spendNs(bytesNs(body.length));
    const line = `${status} ${REASONS[status] ?? ''}`;
    const isData = method === 'GET' && status === 200 && !target.startsWith('/disco/ctrl');
    send(connection, `HTTP/1.1 ${line}\r\n`, body, isData ? 'data' : 'answer', `${line} ${target}`);
    connection.close();
  } catch (error) {
    if (isStop(error) || !(error instanceof ConnectionError)) throw error;
    connection.close();
  }
}

function send(
  connection: Connection,
  start: string,
  body: Uint8Array,
  msg: string,
  preview: string,
): void {
  const head = encoder.encode(
    `${start}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
  );
  const first = joined(head, body.subarray(0, PIECE));
  const sent = (bytes: Uint8Array, word: string): void => {
    connection.send(bytes, { proto: 'disco', msg: word, preview }).catch(() => undefined);
  };
  sent(first, msg);
  for (let at = PIECE; at < body.length; at += PIECE) sent(body.slice(at, at + PIECE), 'part');
}

interface Message {
  line: string;
  body: Uint8Array;
}

/** A whole message, or null when the other side leaves before or sends what is none. */
function* readMessage(connection: Connection): Body<Message | null> {
  let bytes: Uint8Array = new Uint8Array(0);
  let end = -1;
  while (end < 0) {
    const more = bytes.length > HEAD_MAX ? null : yield* wait(connection.receive());
    if (more === null) return null;
    bytes = joined(bytes, more);
    end = headEnd(bytes);
  }
  const [line = '', ...fields] = decoder.decode(bytes.subarray(0, end)).split('\r\n');
  const field = fields.find((it) => /^content-length:/i.test(it));
  const length = Number(field?.slice(field.indexOf(':') + 1) ?? 0);
  if (!Number.isSafeInteger(length) || length < 0 || length > BODY_MAX) return null;
  const parts = [bytes.subarray(end + 4)];
  let size = parts[0]!.length;
  while (size < length) {
    const more = yield* wait(connection.receive());
    if (more === null) return null;
    parts.push(more);
    size += more.length;
  }
  return { line, body: concat(parts).subarray(0, length) };
}

function headEnd(bytes: Uint8Array): number {
  for (let at = 0; at + 3 < bytes.length; at++) {
    if (bytes[at] === 13 && bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10)
      return at;
  }
  return -1;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
