// How the command line shows an answer (celery/bin/base.py, `CLIContext.pretty`), without colours.

import { dumps } from '../json.ts';
import { pythonRepr } from '../python-repr.ts';

export interface Pretty {
  status: 'OK' | 'ERROR';
  body: string;
}

/** @param isColourless pygments, which colours a table, ends it in a newline */
export function pretty(value: unknown, isColourless: boolean): Pretty {
  if (Array.isArray(value)) {
    const items = (value as unknown[]).map((one) => `* ${shown(one)}`);
    return { status: 'OK', body: items.length === 0 ? '- empty -' : items.join('\n') };
  }
  if (typeof value !== 'object' || value === null) return { status: 'OK', body: shown(value) };
  const inner = (one: unknown): string => indented(pretty(one, isColourless).body);
  if ('ok' in value) return { status: 'OK', body: inner(value.ok) };
  if ('error' in value) return { status: 'ERROR', body: inner(value.error) };
  return { status: 'OK', body: `${jsonText(value, '')}${isColourless ? '' : '\n'}` };
}

/** str() of it. */
export function shown(value: unknown): string {
  return typeof value === 'string' ? value : pythonRepr(value);
}

/** By four spaces, empty lines too. */
export function indented(lines: string): string {
  return lines
    .split('\n')
    .map((line) => `    ${line}`)
    .join('\n');
}

/** JSON with sorted keys and four spaces. */
function jsonText(value: unknown, margin: string): string {
  const isList = Array.isArray(value);
  if (typeof value !== 'object' || value === null) return dumps(value);
  const inner = `${margin}    `;
  const parts = isList
    ? (value as unknown[]).map((one) => inner + jsonText(one, inner))
    : Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, one]) => `${inner}${dumps(key)}: ${jsonText(one, inner)}`);
  const [open, close] = isList ? '[]' : '{}';
  return parts.length === 0
    ? `${open}${close}`
    : `${open}\n${parts.join(',\n')}\n${margin}${close}`;
}
