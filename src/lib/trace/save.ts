// The file of a trace that is held in columns: the very lines it came as.

import type { TraceStore } from './store.ts';
import { TraceWriter } from './writer.ts';

/**
 * Writes a finished trace as JSON Lines, a batch of lines at a time.
 *
 * @param ontext receives whole lines
 */
export function saveTrace(store: TraceStore, ontext: (text: string) => void): void {
  const { header, end } = store;
  if (!header || !end) throw new Error('a trace is saved when its run has ended');
  // Hashed again: what is saved is what its digest says, whatever became of the store.
  const writer = new TraceWriter(ontext);
  writer.header(header);
  for (let id = 0; id < store.eventCount; id++) writer.event(store.eventAt(id));
  const { tUs, reason, detail, waiting, deadlocks } = end;
  writer.end({ tUs, reason, ...(detail === undefined ? {} : { detail }), waiting, deadlocks });
}
