// What is bundled into a worker to run compiled programs in an engine, without a kernel.

import { runCompiled, type Outcome } from '../../src/lib/languages/typescript/bench-process.ts';
import type { CompiledModules } from '../../src/lib/node/link.ts';
import { tameRealm } from '../../src/lib/node/tame.ts';

/** Runs each program in this tamed realm, and gives the outcomes as plain data. */
function runAll(programs: Readonly<Record<string, CompiledModules>>): Record<string, Outcome> {
  tameRealm();
  return Object.fromEntries(
    Object.entries(programs).map(([name, program]) => [name, runCompiled(program, name)]),
  );
}

(globalThis as unknown as { runAll: typeof runAll }).runAll = runAll;
