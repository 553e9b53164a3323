// Guards, and the ways to choose among them: `AltSelect`, `PriSelect`, `FairSelect`, `Alternation`.

import { show } from '#lib/node/print.ts';
import { type Body, run, type SimPromise, wait } from '#lib/node/promise.ts';
import type { Csp, Offer } from '../engine/csp.ts';
import { InfoException } from '../errors.ts';
import { endOf } from './ends.ts';

type Action = ((input?: { channelInput: unknown }) => unknown) | Choice | null | undefined;

interface GuardOptions {
  /** Called with `{channelInput}`, of an output guard without anything. */
  action?: Action;
}

/** A function with what it was given; what was read comes last. */
class Choice {
  readonly #fn: (...args: unknown[]) => unknown;
  readonly #args: readonly unknown[];

  constructor(fn: (...args: unknown[]) => unknown, args: readonly unknown[]) {
    this.#fn = fn;
    this.#args = args;
  }

  invoke(...input: unknown[]): unknown {
    return this.#fn(...this.#args, ...input);
  }
}

/** Makes a function into one that gives actions: `guard(…, { action: report('A:') })`. */
export function choice(fn: (...args: unknown[]) => unknown): (...args: unknown[]) => Choice {
  return (...args) => new Choice(fn, args);
}

/** What a guard waits for, what is given to the program when it is chosen, and what is done then. */
abstract class Guard {
  readonly action: Action;
  abstract readonly offer: Offer;

  constructor({ action }: GuardOptions = {}) {
    const isAction = action == null || typeof action === 'function' || action instanceof Choice;
    if (!isAction) throw new InfoException(`Failed executing action: ${show(action)}`);
    this.action = action;
  }

  /** What a select gives for it: the end, or the guard itself. */
  get chosen(): unknown {
    return this;
  }
}

export class InputGuard extends Guard {
  readonly offer: Offer;
  readonly #face: unknown;

  constructor(cin: unknown, options?: GuardOptions) {
    super(options);
    const end = endOf(cin);
    if (end?.direction === 'write') {
      throw new InfoException(
        'Can not use ChannelEndWrite object. InputGuard requires a ChannelEndRead object',
      );
    }
    if (!end) {
      throw new InfoException(
        `Can not use ${show(cin)} as ch_end_read. InputGuard requires a ChannelEndRead object`,
      );
    }
    this.#face = cin;
    this.offer = { kind: 'read', end };
  }

  override get chosen(): unknown {
    return this.#face;
  }
}

export class OutputGuard extends Guard {
  readonly offer: Offer;
  readonly #face: unknown;

  constructor(cout: unknown, msg: unknown, options?: GuardOptions) {
    super(options);
    const end = endOf(cout);
    if (end?.direction === 'read') {
      throw new InfoException(
        'Can not use ChannelEndRead object. OutputGuard requires a ChannelEndWrite object',
      );
    }
    if (!end) {
      throw new InfoException(
        `Can not use ${show(cout)} as ch_end_write. OutputGuard requires a ChannelEndWrite object`,
      );
    }
    this.#face = cout;
    this.offer = { kind: 'write', end, value: msg };
  }

  override get chosen(): unknown {
    return this.#face;
  }
}

export class TimeoutGuard extends Guard {
  readonly offer: Offer;

  constructor(seconds: number, options?: GuardOptions) {
    super(options);
    this.offer = { kind: 'timeout', seconds };
  }
}

export class SkipGuard extends Guard {
  readonly offer: Offer = { kind: 'skip' };
}

type Chosen = [chosen: unknown, message: unknown];

/** Which order the guards are tried in, and what is learnt of the choice. */
interface Order {
  guards: readonly Guard[];
  /** Any of them is as good as another. */
  isAny?: boolean;
  onchosen?: (guard: Guard) => void;
}

/** What `import … from 'pycsp'` gives of guards. */
export function guardFunctions(csp: Csp): Record<string, unknown> {
  const history = new Map<string, Map<string, number>>();
  const select = (name: string, order: (guards: readonly Guard[]) => Order) => {
    return (...given: unknown[]): SimPromise<Chosen> => run(selected(csp, name, given, order));
  };
  return {
    InputGuard,
    OutputGuard,
    TimeoutGuard,
    SkipGuard,
    Timeout: TimeoutGuard,
    Skip: SkipGuard,
    choice,
    AltSelect: select('AltSelect', (guards) => ({ guards: csp.shuffled(guards), isAny: true })),
    PriSelect: select('PriSelect', (guards) => ({ guards })),
    FairSelect: select('AltSelect', (guards) => fairOrder(csp, history, guards)),
    Alternation: alternationOf(csp),
  };
}

function* selected(
  csp: Csp,
  name: string,
  given: readonly unknown[],
  order: (guards: readonly Guard[]) => Order,
): Body<Chosen> {
  const guards = given.flat().map((it) => {
    if (it instanceof Guard) return it;
    throw new InfoException(`Cannot use ${show(it)} as guard. Only use *Guard types for ${name}`);
  });
  const { onchosen, ...inOrder } = order(guards);
  const done = told(csp, guards, 'execute');
  const [guard, value] = yield* chosenOf(csp, inOrder);
  yield* act(guard, value);
  done(guard);
  onchosen?.(guard);
  return [guard.chosen, value];
}

/** @returns tells which was chosen */
function told(csp: Csp, guards: readonly Guard[], verb: string): (guard: Guard) => void {
  const { id } = csp.current();
  csp.ontell?.({ type: 'Alternation', guards: guards.map(toldOf), process_id: id });
  csp.ontell?.({ type: `BlockOnAlternation.${verb}`, process_id: id });
  return (guard) =>
    csp.ontell?.({ type: `DoneAlternation.${verb}`, guard: toldOf(guard), process_id: id });
}

function toldOf(guard: Guard): { type: string; chan_name?: string } {
  const { offer } = guard;
  if (!('end' in offer)) return { type: offer.kind === 'skip' ? 'SkipGuard' : 'TimeoutGuard' };
  const type = offer.kind === 'read' ? 'ReadGuard' : 'WriteGuard';
  return { type, chan_name: offer.end.channel.name };
}

function* chosenOf(csp: Csp, { guards, isAny = false }: Order): Body<[Guard, unknown]> {
  const offers = guards.map(({ offer }) => offer);
  const { guard, value } = yield* csp.perform(offers, !isAny);
  return [guards[guard]!, value];
}

function* act({ action, offer }: Guard, value: unknown): Body<void> {
  if (!action) return;
  const input = offer.kind === 'write' ? [] : [{ channelInput: value }];
  if (action instanceof Choice) yield* wait(action.invoke(...input));
  else yield* wait(action(...(input as [{ channelInput: unknown }])));
}

/** Least chosen first, in this process at this line; what is no channel comes last. */
function fairOrder(
  csp: Csp,
  history: Map<string, Map<string, number>>,
  guards: readonly Guard[],
): Order {
  const key = `${csp.current().id}_${csp.node.line()}`;
  const counts = history.get(key) ?? new Map<string, number>();
  history.set(key, counts);
  const rank = (guard: Guard): number => {
    const name = channelOf(guard);
    return name === null ? Infinity : (counts.get(name) ?? 0);
  };
  return {
    guards: guards.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b))),
    onchosen: (guard) => {
      const name = channelOf(guard);
      if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
    },
  };
}

function channelOf({ offer }: Guard): string | null {
  return 'end' in offer ? offer.end.channel.name : null;
}

function alternationOf(csp: Csp): unknown {
  return class Alternation {
    readonly #guards: readonly Guard[];
    readonly #isOrdered: boolean;

    constructor(guards: readonly unknown[], { ensurePriority = false } = {}) {
      this.#guards = guards.flatMap(guardsOf);
      this.#isOrdered = ensurePriority;
    }

    /** Waits, then does what the chosen guard says. */
    execute(): SimPromise<Chosen> {
      return run(this.#choose(true));
    }

    /** Waits, and leaves the rest to the program. */
    select(): SimPromise<Chosen> {
      return run(this.#choose(false));
    }

    *#choose(isActing: boolean): Body<Chosen> {
      const isAny = !this.#isOrdered;
      const guards = isAny ? csp.shuffled(this.#guards) : this.#guards;
      const done = told(csp, this.#guards, isActing ? 'execute' : 'select');
      const [guard, value] = yield* chosenOf(csp, { guards, isAny });
      if (isActing) yield* act(guard, value);
      done(guard);
      return [guard.chosen, value];
    }
  };
}

/** Of `[cin, action]`, `[cout, message, action]`, `[guard, action]`, or a map from the first to the action. */
function guardsOf(item: unknown): Guard[] {
  if (item instanceof Map) {
    return [...(item as Map<unknown, Action>)].map(([key, action]) => {
      return Array.isArray(key) ? guardOf([...(key as unknown[]), action]) : guardOf([key, action]);
    });
  }
  if (Array.isArray(item)) return [guardOf(item)];
  throw new InfoException(`Cannot use ${show(item)} as guard. An Alternation takes lists and maps`);
}

function guardOf(item: readonly unknown[]): Guard {
  if (item.length === 3) return new OutputGuard(item[0], item[1], { action: item[2] as Action });
  const [first, action] = item as [unknown, Action];
  if (first instanceof TimeoutGuard && first.offer.kind === 'timeout') {
    return new ActingGuard(first, action);
  }
  if (first instanceof SkipGuard) return new ActingGuard(first, action);
  return new InputGuard(first, { action });
}

/** A guard of an alternation that names the action itself. */
class ActingGuard extends Guard {
  readonly offer: Offer;
  readonly #guard: Guard;

  constructor(guard: Guard, action: Action) {
    super({ action });
    this.offer = guard.offer;
    this.#guard = guard;
  }

  override get chosen(): unknown {
    return this.#guard;
  }
}
