import { expect, test } from 'vitest';
import type { TraceEvent } from '#lib/protocol/trace.ts';
import type { StreamPort } from './control.ts';
import type { WorkerPort } from './pool-thread.ts';
import { DirectTrace, NoTrace, ThreadedTrace, type TraceOutput } from './trace-output.ts';
import { startTraceThread, type TracePacket } from './trace-thread.ts';

const header = { lightcone: 1, build: 'test', seed: 1, nodes: ['a'] } as const;
const ending = { tUs: 9, reason: 'quiescent', waiting: [], deadlocks: [] } as const;

/** A line of a few hundred characters, not all of them ASCII. */
function event(tUs: number): TraceEvent {
  return { tUs, kind: 'log', node: 'a', stream: 'stdout', text: `${tUs} “é” `.repeat(40) };
}

/** The thread's end in this one, behind a real channel. */
function tracer(): WorkerPort & { close(): void } {
  const { port1, port2 } = new MessageChannel();
  startTraceThread(port2 as never);
  const worker = {
    onmessage: null as WorkerPort['onmessage'],
    onerror: null as WorkerPort['onerror'],
    postMessage: (packet: unknown, transfer: Transferable[]) => port1.postMessage(packet, transfer),
    terminate: () => port1.close(),
    close: () => port1.close(),
  };
  port1.onmessage = (message: MessageEvent<TracePacket>) => worker.onmessage?.(message);
  return worker;
}

/** A reader that answers each text when told to. */
function reader() {
  const { port1, port2 } = new MessageChannel();
  const texts: string[] = [];
  let isOpen = true;
  let held = 0;
  port1.onmessage = ({ data }: MessageEvent<string>) => {
    texts.push(data);
    if (isOpen) port1.postMessage(data.length);
    else held += data.length;
  };
  return {
    stream: port2 as unknown as StreamPort,
    text: () => texts.join(''),
    stop: () => (isOpen = false),
    goOn: () => {
      isOpen = true;
      port1.postMessage(held);
    },
    close: () => port1.close(),
  };
}

async function write(output: TraceOutput, eventCount: number) {
  output.header(header);
  for (let tUs = 0; tUs < eventCount; tUs++) output.event(event(tUs));
  const end = await output.end(ending);
  await output.drained();
  return end;
}

test('one text and one digest, hashed here or beside', async () => {
  const [direct, threaded] = [reader(), reader()];
  const expected = await write(new DirectTrace(direct.stream), 500);
  const thread = tracer();
  expect(await write(new ThreadedTrace(thread, threaded.stream), 500)).toEqual(expected);
  expect(expected).toMatchObject({
    eventCount: 500,
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(threaded.text()).toBe(direct.text());
  expect(threaded.text().split('\n').length).toBe(503);
  const again = reader();
  expect(await write(new ThreadedTrace(thread, again.stream), 500)).toEqual(expected);
  for (const it of [direct, threaded, again, thread]) it.close();
});

test('the kernel waits while two million characters are unread, wherever they are hashed', async () => {
  const thread = tracer();
  for (const create of [
    (stream: StreamPort) => new DirectTrace(stream),
    (stream: StreamPort) => new ThreadedTrace(thread, stream),
  ]) {
    const slow = reader();
    slow.stop();
    const output = create(slow.stream);
    for (let tUs = 0; tUs < 1_000; tUs++) output.event(event(tUs));
    await output.ready();
    for (let tUs = 1_000; tUs < 8_000; tUs++) output.event(event(tUs));
    let isReady = false;
    const ready = output.ready().then(() => (isReady = true));
    // Everything on its way arrives, and nobody has read it.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(isReady).toBe(false);
    slow.goOn();
    await ready;
    const ended = output.end(ending);
    await output.drained();
    expect((await ended).eventCount).toBe(8_000);
    slow.close();
  }
  thread.close();
});

test('a trace thread that breaks fails the run instead of hanging it', async () => {
  const thread = tracer();
  const { stream, close } = reader();
  const output = new ThreadedTrace(thread, stream);
  output.event(event(1));
  thread.onerror?.({ message: 'out of memory' });
  await expect(output.end(ending)).rejects.toThrow("the trace's thread broke: out of memory");
  thread.close();
  close();
});

test('without a trace events are counted, and there is no digest', async () => {
  const end = await write(new NoTrace(), 7);
  expect(end).toMatchObject({ eventCount: 7, digest: undefined });
});
