// The part of the bench that runs in a thread of its own: what one interpreter takes to compute,
// without a kernel, bare and as a process of the cluster. A thread serves once.

import type { PythonAssets } from '#lib/languages/python/assets.ts';
import { startInterpreter } from '#lib/languages/python/interpreter.ts';
import { PythonProgram } from '#lib/languages/python/program.ts';
import { createPythonEngine } from '#lib/models/celery/index.ts';
import type { Batch, ProcessSpec } from '#lib/protocol/packets.ts';

/** Captured: an interpreter's thread gets a virtual clock. */
const nowMs = performance.now.bind(performance);

/** `bare`: without a meter; `process`: metered, its turns cut every 5 virtual ms. */
export type PythonMode = 'bare' | 'process';

export interface PythonCase {
  mode: PythonMode;
  assets: PythonAssets;
  /** Computes and prints nothing. */
  source: string;
}

const SPEC: ProcessSpec = {
  name: 'a',
  machine: 'a',
  hosts: { a: 'a' },
  aliases: {},
  cwd: '/work',
  argv: ['python', 'main.py'],
  env: {},
  pid: 2,
  incarnation: 1,
  seed: 1,
  cores: 4,
  speed: 1,
  skewUs: 0,
  parentConn: 0,
  parent: undefined,
  files: [],
  stdin: [],
};

async function measure({ mode, assets, source }: PythonCase): Promise<number> {
  const interpreter = await startInterpreter(assets);
  const bareStartMs = nowMs();
  if (mode === 'bare') {
    interpreter.runPython(source);
    return nowMs() - bareStartMs;
  }
  const program = new PythonProgram(SPEC, interpreter, { 'main.py': source }, createPythonEngine);
  const inputs: Batch['inputs'] = [{ kind: 'start', tUs: 0, ticket: 0 }];
  const startMs = nowMs();
  for (let nextUs = 0; nextUs < Infinity;) {
    const batch = { inputs: inputs.splice(0), boundUs: Infinity, notBeforeUs: 0 };
    ({ nextUs } = await program.advance(batch));
  }
  return nowMs() - startMs;
}

interface Scope {
  onmessage: ((event: { data: PythonCase }) => void) | null;
  postMessage: (milliseconds: number) => void;
}

const scope = globalThis as unknown as Scope;
const post = scope.postMessage.bind(scope);
scope.onmessage = ({ data }) => {
  void measure(data).then(post);
};
