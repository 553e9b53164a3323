// One context for a process: for the command that runs it and for the module that its program imports.

import type { NodeProcess } from '#lib/node/process.ts';
import { Values } from '../values.ts';
import type { FaceContext } from './context.ts';
import { WorkerGate } from './gate.ts';
import { OWN_FUNCTIONS } from './helpers.ts';

const contexts = new WeakMap<NodeProcess, FaceContext>();

export function contextOf(process: NodeProcess): FaceContext {
  const known = contexts.get(process);
  if (known) return known;
  const own = new Map<string, unknown>(Object.entries(OWN_FUNCTIONS));
  const values = new Values(() => process.program.names, own);
  const context = { process, values, gate: new WorkerGate(process) };
  contexts.set(process, context);
  return context;
}
