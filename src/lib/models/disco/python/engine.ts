// What the Python package `disco` asks of the engine: as a client, and as the process of a task.

import { isStop } from '#lib/node/meter.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, SimPromise, wait, type Body } from '#lib/node/promise.ts';
import type { Given, PythonEngine } from '#lib/node/python-port.ts';
import { assert, InvariantError } from '#lib/protocol/errors.ts';
import { DdfsClient, type Upload } from '../client/ddfs-client.ts';
import { MasterClient, type WaitOptions } from '../client/master-client.ts';
import {
  checkPrefix,
  customPipeline,
  expandInputs,
  pipelineOf,
  type PipelineFacts,
} from '../client/pack.ts';
import { COST } from '../costs.ts';
import { DiscoError } from '../errors.ts';
import type { JobPack, PipelineStage, SchedulerOptions } from '../protocol.ts';
import type { TaskWork } from '../space.ts';
import { workerMain } from '../worker/main.ts';
import { PythonSpace, Raised } from './python-space.ts';
import { bytesOf, textOf } from './values.ts';

export class DiscoEngine implements PythonEngine {
  readonly #process: NodeProcess;
  readonly #space = new PythonSpace();
  #work: TaskWork | null = null;

  constructor(process: NodeProcess) {
    this.#process = process;
  }

  tell(what: string): unknown {
    throw new InvariantError(`the engine is told no ${what}`);
  }

  ask(what: string, given: Given): SimPromise<unknown> {
    return run(this.#ask(what.slice('disco.'.length), given)).then((value) => ({ value }), failed);
  }

  main(): SimPromise<unknown> {
    assert(false, 'a worker is a program of its own');
  }

  *#ask(what: string, given: Given): Body<unknown> {
    switch (what) {
      case 'begin':
        return yield* this.#begin();
      case 'say':
        return void (yield* wait(this.#work!.say(String(given['text']))));
      case 'end':
        return yield* this.#end(given);
      case 'fail':
        this.#space.result.reject(new Raised(given['isFatal'] === true, String(given['text'])));
        return yield* never();
      default:
        return yield* this.#asClient(what, given);
    }
  }

  // A task.

  *#begin(): Body<unknown> {
    run(workerMain(this.#process, this.#space));
    this.#work = yield* wait(this.#space.begun.promise);
    const { order, inputs } = this.#work;
    const read = inputs.map(({ url, label, bytes }) => ({ url, label, text: textOf(bytes) }));
    const { stage, task, role, data } = order;
    return { stage, task, role, inputs: read, data };
  }

  *#end(given: Given): Body<unknown> {
    const files = Object.entries(given['files'] as Record<string, string>);
    const [entries, pairs] = [Number(given['entries']), Number(given['pairs'])];
    this.#process.spendNs(entries * COST.entryNs + pairs * COST.pairNs);
    const outputs = new Map(files.map(([label, text]) => [Number(label), bytesOf(text)]));
    const { role } = this.#work!.order;
    const what = role === 'map' ? 'mapped' : 'reduced';
    const message = role === 'stage' ? '' : `Done: ${entries} entries ${what}`;
    this.#space.result.resolve({ outputs, message });
    // The process ends when all is written.
    return yield* never();
  }

  // A client.

  *#asClient(what: string, given: Given): Body<unknown> {
    const client = new MasterClient(this.#process, given['master'] as string | null);
    const ddfs = new DdfsClient(client);
    const text = (key: string): string => String(given[key]);
    switch (what) {
      case 'submit':
        return yield* this.#submit(client, given);
      case 'wait':
        return yield* client.wait(text('name'), waitOptions(given));
      case 'control':
        return yield* client.control(text('verb'), text('name'));
      case 'events':
        return yield* client.events(text('name'), Number(given['offset']));
      case 'info':
        return yield* client.info(text('name'));
      case 'results': {
        const { status, urls } = yield* client.results(text('name'));
        return [status, urls];
      }
      case 'get':
        return yield* client.json('GET', `/disco/ctrl/${text('what')}`, 'control');
      case 'expand':
        return yield* expandInputs(client, given['input'], text('text'));
      case 'read':
        return textOf(yield* ddfs.read(given['urls'] as string[]));
      case 'push':
        return yield* ddfs.push(text('tag'), uploadsOf(given), putOptions(given));
      case 'chunk': {
        const size = Number(given['size']);
        return yield* ddfs.chunk(text('tag'), uploadsOf(given), size, putOptions(given));
      }
      case 'tag': {
        const urls = yield* expandInputs(client, given['input'], text('text'));
        return yield* ddfs.setTag(text('tag'), urls, {}, true);
      }
      case 'setattr':
        return yield* ddfs.setTag(text('tag'), [], { [text('attr')]: text('text') }, true);
      case 'record':
        return yield* ddfs.record(text('tag'));
      case 'list':
        return yield* ddfs.list(text('prefix'));
      case 'exists':
        return yield* ddfs.exists(text('tag'));
      case 'delete':
        return yield* ddfs.delete(text('tag'));
      default:
        throw new InvariantError(`the engine knows no ${what}`);
    }
  }

  *#submit(client: MasterClient, given: Given): Body<string> {
    const { maxCores, forceLocal, forceRemote } = given as unknown as SchedulerOptions;
    const pack: JobPack = {
      prefix: checkPrefix(String(given['prefix'])),
      owner: this.#process.spec.name,
      language: 'py',
      program: '',
      pipeline: pipelineIn(given),
      inputs: yield* expandInputs(client, given['input'], String(given['text'])),
      scheduler: { maxCores, forceLocal, forceRemote },
      saveResults: given['saveResults'] === true,
      data: String(given['data']),
    };
    return yield* client.submit(pack);
  }
}

function never(): Body<never> {
  return wait(new SimPromise<never>(() => undefined));
}

function pipelineIn(given: Given): PipelineStage[] {
  const pairs = given['pipeline'] as readonly (readonly [string, string])[] | null;
  return pairs === null ? pipelineOf(given as unknown as PipelineFacts) : customPipeline(pairs);
}

function waitOptions(given: Given): WaitOptions {
  return {
    pollInterval: Number(given['poll']),
    timeout: given['timeout'] as number | null,
    clean: given['clean'] === true,
    show: given['show'] === true,
  };
}

function uploadsOf(given: Given): Upload[] {
  const files = given['files'] as readonly { name: string; text: string }[];
  return files.map(({ name, text }) => ({ name, bytes: bytesOf(text) }));
}

function putOptions(given: Given): { replicas: number | null } {
  return { replicas: given['replicas'] as number | null };
}

/** What the learner did wrong; anything else is ours and fails the run (NODE8). */
function failed(error: unknown): { error: { name: string; text: string } } {
  if (isStop(error) || !(error instanceof DiscoError)) throw error;
  return { error: { name: error.name, text: error.message } };
}
