// Celery's log lines: `[2026-01-01 00:00:01,010: INFO/MainProcess] message` on stderr.

import type { NodeProcess } from '#lib/node/process.ts';

export const LEVELS = { DEBUG: 10, INFO: 20, WARNING: 30, ERROR: 40, CRITICAL: 50 } as const;
export type Level = keyof typeof LEVELS;

/** The level of a name as the command line has it, in any case, or null. */
export function levelOf(name: string): Level | null {
  const upper = name.toUpperCase();
  if (upper === 'FATAL') return 'CRITICAL';
  return upper in LEVELS ? (upper as Level) : null;
}

export class Log {
  readonly #process: NodeProcess;
  readonly level: Level;
  /** `MainProcess`, `ForkPoolWorker-1`. */
  readonly processName: string;

  constructor(process: NodeProcess, level: Level, processName: string) {
    this.#process = process;
    this.level = level;
    this.processName = processName;
  }

  debug(message: string): void {
    this.#write('DEBUG', message, false);
  }

  info(message: string): void {
    this.#write('INFO', message, false);
  }

  warning(message: string): void {
    this.#write('WARNING', message, false);
  }

  error(message: string): void {
    this.#write('ERROR', message, false);
  }

  critical(message: string): void {
    this.#write('CRITICAL', message, false);
  }

  /** A line of the learner's: the trace names its place in the program. */
  write(level: Level, message: string): void {
    this.#write(level, message, true);
  }

  #write(level: Level, message: string, isPlaced: boolean): void {
    if (LEVELS[level] < LEVELS[this.level]) return;
    const time = timeText(this.#process.wallUs(), ',');
    const line = `[${time}: ${level}/${this.processName}] ${message}\n`;
    this.#process.write('stderr', line, isPlaced);
  }

  /** What the worker says past its log, whatever the level: a blank line, then the text. */
  say(text: string): void {
    this.#process.write('stderr', `\n${text}\n`, false);
  }
}

/** `2026-01-01 00:00:01`, and with a mark the milliseconds behind it. */
export function timeText(wallUs: number, mark = ''): string {
  const iso = new Date(Math.floor(wallUs / 1000)).toISOString();
  const seconds = iso.slice(0, 19).replace('T', ' ');
  return mark === '' ? seconds : `${seconds}${mark}${iso.slice(20, 23)}`;
}
