// What drawing costs (DESIGN section 9): reading a trace into columns, the axis over it, and one
// stretch of the picture, at ten thousand and at a million events.
// Prints figures: `node tests/bench/viz.bench.ts`. Compare them within one run only.

import { futureOf, pastOf } from '#lib/trace/happens-before.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { layoutColumns } from '#lib/viz/layout/columns.ts';
import { Picture } from '#lib/viz/layout/picture.ts';
import { layoutScene } from '#lib/viz/layout/scene.ts';
import { shapeCount } from '#lib/viz/layout/shapes.ts';
import { randomTrace } from '../support/random-trace.ts';

const words = { effect: String, tries: String, copy: String, exit: String };
/** A stage of 640 px with what is laid out beyond it. */
const STRETCH = 1440;

/** Prints the median and the worst of some runs. */
function measure(name: string, runs: number, work: () => void): void {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    work();
    times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const median = times[Math.floor(runs / 2)]!.toFixed(2).padStart(9);
  console.log(`${median} ms  (worst ${times.at(-1)!.toFixed(1)})  ${name}`);
}

for (const eventCount of [10_000, 1_000_000]) {
  const runs = eventCount > 100_000 ? 3 : 20;
  const text = randomTrace({ seed: 1, nodeCount: 8, eventCount });
  const trace = TraceStore.from(text);
  const picture = new Picture();
  picture.extend(trace);
  const columns = layoutColumns(584, trace.header!.nodes);
  const { lastY } = picture.axis;
  const bytes = (trace.byteLength / eventCount).toFixed(1);
  console.log(`${eventCount} events, ${bytes} bytes each, ${Math.round(lastY)} px`);
  measure('read the lines', runs, () => TraceStore.from(text));
  measure('the axis and what else is known of the whole', runs, () => new Picture().extend(trace));
  let step = 0;
  let shapes = 0;
  measure('one stretch anywhere', 200, () => {
    const fromY = ((step++ * 0.618_034) % 1) * lastY;
    const toY = fromY + STRETCH;
    const options = { trace, picture, columns, fromY, toY, endY: lastY, lens: null, words };
    shapes = Math.max(shapes, shapeCount(layoutScene(options)));
  });
  console.log(`             at most ${shapes} shapes in a stretch`);
  measure('the past of the last event', runs, () => pastOf(trace, trace.eventCount - 1));
  measure('the future of the first event', runs, () => futureOf(trace, 0));
}
