// The lines that `redis-server` prints, with its own process id or that of a child that saves.

import type { NodeProcess } from '#lib/node/process.ts';

export const VERSION = '7.0.15';
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** C: before the server is up, or a child; M: the server itself. */
type Role = 'C' | 'M';

export class RedisLog {
  readonly #process: NodeProcess;
  #childCount = 0;

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
    this.notice('monotonic clock: POSIX clock_gettime');
    this.notice(`Running mode=standalone, port=${port}.`);
    this.warning('Server initialized');
  }

  notice(text: string): void {
    this.#line('M', `* ${text}`);
  }

  warning(text: string): void {
    this.#line('M', `# ${text}`);
  }

  /** A process id for a child that is forked to write. Nobody can signal it: it is not simulated. */
  takeChildPid(): number {
    return this.#process.spec.pid + ++this.#childCount;
  }

  child(pid: number, text: string): void {
    this.#line('C', `* ${text}`, pid);
  }

  signal(name: string): void {
    const seconds = Math.floor(this.#process.wallUs() / 1e6);
    const { pid } = this.#process.spec;
    this.#write(`${pid}:signal-handler (${seconds}) Received ${name} scheduling shutdown...`);
  }

  #line(role: Role, text: string, pid = this.#process.spec.pid): void {
    const iso = new Date(Math.floor(this.#process.wallUs() / 1000)).toISOString();
    const day = `${iso.slice(8, 10)} ${MONTHS[Number(iso.slice(5, 7)) - 1]} ${iso.slice(0, 4)}`;
    this.#write(`${pid}:${role} ${day} ${iso.slice(11, 23)} ${text}`);
  }

  #write(text: string): void {
    this.#process.write('stdout', `${text}\n`);
  }
}
