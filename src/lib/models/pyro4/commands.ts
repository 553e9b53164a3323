// `pyro4-ns`, the name server as a command of its own, and `pyro4-nsc`, which asks one: the same texts
// as those of Python, without an interpreter.

import { Addresses } from '#lib/node/addresses.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { PYRO_BROADCAST, PYRO_NAME_SERVER } from '#lib/protocol/pyro4.ts';
import type { Client } from './client.ts';
import { PyroError } from './errors.ts';
import { AutoCleaner } from './auto-cleaner.ts';
import { locate } from './locate.ts';
import { NAME_SERVER_MEMBERS, NameServer, type Storage } from './names.ts';
import { Pyro } from './pyro.ts';
import { DaemonServer } from './server.ts';
import { pythonString } from './serpent.ts';

interface Options {
  host?: string;
  port?: number;
  storage?: string;
  isSilent?: boolean;
  rest: string[];
}

const FLAGS: Readonly<Record<string, 'host' | 'port' | 'storage' | 'isSilent'>> = {
  '-n': 'host',
  '--host': 'host',
  '-p': 'port',
  '--port': 'port',
  '-s': 'storage',
  '--storage': 'storage',
  '-x': 'isSilent',
  '--nobc': 'isSilent',
};

/** @throws PyroError for an option that is not known or has no value */
function optionsOf(words: readonly string[]): Options {
  const options: Options = { rest: [] };
  const left = [...words];
  while (left.length > 0) {
    const [word = '', inline] = splitOption(left.shift()!);
    if (!word.startsWith('-')) {
      options.rest.push(word);
      continue;
    }
    const name = FLAGS[word];
    if (!name) throw new PyroError(`no such option: ${word}`);
    if (name === 'isSilent') {
      options.isSilent = true;
      continue;
    }
    const value = inline ?? left.shift();
    if (value === undefined) throw new PyroError(`${word} option requires 1 argument`);
    if (name !== 'port') options[name] = value;
    else if (/^\d+$/.test(value)) options.port = Number(value);
    else throw new PyroError(`option ${word}: invalid integer value: '${value}'`);
  }
  return options;
}

/** `--host=ns` in two. */
function splitOption(word: string): [string, string?] {
  const at = word.startsWith('--') ? word.indexOf('=') : -1;
  return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

export function* nameServerMain(process: NodeProcess): Body<void> {
  const print = (text: string): void => process.write('stdout', `${text}\n`);
  let server: DaemonServer;
  let isLocal: boolean;
  try {
    const pyro = new Pyro(process);
    const options = optionsOf(process.spec.argv.slice(1));
    const host = options.host ?? pyro.settings.HOST;
    isLocal = host === 'localhost' || host.startsWith('127.');
    const names = new NameServer(process, storageOf(options.storage ?? 'memory', print));
    server = new DaemonServer(pyro, host, options.port ?? pyro.settings.NS_PORT);
    server.objects.set(PYRO_NAME_SERVER, {
      target: names,
      type: 'NameServer',
      members: () => NAME_SERVER_MEMBERS,
    });
    yield* server.open();
    const uri = server.uriFor(PYRO_NAME_SERVER);
    names.register(PYRO_NAME_SERVER, uri, false, ['class:Pyro4.naming.NameServer']);
    if (isLocal) print('Not starting broadcast server for localhost.');
    else if (!options.isSilent) {
      print(`Broadcast server running on 0.0.0.0:${pyro.settings.NS_BCPORT}`);
      run(answerBroadcasts(process, pyro.settings.NS_BCPORT, uri.toString()));
    }
    if (pyro.settings.NS_AUTOCLEAN > 0) run(new AutoCleaner(pyro, names).run());
    if (names.count() > 1) {
      print(`Persistent store contains ${names.count()} existing registrations.`);
    }
    const address = isLocal ? '127.0.0.1' : new Addresses(process).of(host) || host;
    print(`NS running on ${server.location} (${address})`);
    print('Warning: HMAC key not set. Anyone can connect to this server!');
    print(`URI = ${uri.toString()}`);
  } catch (error) {
    if (!(error instanceof PyroError)) throw error;
    process.write('stderr', `${error.name}: ${error.message}\n`);
    return process.exit(1);
  }
  process.onSignal('SIGINT', () => server.close());
  yield* wait(server.stopped);
  print('NS shut down.');
  process.exit(0);
}

function storageOf(kind: string, print: (text: string) => void): Storage {
  if (kind === 'memory') return null;
  const [, type, file] = /^(sql|dbm):(.+)$/.exec(kind) ?? [];
  if (file === undefined) throw new PyroError(`invalid storage type '${kind}'`);
  if (type === 'dbm') print("Warning: the DbmStorage doesn't support metadata.");
  return { file };
}

/** Tells whoever asks every machine where the name server is. */
function* answerBroadcasts(process: NodeProcess, port: number, uri: string): Body<void> {
  const socket = process.datagramSocket(port);
  const label = { proto: 'pyro4', msg: 'address', preview: uri };
  for (;;) {
    const asked = yield* wait(socket.receive());
    if (asked === null) return;
    if (new TextDecoder().decode(asked.bytes) !== PYRO_BROADCAST) continue;
    socket.send(asked.from, asked.port, new TextEncoder().encode(uri), label);
  }
}

// pyro4-nsc.

type Print = (text: string) => void;
type Command = (names: Client, words: string[], print: Print) => Body<void>;
type Listed = Map<string, [string, string[]]> | Record<string, [string, string[]]>;

const COMMANDS: Readonly<Record<string, Command>> = {
  *ping(names, _words, print) {
    yield* wait(names.call('ping', [], {}));
    print('Name server ping ok.');
  },
  *list(names, [prefix], print) {
    const title = prefix === undefined ? '' : `- prefix '${prefix}'`;
    yield* listed(names, prefix === undefined ? {} : { prefix }, title, print);
  },
  *listmatching(names, [regex], print) {
    yield* listed(names, { regex }, `- regex '${regex}'`, print);
  },
  *lookup(names, [name], print) {
    const found = yield* wait(names.call('lookup', [name], { return_metadata: true }));
    const [uri, metadata] = found as [unknown, string[]];
    print(String(uri));
    if (metadata.length > 0) print(`metadata: ${listText(metadata)}`);
  },
  *register(names, [name, uri], print) {
    yield* wait(names.call('register', [name, uri], { safe: true }));
    print(`Registered ${name}`);
  },
  *remove(names, [name], print) {
    const count = yield* wait(names.call('remove', [name], {}));
    print(Number(count) > 0 ? `Removed ${name}` : 'Nothing removed');
  },
  *setmeta(names, [name, ...tags], print) {
    yield* wait(names.call('set_metadata', [name, new Set(tags)], {}));
    print(tags.length > 0 ? 'Metadata updated' : 'Metadata cleared');
  },
  *listmeta_all(names, tags, print) {
    yield* listed(names, { metadata_all: new Set(tags) }, ' - searched by metadata', print);
  },
  *listmeta_any(names, tags, print) {
    yield* listed(names, { metadata_any: new Set(tags) }, ' - searched by metadata', print);
  },
};

/** How many words each needs, and what it says without them. */
const NEEDS: Readonly<Record<string, readonly [number, string]>> = {
  lookup: [1, 'requires one argument: name'],
  register: [2, 'requires two arguments: name uri'],
  remove: [1, 'requires one argument: name'],
  listmatching: [1, 'requires one argument: pattern'],
  setmeta: [1, 'requires at least 2 arguments: uri and zero or more meta tags'],
  listmeta_all: [1, 'requires at least one metadata tag argument'],
  listmeta_any: [1, 'requires at least one metadata tag argument'],
};

function* listed(names: Client, filter: object, title: string, print: Print): Body<void> {
  const found = yield* wait(names.call('list', [], { ...filter, return_metadata: true }));
  const entries = found instanceof Map ? [...found] : Object.entries(found as Listed);
  print(`--------START LIST ${title}`);
  for (const [name, [uri, metadata]] of (entries as [string, [string, string[]]][]).sort(byName)) {
    print(`${name} --> ${uri}`);
    if (metadata.length > 0) print(`    metadata: ${listText(metadata)}`);
  }
  print(`--------END LIST ${title}`);
}

function byName([one]: [string, unknown], [other]: [string, unknown]): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function listText(items: readonly string[]): string {
  return `[${items.map(pythonString).join(', ')}]`;
}

export function* nameServerControlMain(process: NodeProcess): Body<void> {
  const print: Print = (text) => process.write('stdout', `${text}\n`);
  const refuse = (text: string, code: number): void => {
    process.write('stderr', `${text}\n`);
    process.exit(code);
  };
  let names: Client;
  let words: string[];
  try {
    const { host = null, port = null, rest } = optionsOf(process.spec.argv.slice(1));
    words = rest;
    const [name = ''] = words;
    if (!Object.hasOwn(COMMANDS, name)) return refuse('error: invalid or missing command', 2);
    const [count, text] = NEEDS[name] ?? [0, ''];
    if (words.length - 1 < count) return refuse(text, 1);
    names = yield* locate(new Pyro(process), host, port);
  } catch (error) {
    if (!(error instanceof PyroError)) throw error;
    print(`Error: ${error.message}`);
    return process.exit(0);
  }
  try {
    const [name = '', ...args] = words;
    yield* COMMANDS[name]!(names, args, print);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    print(`Error: ${error.name} - ${error.message}`);
  }
  process.exit(0);
}
