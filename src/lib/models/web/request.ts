// One question and its answer over HTTP: what curl, the browser and the module `web` have in common.

import { ConnectionError, type Connection } from '#lib/node/connection.ts';
import { HttpError, HttpReader, writeHttp, type HttpMessage } from '#lib/node/http.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import type { WebAddress } from './address.ts';

export interface WebRequest {
  method: string;
  address: WebAddress;
  fields: Readonly<Record<string, string>>;
  body: Uint8Array;
}

export interface WebResponse extends HttpMessage {
  status: number;
  /** `OK`. */
  reason: string;
}

/** Nothing came within the time that was given. */
export class TimeoutError extends Error {
  override name = 'TimeoutError';
}

/**
 * Asks once, on a connection of its own.
 *
 * @param timeoutUs patience with all of it, in virtual microseconds
 * @throws ConnectionError, HttpError, TimeoutError
 */
export function* ask(
  process: NodeProcess,
  request: WebRequest,
  timeoutUs: number,
): Body<WebResponse> {
  const { host, port, target } = request.address;
  const label = `${request.method} ${target}`;
  let connection: Connection | null = null;
  let isLate = false;
  const late = SimPromise.withResolvers<never>();
  late.promise.catch(() => undefined);
  const timer = process.setTimer(
    timeoutUs,
    () => {
      isLate = true;
      connection?.close();
      late.reject(new TimeoutError(label));
    },
    { label },
  );
  const answered = run(exchange());
  answered.catch(() => undefined);
  try {
    const race = SimPromise.race([answered, late.promise]) as SimPromise<WebResponse>;
    return yield* wait(process.waitFor(race, { what: `${host} to answer ${label}`, by: [host] }));
  } finally {
    process.clearTimer(timer);
  }

  function* exchange(): Body<WebResponse> {
    connection = yield* wait(process.connect(host, port));
    // It came after all, and nobody waits for it any more.
    if (isLate) connection.close();
    const fields = { Host: port === 80 ? host : `${host}:${port}`, ...request.fields };
    const bytes = writeHttp(`${label} HTTP/1.1`, { ...fields, Connection: 'close' }, request.body);
    connection
      .send(bytes, { proto: 'http', msg: 'request', preview: label })
      .catch(() => undefined);
    try {
      const message = yield* new HttpReader(connection).next(request.method);
      if (!message) throw new ConnectionError('ECONNRESET', 'Empty reply');
      return responseOf(message);
    } finally {
      connection.close();
    }
  }
}

function responseOf(message: HttpMessage): WebResponse {
  const [, status, reason = ''] = /^HTTP\/1\.[01] (\d{3})(?: (.*))?$/.exec(message.line) ?? [];
  if (status === undefined) throw new HttpError(`no status line: ${message.line.slice(0, 80)}`);
  return { ...message, status: Number(status), reason };
}
