// Lines of SCOOP's own log, on stderr: `[2026-01-01 00:00:00,296] launcher  INFO    text`.

import type { NodeProcess } from '#lib/node/process.ts';

export type Level = 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';

const RANK: Readonly<Record<Level, number>> = { DEBUG: 0, INFO: 1, WARNING: 2, ERROR: 3 };

export class Log {
  readonly #process: NodeProcess;
  readonly #level: Level;
  /** `(127.0.0.1:41097)`, once there is one. */
  place = '';

  constructor(process: NodeProcess, level: Level) {
    this.#process = process;
    this.#level = level;
  }

  write(module: string, level: Level, text: string): void {
    if (RANK[level] < RANK[this.#level]) return;
    const place = this.place && `(${this.place}) `;
    const head = `[${this.#time()}] ${module.padEnd(9)} ${place}${level.padEnd(7)} `;
    this.#process.write('stderr', `${head}${text}\n`, false);
  }

  #time(): string {
    const iso = new Date(Math.floor(this.#process.wallUs() / 1000)).toISOString();
    return iso.replace('T', ' ').replace('.', ',').replace('Z', '');
  }
}
