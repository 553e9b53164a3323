// Events a second of the kernel and its processes alone, in one thread of Node.js, with trace and
// digest on and off. For profiles (`node --cpu-prof tests/bench/kernel.bench.ts`); the figures of
// DESIGN section 9 are bench.ts's.

import { InlineHost } from '#lib/runtime/inline-host.ts';
import { run } from '#lib/runtime/run.ts';
import { NoTrace } from '#lib/runtime/trace-output.ts';
import { TraceWriter } from '#lib/trace/writer.ts';
import { NodeProcess } from '#lib/node/process.ts';
import { run as start, wait, type Body } from '#lib/node/promise.ts';
import { clusterOf, type Program } from '../support/cluster.ts';

const LABEL = { proto: 'node', msg: 'data', preview: '' };
const payload = new Uint8Array(32);
const EVENTS = 400_000;

/** 16 machines, each sends 4 messages per 10 virtual ms over 10 ms links. */
function gossip(count: number): Record<string, Program> {
  const names = Array.from({ length: count }, (_, index) => `n${index}`);
  function* program(process: NodeProcess): Body<void> {
    const listener = process.listen(7);
    const index = names.indexOf(process.spec.name);
    const connections = [];
    for (const step of [1, 2, 3, 4]) {
      connections.push(yield* wait(process.connect(names[(index + step) % count]!, 7)));
    }
    for (let accepted = 0; accepted < 4; accepted++) {
      const connection = yield* wait(listener.accept());
      start(
        (function* () {
          while (yield* wait(connection.receive()));
        })(),
      );
    }
    for (;;) {
      for (const connection of connections) connection.send(payload, LABEL);
      yield* wait(process.sleepUs(10_000));
    }
  }
  return Object.fromEntries(names.map((name) => [name, program]));
}

const pingPong: Record<string, Program> = {
  a: function* (process) {
    const connection = yield* wait(process.listen(7).accept());
    for (;;) {
      yield* wait(connection.receive());
      connection.send(payload, LABEL);
    }
  },
  b: function* (process) {
    const connection = yield* wait(process.connect('a', 7));
    for (;;) {
      connection.send(payload, LABEL);
      yield* wait(connection.receive());
    }
  },
};

async function measure(
  name: string,
  programs: Record<string, Program>,
  isHashing: boolean,
): Promise<void> {
  const host = new InlineHost(
    (spec) => new NodeProcess(spec, (process) => start(programs[spec.argv[0]!]!(process))),
  );
  const startMs = performance.now();
  const { end } = await run({
    spec: {
      build: 'bench',
      cluster: clusterOf({ programs }),
      faults: [],
      seed: 1,
      eventLimit: EVENTS,
    },
    host,
    sink: isHashing ? new TraceWriter(() => undefined) : new NoTrace(),
  });
  const seconds = (performance.now() - startMs) / 1000;
  const rate = Math.round(end.eventCount / seconds).toLocaleString('en');
  console.log(
    `${name.padEnd(24)} digest ${isHashing ? 'on ' : 'off'} ${rate.padStart(12)} events/s`,
  );
}

for (const isHashing of [false, true, false, true]) {
  await measure('gossip, 16 machines', gossip(16), isHashing);
  await measure('ping-pong, 2 machines', pingPong, isHashing);
}
