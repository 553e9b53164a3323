// `redis-server`: Redis 7.0's start-up, what it finds on its disk, listening, and its end on a signal.

import type { NodeProcess } from '#lib/node/process.ts';
import { run, wait, type Body } from '#lib/node/promise.ts';
import { PersistenceFailure } from './append-only-file.ts';
import { ConfigProblem, readConfig, type RedisConfig } from './config.ts';
import { RedisLog } from './log.ts';
import { RedisSession } from './session.ts';
import { RedisState } from './state.ts';

/** Runs until a signal ends it. */
export function* redisMain(process: NodeProcess): Body<void> {
  const log = new RedisLog(process);
  const args = process.spec.argv.slice(1);
  const config = configOf(process, args);
  if (!config) return process.exit(1);
  log.starting(config.port, args.length > 0);
  const state = new RedisState(process, config, log);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.onSignal(signal, () => {
      log.signal(signal);
      state.shutDown();
    });
  }
  try {
    state.load();
  } catch (error) {
    if (!(error instanceof PersistenceFailure)) throw error;
    log.warning(error.message);
    return process.exit(1);
  }
  const listener = process.listen(config.port);
  log.notice('Ready to accept connections');
  let connectionCount = 0;
  const count = (delta: 1 | -1): void => {
    connectionCount += delta;
    process.state('connections', connectionCount);
  };
  for (;;) {
    const session = new RedisSession(state, yield* wait(listener.accept()));
    count(1);
    run(session.serve()).then(() => count(-1));
  }
}

function configOf(process: NodeProcess, args: readonly string[]): RedisConfig | null {
  try {
    return readConfig(args, process.disk);
  } catch (error) {
    if (!(error instanceof ConfigProblem)) throw error;
    process.write('stderr', error.message);
    return null;
  }
}
