// Brings a process to life from its command: a model's command, or a learner's program.

import { createGlobals } from '#lib/node/globals.ts';
import { linkProgram, type CompiledModules, type LinkedProgram } from '#lib/node/link.ts';
import { createNodeModule } from '#lib/node/module.ts';
import { NodeProcess } from '#lib/node/process.ts';
import type { SimPromise } from '#lib/node/promise.ts';
import { assert } from '#lib/protocol/errors.ts';
import type { ProcessSpec } from '#lib/protocol/packets.ts';
import * as celery from '#lib/models/celery/index.ts';
import * as pycsp from '#lib/models/pycsp/index.ts';
import * as pyro4 from '#lib/models/pyro4/index.ts';
import * as rpyc from '#lib/models/rpyc/index.ts';
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
  const command = celery.commands[word] ?? pyro4.commands[word];
  assert(command, `the command ${word} is known`);
  let linked: LinkedProgram | null = null;
  return command(process, {
    importModule(name) {
      const path = `${name.replaceAll('.', '/')}.ts`;
      linked ??= link(process, program, path);
      return linked.load(path);
    },
  });
}

function link(process: NodeProcess, program: Program, entry: string): LinkedProgram {
  let pyro: Record<string, unknown> | null = null;
  let rpycModule: Record<string, unknown> | null = null;
  let pycspModule: Record<string, unknown> | null = null;
  const linked = linkProgram(program, entry, {
    globals: createGlobals(process),
    builtins: {
      node: createNodeModule(process),
      celery: celery.createModule(process),
      // Few programs import it, and bad settings are no concern of the others.
      get pyro4() {
        return (pyro ??= pyro4.createModule(process));
      },
      get rpyc() {
        return (rpycModule ??= rpyc.createModule(process));
      },
      get pycsp() {
        return (pycspModule ??= pycsp.createModule(process));
      },
    },
    meter: process.meter,
  });
  process.program = linked;
  return linked;
}
