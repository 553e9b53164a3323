// `open`: a browser at somebody's desk. It loads a page, follows redirections and pages that refresh
// themselves, and then waits for what its user does: each line of input is an address, or a form that was
// sent (`POST /orders name=Ada`). Every page is a state of the trace, so that the panel of the browser
// shows what its user sees at any time (src/lib/trace/pages.ts). Scripts of pages do not run.

import { ConnectionError } from '#lib/node/connection.ts';
import { HttpError } from '#lib/node/http.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { SimPromise, wait, type Body } from '#lib/node/promise.ts';
import { addressText, readAddress, type WebAddress } from './address.ts';
import { ask, TimeoutError, type WebResponse } from './request.ts';

interface Visit {
  method: string;
  address: WebAddress;
  body: string;
}

/** What a page may keep of the trace, in characters; the rest is cut. */
const BODY_SHOWN_MAX = 64 * 1024;
const REDIRECTIONS_MAX = 20;
/** As long as Firefox waits for an answer. */
const PATIENCE_US = 300 * 1_000_000;
const REDIRECTING = [301, 302, 303, 307, 308];
const METHODS = /^(GET|POST|PUT|DELETE|PATCH) +(\S+)(?: +(.*))?$/;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function* openMain(process: NodeProcess): Body<void> {
  const [first = ''] = process.args;
  const start = readAddress(first);
  if (!start) {
    process.write('stderr', `open: no address: ${first} (for example http://web:8000/)\n`, false);
    return process.exit(2);
  }
  const browser = new Browser(process, start);
  let visit: Visit | null = { method: 'GET', address: start, body: '' };
  for (;;) {
    const refresh: Refresh | null = visit && (yield* browser.load(visit));
    visit = yield* browser.next(refresh);
  }
}

/** A page that asks to be loaded again, or another after it. */
interface Refresh {
  afterUs: number;
  address: WebAddress;
}

class Browser {
  readonly #process: NodeProcess;
  #at: WebAddress;
  #count = 0;

  constructor(process: NodeProcess, at: WebAddress) {
    this.#process = process;
    this.#at = at;
  }

  /** Loads a page and shows it. */
  *load(visit: Visit): Body<Refresh | null> {
    let { method, address, body } = visit;
    for (let count = 0; count <= REDIRECTIONS_MAX; count++) {
      this.#at = address;
      const page = this.#begin(method, address, body);
      let response: WebResponse;
      try {
        const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
        const fields = { Accept: 'text/html', ...(body !== '' && form) };
        const request = { method, address, fields, body: encoder.encode(body) };
        response = yield* ask(this.#process, request, PATIENCE_US);
      } catch (error) {
        page.fail(wordsOf(error, address));
        return null;
      }
      const to = REDIRECTING.includes(response.status)
        ? readAddress(response.fields.get('location') ?? '', address)
        : null;
      page.show(response);
      if (!to) return refreshOf(response, address);
      address = to;
      // A form is sent once: what follows is a page (RFC 9110, section 15.4).
      if (response.status <= 303) [method, body] = ['GET', ''];
    }
    this.#begin(method, address, body).fail('ERR_TOO_MANY_REDIRECTS');
    return null;
  }

  /** What the user does next; null for what is no address. */
  *next(refresh: Refresh | null): Body<Visit | null> {
    const typed = SimPromise.withResolvers<Visit | null>();
    const take = (line: string): void => typed.resolve(this.#visitOf(line));
    const leave = this.#process.awaitLine(take, false);
    if (!refresh) return yield* wait(typed.promise);
    const { afterUs, address } = refresh;
    const timer = this.#process.setTimer(
      afterUs,
      () => {
        leave();
        typed.resolve({ method: 'GET', address, body: '' });
      },
      { label: 'refresh' },
    );
    const visit = yield* wait(typed.promise);
    this.#process.clearTimer(timer);
    return visit;
  }

  #visitOf(line: string): Visit | null {
    const [, method = 'GET', url = line, body = ''] = METHODS.exec(line.trim()) ?? [];
    const address = readAddress(url, this.#at);
    if (address) return { method, address, body };
    this.#begin(method, this.#at, '').fail('ERR_INVALID_URL');
    return null;
  }

  #begin(
    method: string,
    address: WebAddress,
    body: string,
  ): { show: (response: WebResponse) => void; fail: (error: string) => void } {
    const url = addressText(address);
    const asked = { method, url, ...(body !== '' && { sent: body }) };
    const name = `page/${++this.#count}`;
    this.#process.state(name, asked);
    const say = (outcome: string): void => {
      this.#process.write('stdout', `${method} ${url}: ${outcome}\n`, false);
    };
    return {
      show: ({ status, reason, fields, body: bytes }) => {
        const text = decoder.decode(bytes);
        this.#process.state(name, {
          ...asked,
          status,
          reason,
          type: fields.get('content-type') ?? 'text/html',
          body: text.slice(0, BODY_SHOWN_MAX),
          bytes: bytes.length,
        });
        say(`${status} ${reason}`.trim());
      },
      fail: (error) => {
        this.#process.state(name, { ...asked, error });
        say(error);
      },
    };
  }
}

/** As Chromium names what went wrong. */
function wordsOf(error: unknown, { host }: WebAddress): string {
  if (error instanceof TimeoutError) return 'ERR_TIMED_OUT';
  if (error instanceof HttpError) return 'ERR_INVALID_HTTP_RESPONSE';
  if (!(error instanceof ConnectionError)) throw error;
  switch (error.code) {
    case 'ENOTFOUND':
      return `ERR_NAME_NOT_RESOLVED (${host})`;
    case 'ECONNREFUSED':
      return 'ERR_CONNECTION_REFUSED';
    case 'ETIMEDOUT':
      return 'ERR_CONNECTION_TIMED_OUT';
    default:
      return error.message === 'Empty reply' ? 'ERR_EMPTY_RESPONSE' : 'ERR_CONNECTION_RESET';
  }
}

/** `Refresh: 2` or `<meta http-equiv="refresh" content="2; url=/done">`. */
function refreshOf({ fields, body }: WebResponse, base: WebAddress): Refresh | null {
  const meta = /<meta\s[^>]*http-equiv=["']?refresh["']?[^>]*>/i.exec(decoder.decode(body))?.[0];
  const content = fields.get('refresh') ?? /content=["']([^"']*)["']/i.exec(meta ?? '')?.[1];
  const found = /^\s*(\d+(?:\.\d+)?)\s*(?:[;,]\s*(?:url\s*=\s*)?["']?([^"']+))?/i.exec(
    content ?? '',
  );
  if (!found) return null;
  const address = readAddress(found[2] ?? '', base);
  return address && { afterUs: Math.min(Number(found[1]), 86_400) * 1e6, address };
}
