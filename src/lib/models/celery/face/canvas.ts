// Signatures as TypeScript learners have them: `add.s(2, 2)`, `chain(…)`, `group(…)`, `chord(…)`. Each is
// a function, so that `await chain(…)()` sends it; what it holds is the engine's signature, with its
// arguments written as JSON when it is made.

import { run, wait, type Body, type SimPromise } from '#lib/node/promise.ts';
import { Canvas } from '../canvas/canvas.ts';
import { chainOf, linkErrors, piped, stepsOf } from '../canvas/compose.ts';
import * as engine from '../canvas/signature.ts';
import { ImproperlyConfigured, NotRegistered } from '../errors.ts';
import { uuid } from '../ids.ts';
import { dumps } from '../json.ts';
import { reprOfJson } from '../python-repr.ts';
import type { Runnable } from '../runnable.ts';
import { callOptionsOf, type CallOptions } from './call-options.ts';
import { callOf } from './context.ts';
import { applyEagerly, type EagerOptions } from './eager.ts';
import { GroupResultFace, resultOf, type AnyResult } from './group-result.ts';
import { INSIDE, signatureOf, type Inside, type Maker } from './inside.ts';

/** Instances are functions: see `createSignature`. */
export class Signature {
  declare readonly [INSIDE]: Inside;

  delay(...args: unknown[]): SimPromise<AnyResult | null> {
    return this.applyAsync(args);
  }

  applyAsync(
    args: readonly unknown[] = [],
    options: CallOptions = {},
  ): SimPromise<AnyResult | null> {
    return run(send(this[INSIDE], args, options));
  }

  /** Runs it here and now. */
  apply(args: readonly unknown[] = [], options: EagerOptions = {}): SimPromise<AnyResult> {
    return run(runHere(this[INSIDE], args, options));
  }

  /** A chain of it and what is to follow: Python's `|`. */
  pipe(...others: readonly Signature[]): Signature {
    return chain(this, ...others);
  }

  set({ immutable, ...options }: CallOptions & { immutable?: boolean }): this {
    const { signature } = this[INSIDE];
    if (immutable !== undefined) signature.isImmutable = immutable;
    for (const [name, value] of callOptionsOf(options)) signature.options.set(name, value);
    return this;
  }

  clone(args: readonly unknown[] = [], options: CallOptions = {}): Signature {
    return createSignature(
      this[INSIDE],
      engine.cloneOf(this[INSIDE].signature, partialOf(args, options)),
    );
  }

  link(callback: Signature): Signature {
    const { signature } = this[INSIDE];
    engine.addTo(signature.body ?? signature, 'link', [signatureOf(callback)]);
    return callback;
  }

  linkError(errback: Signature): Signature {
    linkErrors(this[INSIDE].signature, [signatureOf(errback)]);
    return errback;
  }

  onError(errback: Signature): this {
    this.linkError(errback);
    return this;
  }

  toString(): string {
    return reprOf(this[INSIDE].signature);
  }
}
Object.setPrototypeOf(Signature.prototype, Function.prototype);
Object.freeze(Signature);
Object.freeze(Signature.prototype);

export function createSignature({ app, create }: Maker, signature: engine.Signature): Signature {
  const self = function (...args: unknown[]): unknown {
    return called(self as unknown as Signature, args);
  };
  Object.setPrototypeOf(self, Signature.prototype as object);
  Object.defineProperty(self, INSIDE, { value: { app, create, signature } });
  return self as unknown as Signature;
}

/** A call of one task: its arguments, the last of which may be `kw({…})`. */
export function callSignature(
  maker: Maker,
  task: string,
  args: readonly unknown[],
  options: CallOptions & { immutable?: boolean } = {},
): Signature {
  const { immutable = false, ...rest } = options;
  const { positional, keywords } = callOf(args);
  return createSignature(maker, {
    ...engine.groupOf([], callOptionsOf(rest)),
    task,
    composition: null,
    args: engine.rawItems(dumps(positional)),
    kwargs: engine.rawMembers(dumps({ ...keywords, ...rest.kwargs })),
    isImmutable: immutable,
  });
}

/** `chord(header)(body)` names the body; anything else that is composed is sent; a task is not. */
function called(self: Signature, args: readonly unknown[]): unknown {
  const { signature } = self[INSIDE];
  if (signature.composition === 'chord' && args[0] instanceof Signature) {
    const body = engine.cloneOf(signatureOf(args[0]));
    return createSignature(self[INSIDE], { ...engine.cloneOf(signature), body }).applyAsync();
  }
  if (signature.composition === null) {
    throw new ImproperlyConfigured(`use delay() to send ${reprOf(signature)}, or call the task`);
  }
  return self.applyAsync(args);
}

function* send(
  { app, create, signature }: Inside,
  args: readonly unknown[],
  options: CallOptions,
): Body<AnyResult | null> {
  if (signature.composition === 'chord' && !signature.body?.task) {
    throw new ImproperlyConfigured('a chord needs a body: chord(header)(body)');
  }
  if (app.settings.taskAlwaysEager)
    return yield* runHere({ app, create, signature }, args, options, true);
  const sent = yield* new Canvas(app).apply(signature, partialOf(args, options));
  return sent && resultOf(app, sent, create);
}

/** A signature and all in it, one after the other. */
function* runHere(
  inside: Inside,
  args: readonly unknown[],
  options: EagerOptions,
  isInsteadOfSending = false,
): Body<AnyResult> {
  const { app, signature } = inside;
  const here = (one: engine.Signature, more: readonly unknown[]): Body<AnyResult> =>
    runHere({ ...inside, signature: one }, more, {}, isInsteadOfSending);
  switch (signature.composition) {
    case null:
      return yield* runTaskHere(inside, args, options, isInsteadOfSending);
    case 'chain': {
      let last: AnyResult | null = null;
      for (const step of signature.tasks) {
        last = yield* here(step, last ? [yield* valueOf(last)] : args);
      }
      return last!;
    }
    case 'group': {
      const results: AnyResult[] = [];
      for (const one of signature.tasks) results.push(yield* here(one, args));
      return new GroupResultFace(app, uuid(app.process), results);
    }
    case 'chord': {
      const values = yield* valueOf(yield* here(signature.header!, args));
      return yield* here(signature.body!, [values]);
    }
  }
}

function valueOf(result: AnyResult): Body<unknown> {
  return wait(result.get({ disableSyncSubtasks: false }) as SimPromise<unknown>);
}

function* runTaskHere(
  inside: Inside,
  args: readonly unknown[],
  options: EagerOptions,
  isInsteadOfSending: boolean,
): Body<AnyResult> {
  const { app, signature } = inside;
  const known = app.tasks.get(signature.task);
  if (!known) throw new NotRegistered(signature.task);
  const { positional, keywords } = callOf(args);
  const own = yield* wait(app.space.decodeCall(dumps(signature.args), dumps(signature.kwargs)));
  const call = signature.isImmutable
    ? own
    : {
        positional: [...positional, ...own.positional],
        keywords: { ...own.keywords, ...keywords, ...options.kwargs },
      };
  const linked = (name: string): Signature[] =>
    ((signature.options.get(name) ?? []) as readonly engine.Signature[]).map((one) =>
      createSignature(inside, one),
    );
  const links = { link: linked('link'), linkError: linked('link_error') };
  const { taskId, ...rest } = { ...links, ...options };
  const given = taskId === undefined ? rest : { ...rest, taskId };
  const runnable = known.callable as Runnable;
  const task = { app, name: known.name, runnable, call, options: given };
  return yield* applyEagerly(task, isInsteadOfSending);
}

function partialOf(args: readonly unknown[], options: CallOptions): engine.Partial {
  const { positional, keywords } = callOf(args);
  return {
    args: engine.rawItems(dumps(positional)),
    kwargs: engine.rawMembers(dumps({ ...keywords, ...options.kwargs })),
    options: callOptionsOf(options),
  };
}

// Composing: as Python's `|` does it.

type Given = readonly (Signature | readonly Signature[])[];

export function chain(...given: Given): Signature {
  const all = given.flat() as Signature[];
  const [first] = all;
  if (!first) throw new ImproperlyConfigured('chain() needs a signature');
  const steps = all.map((one) => engine.cloneOf(signatureOf(one)));
  const joined = steps.reduce(piped, chainOf([]));
  return createSignature(first[INSIDE], joined);
}

export function group(...given: Given): Signature {
  const all = given.flat() as Signature[];
  const [first] = all;
  if (!first) throw new ImproperlyConfigured('group() needs a signature');
  const tasks = all.map((one) => engine.cloneOf(signatureOf(one)));
  return createSignature(first[INSIDE], engine.groupOf(tasks));
}

export function chord(header: Signature | readonly Signature[], body?: Signature): Signature {
  const given = header instanceof Signature ? [header] : header;
  const first = given[0] ?? body;
  if (!first) throw new ImproperlyConfigured('chord() needs a header: chord([add.s(1, 1)])(body)');
  const signatures = given.map((one) => engine.cloneOf(signatureOf(one)));
  const [only] = signatures;
  const tasks = signatures.length === 1 && only!.composition === 'group' ? only!.tasks : signatures;
  const end = body ? engine.cloneOf(signatureOf(body)) : { ...engine.groupOf([]), task: '' };
  const composed = engine.chordOf(engine.groupOf(tasks), end, new Map());
  return createSignature(first[INSIDE], composed);
}

// Showing, as Python does: the module's name the first time only.

function reprOf(signature: engine.Signature): string {
  const { composition, tasks, header, body } = signature;
  switch (composition) {
    case null:
      return callRepr(signature, []);
    case 'chain':
      return withoutRepeats(tasks[0], tasks.map(reprOf).join(' | '));
    case 'group':
      return withoutRepeats(tasks[0], `group([${tasks.map(reprOf).join(', ')}])`);
    case 'chord': {
      const members = `[${header!.tasks.map(reprOf).join(', ')}]`;
      if (!body?.task) return `<chord without body: ${members}>`;
      const [first, ...rest] = stepsOf(body);
      const text = [callRepr(first!, [members]), ...rest.map(reprOf)].join(' | ');
      return `%${withoutRepeats(first, text)}`;
    }
  }
}

function callRepr({ task, args, kwargs }: engine.Signature, before: readonly string[]): string {
  const positional = args.map(({ text }) => reprOfJson(text));
  const keywords = [...kwargs].map(([name, { text }]) => `${name}=${reprOfJson(text)}`);
  return `${task}(${[...before, ...positional, ...keywords].join(', ')})`;
}

function withoutRepeats(first: engine.Signature | undefined, text: string): string {
  const task = first?.task ?? '';
  const module = `${task.slice(0, task.lastIndexOf('.'))}.`;
  const at = text.indexOf(module);
  if (at < 0) return text;
  const end = at + module.length;
  return text.slice(0, end) + text.slice(end).replaceAll(module, '');
}
