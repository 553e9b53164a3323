import { beforeEach, expect, test } from 'vitest';
import { Workspace } from '#lib/editor/Workspace.svelte.ts';
import type { LabThread } from '#lib/runtime/lab.ts';
import type { Prepared } from '#lib/runtime/prepare.ts';
import { TimeAxis } from '#lib/viz/layout/axis.ts';
import { randomTrace } from '../../../tests/support/random-trace.ts';
import { Session } from './session.svelte.ts';

/** The kernel may be so far ahead of the cursor. */
const LEAD = 50_000;
const EVENTS = 130_000;
const CHUNK_LINES = 1_000;

let frames: FrameRequestCallback[] = [];
let nowMs = 0;
globalThis.requestAnimationFrame = (callback) => frames.push(callback);
globalThis.cancelAnimationFrame = () => (frames = []);
globalThis.matchMedia = () => ({ matches: false }) as MediaQueryList;

/** Shows a frame, and lets everything answer that does so without one. */
async function frame(): Promise<void> {
  nowMs += 16;
  for (const callback of frames.splice(0)) callback(nowMs);
  await new Promise((resolve) => setTimeout(resolve));
}

const chunks: string[] = [];
for (
  let lines = randomTrace({ seed: 4, nodeCount: 8, eventCount: EVENTS }).split(/(?<=\n)/);
  lines.length > 0;
  lines = lines.slice(CHUNK_LINES)
)
  chunks.push(lines.slice(0, CHUNK_LINES).join(''));

/** A thread that sends a chunk when the last one has been taken: a kernel with no credit left over. */
function threadOf(isClosed: () => boolean): Pick<LabThread, 'run' | 'written' | 'close'> {
  return {
    async run({ ontext }) {
      for (const chunk of chunks) {
        await ontext?.(chunk);
        // The next one comes as a message of its own.
        await new Promise((resolve) => setTimeout(resolve));
        if (isClosed()) throw new Error('closed');
      }
      return { end: JSON.parse(chunks.at(-1)!.trimEnd().split('\n').at(-1)!), reports: [] };
    },
    written: () => Promise.resolve({ ids: [], sizes: [], bytes: new Uint8Array(0) }),
    close: () => undefined,
  };
}

let session: Session;
let startCount = 0;

beforeEach(() => {
  frames = [];
  startCount = 0;
  session = new Session({
    workspace: new Workspace({ 'cluster.json': '{}', 'faults.json': '[]' }, [], null),
    seed: 4,
    timeline: () => new TimeAxis(),
    engine: {
      prepare: () => Promise.resolve({} as Prepared),
      start() {
        const mine = ++startCount;
        return Promise.resolve(threadOf(() => mine !== startCount) as LabThread);
      },
      close: () => undefined,
    },
  });
});

const leadOf = ({ trace, cursorUs }: Session) =>
  trace!.eventCount - trace!.lastAtOrBefore(cursorUs);

/** Frames until it holds. */
async function until(holds: () => boolean): Promise<void> {
  for (let count = 0; !holds(); count++) {
    if (count > 2_000) throw new Error(`not after ${count} frames: ${holds}`);
    await frame();
  }
}

/** Frames until nothing more arrives. */
async function settle(): Promise<void> {
  for (let last = -1; session.trace?.eventCount !== last;) {
    last = session.trace?.eventCount ?? 0;
    for (let count = 0; count < 5; count++) await frame();
  }
}

async function runPaused(): Promise<void> {
  session.run();
  await until(() => session.trace !== null);
  session.pause();
  await settle();
}

test('the kernel waits when it is 50 000 events ahead of the cursor', async () => {
  await runPaused();
  expect(leadOf(session)).toBeGreaterThan(LEAD);
  expect(leadOf(session)).toBeLessThan(LEAD + 2 * CHUNK_LINES);
  expect(session.isComplete).toBe(false);
  expect(session.runState).toBe('paused');
});

test('it goes on as the cursor comes after it, from the end of what is there too', async () => {
  await runPaused();
  const before = session.trace!.eventCount;
  session.seek(session.frontierUs);
  await settle();
  expect(session.trace!.eventCount).toBeGreaterThan(before + LEAD - CHUNK_LINES);
  expect(leadOf(session)).toBeLessThan(LEAD + 2 * CHUNK_LINES);
  session.seek(session.frontierUs);
  await until(() => session.isComplete);
  session.seek(session.frontierUs);
  expect(session.runState).toBe('finished');
});

test('whoever goes to the end gets there, and so does who plays as fast as it is computed', async () => {
  await runPaused();
  session.skip();
  await until(() => session.runState === 'finished');
  expect(session.trace!.eventCount).toBe(EVENTS);

  session.speed = 'max';
  session.run();
  await until(() => startCount === 2 && session.runState === 'finished');
  expect(session.trace!.eventCount).toBe(EVENTS);
});

test('pausing on the way to the end holds the kernel again', async () => {
  await runPaused();
  session.skip();
  await frame();
  session.pause();
  await settle();
  expect(session.isComplete).toBe(false);
  expect(leadOf(session)).toBeLessThan(LEAD + 3 * CHUNK_LINES);
});

test('a fault made by hand frees a kernel that waits, and begins another', async () => {
  await runPaused();
  session.seek(1_000);
  session.strike({ kill: 'n1' });
  await until(() => startCount === 2 && session.runState === 'running');
  await settle();
  expect(leadOf(session)).toBeLessThan(LEAD + 2 * CHUNK_LINES);
});

test('steps back lead to where the steps came from, one by one', async () => {
  await runPaused();
  session.seek(0);
  const there = Array.from({ length: 50 }, () => (session.step(), session.cursorUs));
  expect(new Set(there).size).toBe(50);
  const back = Array.from({ length: 50 }, () => (session.back(), session.cursorUs));
  expect(back).toEqual([0, ...there.slice(0, -1)].reverse());
  // From between two of them, the first one back is the one that was last.
  session.seek(there[9]! + 1);
  session.back();
  expect(session.cursorUs).toBe(there[9]);
});
