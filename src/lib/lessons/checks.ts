// A check is a predicate over a trace: the small vocabulary in which lessons say what a run must
// show. Pure functions; what a learner typed is never looked at, only what came of it.

import { nodeOf, type TraceStore } from '#lib/trace/store.ts';
import type { Language } from './languages.ts';
import { isRoundTrip } from './round-trips.ts';
import type { Check, LessonText } from './schema.ts';

/**
 * True when the whole trace shows what the check wants. Counts default to "at least once"; with
 * only a `max`, to "at most that often".
 */
export function holds(check: Check, trace: TraceStore): boolean {
  if ('waits' in check) return isWaiting(trace, check.waits) === (check.is ?? true);
  if ('deadlock' in check) return isDeadlocked(trace, check.deadlock);
  if ('exit' in check) return isEnded(trace, check);
  if ('runs' in check) return isRunning(trace, check);
  if ('died' in check) return count(trace, 'kill', isOf(check.died)) > 0;
  if ('off' in check) return count(trace, 'powerOff', isOf(check.off)) > 0;
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
  if ('deadlock' in check) {
    const names = check.deadlock;
    return { en: `${names.join(', ')} wait for each other`, zh: `${names.join('、')} 互相等待` };
  }
  if ('exit' in check) {
    const time = timeOf(check);
    return {
      en: `${check.exit} ends with code ${check.code}${time.en}`,
      zh: `${check.exit} ${time.zh}以 ${check.code} 结束`,
    };
  }
  if ('runs' in check) {
    return {
      en: `${check.runs} still runs at ${check.atMs} ms`,
      zh: `${check.runs} 在 ${check.atMs} ms 时还在运行`,
    };
  }
  if ('died' in check) return { en: `${check.died} dies`, zh: `${check.died} 死了` };
  if ('off' in check) {
    return { en: `${check.off} loses power`, zh: `${check.off} 断电` };
  }
  if ('ends' in check) return { en: `the run ends: ${check.ends}`, zh: `运行结束：${check.ends}` };
  const often = oftenOf(check);
  const time = timeOf(check);
  if ('log' in check) {
    const what = check.log.replace(/^\^|\$$/g, '');
    return {
      en: `${check.node} prints ${what}${time.en}${often.en}`,
      zh: `${check.node} ${time.zh}打印 ${what}${often.zh}`,
    };
  }
  if ('effect' in check) {
    return {
      en: `the effect ${check.effect} happens${time.en}${often.en}`,
      zh: `副作用 ${check.effect} ${time.zh}发生${often.zh}`,
    };
  }
  if ('span' in check) {
    const node = check.node ?? '';
    return {
      en: `${node} works on ${check.span}${time.en}${often.en}`,
      zh: `${node} ${time.zh}执行 ${check.span}${often.zh}`,
    };
  }
  if ('roundTrips' in check) {
    const who = check.node ?? check.roundTrips;
    return {
      en: `${who} asks and waits${time.en}${often.en}`,
      zh: `${who} ${time.zh}提问并等待${often.zh}`,
    };
  }
  return check.arrives
    ? {
        en: `${check.message} arrives${time.en}${often.en}`,
        zh: `${check.message} ${time.zh}送达${often.zh}`,
      }
    : {
        en: `${check.message} is sent${time.en}${often.en}`,
        zh: `${time.zh}发送 ${check.message}${often.zh}`,
      };
}

/** Those that are asked of programs in a language. */
export function checksIn(language: Language, checks: readonly Check[]): Check[] {
  return checks.filter((check) => (check.language ?? language) === language);
}

type Exit = Extract<Check, { exit: string }>;
type Runs = Extract<Check, { runs: string }>;
type Counted = Extract<Check, { min?: number | undefined }>;

function oftenOf({ min, max }: Counted): LessonText {
  if (min !== undefined && min === max) return { en: `, ${min} ×`, zh: `，恰好 ${min} 次` };
  if (max === 0) return { en: ': never', zh: '：从不' };
  if (max !== undefined) return { en: `, at most ${max} ×`, zh: `，至多 ${max} 次` };
  return min !== undefined && min > 1
    ? { en: `, at least ${min} ×`, zh: `，至少 ${min} 次` }
    : { en: '', zh: '' };
}

function timeOf(check: Exit | Counted): LessonText {
  const { untilMs } = check;
  const sinceMs = 'sinceMs' in check ? check.sinceMs : undefined;
  if (sinceMs === undefined) {
    if (untilMs === undefined) return { en: '', zh: '' };
    return { en: ` by ${untilMs} ms`, zh: `在 ${untilMs} ms 前` };
  }
  return untilMs === undefined
    ? { en: ` from ${sinceMs} ms on`, zh: `从 ${sinceMs} ms 起` }
    : { en: ` from ${sinceMs} to ${untilMs} ms`, zh: `在 ${sinceMs} 到 ${untilMs} ms 之间` };
}

function countOf(check: Counted, trace: TraceStore): number {
  const times = {
    sinceUs: (check.sinceMs ?? 0) * 1000,
    untilUs: (check.untilMs ?? Infinity) * 1000,
  };
  if ('log' in check) {
    const line = new RegExp(check.log);
    const isLine: IsWanted = (id) =>
      isOf(check.node)(id, trace) && line.test(trace.textAt(id, 'text')!);
    return count(trace, 'log', isLine, times);
  }
  if ('effect' in check) {
    return count(trace, 'effect', (id) => trace.textAt(id, 'name') === check.effect, times);
  }
  if ('span' in check) {
    const isWork: IsWanted = (id) =>
      trace.textAt(id, 'op') === 'begin' &&
      trace.textAt(id, 'name') === check.span &&
      (check.node === undefined || isOf(check.node)(id, trace));
    return count(trace, 'span', isWork, times);
  }
  if ('roundTrips' in check) {
    const isQuestion: IsWanted = (id) =>
      isRoundTrip(trace, id, check.roundTrips) &&
      (check.node === undefined || isOf(check.node)(id, trace));
    return count(trace, 'send', isQuestion, times);
  }
  const { message, from, to, arrives = false } = check;
  const isThere = (wanted: string | undefined, name: string) =>
    wanted === undefined || isNamed(wanted, name);
  const isMessage: IsWanted = (id) => {
    const here = trace.processAt(id).name;
    const there = trace.textAt(id, arrives ? 'from' : 'to')!;
    return (
      trace.textAt(id, 'msg') === message &&
      isThere(from, arrives ? there : here) &&
      isThere(to, arrives ? here : there)
    );
  };
  return count(trace, arrives ? 'deliver' : 'send', isMessage, times);
}

type IsWanted = (id: number, trace: TraceStore) => boolean;

/** Events are in the order of time. */
function count(
  trace: TraceStore,
  kind: string,
  isWanted: IsWanted,
  { sinceUs, untilUs } = { sinceUs: 0, untilUs: Infinity },
): number {
  let times = 0;
  for (let id = 0; id < trace.eventCount && trace.timeAt(id) <= untilUs; id++) {
    if (trace.timeAt(id) >= sinceUs && trace.kindAt(id) === kind && isWanted(id, trace)) times++;
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

function isDeadlocked(trace: TraceStore, nodes: readonly string[]): boolean {
  return (trace.end?.deadlocks ?? []).some((members) =>
    nodes.every((node) => members.some((member) => isNamed(node, member))),
  );
}

function isEnded(trace: TraceStore, { exit, code, untilMs = Infinity }: Exit): boolean {
  const { events } = trace.process(exit) ?? {};
  for (let position = (events?.length ?? 0) - 1; position >= 0; position--) {
    const id = events!.data[position]!;
    if (trace.kindAt(id) === 'exit') {
      return trace.intAt(id, 'code') === code && trace.timeAt(id) <= untilMs * 1000;
    }
    if (trace.kindAt(id) === 'kill') return false;
  }
  return false;
}

function isRunning(trace: TraceStore, { runs, atMs }: Runs): boolean {
  const { events } = trace.process(runs) ?? {};
  let is = false;
  for (let position = 0; position < (events?.length ?? 0); position++) {
    const id = events!.data[position]!;
    if (trace.timeAt(id) > atMs * 1000) break;
    const kind = trace.kindAt(id);
    if (kind === 'start') is = true;
    else if (kind === 'exit' || kind === 'kill' || kind === 'powerOff') is = false;
  }
  return is;
}
