// The engine of a process: one, for the command that runs it and for the module that its program
// imports.

import type { NodeProcess } from '#lib/node/process.ts';
import { TypeScriptSpace } from '../typescript-space.ts';
import { readWorkerConfig } from '../worker/config.ts';
import { Worker } from '../worker/worker.ts';
import { createTrees, type Trees } from './trees.ts';

export interface Engine {
  worker: Worker;
  trees: Trees;
}

const engines = new WeakMap<NodeProcess, Engine>();

/** Null in a process that is no worker of a pool. */
export function engineOf(process: NodeProcess): Engine | null {
  const known = engines.get(process);
  if (known) return known;
  const config = readWorkerConfig(process.spec.argv);
  if (!config) return null;
  const trees = createTrees(() => worker);
  const own = new Map([
    ['mapReduce', trees.reduce],
    ['mapScan', trees.scan],
  ]);
  const worker = new Worker(process, new TypeScriptSpace(process, own), config);
  const engine = { worker, trees };
  engines.set(process, engine);
  return engine;
}
