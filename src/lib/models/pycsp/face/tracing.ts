// `TraceInit`, `TraceMsg`, `TraceQuit`. In Python a module of its own traces what is imported from it; here
// everything is traced between the first and the last of them.

import { simErrors } from '#lib/node/engine-errors.ts';
import { printed, show } from '#lib/node/print.ts';
import { type Body, Deferred, run, wait } from '#lib/node/promise.ts';
import type { Csp } from '../engine/csp.ts';
import { Tracing } from '../engine/tracing.ts';

const FILE = 'pycsp_trace.log';

export function tracingFunctions(csp: Csp): Record<string, unknown> {
  const { node } = csp;
  let quit = new Deferred<void>();

  /** Whoever waits for what was spawned waits for the end of the trace. */
  function* untilQuit(): Body<void> {
    const endWait = node.beginWait({ what: 'TraceQuit()', by: [node.spec.name] });
    yield* wait(quit.promise);
    endWait();
  }

  return {
    TraceInit: (file: unknown = null, { stdout = false }: { stdout?: boolean } = {}): void => {
      if (file !== null && typeof file !== 'string') {
        throw new simErrors.TypeError(`the file of a trace is its name: ${show(file)}`);
      }
      const tracing = new Tracing(node, file ?? FILE);
      quit = new Deferred<void>();
      csp.spawn([
        {
          process: csp.createProcess('TraceQuit'),
          args: [],
          call: () => run(untilQuit()),
        },
      ]);
      csp.ontell = (line) => tracing.tell(line);
      if (stdout) {
        node.onwrite = (stream, msg) => {
          if (stream === 'stdout') csp.ontell?.({ type: 'Output', msg });
        };
      }
    },
    TraceMsg: (message: unknown): void => {
      const { id } = csp.current();
      csp.ontell?.({ type: 'Msg', process_id: id, msg: printed(message) });
    },
    TraceQuit: (): void => {
      csp.ontell?.({ type: 'TraceQuit' });
      csp.ontell = null;
      node.onwrite = null;
      quit.resolve();
    },
  };
}
