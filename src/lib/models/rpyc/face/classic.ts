// Classic mode in TypeScript: copies of objects, redirected output, and what it has no sense for.

import type { NodeProcess } from '#lib/node/process.ts';
import { type Body, SimPromise, wait } from '#lib/node/promise.ts';
import { HANDLE } from '../consts.ts';
import { AttributeError, typeError } from '../errors.ts';
import { PICKLE_PROTOCOL, readPickle, writePickle } from '../pickle.ts';
import { packOf } from '../reference.ts';
import type { ClassicFace } from './connection.ts';
import { asked, referenceOf } from './netref.ts';

const STREAMS = ['stdin', 'stdout', 'stderr'] as const;

/** A copy here of what is there: one message, whatever is in it. What came by value is itself. */
export function* obtained(value: unknown): Body<unknown> {
  const target = yield* wait(SimPromise.resolve(value));
  if (!packOf(target)) return target;
  const { connection } = referenceOf(target, 'obtain');
  const pickled = yield* connection.request(HANDLE.pickle, target, PICKLE_PROTOCOL);
  if (!(pickled instanceof Uint8Array)) throw typeError('the other side sent no pickle');
  return readPickle(pickled);
}

/** A copy there of what is here; gives the netref to it. */
export function* delivered(conn: ClassicFace, value: unknown): Body<unknown> {
  const bytes = writePickle(value);
  const there = (conn.modules as Record<string, { pickle: { loads: Loads } }>)['rpyc.lib.compat']!;
  return yield* wait(there.pickle.loads(bytes));
}

type Loads = (bytes: Uint8Array) => SimPromise<unknown>;

/** What is printed there is printed here, while `work` runs. */
export function* redirected(
  process: NodeProcess,
  conn: ClassicFace,
  work: () => unknown,
): Body<unknown> {
  const { sys } = conn.modules as { sys: object };
  const theirs: unknown[] = [];
  for (const name of STREAMS) theirs.push(yield* asked(sys, HANDLE.getattr, name));
  try {
    for (const name of STREAMS) yield* asked(sys, HANDLE.setattr, name, streamOf(process, name));
    return yield* wait(SimPromise.resolve(work()));
  } finally {
    for (const [index, name] of STREAMS.entries())
      yield* asked(sys, HANDLE.setattr, name, theirs[index]);
  }
}

/** This process's stream as a file of Python's. */
function streamOf(process: NodeProcess, name: (typeof STREAMS)[number]): object {
  if (name === 'stdin') return { readline: () => '' };
  return { write: (text: string) => process.write(name, text), flush: () => null };
}

/** What this face has not, and what to do instead. */
export function unavailable(name: string, why: string): () => never {
  return function unavailableHere() {
    throw new AttributeError(`rpyc.${name} is not part of the TypeScript face: ${why}`);
  };
}

export const TELEPORT =
  'a function of TypeScript cannot run in Python; write it in Python, for conn.execute';
export const CLASSIC_SERVER =
  'a classic server does what Python text says; run `rpyc_classic`, or serve a Service';
