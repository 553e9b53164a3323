// What is drawn of a run while it grows is what is drawn of its file, read by somebody else.

import { expect, test } from 'vitest';
import { wait } from '#lib/node/promise.ts';
import { readTrace } from '#lib/trace/reader.ts';
import { saveTrace } from '#lib/trace/save.ts';
import { TraceStore } from '#lib/trace/store.ts';
import { runCluster } from '../../../tests/support/cluster.ts';
import { layoutTopology } from './layout/topology.ts';
import type { Ink } from './layout/shapes.ts';
import { svgPicture } from './paint/svg.ts';

/** A run of three processes on two machines: as it grew line by line, and read from its file. */
async function bothTraces(): Promise<{ live: TraceStore; file: TraceStore }> {
  const { text } = await runCluster({
    nodes: ['client', 'server', 'cache'],
    machineOf: { server: 'm1', cache: 'm1' },
    programs: {
      *client(process) {
        yield* wait(process.sleepUs(1_000));
        process.log('stdout', 'hello');
      },
      server: function* () {},
      cache: function* () {},
    },
  });
  const live = new TraceStore();
  for (const line of text.trimEnd().split('\n')) live.append(`${line}\n`);
  const file = await readTrace(savedBytes(live));
  return { live, file };
}

async function* savedBytes(trace: TraceStore): AsyncGenerator<Uint8Array> {
  const parts: string[] = [];
  saveTrace(trace, (lines) => parts.push(lines));
  for (const part of parts) yield new TextEncoder().encode(part);
}

test('a file tells which nodes share a machine, so its map has their box', async () => {
  const { live, file } = await bothTraces();
  const maps = [live, file].map(({ header }) =>
    layoutTopology({
      nodes: header!.nodes,
      machines: new Map(Object.entries(header!.machines ?? {})),
      ...{ pairs: [], width: 584, height: 520 },
    }),
  );
  expect(maps[0]!.machines.map(({ name }) => name)).toEqual(['m1']);
  expect(maps[1]).toEqual(maps[0]);
});

test('the saved picture of a file is that of its live run, whichever way it is drawn', async () => {
  const { live, file } = await bothTraces();
  const colours = new Proxy({}, { get: (_, ink) => `ink-${String(ink)}` }) as Record<Ink, string>;
  const words = { effect: String, tries: String, copy: String, exit: String };
  const texts = new Set<string>();
  for (const orientation of ['down', 'across'] as const) {
    for (const scale of ['elastic', 'steps', 'true'] as const) {
      const [one, other] = [live, file].map((trace) =>
        svgPicture({
          ...{ trace, orientation, scale, words, colours, cursorUs: trace.frontierUs },
          ...{ nodes: ['cache', 'client'], lens: null, showsBackground: true, fontFaces: '' },
          fonts: { ui: 'sans-serif', mono: 'monospace' },
        }),
      );
      expect(other).toEqual(one);
      expect(one!.text).toContain('>client</text>');
      texts.add(one!.text);
    }
  }
  expect(texts.size).toBe(6);
});
