// Options of a call as TypeScript learners write them, and by Python's names, as signatures hold them.

import type { Signature as EngineSignature } from '../canvas/signature.ts';
import { checkOptions } from './context.ts';
import { signatureOf } from './inside.ts';

export interface CallOptions {
  kwargs?: Readonly<Record<string, unknown>>;
  taskId?: string;
  queue?: string;
  exchange?: string;
  routingKey?: string;
  countdown?: number;
  eta?: Date | string;
  expires?: number | Date | string;
  ignoreResult?: boolean;
  timeLimit?: number;
  softTimeLimit?: number;
  priority?: number;
  shadow?: string;
  headers?: Readonly<Record<string, unknown>>;
  retry?: boolean;
  retryPolicy?: Readonly<Record<string, unknown>>;
  /** Signatures, one or a list. */
  link?: unknown;
  linkError?: unknown;
}

const NAMES = [
  'kwargs',
  'taskId',
  'queue',
  'exchange',
  'routingKey',
  'countdown',
  'eta',
  'expires',
  'ignoreResult',
  'timeLimit',
  'softTimeLimit',
  'priority',
  'shadow',
  'headers',
  'retry',
  'retryPolicy',
  'link',
  'linkError',
] as const;

/** @throws ImproperlyConfigured for a name that is no option */
export function callOptionsOf(options: CallOptions): Map<string, unknown> {
  checkOptions('option of applyAsync', options, NAMES);
  const { kwargs: _, ...rest } = options;
  return new Map(
    Object.entries(rest).map(([name, value]) => [pythonName(name), plain(name, value)]),
  );
}

function pythonName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function plain(name: string, value: unknown): unknown {
  // A program's Date is of its own realm: no `instanceof` knows it.
  const isTime = (name === 'eta' || name === 'expires') && typeof value === 'object';
  if (isTime && value !== null) return (value as Date).toISOString();
  if (name !== 'link' && name !== 'linkError') return value;
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.map(signatureOf) satisfies EngineSignature[];
}
