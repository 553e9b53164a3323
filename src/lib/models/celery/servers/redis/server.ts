import type { NodeProcess } from '#lib/node/process.ts';
import type { Body } from '#lib/node/promise.ts';
export function* redisMain(_process: NodeProcess): Body<void> {}
