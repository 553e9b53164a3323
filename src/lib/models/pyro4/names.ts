// The name server's object: which object goes by which name. Methods have Python's names, because
// programs in Python call them.

import type { NodeProcess } from '#lib/node/process.ts';
import { NamingError, RemoteError } from './errors.ts';
import type { Members } from './exposing.ts';
import { Tuple } from './values.ts';
import { URI } from './uri.ts';
import { PYRO_NAME_SERVER } from '#lib/protocol/pyro4.ts';

interface Entry {
  uri: string;
  metadata: readonly string[];
}

export const NAME_SERVER_MEMBERS: Members = {
  methods: ['count', 'list', 'lookup', 'ping', 'register', 'remove', 'set_metadata'],
  attrs: [],
  oneway: [],
};

/** Python's parameters in their order: keyword arguments come as one object behind the others. */
const PARAMETERS = {
  register: ['name', 'uri', 'safe', 'metadata'],
  lookup: ['name', 'return_metadata'],
  remove: ['name', 'prefix', 'regex'],
  list: ['prefix', 'regex', 'metadata_all', 'metadata_any', 'return_metadata'],
  set_metadata: ['name', 'metadata'],
} as const;

/** Where names are kept beyond the process's end; null forgets them. */
export type Storage = { file: string } | null;

export class NameServer {
  readonly #process: NodeProcess;
  readonly #storage: Storage;
  readonly #entries = new Map<string, Entry>();

  constructor(process: NodeProcess, storage: Storage) {
    this.#process = process;
    this.#storage = storage;
    if (storage && process.disk.sizeOf(storage.file) !== null) this.#read(storage.file);
  }

  /** The same file as that of the Python face (naming_storage.py). */
  #read(file: string): void {
    const text = new TextDecoder().decode(this.#process.disk.read(file));
    let found: Record<string, [string, string[]]>;
    try {
      found = JSON.parse(text) as typeof found;
    } catch {
      throw new NamingError(`cannot read the names in ${file}`);
    }
    for (const [name, [uri, metadata]] of Object.entries(found)) {
      this.#entries.set(name, { uri, metadata });
    }
  }

  #changed(): void {
    const names = [...this.#entries].map(([name, { uri, metadata }]) => [name, uri, metadata]);
    this.#process.state('pyro4 names', names);
    if (!this.#storage) return;
    const stored = Object.fromEntries(
      [...this.#entries].map(([name, { uri, metadata }]) => [name, [uri, metadata]]),
    );
    const { disk } = this.#process;
    disk.write(this.#storage.file, new TextEncoder().encode(JSON.stringify(stored)));
    disk.sync(this.#storage.file);
  }

  /** Addresses by name. */
  addresses(): [name: string, uri: string][] {
    return [...this.#entries].map(([name, { uri }]) => [name, uri]);
  }

  count(): number {
    return this.#entries.size;
  }

  ping(): null {
    return null;
  }

  lookup(...given: unknown[]): unknown {
    const { name, return_metadata } = named('lookup', given);
    const entry = this.#entries.get(String(name));
    if (!entry) throw new NamingError(`unknown name: ${String(name)}`);
    const uri = new URI(entry.uri);
    return return_metadata ? Tuple.holding([uri, [...entry.metadata]]) : uri;
  }

  register(...given: unknown[]): null {
    const { name, uri, safe, metadata } = named('register', given);
    if (!(uri instanceof URI) && typeof uri !== 'string') {
      throw typeError('only URIs or strings can be registered');
    }
    const address = new URI(uri).toString();
    checkName(name);
    const tags = tagsOf('metadata', metadata);
    if (safe && this.#entries.has(name)) throw new NamingError(`name already registered: ${name}`);
    this.#entries.set(name, { uri: address, metadata: tags });
    this.#changed();
    return null;
  }

  set_metadata(...given: unknown[]): null {
    const { name, metadata } = named('set_metadata', given);
    checkName(name);
    const entry = this.#entries.get(name);
    if (!entry) throw new NamingError(`unknown name: ${name}`);
    this.#entries.set(name, { uri: entry.uri, metadata: tagsOf('metadata', metadata) });
    this.#changed();
    return null;
  }

  remove(...given: unknown[]): number {
    const { name, prefix, regex } = named('remove', given);
    let names: string[] = [];
    if (typeof name === 'string' && this.#entries.has(name)) names = [name];
    else if (prefix || regex) names = this.#found({ prefix, regex }).map(([it]) => it);
    names = names.filter((it) => it !== PYRO_NAME_SERVER);
    for (const it of names) this.#entries.delete(it);
    if (names.length > 0) this.#changed();
    return names.length;
  }

  list(...given: unknown[]): unknown {
    const { return_metadata, ...filter } = named('list', given);
    const filters = Object.values(filter).filter((it) => it !== undefined && it !== null);
    if (filters.length > 1) {
      const words = 'you can only filter on one thing at a time';
      throw new RemoteError('ValueError', [words], words);
    }
    const found = this.#found(filter);
    return new Map(
      found.map(([name, { uri, metadata }]) => [
        name,
        return_metadata ? Tuple.holding([uri, [...metadata]]) : uri,
      ]),
    );
  }

  #found(filter: Record<string, unknown>): [string, Entry][] {
    const isMeant = filterOf(filter);
    return [...this.#entries].filter(([name, { metadata }]) => isMeant(name, metadata));
  }
}

/** Arguments by name, of those before and those in the object behind them. */
function named(method: keyof typeof PARAMETERS, given: unknown[]): Record<string, unknown> {
  const last = given.at(-1);
  const hasKeywords = isKeywords(last);
  const positional = hasKeywords ? given.slice(0, -1) : given;
  const names = PARAMETERS[method];
  const values = Object.fromEntries(positional.map((value, index) => [names[index] ?? '', value]));
  return { ...values, ...(hasKeywords ? last : {}) };
}

function isKeywords(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  return Object.getPrototypeOf(value) === Object.prototype;
}

function checkName(name: unknown): asserts name is string {
  if (typeof name !== 'string') throw typeError('name must be a str');
}

function typeError(words: string): Error {
  return new RemoteError('TypeError', [words], words);
}

function tagsOf(what: string, tags: unknown): string[] {
  if (tags === undefined || tags === null) return [];
  if (typeof tags === 'string') {
    throw typeError(`${what} should not be a str, but another iterable (set, list, etc)`);
  }
  return [...(tags as Iterable<unknown>)].map(String);
}

function filterOf({
  prefix,
  regex,
  metadata_all: all,
  metadata_any: any,
}: Record<string, unknown>): (name: string, metadata: readonly string[]) => boolean {
  if (typeof prefix === 'string' && prefix) return (name) => name.startsWith(prefix);
  if (typeof regex === 'string' && regex) return matching(regex);
  if (all) {
    const tags = tagsOf('metadata_all', all);
    return (_, metadata) => tags.every((tag) => metadata.includes(tag));
  }
  if (any) {
    const tags = tagsOf('metadata_any', any);
    return (_, metadata) => tags.some((tag) => metadata.includes(tag));
  }
  return () => true;
}

function matching(regex: string): (name: string) => boolean {
  let pattern: RegExp;
  try {
    pattern = new RegExp(`^(?:${regex})`);
  } catch {
    throw new NamingError(`invalid regex: ${regex}`);
  }
  return (name) => pattern.test(name);
}
