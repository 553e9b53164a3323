// How the launcher starts workers on other machines. A real one logs in by ssh and leaves a shell
// there; here a node of that machine runs `sshd`, which starts what it is told and says how it ended.
// No keys, no shell: only what the picture needs.

import { isStop } from '#lib/node/meter.ts';
import type { Connection } from '#lib/node/connection.ts';
import type { Child, NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';

export const SSH_PORT = 22;
/** Commands that `sshd` starts: the workers of a pool. */
const STARTED = /^(scoop-worker|python)$/;

type SshFrame =
  { kind: 'exec'; argv: readonly string[] } | { kind: 'kill' } | { kind: 'exit'; code: number };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function sendSsh(connection: Connection, frame: SshFrame): void {
  const preview = frame.kind === 'exec' ? frame.argv.join(' ') : '';
  const label = { proto: 'ssh', msg: frame.kind, preview };
  connection.send(encoder.encode(`${JSON.stringify(frame)}\n`), label).catch(() => undefined);
}

/** What arrives, a frame at a time; ends with the connection, or with what is no frame. */
export function* hearSsh(connection: Connection, take: (frame: SshFrame) => void): Body<void> {
  let rest = '';
  try {
    for (;;) {
      const bytes = yield* wait(connection.receive());
      if (bytes === null) return;
      const lines = (rest + decoder.decode(bytes)).split('\n');
      rest = lines.pop()!;
      for (const line of lines) take(JSON.parse(line) as SshFrame);
    }
  } catch (error) {
    if (isStop(error)) throw error;
  }
}

/** The command `sshd`. */
export function* sshMain(process: NodeProcess): Body<void> {
  const listener = process.listen(SSH_PORT);
  process.onSignal('SIGTERM', () => process.exit(0));
  for (;;) {
    const connection = yield* wait(listener.accept());
    run(serve(process, connection));
  }
}

function* serve(process: NodeProcess, connection: Connection): Body<void> {
  let child: Child | null = null;
  yield* hearSsh(connection, (frame) => {
    if (frame.kind === 'kill') child?.kill('SIGTERM');
    if (frame.kind !== 'exec' || child || !isCommand(frame.argv)) return;
    child = process.spawn(frame.argv);
    child.exited.then(({ code }) => {
      if (connection.isOpen) sendSsh(connection, { kind: 'exit', code });
    });
  });
  // As a real one does when the other side is gone, it leaves the worker alone.
}

function isCommand(argv: unknown): argv is readonly string[] {
  return (
    Array.isArray(argv) &&
    argv.every((word) => typeof word === 'string') &&
    STARTED.test(String(argv[0]))
  );
}
