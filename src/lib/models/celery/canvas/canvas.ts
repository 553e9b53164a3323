// Sends what is composed of tasks: chains, groups, chords. Each task in it first gets its id (it is
// frozen), so that its result can be named before it is sent; then what can begin is sent, and the
// rest travels along in its message (celery/canvas.py). The worker goes on from there: followers.ts.

import { wait, type Body } from '#lib/node/promise.ts';
import type { CeleryApp, DescribedCall } from '../app.ts';
import { publishOptionsOf } from '../call-options.ts';
import { currentTask } from '../current-task.ts';
import { uuid } from '../ids.ts';
import { dumps, RawJson } from '../json.ts';
import { reprOfJson, reprOfJsonTuple } from '../python-repr.ts';
import { linkErrors } from './compose.ts';
import { originOf, taskNode, tupleText, type ResultNode } from './result-tree.ts';
import { addTo, chordOf, cloneOf, type Partial, type Signature } from './signature.ts';

type Options = ReadonlyMap<string, unknown>;

/** What a frozen task is to know. */
interface Frozen {
  id?: string | undefined;
  rootId?: string | undefined;
  groupId?: string | undefined;
  groupIndex?: number | undefined;
  /** Body of the chord whose header it belongs to. */
  chord?: Signature | undefined;
}

interface PrepareOptions extends Frozen {
  args: readonly RawJson[];
  kwargs?: ReadonlyMap<string, RawJson> | undefined;
  errbacks?: readonly Signature[];
  /** Whether the steps stay as they are; freezing changes them. */
  isCloning: boolean;
}

export class Canvas {
  readonly #app: CeleryApp;

  constructor(app: CeleryApp) {
    this.#app = app;
  }

  /**
   * Sends what a signature says.
   *
   * @throws TypeError, EncodeError and OperationalError as a single task does; NotImplementedError
   *   for a chord without a result backend that can do it
   */
  apply(signature: Signature, partial: Partial = {}): Body<ResultNode | null> {
    switch (signature.composition) {
      case null:
        return this.#applyTask(signature, partial);
      case 'chain':
        return this.#applyChain(signature, partial);
      case 'group':
        return this.#applyGroup(signature, partial);
      case 'chord':
        return this.#applyChord(signature, partial);
    }
  }

  *#applyTask(signature: Signature, partial: Partial): Body<ResultNode> {
    const app = this.#app;
    const { task, args, kwargs, options } = cloneOf(signature, partial);
    const known = app.tasks.get(task);
    if (known) yield* this.#check(known.callable, known.functionName, args, kwargs);
    const definition = { name: task, options: known?.options ?? {} };
    const call = describedOf(args, kwargs);
    const { taskId } = yield* app.publish(definition, call, publishOptionsOf(app.process, options));
    return taskNode(taskId);
  }

  /** Celery checks the arguments of tasks that it knows. */
  *#check(
    callable: unknown,
    name: string,
    args: readonly RawJson[],
    kwargs: ReadonlyMap<string, RawJson>,
  ): Body<void> {
    const { space } = this.#app;
    const call = yield* wait(space.decodeCall(dumps(args), dumps(kwargs)));
    const fault = yield* wait(space.callFault(callable, name, call));
    if (fault !== null) throw space.typeError(fault);
  }

  // Chains.

  *#applyChain(signature: Signature, partial: Partial): Body<ResultNode | null> {
    const { args, options } = cloneOf(signature, partial);
    const { own, rest } = split(options, CHAIN_OPTIONS);
    const { tasks, results } = this.#prepare(signature, {
      ...frozenOf(own),
      args,
      kwargs: partial.kwargs,
      errbacks: (own.get('link_error') ?? []) as readonly Signature[],
      isCloning: true,
    });
    const first = tasks.pop();
    if (!first) return null;
    const link = own.get('link') as readonly Signature[] | undefined;
    if (link) addTo(tasks[0] ?? first, 'link', link);
    // The list is taken from its end: what is left of an enclosing chain comes after ours.
    rest.set('chain', [...((rest.get('chain') ?? []) as readonly Signature[]), ...tasks]);
    const sent = yield* this.apply(first, { options: rest });
    return tasks.length === 0 ? sent : results[0]!;
  }

  /** Steps in reverse, each frozen, and their results. */
  #prepare(
    chain: Signature,
    { args, kwargs, errbacks = [], isCloning, ...last }: PrepareOptions,
  ): { tasks: Signature[]; results: ResultNode[] } {
    const steps = [...chain.tasks];
    const tasks: Signature[] = [];
    const results: ResultNode[] = [];
    let next: { task: Signature; result: ResultNode; origin: ResultNode } | null = null;
    while (steps.length > 0) {
      let task = unrolled(steps.pop()!);
      const isFirst = steps.length === 0;
      if (isCloning) task = cloneOf(task, isFirst ? { args, kwargs } : {});
      else if (isFirst && !task.isImmutable) task.args = [...args, ...task.args];
      if (task.composition === 'chain') {
        steps.push(...task.tasks);
        continue;
      }
      if (task.composition === 'group' && next) {
        // A group with a step behind it becomes a chord.
        tasks.pop();
        results.pop();
        const id = next.result.results === null ? next.result.id : undefined;
        task = chordOf(task, next.task, new Map(id === undefined ? [] : [['task_id', id]]));
      }
      const isLast = next === null;
      const result = this.freeze(task, isLast ? last : { rootId: last.rootId });
      if (next && next.origin.parent === null) next.origin.parent = result;
      if (errbacks.length > 0) linkErrors(task, errbacks);
      tasks.push(task);
      results.push(result);
      const origin = task.composition === 'chord' ? originOf(result) : result;
      next = { task, result, origin };
    }
    return { tasks, results };
  }

  // Groups.

  *#applyGroup(signature: Signature, { args = [], options: more }: Partial): Body<ResultNode> {
    if (more?.has('link') || more?.has('link_error')) {
      const remedy = more.has('link') ? 'use a chord' : 'do that on individual tasks';
      throw this.#app.space.typeError(`Cannot add link to group: ${remedy}`);
    }
    const options = new Map([...signature.options, ...(more ?? [])]);
    if (signature.tasks.length === 0) return this.freeze(signature, {});
    const groupId = (options.get('task_id') as string | undefined) ?? uuid(this.#app.process);
    options.delete('task_id');
    options.set('group_id', groupId);
    const frozen = { groupId, rootId: options.get('root_id') as string | undefined };
    const members = membersOf(signature).map((task) => cloneOf(task));
    const results = members.map((task) => this.freeze(task, frozen));
    yield* this.#applyMembers(members, groupId, args, options);
    const only = results.length === 1 ? results[0]! : null;
    const result = only?.results ? only : { id: groupId, parent: null, results };
    if (options.get('add_to_parent') !== false) {
      currentTask()?.children.push(tupleText(result));
    }
    return result;
  }

  *#applyMembers(
    members: readonly Signature[],
    groupId: string,
    args: readonly RawJson[],
    options: Options,
  ): Body<void> {
    const sizes = members.map(completions);
    for (const [index, task] of members.entries()) {
      const chord = options.get('chord') ?? task.options.get('chord') ?? null;
      if (chord !== null && index === members.length - 1) {
        const size = sizes.reduce((sum, one) => sum + one, 0);
        yield* this.#app.backend.setChordSize(groupId, size);
      }
      const own = new Map([...options, ['chord', chord], ['add_to_parent', false]]);
      yield* this.apply(task, { args, options: own });
    }
  }

  // Chords.

  *#applyChord(
    signature: Signature,
    { args = [], options = new Map() }: Partial,
  ): Body<ResultNode> {
    const { backend, process } = this.#app;
    const merged = cloneOf(signature, { args, options });
    const header = merged.header!;
    const body = cloneOf(merged.body!, { options });
    const bodyId = (options.get('task_id') ?? merged.options.get('task_id')) as string | undefined;
    const own = new Map([...merged.options].filter(([name]) => !NOT_FOR_HEADER.has(name)));
    for (const [name, value] of own) body.options.set(name, value);
    const groupId = (header.options.get('task_id') as string | undefined) ?? uuid(process);
    const rootId = body.options.get('root_id') as string | undefined;
    const bodyResult = this.freeze(body, { id: bodyId, rootId });
    let headerResult = this.#freezeGroup(header, { groupId, rootId, chord: body });
    if (header.tasks.length === 0) {
      yield* this.apply(body, { args: [new RawJson('[]')] });
    } else {
      backend.ensureChordsAllowed();
      if (headerResult.results!.some(({ results }) => results)) {
        yield* backend.saveGroup(groupId, tupleText(headerResult));
      }
      // The body's place in an enclosing chord (`group_index`) goes to the members too, as in Celery:
      // a chord in a chord by `replace` has its values in the order of random ids.
      own.delete('chain');
      own.delete('chord');
      own.set('task_id', groupId);
      headerResult = yield* this.#applyGroup(header, { args: merged.args, options: own });
    }
    bodyResult.parent = headerResult;
    return bodyResult;
  }

  // Freezing.

  /** Gives a signature its id, and all in it theirs; it keeps one that it has. */
  freeze(signature: Signature, frozen: Frozen): ResultNode {
    switch (signature.composition) {
      case null:
        return this.#freezeTask(signature, frozen);
      case 'chain':
        return this.#prepare(signature, { ...frozen, args: [], isCloning: false }).results[0]!;
      case 'group':
        return this.#freezeGroup(signature, frozen);
      case 'chord':
        return this.#freezeChord(signature, frozen);
    }
  }

  #freezeTask({ options }: Signature, frozen: Frozen): ResultNode {
    if (!options.has('task_id')) options.set('task_id', frozen.id ?? uuid(this.#app.process));
    if (frozen.rootId !== undefined) options.set('root_id', frozen.rootId);
    if (!options.has('reply_to')) options.set('reply_to', this.#app.replyTo);
    if (frozen.groupId !== undefined && !options.has('group_id')) {
      options.set('group_id', frozen.groupId);
    }
    if (frozen.chord) options.set('chord', frozen.chord);
    if (frozen.groupIndex !== undefined) options.set('group_index', frozen.groupIndex);
    return taskNode(options.get('task_id') as string);
  }

  #freezeGroup(group: Signature, frozen: Frozen): ResultNode {
    const { options } = group;
    if (!options.has('task_id')) {
      options.set('task_id', frozen.groupId ?? uuid(this.#app.process));
    }
    if (frozen.groupId !== undefined) options.set('group_id', frozen.groupId);
    if (frozen.chord) options.set('chord', frozen.chord);
    if (frozen.groupIndex !== undefined) options.set('group_index', frozen.groupIndex);
    const results = this.#freezeMembers(group, frozen);
    return { id: options.get('task_id') as string, parent: null, results };
  }

  /** Groups in a group are unrolled: all their members run beside each other. */
  #freezeMembers(group: Signature, { groupId, rootId, chord }: Frozen): ResultNode[] {
    group.tasks = membersOf(group).map((task) => cloneOf(task));
    return group.tasks.map((task, groupIndex) =>
      this.freeze(task, { groupId, rootId, chord, groupIndex }),
    );
  }

  #freezeChord(
    chord: Signature,
    { id, rootId, groupId, groupIndex, chord: outer }: Frozen,
  ): ResultNode {
    const headerResult = this.freeze(chord.header!, { rootId, chord: chord.body! });
    const bodyResult = this.freeze(chord.body!, { id, rootId, groupId, groupIndex, chord: outer });
    originOf(bodyResult).parent = headerResult;
    chord.options.set('task_id', headerResult.id);
    return bodyResult;
  }
}

/** Options of a chord that are about its body alone. */
const NOT_FOR_HEADER: ReadonlySet<string> = new Set([
  'task_id',
  'countdown',
  'interval',
  'max_retries',
  'eager',
]);

/** Options that `chain` itself takes; the others are for its first task. */
const CHAIN_OPTIONS: ReadonlySet<string> = new Set([
  'group_id',
  'chord',
  'task_id',
  'link',
  'link_error',
  'root_id',
  'parent_id',
  'group_index',
]);

function split(
  options: Options,
  names: ReadonlySet<string>,
): Record<'own' | 'rest', Map<string, unknown>> {
  const own = new Map([...options].filter(([name]) => names.has(name)));
  return { own, rest: new Map([...options].filter(([name]) => !names.has(name))) };
}

function frozenOf(options: Options): Frozen {
  const value = <T>(name: string): T | undefined =>
    (options.get(name) ?? undefined) as T | undefined;
  return {
    id: value('task_id'),
    rootId: value('root_id'),
    groupId: value('group_id'),
    groupIndex: value('group_index'),
    chord: value('chord'),
  };
}

/** A group of one is its member. */
function unrolled(signature: Signature): Signature {
  const isGroupOfOne = signature.composition === 'group' && signature.tasks.length === 1;
  return isGroupOfOne ? signature.tasks[0]! : signature;
}

function membersOf(group: Signature): Signature[] {
  return group.tasks.flatMap((task) => (task.composition === 'group' ? membersOf(task) : [task]));
}

/** How many results a member of a header brings: those of what ends it. */
function completions(signature: Signature): number {
  const sum = (tasks: readonly Signature[]): number =>
    tasks.reduce((total, task) => total + completions(task), 0);
  switch (signature.composition) {
    case null:
      return 1;
    case 'group':
      return sum(signature.tasks);
    case 'chain':
      return (
        [...signature.tasks]
          .reverse()
          .map(completions)
          .find((size) => size > 0) ?? 0
      );
    case 'chord':
      return completions(signature.body!);
  }
}

function describedOf(
  args: readonly RawJson[],
  kwargs: ReadonlyMap<string, RawJson>,
): DescribedCall {
  const keywordsText = dumps(kwargs);
  return {
    positionalText: dumps(args),
    keywordsText,
    positionalRepr: reprOfJsonTuple(args.map(({ text }) => text)),
    keywordsRepr: reprOfJson(keywordsText),
  };
}
