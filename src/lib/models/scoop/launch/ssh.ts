// How the launcher starts workers on other machines. A real one logs in by ssh and leaves a shell
// there; here a node of that machine runs `sshd`, which starts what it is told and says how it ended.
// No keys, no shell: only what the picture needs.

import { isStop } from '#lib/node/meter.ts';
import type { Connection } from '#lib/node/connection.ts';
import type { Child, NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { readWorkerConfig, WORKER_COMMAND } from '../worker/config.ts';

export const SSH_PORT = 22;
/** Workers that one `sshd` runs at a time: any program can ask it, and interpreters take memory. */
const CHILDREN_MAX = { typescript: 64, python: 8 } as const;

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
  const children = new Set<Child>();
  for (;;) {
    const connection = yield* wait(listener.accept());
    run(serve(process, connection, children));
  }
}

function* serve(process: NodeProcess, connection: Connection, children: Set<Child>): Body<void> {
  let own: Child | null = null;
  yield* hearSsh(connection, (frame) => {
    if (frame.kind === 'kill') own?.kill('SIGTERM');
    if (frame.kind !== 'exec' || own || !isWorker(frame.argv, children.size)) return;
    const child = process.spawn(frame.argv);
    own = child;
    children.add(child);
    child.exited.then(({ code }) => {
      children.delete(child);
      if (connection.isOpen) sendSsh(connection, { kind: 'exit', code });
    });
  });
  // As a real one does when the other side is gone, it leaves the worker alone.
}

/** Nothing else is started, and not too many. */
function isWorker(argv: unknown, childCount: number): argv is readonly string[] {
  if (!Array.isArray(argv) || !argv.every((word) => typeof word === 'string')) return false;
  const words: readonly string[] = argv;
  const language = words[0] === WORKER_COMMAND ? 'typescript' : 'python';
  return readWorkerConfig(words) !== null && childCount < CHILDREN_MAX[language];
}
