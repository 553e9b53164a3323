// As much of an HTTP/1.1 server as Flower's clients need: one request after the other on a connection,
// bodies of known length.

import type { Connection } from '#lib/node/connection.ts';
import { isStop } from '#lib/node/meter.ts';
import { wait, type Body } from '#lib/node/promise.ts';

export interface HttpRequest {
  method: string;
  /** `/api/workers`. */
  path: string;
  query: ReadonlyMap<string, string>;
  body: string;
}

export interface HttpResponse {
  status: number;
  body: string;
  /** Default: JSON. */
  type?: string;
}

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  400: 'Bad Request',
  404: 'Not Found',
  405: 'Method Not Allowed',
  503: 'Service Unavailable',
};
const JSON_TYPE = 'application/json; charset=UTF-8';
const HEAD_END = '\r\n\r\n';
/** A larger request is refused. */
const REQUEST_MAX = 1 << 20;

const latin = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');

/** Answers until the client has gone, or asked for an end. */
export function* serveHttp(
  connection: Connection,
  handle: (request: HttpRequest) => Body<HttpResponse>,
): Body<void> {
  let text = '';
  try {
    for (;;) {
      const parsed = readRequest(text);
      if (parsed) {
        text = text.slice(parsed.length);
        const response = yield* handle(parsed.request);
        send(connection, parsed, response);
        if (!parsed.keepsAlive) return connection.close();
        continue;
      }
      const bytes = text.length > REQUEST_MAX ? null : yield* wait(connection.receive());
      if (bytes === null) return connection.close();
      text += latin(bytes);
    }
  } catch (error) {
    if (isStop(error)) throw error;
    // The client has gone.
    connection.close();
  }
}

interface Parsed {
  request: HttpRequest;
  /** Characters that it took. */
  length: number;
  keepsAlive: boolean;
}

/** The first request of a text of bytes, or null as long as it is not whole. */
function readRequest(text: string): Parsed | null {
  const headEnd = text.indexOf(HEAD_END);
  if (headEnd < 0) return null;
  const [line = '', ...fields] = text.slice(0, headEnd).split('\r\n');
  const headers = new Map(
    fields.map((field) => {
      const mark = field.indexOf(':');
      return [field.slice(0, mark).trim().toLowerCase(), field.slice(mark + 1).trim()];
    }),
  );
  const bodyLength = Number(headers.get('content-length') ?? 0);
  const length = headEnd + HEAD_END.length + bodyLength;
  if (text.length < length) return null;
  const [method = '', target = '/', version = ''] = line.split(' ');
  const [path = '/', search = ''] = target.split('?');
  const asked = headers.get('connection')?.toLowerCase();
  return {
    request: {
      method,
      path: decoded(path),
      query: queryOf(search),
      body: text.slice(length - bodyLength, length),
    },
    length,
    keepsAlive: asked === 'keep-alive' || (version === 'HTTP/1.1' && asked !== 'close'),
  };
}

function queryOf(search: string): Map<string, string> {
  const parts = search.split('&').filter((part) => part !== '');
  return new Map(
    parts.map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [decoded(name), decoded(value)];
    }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

function send(
  connection: Connection,
  { request, keepsAlive }: Parsed,
  response: HttpResponse,
): void {
  const { status, body, type = JSON_TYPE } = response;
  const payload = new TextEncoder().encode(body);
  const line = `${status} ${REASONS[status] ?? ''}`;
  const head = [
    `HTTP/1.1 ${line}`,
    'Server: TornadoServer/6.2',
    `Content-Type: ${type}`,
    `Content-Length: ${payload.length}`,
    ...(keepsAlive ? [] : ['Connection: close']),
    HEAD_END.slice(2),
  ].join('\r\n');
  const start = new TextEncoder().encode(head);
  const bytes = new Uint8Array(start.length + payload.length);
  bytes.set(start);
  bytes.set(payload, start.length);
  const label = { proto: 'http', msg: 'response', preview: `${line} ${request.path}` };
  connection.send(bytes, label).catch(() => undefined);
}
