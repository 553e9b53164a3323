// A check is a predicate over a trace: the small vocabulary in which lessons say what a run must
// show. Pure functions; what a learner typed is never looked at, only what came of it.

import { nodeOf, type TraceStore } from '#lib/trace/store.ts';
import type { Check, LessonText } from './schema.ts';

/**
 * True when the whole trace shows what the check wants. Counts default to "at least once"; with
 * only a `max`, to "at most that often".
 */
export function holds(check: Check, trace: TraceStore): boolean {
  if ('waits' in check) return isWaiting(trace, check.waits) === (check.is ?? true);
  if ('exit' in check) return exitCodeOf(trace, check.exit) === check.code;
  if ('died' in check) return count(trace, 'kill', isOf(check.died)) > 0;
  if ('ends' in check) return trace.end?.reason === check.ends;
  const times = countOf(check, trace);
  const min = check.min ?? (check.max === undefined ? 1 : 0);
  return times >= min && times <= (check.max ?? Infinity);
}

/** The check as a sentence for the learner. */
export function sentenceOf(check: Check): LessonText {
  if ('waits' in check) {
    return check.is === false
      ? { en: `${check.waits} waits for nothing`, zh: `${check.waits} 不再等待` }
      : { en: `${check.waits} still waits`, zh: `${check.waits} 还在等` };
  }
  if ('exit' in check) {
    return {
      en: `${check.exit} ends with code ${check.code}`,
      zh: `${check.exit} 以 ${check.code} 结束`,
    };
  }
  if ('died' in check) return { en: `${check.died} dies`, zh: `${check.died} 死了` };
  if ('ends' in check) return { en: `the run ends: ${check.ends}`, zh: `运行结束：${check.ends}` };
  const often = oftenOf(check);
  if ('log' in check) {
    const what = check.log.replace(/^\^|\$$/g, '');
    return {
      en: `${check.node} prints ${what}${often.en}`,
      zh: `${check.node} 打印 ${what}${often.zh}`,
    };
  }
  if ('effect' in check) {
    return {
      en: `the effect ${check.effect} happens${often.en}`,
      zh: `副作用 ${check.effect} 发生${often.zh}`,
    };
  }
  if ('span' in check) {
    const node = check.node ?? '';
    return {
      en: `${node} works on ${check.span}${often.en}`,
      zh: `${node} 执行 ${check.span}${often.zh}`,
    };
  }
  return { en: `${check.message} is sent${often.en}`, zh: `发送 ${check.message}${often.zh}` };
}

type Counted = Extract<Check, { min?: number | undefined }>;

function oftenOf({ min, max }: Counted): LessonText {
  if (min !== undefined && min === max) return { en: `, ${min} ×`, zh: `，恰好 ${min} 次` };
  if (max === 0) return { en: ': never', zh: '：从不' };
  if (max !== undefined) return { en: `, at most ${max} ×`, zh: `，至多 ${max} 次` };
  return min !== undefined && min > 1
    ? { en: `, at least ${min} ×`, zh: `，至少 ${min} 次` }
    : { en: '', zh: '' };
}

function countOf(check: Counted, trace: TraceStore): number {
  if ('log' in check) {
    const line = new RegExp(check.log);
    return count(
      trace,
      'log',
      (id) => isOf(check.node)(id, trace) && line.test(trace.textAt(id, 'text')!),
    );
  }
  if ('effect' in check) {
    return count(trace, 'effect', (id) => trace.textAt(id, 'name') === check.effect);
  }
  if ('span' in check) {
    return count(
      trace,
      'span',
      (id) =>
        trace.textAt(id, 'op') === 'begin' &&
        trace.textAt(id, 'name') === check.span &&
        (check.node === undefined || isOf(check.node)(id, trace)),
    );
  }
  return count(
    trace,
    'send',
    (id) =>
      trace.textAt(id, 'msg') === check.message &&
      (check.from === undefined || isOf(check.from)(id, trace)) &&
      (check.to === undefined || isNamed(check.to, trace.textAt(id, 'to')!)),
  );
}

function count(
  trace: TraceStore,
  kind: string,
  isWanted: (id: number, trace: TraceStore) => boolean,
): number {
  let times = 0;
  for (let id = 0; id < trace.eventCount; id++) {
    if (trace.kindAt(id) === kind && isWanted(id, trace)) times++;
  }
  return times;
}

/** A name means a process, or a node with all its processes, as in faults. */
function isNamed(name: string, process: string): boolean {
  return name === process || name === nodeOf(process);
}

function isOf(name: string): (id: number, trace: TraceStore) => boolean {
  return (id, trace) => isNamed(name, trace.processAt(id).name);
}

function isWaiting(trace: TraceStore, node: string): boolean {
  return (trace.end?.waiting ?? []).some(
    (one) => isNamed(node, one.node) && one.line !== undefined,
  );
}

function exitCodeOf(trace: TraceStore, node: string): number | undefined {
  const { events } = trace.process(node) ?? {};
  for (let position = (events?.length ?? 0) - 1; position >= 0; position--) {
    const id = events!.data[position]!;
    if (trace.kindAt(id) === 'exit') return trace.intAt(id, 'code');
    if (trace.kindAt(id) === 'kill') return undefined;
  }
  return undefined;
}
