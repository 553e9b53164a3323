// What is inside a signature of a TypeScript learner.

import type { CeleryApp } from '../app.ts';
import type { Signature } from '../canvas/signature.ts';
import { ImproperlyConfigured } from '../errors.ts';
import type { CreateResult } from './group-result.ts';

/** What a signature is made with. */
export interface Maker {
  app: CeleryApp;
  create: CreateResult;
}

export interface Inside extends Maker {
  signature: Signature;
}

export const INSIDE = Symbol('signature');

/** @throws ImproperlyConfigured for anything but a signature */
export function signatureOf(value: unknown): Signature {
  return insideOf(value).signature;
}

/** @throws ImproperlyConfigured for anything but a signature */
export function makerOf(value: unknown): Maker {
  return insideOf(value);
}

function insideOf(value: unknown): Inside {
  if (typeof value === 'function' && INSIDE in value) return value[INSIDE] as Inside;
  throw new ImproperlyConfigured(`not a signature (write add.s(1, 2)): ${String(value)}`);
}
