// Signals of a simulated process (NODE6), with their numbers on Linux.

/** Signals whose default action ends a process; its exit code is then 128 + the number. */
export const SIGNAL_NUMBERS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGALRM: 14,
  SIGTERM: 15,
} as const;

export type EndingSignal = keyof typeof SIGNAL_NUMBERS;
/** SIGSTOP and SIGCONT stop a process and let it go on. */
export type SignalName = EndingSignal | 'SIGSTOP' | 'SIGCONT';

export const SIGNAL_NAMES = [
  ...(Object.keys(SIGNAL_NUMBERS) as EndingSignal[]),
  'SIGSTOP',
  'SIGCONT',
] as const satisfies readonly SignalName[];

/** Those that a program cannot handle: they never reach it. */
export const UNHANDLED_SIGNALS: ReadonlySet<string> = new Set(['SIGKILL', 'SIGSTOP']);

/** The exit code of a process that a signal ended, or null when the signal ends none. */
export function exitCodeOf(signal: string): number | null {
  if (!Object.hasOwn(SIGNAL_NUMBERS, signal)) return null;
  return 128 + SIGNAL_NUMBERS[signal as EndingSignal];
}
