// `serve` of the module `web`: a server that hands each request to the learner's function.

import { isStop } from '#lib/node/meter.ts';
import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import { simErrors, traceback } from '#lib/node/engine-errors.ts';
import { HttpError, HttpReader, writeHttp, type HttpMessage } from '#lib/node/http.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';

/** What the learner's function is given. */
export interface Asked {
  method: string;
  /** `/orders`, decoded. */
  path: string;
  query: Readonly<Record<string, string>>;
  /** As it was sent. */
  body: string;
  /** A form that was sent: its fields. */
  form: Readonly<Record<string, string>>;
}

/** What it gives back, where a text alone does not do. */
export interface Answer {
  status?: number;
  headers?: Readonly<Record<string, string | undefined>>;
  body?: string;
}

interface Whole {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string;
}

export type Handler = (request: Asked) => unknown;

const REASONS: Readonly<Record<number, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Serves until a signal ends the process: each connection at once, its requests one after the other. */
export function* serve(process: NodeProcess, port: number, handler: Handler): Body<never> {
  const listener = process.listen(port);
  for (;;) {
    const connection = yield* wait(listener.accept());
    run(serveOne(process, connection, handler));
  }
}

function* serveOne(process: NodeProcess, connection: Connection, handler: Handler): Body<void> {
  const reader = new HttpReader(connection);
  try {
    for (;;) {
      const message = yield* reader.next();
      if (!message) break;
      const [method = '', target = '/', version = ''] = message.line.split(' ');
      const answer = yield* answerOf(process, handler, askedOf(method, target, message));
      const { status, headers, body } = answer;
      const asked = message.fields.get('connection')?.toLowerCase();
      const isLast = asked === 'close' || (version !== 'HTTP/1.1' && asked !== 'keep-alive');
      const line = `${status} ${REASONS[status] ?? ''}`.trim();
      const fields = { ...headers, ...(isLast && { Connection: 'close' }) };
      const bytes = writeHttp(`HTTP/1.1 ${line}`, fields, encoder.encode(body));
      const label = { proto: 'http', msg: 'response', preview: `${line} ${target}` };
      connection.send(bytes, label).catch(() => undefined);
      if (isLast) break;
    }
  } catch (error) {
    if (isStop(error)) throw error;
    // The other side has gone, or speaks something else.
    if (!(error instanceof ConnectionError || error instanceof HttpError)) throw error;
  }
  connection.close();
}

function* answerOf(process: NodeProcess, handler: Handler, asked: Asked): Body<Whole> {
  try {
    return completed(yield* wait(SimPromise.resolve(handler(asked))));
  } catch (error) {
    if (isStop(error)) throw error;
    process.write('stderr', `${traceback(error, process.program)}\n`);
    return completed({ status: 500, body: 'Internal Server Error' });
  }
}

/** @throws TypeError for what is no answer */
function completed(value: unknown): Whole {
  const given = typeof value === 'string' ? { body: value } : value;
  if (typeof given !== 'object' || given === null) {
    throw new simErrors.TypeError('a handler returns a text, or { status, headers, body }');
  }
  const { status = 200, headers = {}, body = '' } = given as Answer;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new simErrors.RangeError(`a status is a whole number from 200 to 599: ${String(status)}`);
  }
  if (typeof body !== 'string') throw new simErrors.TypeError('a body is text');
  const texts = Object.entries(headers)
    .filter(([, text]) => text !== undefined)
    .map(([name, text]) => [name, String(text)] as const);
  const type = /^\s*</.test(body) ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';
  return { status, headers: { 'Content-Type': type, ...Object.fromEntries(texts) }, body };
}

function askedOf(method: string, target: string, { fields, body }: HttpMessage): Asked {
  const [path = '/', search = ''] = target.split('?');
  const text = decoder.decode(body);
  const isForm = /^application\/x-www-form-urlencoded/i.test(fields.get('content-type') ?? '');
  return {
    method,
    path: decoded(path),
    query: fieldsOf(search),
    body: text,
    form: isForm ? fieldsOf(text) : {},
  };
}

function fieldsOf(text: string): Record<string, string> {
  const pairs = text.split('&').filter((pair) => pair !== '');
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = '', ...value] = pair.replaceAll('+', ' ').split('=');
      return [decoded(name), decoded(value.join('='))];
    }),
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
