// What the bench found, as a table and as a file.

import { writeFileSync } from 'node:fs';

interface Row {
  key: string;
  title: string;
  value: number;
  unit: string;
  /** What DESIGN section 9 asks for. */
  goal: string;
  detail: string;
}

export class Figures {
  readonly #rows: Row[] = [];

  /** Prints one figure as soon as it is known. */
  add(row: Omit<Row, 'goal' | 'detail'> & Partial<Row>): void {
    const { key, title, value, unit, goal = '', detail = '' } = row;
    this.#rows.push({ key, title, value, unit, goal, detail });
    console.log(
      `${title.padEnd(44)} ${shown(value).padStart(12)} ${unit.padEnd(10)} ${goal.padEnd(12)} ${detail}`.trimEnd(),
    );
  }

  /** Writes every figure under its key. */
  save(file: string): void {
    const values = Object.fromEntries(this.#rows.map(({ key, value }) => [key, value]));
    writeFileSync(file, JSON.stringify(values, null, 2) + '\n');
  }
}

function shown(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en') : value.toFixed(2);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]!;
}
