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
  if (typeof value === 'function' && INSIDE in value) return (value[INSIDE] as Inside).signature;
  throw new ImproperlyConfigured(`not a signature (write add.s(1, 2)): ${String(value)}`);
}
