// The engine behind the Python package `celery` of one process (celery/_engine.py is its other half).
// Applications are known to Python by a number. Requests and answers are plain data; a mistake of the
// learner's or a failure in the cluster is `{ error }`, of which Python makes an exception.

import { isOurMistake } from '#lib/node/engine-errors.ts';
import { isStop } from '#lib/node/meter.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, runWithin, type SimPromise, wait, type Body } from '#lib/node/promise.ts';
import type { Given, PythonEngine, PythonPort } from '#lib/node/python-port.ts';
import { InvariantError } from '#lib/protocol/errors.ts';
import { usFromSeconds } from '#lib/protocol/time.ts';
import { CeleryApp, wallUsOf, type TaskOptions } from '../app.ts';
import { isReady, type ResultMeta } from '../backends/backend.ts';
import { publishOptionsOf } from '../call-options.ts';
import { Canvas } from '../canvas/canvas.ts';
import { addToChord, replaceTask } from '../canvas/replace.ts';
import { tupleOf } from '../canvas/result-tree.ts';
import {
  rawItems,
  rawMembers,
  readOptions,
  readSignature,
  writeSignature,
} from '../canvas/signature.ts';
import { configure } from '../conf.ts';
import type { CrontabFields } from '../beat/crontab.ts';
import { purgeKnown } from '../control/purge.ts';
import { broadcast, type ControlOptions } from '../control/requests.ts';
import { COST } from '../costs.ts';
import { currentTask, type CurrentTask } from '../current-task.ts';
import { CeleryError, ImproperlyConfigured, OperationalError } from '../errors.ts';
import { dumps, RawJson } from '../json.ts';
import { waitForResult } from '../results.ts';
import type { OutputLog, WireError } from '../space.ts';
import { CHILD_COMMAND, childMain } from '../worker/child.ts';
import { wireOf } from '../wire-errors.ts';
import { celeryMain } from '../worker/command.ts';
import { noApp, type AppFinder } from '../worker/load-app.ts';
import { crontabValues, readSchedule } from './periodic.ts';
import { PythonEvents } from './events.ts';
import { PythonSpace, pythonWireOf } from './python-space.ts';
import { PythonCall } from './values.ts';

/** A look that finds nothing ends the turn and takes this long, so that polling sees its answer (KT5). */
const LOOK_US = 100;

interface SendRequest extends Given {
  name: string;
  taskOptions: TaskOptions;
  positional: string;
  keywords: string;
  reprs: { positional: string; keywords: string };
  /** JSON text. */
  options: string;
}

/** `Task.retry`. */
interface RetryRequest extends Given {
  taskId: string;
  retries: number;
  countdown?: number;
  eta?: string;
  queue?: string;
  /** Other arguments than before. */
  changed?: { positional: string; keywords: string; reprs: SendRequest['reprs'] };
}

interface ResultRequest extends Given {
  taskId: string;
  name: string;
  timeout?: number;
  isAnyTask: boolean;
  watched: readonly string[];
  isGroup: boolean;
}

/** JSON texts. */
interface ApplyRequest extends Given {
  signature: string;
  args: string;
  kwargs: string;
  options: string;
}

/** What Python is told of a result. */
type ToldMeta = Omit<ResultMeta, 'details'> & { detailsText: string };

/** What `find_app` of _engine.py returns. */
type Found = { app: number } | { problem: string };

export class CeleryEngine implements PythonEngine, AppFinder {
  readonly #process: NodeProcess;
  readonly #python: PythonPort;
  readonly #space: PythonSpace;
  readonly #apps: CeleryApp[] = [];
  readonly #events = new PythonEvents();
  #log: OutputLog | null = null;

  constructor(process: NodeProcess, python: PythonPort) {
    this.#process = process;
    this.#python = python;
    this.#space = new PythonSpace(python, (log) => (this.#log = log));
  }

  tell(what: string, given: Given): unknown {
    try {
      return { value: this.#tell(what, given) };
    } catch (error) {
      return failed(error);
    }
  }

  ask(what: string, given: Given): SimPromise<unknown> {
    return runWithin(this.#taskOf(given), this.#ask(what, given)).then(
      (value) => ({ value }),
      failed,
    );
  }

  /** The task in whose run the thread is that asks: it says so itself. */
  #taskOf({ run: number }: Given): CurrentTask | null {
    if (number === null) return null;
    const runs = this.#apps.map((app) => app.runs.get(Number(number)));
    return runs.find((task) => task !== undefined) ?? null;
  }

  main(): SimPromise<unknown> {
    const process = this.#process;
    const isChild = process.spec.argv[0] === CHILD_COMMAND;
    return run(isChild ? childMain(process, this) : celeryMain(process, this));
  }

  *findApp(module: string, attribute: string | null): Body<CeleryApp> {
    const found = (yield* wait(this.#python.enter('find_app', { module, attribute }))) as Found;
    if ('problem' in found) throw noApp(found.problem);
    return this.#appOf(found);
  }

  #tell(what: string, given: Given): unknown {
    switch (what) {
      case 'create':
        return this.#create(String(given['main']));
      case 'crontab':
        return crontabValues(given['fields'] as CrontabFields);
      case 'configure':
        return configure(this.#appOf(given).settings, given['settings'] as Given);
      case 'register':
        return this.#register(given);
      case 'hear':
        return void this.#space.heard.add(String(given['name']));
      case 'log':
        return this.#log?.write(String(given['level']), String(given['text']));
      default:
        throw new ImproperlyConfigured(`the engine knows no ${what}`);
    }
  }

  *#ask(what: string, given: Given): Body<unknown> {
    const app = this.#appOf(given);
    const taskId = String(given['taskId']);
    const id = String(given['id']);
    switch (what) {
      case 'events_open':
      case 'events_next':
      case 'events_close':
      case 'events_send':
        return yield* this.#events.ask(app, what, given);
      case 'broadcast':
        return yield* this.#broadcast(app, given);
      case 'purge':
        return yield* purgeKnown(app);
      case 'send':
        return yield* this.#send(app, given as SendRequest);
      case 'apply':
        return yield* this.#apply(app, given as ApplyRequest);
      case 'get':
        return yield* this.#get(app, given as ResultRequest);
      case 'look':
        return yield* this.#look(app, taskId);
      case 'forget':
        return yield* app.backend.forget(taskId);
      case 'retry':
        return yield* this.#retry(app, given as RetryRequest);
      case 'replace':
        return yield* replaceTask(app, this.#running(), readSignature(String(given['signature'])));
      case 'addToChord':
        return yield* this.#addToChord(app, given);
      case 'updateState':
        return yield* app.updateState(taskId, String(given['state']), String(given['meta']));
      case 'save_group':
        return yield* app.backend.saveGroup(id, String(given['tuple']));
      case 'restore_group':
        return yield* app.backend.restoreGroup(id);
      case 'delete_group':
        return yield* app.backend.deleteGroup(id);
      default:
        throw new ImproperlyConfigured(`the engine knows no ${what}`);
    }
  }

  #appOf(given: Given): CeleryApp {
    const app = this.#apps[Number(given['app'])];
    if (!app) throw new ImproperlyConfigured(`no such application: ${String(given['app'])}`);
    return app;
  }

  #create(main: string): number {
    const app = new CeleryApp(this.#process, this.#space, main);
    const number = this.#apps.push(app) - 1;
    app.readSchedule = () => readSchedule(this.#python, number);
    return number;
  }

  #register(given: Given): void {
    const name = String(given['name']);
    const app = this.#appOf(given);
    app.register({
      name,
      functionName: name,
      callable: { app: given['app'], name },
      options: given['options'] as TaskOptions,
    });
  }

  /** JSON text of the answers, or `null`. */
  *#broadcast(app: CeleryApp, given: Given): Body<string> {
    const question = new RawJson(String(given['arguments']));
    const options = given['options'] as ControlOptions;
    return dumps(yield* broadcast(app, String(given['method']), question, options));
  }

  *#send(app: CeleryApp, given: SendRequest): Body<unknown> {
    const { name, taskOptions, positional, keywords, reprs, options } = given;
    const task = { name, functionName: name, callable: null, options: taskOptions };
    const call = new PythonCall(positional, keywords, reprs);
    return yield* app.send(task, call, publishOptionsOf(this.#process, readOptions(options)));
  }

  *#retry(app: CeleryApp, given: RetryRequest): Body<null> {
    const { taskId, retries, countdown, eta, queue, changed } = given;
    const context = app.running.get(taskId);
    if (!context) throw new ImproperlyConfigured(`no such running task: ${taskId}`);
    const due = etaUsOf(eta) ?? this.#process.wallUs() + usFromSeconds(countdown ?? 0);
    const call = changed && new PythonCall(changed.positional, changed.keywords, changed.reprs);
    yield* app.resend(context, {
      retries,
      etaUs: due,
      ...(call ? { call } : {}),
      ...(queue === undefined ? {} : { queue }),
    });
    return null;
  }

  *#apply(app: CeleryApp, given: ApplyRequest): Body<unknown> {
    const sent = yield* new Canvas(app).apply(readSignature(given.signature), {
      args: rawItems(given.args),
      kwargs: rawMembers(given.kwargs),
      options: readOptions(given.options),
    });
    return sent && tupleOf(sent);
  }

  *#addToChord(app: CeleryApp, given: Given): Body<unknown> {
    const signature = readSignature(String(given['signature']));
    const sent = yield* addToChord(app, this.#running(), signature, Boolean(given['lazy']));
    return { sent: sent && tupleOf(sent), signature: writeSignature(signature) };
  }

  #running(): CurrentTask {
    const task = currentTask();
    if (task) return task;
    throw new ImproperlyConfigured('no task that came by message runs in this thread');
  }

  *#get(app: CeleryApp, given: ResultRequest): Body<unknown> {
    if (!given.isAnyTask) app.checkMayWait();
    const { taskId, meta } = yield* waitForResult(app, given);
    app.process.spendNs(COST.resultNs);
    return { taskId, meta: told(meta) };
  }

  *#look(app: CeleryApp, taskId: string): Body<ToldMeta> {
    const meta = yield* app.backend.meta(taskId);
    if (!isReady(meta)) yield* wait(app.process.sleepUs(LOOK_US, { label: 'a look' }));
    return told(meta);
  }
}

function told({ details = {}, childrenText = '[]', ...meta }: ResultMeta): ToldMeta {
  return { ...meta, childrenText, detailsText: dumps(details) };
}

function etaUsOf(eta: string | undefined): number | undefined {
  if (eta === undefined) return undefined;
  const etaUs = wallUsOf(eta);
  if (etaUs === null) throw new ImproperlyConfigured(`invalid eta: ${eta}`);
  return etaUs;
}

/** What the learner or the cluster did wrong; anything else is ours and fails the run (NODE8). */
function failed(error: unknown): { error: WireError; cause?: WireError } {
  if (isStop(error) || error instanceof InvariantError || isOurMistake(error)) throw error;
  const cause = error instanceof OperationalError ? causeOf(error.cause) : undefined;
  return { error: pythonWireOf(error), ...(cause && { cause }) };
}

/** An error of redis-py, or the system's, which Python makes of `[Errno 111] Connection refused`. */
function causeOf(error: unknown): WireError | undefined {
  if (error instanceof CeleryError) return wireOf(error);
  const errno = /^\[Errno (\d+)\] (.*)$/.exec(error instanceof Error ? error.message : '');
  if (!errno) return undefined;
  const argumentsText = dumps([Number(errno[1]), errno[2]]);
  return { type: 'OSError', module: 'builtins', argumentsText };
}
