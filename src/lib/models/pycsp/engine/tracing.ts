// Traces of PyCSP's own format: one dictionary of Python's in each line of a file on the node's disk.

import type { NodeProcess } from '#lib/node/process.ts';

/** What a line can hold. */
export type Told = string | number | readonly Told[] | { readonly [key: string]: Told };
export type TraceLine = { readonly [key: string]: Told };

const encoder = new TextEncoder();

export class Tracing {
  readonly #node: NodeProcess;
  readonly #file: string;

  /** Makes the file, or empties it. */
  constructor(node: NodeProcess, file: string) {
    this.#node = node;
    this.#file = file;
    node.disk.write(file, new Uint8Array(0));
  }

  tell(line: TraceLine): void {
    this.#node.disk.append(this.#file, encoder.encode(`${pythonOf(line)}\n`));
  }
}

/** As Python writes it. */
export function pythonOf(value: Told): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${(value as readonly Told[]).map(pythonOf).join(', ')}]`;
  const entries = Object.entries(value as TraceLine);
  return `{${entries.map(([key, item]) => `${quoted(key)}: ${pythonOf(item)}`).join(', ')}}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let body = '';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (char === '\\' || char === quote) body += `\\${char}`;
    else if (ESCAPES[char]) body += ESCAPES[char];
    else if (code < 32 || code === 127) body += `\\x${code.toString(16).padStart(2, '0')}`;
    else body += char;
  }
  return quote + body + quote;
}
