// What the launcher tells a worker on its command line.

export interface WorkerConfig {
  /** Workers in the pool, the origin included. */
  size: number;
  brokerHost: string;
  brokerPort: number;
  /** How other machines call this worker's. */
  host: string;
  isOrigin: boolean;
  /** How many -v. */
  verbosity: number;
  /** The program, and its own words. */
  program: string;
  rest: readonly string[];
}

/** The first word of a worker's command for a program in TypeScript; not offered to learners. */
export const WORKER_COMMAND = 'scoop-worker';
const PYTHON_COMMAND = ['python', '-m', 'scoop.bootstrap.__main__'] as const;

/** A worker's command; its first words tell which language it runs. */
export function workerArgv(config: WorkerConfig): readonly string[] {
  const { size, brokerHost, brokerPort, host, isOrigin, verbosity, program, rest } = config;
  return [
    ...(program.endsWith('.ts') ? [WORKER_COMMAND] : PYTHON_COMMAND),
    ...['--size', String(size), '--workingDirectory', '/work', '--brokerHostname', brokerHost],
    ...['--externalBrokerHostname', host, '--taskPort', String(brokerPort)],
    ...(isOrigin ? ['--origin'] : []),
    `-${'v'.repeat(verbosity + 1)}`,
    program,
    ...rest,
  ];
}

/** Null for the command of a process that is no worker. */
export function readWorkerConfig(argv: readonly string[]): WorkerConfig | null {
  const skipped = [[WORKER_COMMAND], PYTHON_COMMAND].find((words) =>
    words.every((word, index) => argv[index] === word),
  );
  if (!skipped) return null;
  const words = argv.slice(skipped.length);
  const config = { isOrigin: false, verbosity: 0 };
  const named: Record<string, string> = {};
  while (words[0]?.startsWith('-')) {
    const word = words.shift()!;
    if (word === '--origin') config.isOrigin = true;
    else if (/^-v+$/.test(word)) config.verbosity = word.length - 2;
    else named[word] = words.shift() ?? '';
  }
  const [program = '', ...rest] = words;
  return {
    ...config,
    size: Number(named['--size']),
    brokerHost: named['--brokerHostname'] ?? '',
    brokerPort: Number(named['--taskPort']),
    host: named['--externalBrokerHostname'] ?? '',
    program,
    rest,
  };
}
