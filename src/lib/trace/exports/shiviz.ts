// A log for ShiViz (https://bestchai.bitbucket.io/shiviz/), in the form that its parser expects by
// itself: a line of text, then the host and its vector clock.

import type { TraceKind } from '#lib/protocol/trace.ts';
import { visitClocks } from '../clocks.ts';
import type { TraceStore } from '../store.ts';
import { isBackground, plainWords } from './plain.ts';

/** What a program does to itself would drown what it does to others. */
const LEFT_OUT: ReadonlySet<TraceKind> = new Set(['timer', 'wait', 'state', 'file', 'partial']);

/**
 * Every step of every process that others could notice.
 *
 * @param ontext receives whole lines
 */
export function saveShiViz(trace: TraceStore, ontext: (text: string) => void): void {
  const names = trace.processes.map(({ name }) => name);
  const isCounted = (id: number): boolean =>
    !LEFT_OUT.has(trace.kindAt(id)) && !isBackground(trace, id);
  visitClocks(trace, isCounted, (id, clock) => {
    const known: Record<string, number> = {};
    for (const [index, count] of clock.entries()) if (count > 0) known[names[index]!] = count;
    const { name } = trace.processAt(id);
    ontext(`${plainWords(trace, id)}\n${name} ${JSON.stringify(known)}\n`);
  });
}
