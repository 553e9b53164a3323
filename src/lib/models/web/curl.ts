// `curl`: asks a URL and prints the answer. Options, messages and exit codes are those of curl 8.

import { ConnectionError } from '#lib/node/connection.ts';
import { HttpError } from '#lib/node/http.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import type { Body } from '#lib/node/promise.ts';
import { addressText, readAddress, type WebAddress } from './address.ts';
import { ask, TimeoutError, type WebResponse } from './request.ts';

interface CurlOptions {
  method: string | undefined;
  data: string | undefined;
  fields: Record<string, string>;
  showsHead: boolean;
  isSilent: boolean;
  failsOnStatus: boolean;
  timeoutS: number;
  urls: string[];
}

/** What ends curl: its words, and its exit code. */
class CurlError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Without `--max-time` curl waits for ever; this is longer than any run. */
const PATIENCE_S = 1e9;
const decoder = new TextDecoder();
const encoder = new TextEncoder();

export function* curlMain(process: NodeProcess): Body<void> {
  let options: CurlOptions | null = null;
  try {
    options = readOptions(process.args);
    for (const url of options.urls) yield* fetchOne(process, options, url);
  } catch (error) {
    if (!(error instanceof CurlError)) throw error;
    const text = `curl: ${error.code === 2 ? '' : `(${error.code}) `}${error.message}\n`;
    if (!options?.isSilent) process.write('stderr', text, false);
    process.exit(error.code);
  }
}

function* fetchOne(process: NodeProcess, options: CurlOptions, url: string): Body<void> {
  const address = readAddress(url);
  if (!address) throw new CurlError(3, 'URL rejected: Malformed input to a URL function');
  const beganUs = process.nowUs();
  const { data, fields } = options;
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
  const request = {
    method: options.method ?? (data === undefined ? 'GET' : 'POST'),
    address,
    fields: {
      'User-Agent': 'curl/8.5.0',
      Accept: '*/*',
      ...(data !== undefined && form),
      ...fields,
    },
    body: encoder.encode(data ?? ''),
  };
  let response: WebResponse;
  try {
    response = yield* ask(process, request, options.timeoutS * 1e6);
  } catch (error) {
    const tookMs = Math.round((process.nowUs() - beganUs) / 1000);
    throw failureOf(error, address, tookMs) ?? error;
  }
  if (options.failsOnStatus && response.status >= 400) {
    throw new CurlError(22, `The requested URL returned error: ${response.status}`);
  }
  const text = decoder.decode(response.body);
  process.write(
    'stdout',
    options.showsHead ? [response.line, ...response.head, '', text].join('\n') : text,
    false,
  );
}

/** The words of curl for what went wrong, or null for what is no failure of the network. */
function failureOf(error: unknown, address: WebAddress, tookMs: number): CurlError | null {
  const { host, port } = address;
  if (error instanceof TimeoutError) {
    return new CurlError(
      28,
      `Operation timed out after ${tookMs} milliseconds with 0 bytes received`,
    );
  }
  if (error instanceof HttpError)
    return new CurlError(18, `${addressText(address)}: ${error.message}`);
  if (!(error instanceof ConnectionError)) return null;
  const text = `Failed to connect to ${host} port ${port} after ${tookMs} ms: Couldn't connect to server`;
  switch (error.code) {
    case 'ENOTFOUND':
      return new CurlError(6, `Could not resolve host: ${host}`);
    case 'ECONNREFUSED':
      return new CurlError(7, text);
    case 'ETIMEDOUT':
      return new CurlError(28, text);
    default:
      return error.message === 'Empty reply'
        ? new CurlError(52, 'Empty reply from server')
        : new CurlError(56, 'Recv failure: Connection reset by peer');
  }
}

function readOptions(words: readonly string[]): CurlOptions {
  const options: CurlOptions = {
    method: undefined,
    data: undefined,
    fields: {},
    showsHead: false,
    isSilent: false,
    failsOnStatus: false,
    timeoutS: PATIENCE_S,
    urls: [],
  };
  const rest = [...words];
  const valueOf = (option: string): string => {
    const value = rest.shift();
    if (value === undefined) throw new CurlError(2, `option ${option}: requires parameter`);
    return value;
  };
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    // Short options may stand together, the last with its value: `-sX POST`, `-XPOST`.
    const short = /^-([A-Za-z])(.+)$/.exec(word);
    if (short) {
      const [, letter = '', tail = ''] = short;
      const isSwitch = 'sSif'.includes(letter);
      rest.unshift(`-${letter}`, isSwitch ? `-${tail}` : tail);
      continue;
    }
    if (word === '-s' || word === '--silent') options.isSilent = true;
    else if (word === '-S' || word === '--show-error') options.isSilent = false;
    else if (word === '-i' || word === '--include') options.showsHead = true;
    else if (word === '-f' || word === '--fail') options.failsOnStatus = true;
    else if (word === '-X' || word === '--request') options.method = valueOf(word);
    else if (word === '-m' || word === '--max-time')
      options.timeoutS = secondsOf(word, valueOf(word));
    else if (word === '-d' || word === '--data') {
      const value = valueOf(word);
      options.data = options.data === undefined ? value : `${options.data}&${value}`;
    } else if (word === '-H' || word === '--header') {
      const [name = '', ...value] = valueOf(word).split(':');
      options.fields[name.trim()] = value.join(':').trim();
    } else if (word.startsWith('-')) throw new CurlError(2, `option ${word}: is unknown`);
    else options.urls.push(word);
  }
  if (options.urls.length === 0) throw new CurlError(2, '(2) no URL specified');
  return options;
}

function secondsOf(option: string, text: string): number {
  const seconds = Number(text);
  if (text.trim() !== '' && seconds >= 0 && seconds <= PATIENCE_S) return seconds || PATIENCE_S;
  throw new CurlError(2, `option ${option}: expected a proper numerical parameter`);
}
