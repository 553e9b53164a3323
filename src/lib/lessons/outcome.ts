// What became of work that was dealt out in pieces: whether somebody got the right answer, and how often each
// piece was done. A pure function of a trace, so that a table of several programs under several faults is
// computed and never written down.

import type { Files } from '#lib/experiment/experiment.ts';
import { NO_EVENT, type TraceStore } from '#lib/trace/store.ts';
import type { Lesson } from './lesson.ts';
import type { Outcome, Scenario, Table } from './schema.ts';

export interface WorkFacts {
  /**
   * `right`: nothing was broken, and the answer is right. `recovered`: the answer is right although
   * something broke, and no piece was done twice. `repeated`: it is right, and a piece was done more than once.
   * `lost`: whoever waited has ended without the right answer. `stalled`: it still waits.
   */
  outcome: Outcome;
  /** When the right answer came or, where it did not, when who waited ended, in microseconds; null for never. */
  atUs: number | null;
  /** How many pieces were done, */
  doneCount: number;
  /** and how often in all. */
  timesCount: number;
}

/** What became of one program's work. `hasFaults`: the run was struck by some. */
export function workFacts(
  trace: TraceStore,
  { answer, done }: Pick<Table, 'answer' | 'done'>,
  hasFaults: boolean,
): WorkFacts {
  const times = timesOf(trace, done);
  const counts = {
    doneCount: times.size,
    timesCount: [...times.values()].reduce((sum, count) => sum + count, 0),
  };
  const untilUs = answer.untilMs * 1000;
  const rightUs = answeredAt(trace, answer, untilUs);
  if (rightUs === null) {
    const atUs = endedAt(trace, answer.node, untilUs);
    return { outcome: atUs === null ? 'stalled' : 'lost', atUs, ...counts };
  }
  const isTwice = counts.timesCount > counts.doneCount;
  const outcome = isTwice ? 'repeated' : hasFaults ? 'recovered' : 'right';
  return { outcome, atUs: rightUs, ...counts };
}

/** The programs of a scenario or of a table's row. */
export function filesOf(
  { files, variants, solution }: Lesson,
  { variant, changed = [] }: Pick<Scenario, 'variant' | 'changed'>,
): Files {
  const ofVariant = variant === undefined ? {} : variants[variant]!.files;
  const solved = changed.map((name): [string, string] => [name, solution[name]!]);
  return { ...files, ...ofVariant, ...Object.fromEntries(solved) };
}

/** Piece -> how often it was done. */
function timesOf(trace: TraceStore, done: Table['done']): Map<string, number> {
  const times = new Map<string, number>();
  const pattern = new RegExp('log' in done ? done.log : done.span);
  for (let id = 0; id < trace.eventCount; id++) {
    const text = 'log' in done ? lineAt(trace, id) : endedSpanAt(trace, id);
    const found = text === undefined ? null : pattern.exec(text);
    if (!found) continue;
    const piece = found[1] ?? found[0];
    times.set(piece, (times.get(piece) ?? 0) + 1);
  }
  return times;
}

function lineAt(trace: TraceStore, id: number): string | undefined {
  return trace.kindAt(id) === 'log' ? trace.textAt(id, 'text') : undefined;
}

/** The name of work that begins here and ends by itself. */
function endedSpanAt(trace: TraceStore, id: number): string | undefined {
  if (trace.kindAt(id) !== 'span' || trace.textAt(id, 'op') !== 'begin') return undefined;
  const closer = trace.closerAt(id);
  const isEnded = closer !== NO_EVENT && trace.kindAt(closer) === 'span';
  return isEnded ? trace.textAt(id, 'name') : undefined;
}

function answeredAt(trace: TraceStore, answer: Table['answer'], untilUs: number): number | null {
  const pattern = new RegExp(answer.log);
  for (let id = 0; id < trace.eventCount && trace.timeAt(id) <= untilUs; id++) {
    const text = trace.processAt(id).node === answer.node ? lineAt(trace, id) : undefined;
    if (text !== undefined && pattern.test(text)) return trace.timeAt(id);
  }
  return null;
}

/** When the program of a node came to its end, by itself or not. */
function endedAt(trace: TraceStore, node: string, untilUs: number): number | null {
  const { events } = trace.process(node) ?? {};
  for (let position = (events?.length ?? 0) - 1; position >= 0; position--) {
    const id = events!.data[position]!;
    const isEnd = ['exit', 'kill', 'powerOff'].includes(trace.kindAt(id));
    if (isEnd && trace.timeAt(id) <= untilUs) return trace.timeAt(id);
  }
  return null;
}
