// `DDFS` and `Disco` as TypeScript learners see them.

import { simErrors } from '#lib/node/engine-errors.ts';
import { show } from '#lib/node/print.ts';
import type { Body, SimPromise } from '#lib/node/promise.ts';
import { CHUNK_SIZE, DdfsClient, type PutOptions, type Upload } from '../client/ddfs-client.ts';
import { MasterClient } from '../client/master-client.ts';
import { expandInputs } from '../client/pack.ts';
import { checkOptions, reach, type FaceContext, type Options } from './context.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class DdfsFace {
  readonly #context: FaceContext;
  readonly #client: MasterClient;
  readonly #ddfs: DdfsClient;

  constructor(context: FaceContext, master?: string) {
    this.#context = context;
    this.#client = new MasterClient(context.process, master);
    this.#ddfs = new DdfsClient(this.#client);
  }

  push(tag: string, files: Iterable<unknown>, options: Options = {}): SimPromise<string[][]> {
    checkOptions('push', options, ['replicas']);
    return this.#reach(() => this.#ddfs.push(tag, this.#uploads(files), putOptions(options)));
  }

  chunk(tag: string, files: Iterable<unknown>, options: Options = {}): SimPromise<string[][]> {
    checkOptions('chunk', options, ['replicas', 'chunkSize']);
    const size = Number(options['chunkSize'] ?? CHUNK_SIZE);
    if (!(size >= 1)) throw new simErrors.RangeError('chunkSize is a number of bytes from 1 on');
    return this.#reach(() =>
      this.#ddfs.chunk(tag, this.#uploads(files), size, putOptions(options)),
    );
  }

  tag(tag: string, urls: Iterable<unknown>): SimPromise<void> {
    const [ddfs, client] = [this.#ddfs, this.#client];
    return this.#reach(function* (): Body<void> {
      const expanded = yield* expandInputs(client, [...urls], show(urls));
      yield* ddfs.setTag(tag, expanded, {}, true);
    });
  }

  /** Blobs of a tag, each as the list of its replicas. */
  blobs(tag: string): SimPromise<string[][]> {
    return this.#reach(() => this.#urls(tag));
  }

  urls(tag: string): SimPromise<string[][]> {
    return this.blobs(tag);
  }

  get(tag: string): SimPromise<unknown> {
    return this.#reach(() => this.#ddfs.record(tag));
  }

  /** The text of each blob. */
  pull(tag: string): SimPromise<string[]> {
    return this.#reach(() => this.#pull(tag));
  }

  list(prefix = ''): SimPromise<string[]> {
    return this.#reach(() => this.#ddfs.list(prefix));
  }

  exists(tag: string): SimPromise<boolean> {
    return this.#reach(() => this.#ddfs.exists(tag));
  }

  delete(tag: string): SimPromise<void> {
    return this.#reach(() => this.#ddfs.delete(tag));
  }

  attrs(tag: string): SimPromise<Record<string, string>> {
    const ddfs = this.#ddfs;
    return this.#reach(function* (): Body<Record<string, string>> {
      return (yield* ddfs.record(tag)).attrs;
    });
  }

  setattr(tag: string, name: string, value: string): SimPromise<void> {
    return this.#reach(() => this.#ddfs.setTag(tag, [], { [name]: String(value) }, true));
  }

  #reach<T>(body: () => Body<T>): SimPromise<T> {
    return reach(this.#context, within(body));
  }

  *#urls(tag: string): Body<string[][]> {
    return (yield* this.#ddfs.record(tag)).urls;
  }

  *#pull(tag: string): Body<string[]> {
    const texts: string[] = [];
    for (const urls of yield* this.#urls(tag)) {
      texts.push(decoder.decode(yield* this.#ddfs.read(urls)));
    }
    return texts;
  }

  /** Paths of this machine's files, or pairs of a text (or bytes) and a name. */
  #uploads(files: Iterable<unknown>): Upload[] {
    return [...files].map((file): Upload => {
      if (typeof file === 'string') {
        const bytes = this.#context.process.disk.read(file);
        return { name: file.replace(/^.*\//, ''), bytes };
      }
      const [data, name] = Array.isArray(file) ? (file as unknown[]) : [];
      if (typeof name === 'string' && data instanceof Uint8Array) return { name, bytes: data };
      if (typeof name === 'string' && typeof data === 'string') {
        return { name, bytes: encoder.encode(data) };
      }
      throw new simErrors.TypeError(`a path, or a pair [text, name]: ${show(file)}`);
    });
  }
}

/** Started late: a program that gets no further does not read its files either. */
function* within<T>(body: () => Body<T>): Body<T> {
  return yield* body();
}

function putOptions({ replicas = null }: Options): PutOptions {
  return { replicas } as PutOptions;
}

/** The master, for those who look after a cluster. */
export class DiscoFace {
  readonly #context: FaceContext;
  readonly #client: MasterClient;

  constructor(context: FaceContext, master?: string) {
    this.#context = context;
    this.#client = new MasterClient(context.process, master);
  }

  /** `[status, name]` of each job. */
  joblist(): SimPromise<unknown> {
    return this.#get('joblist');
  }

  nodeinfo(): SimPromise<unknown> {
    return this.#get('nodeinfo');
  }

  jobinfo(name: string): SimPromise<unknown> {
    return reach(this.#context, this.#client.info(name));
  }

  events(name: string, offset = 0): SimPromise<string[]> {
    return reach(this.#context, this.#client.events(name, offset));
  }

  kill(name: string): SimPromise<void> {
    return this.#control('kill_job', name);
  }

  clean(name: string): SimPromise<void> {
    return this.#control('clean_job', name);
  }

  purge(name: string): SimPromise<void> {
    return this.#control('purge_job', name);
  }

  /** No more tasks for a node. */
  blacklist(node: string): SimPromise<void> {
    return this.#control('blacklist', node);
  }

  whitelist(node: string): SimPromise<void> {
    return this.#control('whitelist', node);
  }

  #get(what: string): SimPromise<unknown> {
    return reach(this.#context, this.#client.json('GET', `/disco/ctrl/${what}`, 'control'));
  }

  #control(verb: string, name: string): SimPromise<void> {
    return reach(this.#context, this.#client.control(verb, name));
  }
}
