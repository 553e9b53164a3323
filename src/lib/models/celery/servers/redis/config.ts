// Redis' settings, from `redis.conf` and the command line, with 7.0's defaults and its words for what
// is wrong with them (https://redis.io/docs/management/config-file/).

import { DiskError, type Disk } from '#lib/node/disk.ts';

export type FsyncPolicy = 'always' | 'everysec' | 'no';

/** Save a snapshot when so many changes are not saved for longer than so many seconds. */
export interface SaveRule {
  seconds: number;
  changes: number;
}

export interface RedisConfig {
  port: number;
  /** Folder of everything on the disk. */
  dir: string;
  dbfilename: string;
  save: SaveRule[];
  appendonly: boolean;
  appendfsync: FsyncPolicy;
}

/** Known, and without effect here. */
const IGNORED: ReadonlySet<string> = new Set([
  'auto-aof-rewrite-min-size',
  'auto-aof-rewrite-percentage',
  'bind',
  'daemonize',
  'databases',
  'logfile',
  'loglevel',
  'no-appendfsync-on-rewrite',
  'protected-mode',
  'rdbchecksum',
  'rdbcompression',
  'tcp-backlog',
  'tcp-keepalive',
  'timeout',
]);
const FSYNC_POLICIES: readonly FsyncPolicy[] = ['everysec', 'always', 'no'];

/** What is wrong, as the server prints it before it ends. */
export class ConfigProblem extends Error {
  override name = 'ConfigProblem';
}

interface Line {
  /** As an error shows it. */
  text: string;
  words: readonly string[];
}

export function defaultConfig(): RedisConfig {
  const save = [
    { seconds: 3600, changes: 1 },
    { seconds: 300, changes: 100 },
    { seconds: 60, changes: 10_000 },
  ];
  return {
    port: 6379,
    dir: '',
    dbfilename: 'dump.rdb',
    save,
    appendonly: false,
    appendfsync: 'everysec',
  };
}

/**
 * Reads `[redis.conf] [--directive value ...]`.
 *
 * @throws ConfigProblem
 */
export function readConfig(args: readonly string[], disk: Disk): RedisConfig {
  const file = args[0]?.startsWith('--') === false ? args[0] : null;
  const lines = file === null ? [] : linesOfFile(file, disk);
  lines.push({ text: '', words: [] }, ...linesOfOptions(file === null ? args : args.slice(1)));
  const config = defaultConfig();
  let hasSave = false;
  for (const [index, { text, words }] of lines.entries()) {
    const [name = '', ...values] = words;
    if (name === '') continue;
    // The first `save` takes the place of the defaults, others add to it.
    if (name.toLowerCase() === 'save' && !hasSave) config.save = [];
    hasSave ||= name.toLowerCase() === 'save';
    const problem = setDirective(config, name.toLowerCase(), values);
    if (problem === null) continue;
    throw new ConfigProblem(
      '\n*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***\n' +
        `Reading the configuration file, at line ${index + 1}\n>>> '${text}'\n${problem}\n`,
    );
  }
  return config;
}

/** Sets one; returns what is wrong with it, or null. */
export function setDirective(
  config: RedisConfig,
  name: string,
  values: readonly string[],
): string | null {
  const [value = ''] = values;
  switch (name) {
    case 'save':
      return addSaveRules(config, values);
    case 'appendonly':
      if (value !== 'yes' && value !== 'no') return "argument must be 'yes' or 'no'";
      config.appendonly = value === 'yes';
      return null;
    case 'appendfsync': {
      const policy = FSYNC_POLICIES.find((known) => known === value);
      if (!policy) return 'argument(s) must be one of the following: everysec, always, no';
      config.appendfsync = policy;
      return null;
    }
    case 'port':
      config.port = Number(value);
      if (!/^\d+$/.test(value)) return "argument couldn't be parsed into an integer";
      return isPort(config.port) ? null : 'argument must be between 0 and 65535 inclusive';
    case 'dir':
      config.dir = value;
      return null;
    case 'dbfilename':
      config.dbfilename = value;
      return value.includes('/') ? "dbfilename can't be a path, just a filename" : null;
    default:
      return IGNORED.has(name) ? null : 'Bad directive or wrong number of arguments';
  }
}

/** `save 900 1 300 10`; `save ""` is none at all. */
function addSaveRules(config: RedisConfig, values: readonly string[]): string | null {
  if (values.length === 0 || (values.length === 1 && values[0] === '')) {
    config.save = [];
    return null;
  }
  const numbers = values.join(' ').split(/\s+/).map(Number);
  const isRight = numbers.length % 2 === 0 && numbers.every((one) => Number.isSafeInteger(one));
  if (!isRight || numbers.some((one, index) => one < (index % 2 === 0 ? 1 : 0))) {
    return 'Invalid save parameters';
  }
  for (let index = 0; index < numbers.length; index += 2) {
    config.save.push({ seconds: numbers[index]!, changes: numbers[index + 1]! });
  }
  return null;
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

function linesOfFile(path: string, disk: Disk): Line[] {
  let text: string;
  try {
    text = new TextDecoder().decode(disk.read(path));
  } catch (error) {
    if (!(error instanceof DiskError)) throw error;
    const why = error.code === 'ENOENT' ? 'No such file or directory' : 'Is a directory';
    throw new ConfigProblem(`Fatal error, can't open config file '${path}': ${why}\n`);
  }
  return text.split('\n').map((line) => {
    const plain = line.trim();
    return { text: plain, words: plain.startsWith('#') ? [] : wordsOf(plain) };
  });
}

/** Words of a line; quotes hold one together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, plain]) => double ?? single ?? plain ?? '',
  );
}

/** Each directive takes the words behind it, up to the next one. */
function linesOfOptions(args: readonly string[]): Line[] {
  const lines: { words: string[] }[] = [];
  for (const arg of args) {
    if (arg.startsWith('--')) lines.push({ words: [arg.slice(2)] });
    else lines.at(-1)?.words.push(arg);
  }
  return lines.map(({ words }) => {
    const [name = '', ...values] = words;
    return { text: [name, ...values.map((value) => `"${value}"`)].join(' '), words };
  });
}
