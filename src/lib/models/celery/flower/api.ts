// Flower's HTTP interface (flower/api/): what its paths answer, with its field names.

import { wait, type Body } from '#lib/node/promise.ts';
import { AmqpError } from '../amqp-client.ts';
import type { CeleryApp } from '../app.ts';
import { isReady } from '../backends/backend.ts';
import { defaultQueues } from '../routing.ts';
import { CeleryError } from '../errors.ts';
import type { ClusterState, TaskState } from '../events/task-states.ts';
import { dumps, JsonError, loads, RawJson } from '../json.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import type { Inspector } from './inspector.ts';
import { queueLengths } from './queue-lengths.ts';

/** What a handler answers with another status than 200. */
class HttpError extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Handler = (request: HttpRequest, rest: string) => Body<unknown>;

export class FlowerApi {
  readonly #app: CeleryApp;
  readonly #state: ClusterState;
  readonly #inspector: Inspector;

  constructor(app: CeleryApp, state: ClusterState, inspector: Inspector) {
    this.#app = app;
    this.#state = state;
    this.#inspector = inspector;
  }

  /** Paths by method; one that ends in a slash takes the rest of the path. */
  readonly #routes: Readonly<Record<string, Handler>> = {
    'GET /api/workers': (request) => this.#workers(request),
    'GET /api/tasks': (request) => this.#tasks(request),
    'GET /api/task/types': () => done({ 'task-types': this.#state.taskTypes }),
    'GET /api/task/info/': (_, taskId) => done(this.#taskInfo(taskId)),
    'GET /api/task/result/': (_, taskId) => this.#taskResult(taskId),
    'GET /api/queues/length': () => this.#queues(),
    'POST /api/task/send-task/': (request, name) => this.#send(request, name),
    'POST /api/task/async-apply/': (request, name) => {
      if (!this.#app.tasks.has(name)) throw new HttpError(404, `Unknown task '${name}'`);
      return this.#send(request, name);
    },
  };

  *handle(request: HttpRequest): Body<HttpResponse> {
    if (request.path === '/healthcheck') return { status: 200, body: 'OK', type: 'text/html' };
    try {
      const { handler, rest } = this.#route(request);
      return { status: 200, body: dumps(yield* handler(request, rest)) };
    } catch (error) {
      if (error instanceof HttpError) return failure(error.status, error.message);
      if (!(error instanceof CeleryError || error instanceof AmqpError)) throw error;
      return failure(503, error.message);
    }
  }

  #route({ method, path }: HttpRequest): { handler: Handler; rest: string } {
    const wanted = `${method} ${path}`;
    for (const [route, handler] of Object.entries(this.#routes)) {
      if (route === wanted) return { handler, rest: '' };
      if (route.endsWith('/') && wanted.startsWith(route)) {
        return { handler, rest: wanted.slice(route.length) };
      }
    }
    const isKnown = Object.keys(this.#routes).some((route) => route.endsWith(` ${path}`));
    throw new HttpError(isKnown ? 405 : 404, '');
  }

  *#workers({ query }: HttpRequest): Body<unknown> {
    const name = query.get('workername') ?? null;
    if (isTrue(query.get('refresh'))) yield* this.#inspector.update(name);
    if (isTrue(query.get('status'))) {
      const nowUs = this.#app.process.wallUs();
      const { workers } = this.#state;
      return Object.fromEntries(
        [...workers].map(([one, { expiresUs }]) => [one, nowUs < expiresUs]),
      );
    }
    const { workers } = this.#inspector;
    if (name === null) return Object.fromEntries(workers);
    if (!workers.has(name)) throw new HttpError(404, `Unknown worker '${name}'`);
    return { [name]: workers.get(name) };
  }

  *#tasks({ query }: HttpRequest): Body<unknown> {
    yield* [];
    const wanted = (name: string): string | null => {
      const value = query.get(name);
      return value === undefined || value === 'All' ? null : value;
    };
    const [worker, name, state] = ['workername', 'taskname', 'state'].map(wanted);
    const offset = Math.max(0, Number(query.get('offset') ?? 0));
    const limit = Number(query.get('limit') ?? 0);
    const found = [...this.#state.tasks].filter(
      ([, task]) =>
        (worker === null || task.worker === worker) &&
        (name === null || task.name === name) &&
        (state === null || task.state === state),
    );
    const page = found.slice(offset, limit > 0 ? offset + limit : undefined);
    return Object.fromEntries(page.map(([id, task]) => [id, listed(task)]));
  }

  #taskInfo(taskId: string): unknown {
    const task = this.#state.tasks.get(taskId);
    if (!task) throw new HttpError(404, `Unknown task '${taskId}'`);
    return record(task.entries());
  }

  *#taskResult(taskId: string): Body<unknown> {
    const meta = yield* this.#app.backend.meta(taskId);
    const answer = { 'task-id': taskId, state: meta.status };
    if (!isReady(meta)) return answer;
    const result = new RawJson(meta.resultText);
    if (meta.status !== 'FAILURE') return { ...answer, result };
    return { ...answer, result, traceback: meta.traceback };
  }

  *#queues(): Body<unknown> {
    const known = [...this.#inspector.workers.values()].flatMap(({ active_queues: queues }) =>
      Array.isArray(queues) ? queues.map((queue: { name?: unknown }) => String(queue.name)) : [],
    );
    const names = known.length > 0 ? [...new Set(known)] : defaultQueues(this.#app.settings);
    return { active_queues: yield* queueLengths(this.#app, names) };
  }

  *#send({ body }: HttpRequest, name: string): Body<unknown> {
    const { space, tasks } = this.#app;
    const { args = [], kwargs = {}, queue } = optionsOf(body);
    if (!Array.isArray(args)) throw new HttpError(400, 'args must be an array');
    const call = yield* wait(space.decodeCall(dumps(args), dumps(kwargs)));
    const task = tasks.get(name);
    const options = typeof queue === 'string' ? { queue } : {};
    const definition = { name, functionName: name, options: task?.options ?? {}, callable: null };
    const { taskId } = yield* this.#app.send(definition, call, options);
    return { 'task-id': taskId, state: 'PENDING' };
  }
}

function* done(value: unknown): Body<unknown> {
  yield* [];
  return value;
}

function failure(status: number, message: string): HttpResponse {
  return { status, body: message, type: 'text/html; charset=UTF-8' };
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && ['1', 'true', 'yes', 'on', 't', 'y'].includes(value.toLowerCase());
}

/** As the list has it: the worker comes last, and only if there is one. */
function listed(task: TaskState): unknown {
  const entries = task.entries().filter(([name]) => name !== 'worker');
  return task.worker === ''
    ? record(entries)
    : record([...entries, ['worker', dumps(task.worker)]]);
}

function record(entries: readonly (readonly [string, string])[]): unknown {
  return Object.fromEntries(entries.map(([name, text]) => [name, new RawJson(text)]));
}

function optionsOf(body: string): Readonly<Record<string, unknown>> {
  if (body === '') return {};
  try {
    const options = loads(body);
    if (typeof options === 'object' && options !== null && !Array.isArray(options)) {
      return options as Record<string, unknown>;
    }
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new HttpError(400, error.message);
  }
  throw new HttpError(400, 'invalid options');
}
