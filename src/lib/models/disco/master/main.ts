// `disco-master`: the master of a cluster of nodes.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { answer } from '../http.ts';
import { MASTER_PORT, NODE_PORT } from '../protocol.ts';
import { acceptNodes, Master } from './master.ts';
import { route } from './routes.ts';

/** Runs until a signal ends it. */
export function* masterMain(process: NodeProcess): Body<void> {
  for (const signal of ['SIGTERM', 'SIGINT']) process.onSignal(signal, () => process.exit(0));
  const master = new Master(process);
  run(acceptNodes(master, NODE_PORT));
  const listener = process.listen(MASTER_PORT);
  process.write('stdout', `Disco master at http://${process.spec.name}:${MASTER_PORT}\n`, false);
  for (;;) {
    const connection = yield* wait(listener.accept());
    run(answer(process, connection, (request) => route(master, request)));
  }
}
