// A client's calls of the master, over HTTP.

import type { NodeProcess } from '#lib/node/process.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { masterAddress } from '../addresses.ts';
import { isObject, isTexts } from '../checks.ts';
import { CommError, DiscoError, JobError } from '../errors.ts';
import { ask, type Address, type HttpRequest, type HttpResponse } from '../http.ts';
import type { JobPack } from '../protocol.ts';

/** A master that says nothing for so long will not be waited for. */
const PATIENCE_US = 60_000_000;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export interface WaitOptions {
  pollInterval: number;
  /** Seconds; null waits for ever. */
  timeout: number | null;
  clean: boolean;
  /** Events are written to standard output. */
  show: boolean | string;
}

export class MasterClient {
  readonly process: NodeProcess;
  readonly address: Address;

  constructor(process: NodeProcess, master?: string | null) {
    this.process = process;
    this.address = masterAddress(process, master);
  }

  get name(): string {
    return `http://${this.address.host}:${this.address.port}`;
  }

  /** @throws CommError */
  *request(request: HttpRequest): Body<HttpResponse> {
    try {
      return yield* ask(this.process, this.address, request, PATIENCE_US);
    } catch (error) {
      if (!(error instanceof CommError)) throw error;
      throw new CommError(`${error.message} (is disco master running at ${this.name}?)`);
    }
  }

  /** @returns undefined for what the master does not have */
  *json(
    method: HttpRequest['method'],
    target: string,
    msg: string,
    value?: unknown,
  ): Body<unknown> {
    const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
    const body = value === undefined ? {} : { body: encoder.encode(text) };
    const { status, body: answer } = yield* this.request({ method, target, msg, ...body });
    if (status === 404) return undefined;
    if (status !== 200) throw new CommError(`${status}: ${decoder.decode(answer)}`);
    try {
      return JSON.parse(decoder.decode(answer)) as unknown;
    } catch {
      throw new CommError(`no answer of a master: ${this.name}${target}`);
    }
  }

  /** An answer as masters give it. @throws CommError for another: somebody else listens there */
  expected<T>(answer: unknown, isGood: (answer: unknown) => answer is T): T {
    if (isGood(answer)) return answer;
    throw new CommError(`no answer of a master: ${this.name}`);
  }

  *submit(pack: JobPack): Body<string> {
    const answer = yield* this.json('POST', '/disco/job/new', 'submit', pack);
    const [status, name = ''] = this.expected(answer, isTexts);
    if (status !== 'ok') throw new DiscoError(`Failed to submit job: ${name}`);
    return name;
  }

  *results(name: string): Body<{ status: string; urls: string[] }> {
    const target = `/disco/ctrl/get_results?name=${encodeURIComponent(name)}`;
    const [status, urls] = this.expected(yield* this.json('GET', target, 'poll'), isResults);
    return { status, urls };
  }

  *events(name: string, offset: number): Body<string[]> {
    const target = `/disco/ctrl/rawevents?name=${encodeURIComponent(name)}&offset=${offset}`;
    return this.expected(yield* this.json('GET', target, 'poll'), isTexts);
  }

  *info(name: string): Body<Record<string, unknown>> {
    const target = `/disco/ctrl/jobinfo?name=${encodeURIComponent(name)}`;
    return this.expected(yield* this.json('GET', target, 'poll'), isObject);
  }

  /** `kill_job`, `clean_job`, `purge_job`, `blacklist`, `whitelist`. */
  *control(verb: string, name: string): Body<void> {
    yield* this.json('POST', `/disco/ctrl/${verb}`, 'control', name);
  }

  /**
   * Waits for the end of a job.
   *
   * @returns where its results are
   * @throws JobError when it has failed, or in time has not ended
   */
  *wait(name: string, options: WaitOptions): Body<string[]> {
    const { process } = this;
    const { host } = this.address;
    const by = [process.machineOf(host) ?? host];
    const endWait = process.beginWait({ what: `job ${name}`, by });
    const viewer = options.show ? new EventViewer(this, name) : null;
    const { timeout } = options;
    const endUs = timeout === null ? Infinity : process.nowUs() + usFromSeconds(timeout);
    try {
      for (;;) {
        const { status, urls } = yield* this.results(name);
        if (viewer) yield* viewer.show();
        if (status === 'ready') {
          if (options.clean) yield* this.control('clean_job', name);
          return urls;
        }
        if (status !== 'active') throw new JobError(`Job ${name} failed: Status ${status}`);
        const leftUs = endUs - process.nowUs();
        if (leftUs <= 0) throw new JobError(`Job ${name} failed: Timeout`);
        const pauseUs = Math.min(usFromSeconds(options.pollInterval), leftUs);
        yield* wait(process.sleepUs(pauseUs, { label: 'poll' }));
      }
    } finally {
      endWait();
    }
  }
}

function isResults(value: unknown): value is [status: string, urls: string[]] {
  return Array.isArray(value) && typeof value[0] === 'string' && isTexts(value[1]);
}

/** Writes a job's events, and its status line when that has changed. */
class EventViewer {
  readonly #client: MasterClient;
  readonly #name: string;
  #offset = 0;
  #line = '';

  constructor(client: MasterClient, name: string) {
    this.#client = client;
    this.#name = name;
    client.process.write('stdout', `${name}\n`);
  }

  *show(): Body<void> {
    const events = yield* this.#client.events(this.#name, this.#offset);
    this.#offset += events.length;
    for (const event of events) this.#client.process.write('stdout', `${event}\n`);
    const { line } = yield* this.#client.info(this.#name);
    if (line === this.#line || typeof line !== 'string') return;
    this.#line = line;
    this.#client.process.write('stdout', `${line}\n`);
  }
}
