// What the objects of a program share.

import { simErrors } from '#lib/node/engine-errors.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { run, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { Values } from '../values.ts';
import { WorkerGate } from './gate.ts';

export type Options = Readonly<Record<string, unknown>>;

export interface FaceContext {
  process: NodeProcess;
  values: Values;
  gate: WorkerGate;
}

/** Starts what reaches the cluster; a program that was imported for its functions gets no further. */
export function reach<T>({ gate }: FaceContext, body: Body<T>): SimPromise<T> {
  return gate.stops() ? WorkerGate.never<T>() : run(body);
}

/** @throws TypeError for an option that does not exist */
export function checkOptions(of: string, options: Options, known: readonly string[]): void {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new simErrors.TypeError(`${of}: unknown option: ${name} (options: ${known.join(', ')})`);
  }
}
