// What a node can run, by the first word of its command, and what a program can import. Names only:
// the page checks an experiment without loading the simulation.

/** Commands that models register (see boot.ts); programs of learners end in `.ts`. */
export const COMMANDS: readonly string[] = ['celery', 'redis-server', 'rabbitmq-server'];

/** Modules that are not files of the experiment. */
export const BUILTIN_MODULES: readonly string[] = ['node', 'celery'];

/**
 * Most Python nodes of one experiment. An interpreter takes some 100 MB: a page has to live with a
 * phone's memory, the command line with a computer's.
 */
export const INTERPRETERS_MAX = { page: 8, commandLine: 32 } as const;

/** Whether a node's command runs in a Python interpreter, which has a thread of its own. */
export function isPython(argv: readonly string[]): boolean {
  return argv[0] === 'python' || argv[0] === 'python3';
}
