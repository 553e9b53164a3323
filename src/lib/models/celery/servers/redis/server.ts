// `redis-server`: Redis 7.0's start-up, listening, and its end on a signal. Memory only so far: what
// a restarted server remembers of its disk is left out (README.md).

import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { RedisSession } from './session.ts';
import { RedisState } from './state.ts';

const PORT = 6379;
const VERSION = '7.0.15';
/** Directives that may stand on the command line; all but the port are without effect here. */
const DIRECTIVES: ReadonlySet<string> = new Set([
  'port',
  'bind',
  'save',
  'appendonly',
  'protected-mode',
  'daemonize',
  'loglevel',
]);
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Runs until a signal ends it. */
export function* redisMain(process: NodeProcess): Body<void> {
  const log = new RedisLog(process);
  const directives = readDirectives(process.spec.argv.slice(1));
  if ('problem' in directives) return refuse(process, directives.problem);
  log.starting(directives.port, process.spec.argv.length > 1);
  process.onSignal('SIGTERM', () => log.stop('SIGTERM'));
  process.onSignal('SIGINT', () => log.stop('SIGINT'));
  const state = new RedisState(process);
  const listener = process.listen(directives.port);
  for (;;) run(new RedisSession(state, yield* wait(listener.accept())).serve());
}

/** Each directive takes the words behind it, up to the next one. */
function readDirectives(words: readonly string[]): { port: number } | { problem: string } {
  let port = PORT;
  for (let index = 0; index < words.length; index++) {
    const name = words[index]!;
    const directive = name.slice(2);
    const values: string[] = [];
    while (index + 1 < words.length && !words[index + 1]!.startsWith('--')) {
      values.push(words[++index]!);
    }
    const isKnown = name.startsWith('--') && DIRECTIVES.has(directive);
    if (!isKnown) return { problem: `${directive || name} ${values.join(' ')}`.trim() };
    if (directive !== 'port') continue;
    port = Number(values[0]);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      return { problem: `port ${values.join(' ')}`.trim() };
    }
  }
  return { port };
}

function refuse(process: NodeProcess, problem: string): void {
  process.write(
    'stderr',
    `*** FATAL CONFIG FILE ERROR (Redis ${VERSION}) ***\n` +
      `Reading the configuration file, at line 1\n>>> '${problem}'\n` +
      'Bad directive or wrong number of arguments\n',
  );
  process.exit(1);
}

class RedisLog {
  readonly #process: NodeProcess;

  constructor(process: NodeProcess) {
    this.#process = process;
  }

  starting(port: number, isConfigured: boolean): void {
    const { pid } = this.#process.spec;
    this.#line('C', '# oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo');
    this.#line(
      'C',
      `# Redis version=${VERSION}, bits=64, commit=00000000, modified=0, pid=${pid}, just started`,
    );
    this.#line(
      'C',
      isConfigured
        ? '# Configuration loaded'
        : '# Warning: no config file specified, using the default config. In order to specify a ' +
            'config file use redis-server /path/to/redis.conf',
    );
    this.#line('M', '* monotonic clock: POSIX clock_gettime');
    this.#line('M', `* Running mode=standalone, port=${port}.`);
    this.#line('M', '# Server initialized');
    this.#line('M', '* Ready to accept connections');
  }

  stop(signal: string): void {
    const { pid } = this.#process.spec;
    const seconds = Math.floor(this.#process.wallUs() / 1e6);
    this.#write(`${pid}:signal-handler (${seconds}) Received ${signal} scheduling shutdown...`);
    this.#line('M', '# User requested shutdown...');
    this.#line('M', '# Redis is now ready to exit, bye bye...');
    this.#process.exit(0);
  }

  #line(role: 'C' | 'M', text: string): void {
    const iso = new Date(Math.floor(this.#process.wallUs() / 1000)).toISOString();
    const day = `${iso.slice(8, 10)} ${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)}`;
    this.#write(`${this.#process.spec.pid}:${role} ${day} ${iso.slice(11, 23)} ${text}`);
  }

  #write(text: string): void {
    this.#process.write('stdout', `${text}\n`);
  }
}
