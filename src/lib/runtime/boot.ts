// Brings a process to life from its command: a model's command, or a learner's program.

import { createGlobals } from '#lib/node/globals.ts';
import { linkProgram, type CompiledModules, type LinkedProgram } from '#lib/node/link.ts';
import { createNodeModule } from '#lib/node/module.ts';
import { NodeProcess } from '#lib/node/process.ts';
import type { SimPromise } from '#lib/node/promise.ts';
import type { ProcessSpec } from '#lib/protocol/packets.ts';
import { commandOf, modulesOf } from '#lib/models/model.ts';
import { spokenProtocols } from './spoken.ts';

/** What the compiled program's text evaluates to: modules by path. */
export type Program = CompiledModules;

/** @throws InvariantError for a command that `prepare` should have refused */
export function boot(spec: ProcessSpec, program: Program): NodeProcess {
  const booted = new NodeProcess(spec, (process) => start(process, program));
  booted.spoken = spokenProtocols();
  return booted;
}

function start(process: NodeProcess, program: Program): SimPromise<unknown> {
  const word = process.spec.argv[0]!;
  if (word.endsWith('.ts')) return link(process, program, word).run();
  let linked: LinkedProgram | null = null;
  return commandOf(word)(process, {
    importModule(name) {
      const path = `${name.replaceAll('.', '/')}.ts`;
      linked ??= link(process, program, path);
      return linked.load(path);
    },
  });
}

function link(process: NodeProcess, program: Program, entry: string): LinkedProgram {
  const builtins = modulesOf(process);
  builtins['node'] = createNodeModule(process);
  const linked = linkProgram(program, entry, {
    globals: createGlobals(process),
    builtins,
    meter: process.meter,
  });
  process.program = linked;
  return linked;
}
