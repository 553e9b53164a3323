// A worker's process as the launcher sees it: on its own machine, or behind a login on another.

import { wait, run, Deferred, type Body, type SimPromise } from '#lib/node/promise.ts';
import type { NodeProcess } from '#lib/node/process.ts';
import { hearSsh, sendSsh, SSH_PORT } from './ssh.ts';

export interface WorkerProcess {
  /** Resolves when it is gone. */
  readonly ended: SimPromise<void>;
  kill(): void;
}

export function startHere(process: NodeProcess, argv: readonly string[]): WorkerProcess {
  const child = process.spawn(argv);
  return { ended: child.exited.then(() => undefined), kill: () => child.kill('SIGTERM') };
}

/** @throws ConnectionError when nobody there lets us in */
export function* startThere(
  process: NodeProcess,
  host: string,
  argv: readonly string[],
): Body<WorkerProcess> {
  const connection = yield* wait(process.connect(host, SSH_PORT));
  const ended = new Deferred<void>();
  run(
    hearSsh(connection, (frame) => {
      if (frame.kind === 'exit') ended.resolve();
    }),
  ).then(() => ended.resolve());
  sendSsh(connection, { kind: 'exec', argv });
  return {
    ended: ended.promise,
    kill: () => {
      if (connection.isOpen) sendSsh(connection, { kind: 'kill' });
    },
  };
}
