// What follows a task that has ended: callbacks and the next step of its chain with its result, its
// part of a chord, or, when it failed, the end of the chain and the errbacks (celery/app/trace.py and
// backends/base.py, `mark_as_failure`; SEMANTICS 1.10). It happens where the task ran.

import { wait, type Body } from '#lib/node/promise.ts';
import { doneTime } from '../app.ts';
import { readError, writeError, type ChordPart, type ResultMeta } from '../backends/backend.ts';
import { Canvas } from '../canvas/canvas.ts';
import { nodeOfTuple, type ResultNode } from '../canvas/result-tree.ts';
import { groupOf, readSignature, readSignatures, type Signature } from '../canvas/signature.ts';
import { ChordError } from '../errors.ts';
import { dumps, loads, RawJson } from '../json.ts';
import { bodyText, readEmbed, type Embed } from '../message.ts';
import { reprError, reprOfWire } from '../python-repr.ts';
import { waitForResult } from '../results.ts';
import type { CallContext, WireError } from '../space.ts';
import { wireOf } from '../wire-errors.ts';
import type { TaskHost } from './task-call.ts';
import { withTraceback } from './texts.ts';

/** Why a task failed. */
export interface Failure {
  /** As it was thrown. */
  error: unknown;
  wire: WireError;
  traceback: string | null;
}

/** A task as far as errbacks and chords are concerned: the one that ran, or one that never will. */
interface Ended {
  taskId: string;
  rootId: string;
  groupId: string | null;
  groupIndex: number | null;
  chord: string | undefined;
  /** What errbacks are shown of it. */
  context: CallContext;
}

export class Followers {
  readonly #host: TaskHost;
  readonly #call: CallContext;
  readonly #embed: Embed;
  readonly #canvas: Canvas;
  /** Traceback of the failure that is being dealt with. */
  #handled: string | null = null;

  constructor(host: TaskHost, call: CallContext) {
    this.#host = host;
    this.#call = call;
    this.#embed = readEmbed(call.body);
    this.#canvas = new Canvas(host.app);
  }

  /** Whether anybody wants the result of the task for what is to follow. */
  get wantsResult(): boolean {
    return Object.keys(this.#embed).some((part) => part !== 'errbacks');
  }

  /**
   * The task has returned; its result is not stored yet, so that what is sent now stands among its
   * children.
   *
   * @throws what sending throws
   */
  *succeeded(resultText: string): Body<void> {
    const args = [new RawJson(resultText)];
    const callbacks = readSignatures(this.#embed.callbacks ?? '[]');
    for (const group of callbacks.length > 1 ? callbacks.filter(isGroup) : []) {
      yield* this.#canvas.apply(group, { args, options: this.#descent() });
    }
    const singles = callbacks.length > 1 ? callbacks.filter((one) => !isGroup(one)) : callbacks;
    const rest = singles.length > 1 ? groupOf(singles) : singles[0];
    if (rest) yield* this.#canvas.apply(rest, { args, options: this.#descent() });
    const chain = readSignatures(this.#embed.chain ?? '[]');
    const next = chain.pop();
    if (!next) return;
    const options = new Map([['chain', chain], ...this.#descent()]);
    yield* this.#canvas.apply(next, { args, options });
  }

  /** The result is stored: a member of a chord's header has its part now. */
  *stored(resultText: string): Body<void> {
    yield* this.#bringPart(this.#ended, 'SUCCESS', resultText);
  }

  /** The failure is stored. */
  *failed(failure: Failure): Body<void> {
    const resultText = writeError(failure.wire);
    this.#handled = failure.traceback;
    yield* this.#bringPart(this.#ended, 'FAILURE', resultText);
    for (const step of readSignatures(this.#embed.chain ?? '[]')) {
      yield* this.#failStep(step, resultText, failure.traceback);
    }
    const errbacks = readSignatures(this.#embed.errbacks ?? '[]');
    yield* this.#callErrbacks(errbacks, this.#ended, failure);
  }

  /** Nobody runs it: only a chord's header hears of it. */
  *revoked(wire: WireError): Body<void> {
    yield* this.#bringPart(this.#ended, 'REVOKED', writeError(wire));
  }

  get #ended(): Ended {
    const { id, root_id: rootId, group, group_index: groupIndex } = this.#call.headers;
    const context = this.#call;
    return { taskId: id, rootId, groupId: group, groupIndex, chord: this.#embed.chord, context };
  }

  /** Whatever is sent now comes after this task. */
  #descent(): Map<string, unknown> {
    const { id, root_id: rootId } = this.#call.headers;
    return new Map([
      ['parent_id', id],
      ['root_id', rootId],
    ]);
  }

  /** A step of the chain that will never run fails with the same exception. */
  *#failStep({ options }: Signature, resultText: string, traceback: string | null): Body<void> {
    const taskId = options.get('task_id') as string | undefined;
    if (taskId === undefined) return;
    yield* this.#store(taskId, String(options.get('reply_to') ?? ''), { resultText, traceback });
    const chord = options.get('chord') as Signature | undefined;
    if (!chord) return;
    const ended: Ended = {
      taskId,
      rootId: this.#call.headers.root_id,
      groupId: (options.get('group_id') ?? null) as string | null,
      groupIndex: (options.get('group_index') ?? null) as number | null,
      chord: undefined,
      context: this.#call,
    };
    yield* this.#bringPart(ended, 'FAILURE', resultText, chord);
  }

  *#store(
    taskId: string,
    replyTo: string,
    { resultText, traceback }: Pick<ResultMeta, 'resultText' | 'traceback'>,
  ): Body<void> {
    const dateDone = doneTime(this.#host.app.process);
    const meta: ResultMeta = { status: 'FAILURE', resultText, traceback, dateDone };
    yield* this.#host.app.backend.store({ taskId, correlationId: taskId, replyTo }, meta);
  }

  // Chords.

  *#bringPart(
    { taskId, groupId, groupIndex, chord }: Ended,
    state: string,
    resultText: string,
    body = chord === undefined ? null : readSignature(chord),
  ): Body<void> {
    if (groupId === null || body === null) return;
    const { backend } = this.#host.app;
    const part = { groupId, index: groupIndex, taskId, state, resultText };
    const parts = yield* backend.addChordPart(part);
    if (parts) yield* this.#finishChord(groupId, body, parts);
  }

  *#finishChord(groupId: string, body: Signature, parts: readonly ChordPart[]): Body<void> {
    const { app, log } = this.#host;
    let values: string;
    try {
      values = yield* this.#valuesOf(groupId, parts);
    } catch (error) {
      if (!(error instanceof ChordError)) throw error;
      log.error(
        withTraceback(`Chord '${groupId}' raised: ${reprError(error)}`, error, this.#handled),
      );
      return yield* this.#failChord(body, error);
    }
    yield* this.#canvas.apply(body, { args: [new RawJson(values)] });
    yield* app.backend.dropChord(groupId);
  }

  /** JSON text of the list of what the header's members brought. */
  *#valuesOf(groupId: string, parts: readonly ChordPart[]): Body<string> {
    const saved = yield* this.#host.app.backend.restoreGroup(groupId);
    if (saved !== null) return yield* this.#valuesIn(nodeOfTuple(loads(saved)));
    const failed = parts.find(({ state }) => state !== 'SUCCESS');
    if (failed) {
      const repr = reprOfWire(readError(failed.resultText));
      throw new ChordError(`Dependency ${failed.taskId} raised ${repr}`);
    }
    return dumps(parts.map(({ resultText }) => new RawJson(resultText)));
  }

  /** The same where a member is a group itself: its values are a list in the list. */
  *#valuesIn(node: ResultNode): Body<string> {
    if (node.results) {
      const texts: RawJson[] = [];
      for (const result of node.results) texts.push(new RawJson(yield* this.#valuesIn(result)));
      return dumps(texts);
    }
    const wanted = { taskId: node.id, name: 'task', timeout: undefined };
    const { meta } = yield* waitForResult(this.#host.app, wanted);
    if (meta.status === 'SUCCESS') return meta.resultText;
    throw new ChordError(`Join error: ${reprOfWire(readError(meta.resultText))}`);
  }

  /** The body will never run. */
  *#failChord(body: Signature, error: ChordError): Body<void> {
    const wire = wireOf(error);
    const traceback = `${error.pythonModule}.${error.name}: ${error.message}`;
    const last = body.composition === 'chain' ? body.tasks.at(-1)! : body;
    const taskId = String(last.options.get('task_id') ?? '');
    const errbacks = (body.options.get('link_error') ?? []) as readonly Signature[];
    const rootId = this.#call.headers.root_id;
    const ended = { taskId, rootId, groupId: null, groupIndex: null, chord: undefined };
    const context = this.#requestOf(body);
    yield* this.#callErrbacks(errbacks, { ...ended, context }, { error, wire, traceback });
    const replyTo = String(last.options.get('reply_to') ?? '');
    yield* this.#store(taskId, replyTo, { resultText: writeError(wire), traceback });
  }

  /** What a request for a signature would hold: Celery makes one up, since none was received. */
  #requestOf({ task, args, kwargs }: Signature): CallContext {
    const texts = { positionalText: dumps(args), keywordsText: dumps(kwargs) };
    const headers = { ...this.#call.headers, task };
    return { ...this.#call, headers, body: bodyText(texts) };
  }

  // Errbacks.

  /**
   * Those of more than one parameter are called here and now, as `onError(request, error, traceback)`;
   * others are sent as tasks with the id of the task that failed.
   */
  *#callErrbacks(errbacks: readonly Signature[], ended: Ended, failure: Failure): Body<void> {
    const { app } = this.#host;
    const sent: Signature[] = [];
    for (const errback of errbacks) {
      const known = app.tasks.get(errback.task);
      const more = yield* wait(app.space.decodeCall(dumps(errback.args), dumps(errback.kwargs)));
      const isCalled =
        known !== undefined &&
        (yield* wait(
          app.space.callErrback(known.callable, {
            context: ended.context,
            taskId: ended.taskId,
            error: failure.error,
            wire: failure.wire,
            traceback: failure.traceback,
            more,
            isImmutable: errback.isImmutable,
          }),
        ));
      if (!isCalled) sent.push(errback);
    }
    if (sent.length === 0) return;
    const options = new Map([
      ['parent_id', ended.taskId],
      ['root_id', ended.rootId],
    ]);
    const args = [new RawJson(dumps(ended.taskId))];
    yield* this.#canvas.apply(groupOf(sent), { args, options });
  }
}

function isGroup({ composition }: Signature): boolean {
  return composition === 'group';
}
