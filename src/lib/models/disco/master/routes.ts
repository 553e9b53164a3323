// What the master answers over HTTP: Disco's interface for clients, and that of DDFS.

import type { Body } from '#lib/node/promise.ts';
import { readPack, readTag } from '../checks.ts';
import { COST } from '../costs.ts';
import type { HttpRequest, HttpResponse } from '../http.ts';
import type { Job } from './job.ts';
import type { Master } from './master.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

interface Call {
  master: Master;
  method: string;
  /** The rest of the path behind the route. */
  rest: string;
  query: ReadonlyMap<string, string>;
  body: string;
}

const NONE = Symbol('not found');
const WRONG = Symbol('not understood');

const ROUTES: readonly (readonly [string, (call: Call) => unknown])[] = [
  ['/disco/job/new', submit],
  ['/disco/ctrl/get_results', (call) => withJob(call, ({ status, results }) => [status, results])],
  ['/disco/ctrl/jobinfo', (call) => withJob(call, (job) => infoOf(job))],
  ['/disco/ctrl/rawevents', (call) => withJob(call, (job) => job.events.slice(offsetOf(call)))],
  ['/disco/ctrl/joblist', ({ master }) => [...master.jobs.values()].map(listed)],
  ['/disco/ctrl/nodeinfo', ({ master }) => nodesOf(master)],
  ['/disco/ctrl/kill_job', (call) => withJob(call, (job) => (job.kill(), 'ok'))],
  ['/disco/ctrl/clean_job', (call) => withJob(call, (job) => forget(call, job, false))],
  ['/disco/ctrl/purge_job', (call) => withJob(call, (job) => forget(call, job, true))],
  ['/disco/ctrl/blacklist', ({ master, body }) => (master.setAllowed(body, false), 'ok')],
  ['/disco/ctrl/whitelist', ({ master, body }) => (master.setAllowed(body, true), 'ok')],
  ['/ddfs/new_blob/', newBlob],
  ['/ddfs/tags', ({ master, query }) => tagsOf(master, query.get('prefix') ?? '')],
  ['/ddfs/tag/', tag],
];

// eslint-disable-next-line require-yield -- a handler of `answer`
export function* route(master: Master, { method, target, body }: HttpRequest): Body<HttpResponse> {
  master.process.spendNs(COST.masterNs);
  const [path = '', search = ''] = target.split('?');
  const query = new Map(
    search.split('&').map((part) => {
      const [name = '', value = ''] = part.split('=');
      return [name, decoded(value)];
    }),
  );
  const found = ROUTES.find(([start]) => path.startsWith(start));
  const rest = decoded(path.slice(found?.[0].length ?? 0));
  const text = decoder.decode(body);
  const value = found ? found[1]({ master, method, rest, query, body: text }) : NONE;
  if (value === WRONG) return { status: 400, body: encoder.encode(`cannot read: ${target}`) };
  if (value === NONE) return { status: 404, body: encoder.encode(`not found: ${target}`) };
  return { status: 200, body: encoder.encode(JSON.stringify(value)) };
}

function submit({ master, body }: Call): unknown {
  const pack = readPack(body);
  if (!pack) return WRONG;
  const job = master.submit(pack);
  if (job) return ['ok', job.name];
  const [given, other] =
    pack.language === 'py' ? ['Python', 'TypeScript'] : ['TypeScript', 'Python'];
  const words = `this cluster runs jobs in ${other}, and this one is in ${given}`;
  return ['error', `${words}: write the programs of an experiment in one language`];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function withJob({ master, query, body }: Call, use: (job: Job) => unknown): unknown {
  const job = master.jobs.get(query.get('name') ?? body);
  return job ? use(job) : ['unknown job', []];
}

function offsetOf({ query }: Call): number {
  return Math.max(0, Number(query.get('offset') ?? 0) || 0);
}

function infoOf(job: Job): object {
  const { name, status, results, pack } = job;
  return { name, status, owner: pack.owner, results, line: job.statusLine() };
}

function listed({ name, status }: Job): unknown[] {
  return [status, name];
}

function nodesOf(master: Master): object {
  const entries = master
    .aliveNodes()
    .map(({ name, slots, running, isAllowed }) => [
      name,
      { slots, running: running.size, blacklisted: !isAllowed },
    ]);
  return Object.fromEntries(entries) as object;
}

function forget({ master }: Call, job: Job, isPurge: boolean): string {
  master.forget(job, isPurge);
  return 'ok';
}

function newBlob({ master, rest, query }: Call): unknown {
  const exclude = (query.get('exclude') ?? '').split(',');
  return master.blobs.place(rest, Number(query.get('replicas') ?? 1), exclude) ?? [];
}

function tagsOf({ blobs }: Master, prefix: string): string[] {
  return [...blobs.tags.keys()].filter((name) => name.startsWith(prefix)).sort();
}

function tag({ master, method, rest, body, query }: Call): unknown {
  const { blobs } = master;
  if (method === 'GET') return blobs.tags.get(rest) ?? NONE;
  master.changed();
  if (method === 'DELETE') return blobs.delete(rest) ? 'deleted' : NONE;
  const record = readTag(body);
  if (!record) return WRONG;
  blobs.put(rest, record, query.get('update') === '1' || method === 'POST');
  return 'ok';
}
