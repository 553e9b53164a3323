// A task that gives its place to others, and one that adds members to the chord it belongs to:
// `Task.replace` and `add_to_chord` of celery/app/task.py.

import type { Body } from '#lib/node/promise.ts';
import type { CeleryApp } from '../app.ts';
import type { CurrentTask } from '../current-task.ts';
import { BuiltinError, ImproperlyConfigured } from '../errors.ts';
import { RawJson } from '../json.ts';
import { readEmbed, type Embed } from '../message.ts';
import { Canvas } from './canvas.ts';
import { linkErrors, piped } from './compose.ts';
import type { ResultNode } from './result-tree.ts';
import {
  addTo,
  chordOf,
  cloneOf,
  groupOf,
  readSignature,
  readSignatures,
  type Signature,
} from './signature.ts';

/** @throws ImproperlyConfigured with Celery's words */
function checkReplacement(signature: Signature): void {
  if (signature.options.has('chord')) {
    throw new ImproperlyConfigured('A signature replacing a task must not be part of a chord');
  }
  if (signature.composition === 'chain' && signature.tasks.length === 0) {
    throw new ImproperlyConfigured('Cannot replace with an empty chain');
  }
}

/**
 * Sends what takes the place of a running task: it gets the task's id, and with it whoever waits for
 * that, its callbacks and errbacks, the rest of its chain and its place in a chord.
 */
export function* replaceTask(app: CeleryApp, task: CurrentTask, given: Signature): Body<void> {
  checkReplacement(given);
  const embed = readEmbed(task.context.body);
  const canvas = new Canvas(app);
  let signature = cloneOf(given);
  // What follows a group follows all of it: the group becomes the header of a chord.
  if (signature.composition === 'group') signature = chordOf(signature, accumulate(), new Map());
  linkCallbacks(signature, embed);
  const errbacks = readSignatures(embed.errbacks ?? '[]');
  for (const step of signature.composition === 'chain' ? signature.tasks : [signature]) {
    linkErrors(step, errbacks);
  }
  canvas.freeze(signature, { id: task.taskId });
  place(signature, task);
  for (const step of readSignatures(embed.chain ?? '[]').reverse()) {
    signature = piped(signature, step);
  }
  yield* canvas.apply(signature);
}

/**
 * Adds a member to the chord of a running task.
 *
 * @returns what it will be known by; null when it is left to the caller to send the signature
 * @throws BuiltinError ValueError, NotImplementedError when the result store cannot do it
 */
export function* addToChord(
  app: CeleryApp,
  task: CurrentTask,
  signature: Signature,
  isLazy: boolean,
): Body<ResultNode | null> {
  const { group } = task.context.headers;
  if (readEmbed(task.context.body).chord === undefined || group === null) {
    throw new BuiltinError('ValueError', 'Current task is not member of any chord');
  }
  const canvas = new Canvas(app);
  place(signature, task);
  canvas.freeze(signature, {});
  yield* app.backend.extendChord(group);
  return isLazy ? null : yield* canvas.apply(signature);
}

/** A chain that ends there calls them twice, as in Celery: its last step has them, and the chain too. */
function linkCallbacks(signature: Signature, { callbacks, chain }: Embed): void {
  const last = lastOf(signature);
  const linked = readSignatures(callbacks ?? '[]');
  addTo(last, 'link', linked);
  if (signature.composition !== 'chain' || chain !== undefined || linked.length === 0) return;
  last.options.set('link', [...(last.options.get('link') as readonly Signature[]), ...linked]);
}

/** In the group, the chord and the tree of a task. */
function place({ options }: Signature, { context }: CurrentTask): void {
  const { group, group_index: index, root_id: rootId } = context.headers;
  const { chord } = readEmbed(context.body);
  const found = {
    chord: chord === undefined ? null : readSignature(chord),
    group_id: group,
    group_index: index,
    root_id: rootId,
  };
  for (const [name, value] of Object.entries(found)) if (value !== null) options.set(name, value);
}

/** Whose result is that of the whole. */
function lastOf(signature: Signature): Signature {
  if (signature.composition === 'chain') return lastOf(signature.tasks.at(-1)!);
  return signature.composition === 'chord' ? lastOf(signature.body!) : signature;
}

/** Celery's own task that returns its first argument: the values of the group. */
function accumulate(): Signature {
  const kwargs = new Map([['index', new RawJson('0')]]);
  return { ...groupOf([]), task: 'celery.accumulate', composition: null, kwargs };
}
