// The web as TypeScript learners import it. Types: web.d.ts.

import { functionOf, nameOf, portOf, secondsOf } from '#lib/node/arguments.ts';
import { simErrors } from '#lib/node/engine-errors.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, type Body, type SimPromise } from '#lib/node/promise.ts';
import { readAddress } from './address.ts';
import { ask } from './request.ts';
import { serve, type Handler } from './server.ts';

interface RequestOptions {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
  timeout?: number;
}

/** Seconds; longer than any run. */
const PATIENCE_S = 1e9;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What `import … from 'web'` gives a program of this process. */
export function createModule(process: NodeProcess): Record<string, unknown> {
  return {
    serve: (port: number, handler: Handler): SimPromise<never> =>
      run(serve(process, portOf(port), functionOf('a handler', handler) as Handler)),
    request: (url: string, options: RequestOptions = {}): SimPromise<unknown> =>
      run(requested(process, nameOf('a URL', url), options)),
  };
}

function* requested(
  process: NodeProcess,
  url: string,
  { method = 'GET', headers = {}, body = '', timeout = PATIENCE_S }: RequestOptions,
): Body<unknown> {
  const address = readAddress(url);
  if (!address) throw new simErrors.TypeError(`no address of this cluster: ${url}`);
  const request = { method, address, fields: headers, body: encoder.encode(body) };
  const response = yield* ask(process, request, secondsOf(timeout) * 1e6);
  return {
    status: response.status,
    reason: response.reason,
    headers: Object.fromEntries(response.fields),
    body: decoder.decode(response.body),
  };
}
