// The launcher: starts the broker (in this very process) and the workers, waits for the origin's
// program to end, and cleans up. Its exit status is 0 whatever happened, as the real one's.

import { ConnectionError } from '#lib/node/connection.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { Deferred, run, wait, type Body } from '#lib/node/promise.ts';
import { Broker } from '../broker/broker.ts';
import { Log } from '../log.ts';
import { workerArgv, type WorkerConfig } from '../worker/config.ts';
import { dealt, readHostFile, sharesOf, type HostShare } from './hosts.ts';
import { readLaunchOptions, UsageError, type LaunchOptions } from './options.ts';
import { startHere, startThere, type WorkerProcess } from './worker-process.ts';

const HERE = '127.0.0.1';
const PYTHON = 'Python 3.14';

/** The command `scoop`, or `python -m scoop`. */
export function* launcherMain(process: NodeProcess): Body<void> {
  try {
    const options = readLaunchOptions(process.spec.argv.slice(1));
    yield* new Launcher(process, options).main();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.write('stderr', `${error.message}\n`, false);
    process.exit(2);
  }
}

class Launcher {
  readonly #process: NodeProcess;
  readonly #options: LaunchOptions;
  readonly #log: Log;
  readonly #shares: readonly HostShare[];
  readonly #workers: WorkerProcess[] = [];
  readonly #isOver = new Deferred<void>();
  #port = 0;

  constructor(process: NodeProcess, options: LaunchOptions) {
    this.#process = process;
    this.#options = options;
    const level = options.isQuiet ? 'ERROR' : options.verbosity > 0 ? 'DEBUG' : 'INFO';
    this.#log = new Log(process, level);
    this.#shares = this.#sharesGiven();
  }

  *main(): Body<void> {
    const process = this.#process;
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      process.onSignal(name, () => this.#isOver.resolve());
    }
    this.#announce();
    this.#port = yield* wait(process.claimPort(0));
    run(new Broker(process, this.#port).serve());
    this.#log.place = `${this.#brokerHost}:${this.#port}`;
    this.#log.write('brokerLaunch', 'DEBUG', `Local broker launched on port ${this.#port}.`);
    yield* this.#startWorkers();
    yield* wait(this.#isOver.promise);
    this.#log.write('launcher', 'INFO', 'Root process is done.');
    this.#cleanUp();
  }

  /** How other machines reach the broker; alone it stays on its own. */
  get #brokerHost(): string {
    return this.#shares.every(({ host }) => host === HERE) ? HERE : this.#process.spec.name;
  }

  get #size(): number {
    return this.#shares.reduce((sum, { workerCount }) => sum + workerCount, 0);
  }

  #sharesGiven(): HostShare[] {
    const { hosts, hostFile, size } = this.#options;
    const named = hostFile === null ? sharesOf(hosts) : this.#hostFile(hostFile);
    if (named.length > 0) return dealt(named, size);
    return [{ host: HERE, workerCount: size ?? this.#process.spec.cores }];
  }

  #hostFile(path: string): HostShare[] {
    try {
      return readHostFile(new TextDecoder().decode(this.#process.disk.read(path)));
    } catch {
      throw new UsageError(`argument --hostfile: can't open '${path}'`);
    }
  }

  #announce(): void {
    const { program, verbosity } = this.#options;
    const language = program.endsWith('.ts') ? 'TypeScript' : PYTHON;
    const write = (text: string): void => this.#log.write('launcher', 'INFO', text);
    write(`SCOOP 0.7 2.0 on linux using ${language}, API: 1013`);
    write(`Deploying ${this.#size} worker(s) over ${this.#shares.length} host(s).`);
    if (verbosity > 0) this.#announceMore();
    write('Worker distribution: ');
    this.#shares.forEach(({ host, workerCount }, index) => {
      write(`   ${host}:\t${index === 0 ? `${workerCount - 1} + origin` : workerCount}`);
    });
  }

  #announceMore(): void {
    const write = (text: string): void => this.#log.write('launcher', 'DEBUG', text);
    write(`Using hostname/ip: "${this.#brokerHost}" as external broker reference.`);
    if (!this.#options.program.endsWith('.ts')) {
      write('The python executable to execute the program with is: python3.');
    }
  }

  *#startWorkers(): Body<void> {
    const [first] = this.#shares;
    const write = (text: string): void => this.#log.write('launcher', 'DEBUG', text);
    write(`Initialising local origin worker ${first!.workerCount} [${first!.host}].`);
    write(`${first!.host}: Launching '${this.#shellCommand(first!)}'`);
    if (!this.#options.isQuiet) {
      this.#process.write('stderr', `Launching ${this.#size} worker(s) using /bin/bash.\n`, false);
    }
    for (const { host, workerCount } of this.#shares) {
      for (let index = 0; index < workerCount; index++) {
        yield* this.#start(host, host === first!.host && index === 0);
      }
    }
  }

  *#start(host: string, isOrigin: boolean): Body<void> {
    const process = this.#process;
    const argv = this.#argv(host, isOrigin);
    if (this.#options.verbosity > 1) this.#process.write('stderr', executing(argv), false);
    let worker: WorkerProcess;
    try {
      worker = process.isLocal(host)
        ? startHere(process, argv)
        : yield* startThere(process, host, argv);
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      return this.#failToStart(host, isOrigin, error);
    }
    this.#workers.push(worker);
    if (isOrigin) worker.ended.then(() => this.#isOver.resolve());
  }

  /** Without the origin there is nothing to do; without another worker there is less to do it with. */
  #failToStart(host: string, isOrigin: boolean, { code, message }: ConnectionError): void {
    const words =
      code === 'ENOTFOUND'
        ? `ssh: Could not resolve hostname ${host}: Name or service not known`
        : `ssh: connect to host ${host} port 22: ${message}`;
    this.#process.write('stderr', `${words}\n`, false);
    if (isOrigin) this.#isOver.resolve();
  }

  /** As a real one starts a host's workers. */
  #shellCommand({ host, workerCount }: HostShare): string {
    const argv = this.#argv(host, true);
    const words = argv.slice(argv.indexOf('--size')).join(' ');
    const count = `${workerCount} ${this.#options.verbosity + 1}`;
    return this.#options.program.endsWith('.ts')
      ? `scoop-launch ${count} ${words}`
      : `env PYTHONPATH=/work python3 -m scoop.launch.__main__ ${count} ${words}`;
  }

  #argv(host: string, isOrigin: boolean): readonly string[] {
    const { verbosity, program, rest } = this.#options;
    const config: WorkerConfig = {
      ...{ size: this.#size, host, isOrigin, verbosity, program, rest },
      brokerHost: this.#process.isLocal(host) ? HERE : this.#brokerHost,
      brokerPort: this.#port,
    };
    return workerArgv(config);
  }

  #cleanUp(): void {
    const count = this.#workers.length;
    for (const worker of this.#workers) worker.kill();
    this.#log.write('workerLaunch', 'DEBUG', `Closing workers on ${HERE} (${count} workers).`);
    this.#log.write('brokerLaunch', 'DEBUG', 'Closing local broker.');
    this.#log.write('launcher', 'INFO', 'Finished cleaning spawned subprocesses.');
    this.#process.exit(0);
  }
}

/** `Executing '['python3', '-m', 'scoop.bootstrap.__main__', …]'...`, as a worker's host says it. */
function executing(argv: readonly string[]): string {
  const words = argv.map((word) => `'${word === 'python' ? 'python3' : word}'`);
  return `Executing '[${words.join(', ')}]'...\n`;
}
