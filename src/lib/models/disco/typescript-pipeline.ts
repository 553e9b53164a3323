// A task of a pipeline that a TypeScript learner wrote: `init` once, `process` for each input (or each
// label), `done` once, and outputs by label (disco.worker.pipeline).

import { simErrors } from '#lib/node/engine-errors.ts';
import { show } from '#lib/node/print.ts';
import { wait, type Body } from '#lib/node/promise.ts';
import { DiscoError } from './errors.ts';
import type { Pair } from './face/helpers.ts';
import type { Read } from './space.ts';

type Learners = (...args: unknown[]) => unknown;

export interface StageFunctions {
  name: string;
  init?: Learners;
  process?: Learners;
  done?: Learners;
  /** Given the labels of the inputs, the order in which they are processed. */
  inputHook?: Learners;
  /** Inputs of one label are processed as one; */
  combine: boolean;
  /** sorted by their keys. */
  sort: boolean;
}

/** What a stage needs of the run of its task. */
export interface StageHost {
  readonly params: unknown;
  /** Entries of an input: lines of the job's own, pairs of what a stage wrote. */
  entries(reads: readonly Read[]): Iterable<unknown>;
  sorted(pairs: Iterable<Pair>): Iterable<unknown>;
  write(label: number, key: unknown, value: unknown): void;
}

/** Runs a stage's task over its inputs. */
export function* runStage(
  stage: StageFunctions,
  host: StageHost,
  reads: readonly Read[],
): Body<void> {
  const face = { output: (label: unknown) => outputOf(host, label) };
  const { init, process, done, inputHook, combine, sort } = stage;
  const state = init ? yield* wait(init(face, host.params)) : undefined;
  const labels = [...new Set(reads.map(({ label }) => label))];
  const order = inputHook ? yield* wait(inputHook(state, labels)) : labels;
  for (const label of process ? (order as Iterable<number>) : []) {
    const own = reads.filter((read) => read.label === label);
    for (const part of combine ? [own] : own.map((read) => [read])) {
      const entries = host.entries(part);
      const given = combine && sort ? host.sorted(entries as Iterable<Pair>) : entries;
      yield* wait(process!(face, state, label, given));
    }
  }
  if (done) yield* wait(done(face, state));
}

function outputOf(host: StageHost, label: unknown): object {
  if (!Number.isSafeInteger(label) || (label as number) < 0) {
    const words = `Output label (${show(label)} : ${typeof label}) must be an integer`;
    throw new simErrors.TypeError(`${words} from 0 on`);
  }
  return {
    add: (key: unknown, value: unknown): void => host.write(label as number, key, value),
  };
}

/** @throws DiscoError */
export function stageNamed(pipeline: readonly StageFunctions[], name: string): StageFunctions {
  const stage = pipeline.find((it) => it.name === name);
  if (stage) return stage;
  throw new DiscoError(`the job has no stage ${name}`);
}
