// What programs have printed up to the cursor, by node, as far as the lens knows of it.

import { keyboardAt, type Keyboard } from '#lib/trace/facts.ts';
import { seenFrom, type Lens } from '#lib/trace/lens.ts';
import type { TraceStore } from '#lib/trace/store.ts';
import type { Session } from './session.svelte.ts';
import { placeIn } from './tracebacks.ts';

export interface OutputLine {
  id: number;
  timeMs: number;
  stream: string;
  text: string;
  /** Where it was printed: `client.ts:7`. */
  place: string | undefined;
  /** The place that the text itself names, as a traceback does: the words that do it, and where. */
  named: { words: string; place: string } | undefined;
}

export interface OutputSections {
  nodes: {
    node: string;
    lines: OutputLine[];
    keyboard: Keyboard | null;
    fileCount: number | null;
  }[];
  /** The latest line of a learner's program; before there is one, of anything. */
  last: { node: string; text: string } | null;
}

/** Lines of children belong to their node. */
export function outputSections(session: Session): OutputSections {
  const { trace, cursorUs, lensNode } = session;
  void session.revision;
  const lines = new Map<string, OutputLine[]>(session.nodes.map((node) => [node, []]));
  let last: OutputSections['last'] = null;
  let isOwn = false;
  if (trace) {
    const lens = lensNode === null ? null : seenFrom(trace, lensNode, cursorUs);
    for (const id of loggedIds(trace, cursorUs, lens)) {
      const { node } = trace.processAt(id);
      const text = trace.textAt(id, 'text')!;
      const stream = trace.textAt(id, 'stream')!;
      const place = trace.textAt(id, 'line');
      if (place !== undefined || !isOwn) last = { node, text };
      isOwn ||= place !== undefined;
      lines.get(node)?.push({
        id,
        timeMs: trace.timeAt(id) / 1000,
        stream,
        text,
        place,
        named: stream === 'stderr' ? namedPlace(text) : undefined,
      });
    }
  }
  const nodes = [...lines].map(([node, own]) => ({
    node,
    lines: own,
    keyboard: keyboardOf(session, node),
    fileCount: fileCountOf(session, node),
  }));
  return { nodes, last };
}

function namedPlace(text: string): OutputLine['named'] {
  const found = placeIn(text);
  return found ? { words: found.words, place: `${found.file}:${found.line}` } : undefined;
}

/** Nothing is typed into a run that is only looked at, nor where the lens cannot see. */
function keyboardOf({ trace, cursorUs, lensNode, opened }: Session, node: string): Keyboard | null {
  if (!trace || opened || (lensNode !== null && lensNode !== node)) return null;
  return keyboardAt(trace, node, cursorUs);
}

/** Files that programs wrote on the machine of a node; null when there is nothing to see. */
function fileCountOf({ files }: Session, node: string): number | null {
  const own = files.find(({ nodes }) => nodes.includes(node))?.files;
  return own?.filter(({ isWritten, size }) => isWritten && size !== null).length ?? null;
}

function* loggedIds(trace: TraceStore, atUs: number, lens: Lens | null): Generator<number> {
  const { data } = trace.logs;
  const end = trace.logs.lastAtMost(trace.lastAtOrBefore(atUs)) + 1;
  for (let position = 0; position < end; position++) {
    const id = data[position]!;
    if (lens === null || lens.has(id)) yield id;
  }
}
