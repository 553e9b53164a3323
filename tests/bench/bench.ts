// `npm run bench`: the figures of DESIGN section 9 in real Chromium, each beside its yardstick in the
// same run. How to read them: docs/performance.md.
//
//   node tests/bench/bench.ts [--json <file>] [--only <part of a key>] [--rounds n]

import { parseArgs } from 'node:util';
import type { Placement } from '#lib/runtime/control.ts';
import type { Prepared } from '#lib/runtime/prepare.ts';
import { loadEngine } from '../../bin/experiment.ts';
import { buildWorkerScript } from '../../scripts/worker-script.ts';
import { installedBrowsers, openPage } from '../support/engines.ts';
import { Figures, median } from './figures.ts';
import type { BenchPage, Content, RunCase } from './page.ts';
import {
  celery,
  futures,
  gossip,
  gossipTcp,
  idle,
  lesson,
  pingPong,
  rendezvous,
  wordCount,
} from './programs.ts';
import { measurePython } from './python.ts';

/** Long enough for compiled code to be what is measured. */
const EVENTS = 1_000_000;
const ROUND_TRIPS = 40_000;

const { values: flags } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '3' },
  },
});
const rounds = Number(flags.rounds);
const figures = new Figures();

type Scope = { benchPage: BenchPage };
const chromium = installedBrowsers().find(({ name }) => name === 'chromium');
if (!chromium) throw new Error('the bench needs Chromium: npm test installs one');
const script = await buildWorkerScript('tests/bench/page.ts');
const opened = await openPage(
  chromium,
  `<!doctype html><title>bench</title><body><script>${script.replaceAll('</script', '<\\/script')}</script>`,
);
const { page } = opened;
page.setDefaultTimeout(0);

const load = (given: RunCase): Promise<Content> =>
  page.evaluate((it) => (globalThis as unknown as Scope).benchPage.load(it), given);
const measure = (given: RunCase): Promise<number> =>
  page.evaluate((it) => (globalThis as unknown as Scope).benchPage.measure(it), given);
const measureStart = (given: RunCase): Promise<number> =>
  page.evaluate((it) => (globalThis as unknown as Scope).benchPage.measureStart(it), given);
const roundTrips = (): Promise<number> =>
  page.evaluate(
    (count) => (globalThis as unknown as Scope).benchPage.measureRoundTrips(count),
    ROUND_TRIPS,
  );

function isWanted(...keys: string[]): boolean {
  return keys.some((key) => key.includes(flags.only));
}

/** Messages a second with several threads, as a ratio to the yardstick of the same moment. */
async function ratio(
  key: string,
  title: string,
  goal: string,
  prepared: Prepared,
  placement: Placement = 'shared',
): Promise<void> {
  if (!isWanted(key)) return;
  const given: RunCase = { prepared, placement, eventLimit: EVENTS };
  const { messages } = await load(given);
  const ratios: number[] = [];
  const rates: number[] = [];
  const trips: number[] = [];
  for (let round = 0; round < rounds; round++) {
    trips.push(await roundTrips());
    rates.push(messages / (await measure(given)));
    ratios.push(rates.at(-1)! / trips.at(-1)!);
  }
  const detail = `${rate(median(rates))} messages/s, round trips ${rate(median(trips))}/s`;
  figures.add({ key, title, value: median(ratios), unit: 'x', goal, detail });
}

/** Events a second. */
async function speed(
  key: string,
  title: string,
  goal: string,
  given: { prepared: Prepared; placement: Placement; trace?: 'none'; eventLimit?: number },
): Promise<Content | undefined> {
  if (!isWanted(key)) return undefined;
  const run: RunCase = { eventLimit: EVENTS, ...given };
  const content = await load(run);
  const speeds: number[] = [];
  for (let round = 0; round < rounds; round++) speeds.push(content.events / (await measure(run)));
  const value = median(speeds);
  const detail = `${rate((value * content.messages) / content.events)} messages/s`;
  figures.add({ key, title, value, unit: 'events/s', goal, detail });
  return content;
}

const rate = (value: number): string => Math.round(value).toLocaleString('en');

async function ratios(): Promise<void> {
  const [udp, tcp, ping] = [await gossip(16), await gossipTcp(16), await pingPong()];
  await ratio('gossip16.ratio', 'gossip, 16 machines, shared', '>= 8', udp);
  await ratio('gossip16.worker.ratio', 'gossip, 16 machines, workers only', '', udp, 'worker');
  await ratio('gossip16.tcp.ratio', 'gossip over TCP, 16 machines, shared', '', tcp);
  await ratio('pingpong.ratio', 'ping-pong, 2 machines, shared', '>= 0.4', ping);
  await ratio('pingpong.worker.ratio', 'ping-pong, 2 machines, workers only', '', ping, 'worker');
}

async function inline(): Promise<void> {
  const placement = 'inline';
  const [udp, tcp, ping] = [await gossip(16), await gossipTcp(16), await pingPong()];
  const speeds = [
    ['inline.gossip', 'gossip, 16 machines, inline', '>= 500 000', { prepared: udp }],
    ['inline.gossip.tcp', 'gossip over TCP, inline', '', { prepared: tcp }],
    ['inline.pingpong', 'ping-pong, inline', '>= 500 000', { prepared: ping }],
    [
      'inline.nodigest',
      'gossip, inline, no lines, no digest',
      '>= 2 000 000',
      { prepared: udp, trace: 'none' },
    ],
  ] as const;
  let content: Content | undefined;
  for (const [key, title, goal, given] of speeds) {
    const run = await speed(`${key}.eventsPerSecond`, title, goal, { placement, ...given });
    content ??= run;
  }
  if (!content) return;
  const { bytesPerEvent: value } = content;
  const title = 'trace in memory, without texts';
  figures.add({ key: 'trace.bytesPerEvent', title, value, unit: 'bytes/event', goal: '<= 64' });
}

/** How cost grows with the number of nodes. */
async function sizes(): Promise<void> {
  for (const count of [10, 100, 1_000]) {
    const prepared = await gossip(count);
    for (const placement of ['inline', 'worker'] as const) {
      const key = `gossip${count}.${placement}.eventsPerSecond`;
      await speed(key, `gossip, ${count} machines, ${placement}`, '', {
        prepared,
        placement,
        eventLimit: Math.max(300_000, count * 400),
      });
    }
  }
}

async function times(): Promise<void> {
  if (isWanted('lesson1000.ms')) {
    const given: RunCase = { prepared: await lesson(), placement: 'inline', eventLimit: 1_000 };
    const { events } = await load(given);
    const seconds: number[] = [];
    for (let run = 0; run < 30; run++) seconds.push(await measure(given));
    const value = median(seconds.slice(10)) * 1000;
    const detail = `${events} events`;
    const title = 'a lesson, inline, run again';
    figures.add({ key: 'lesson1000.ms', title, value, unit: 'ms', goal: '< 20', detail });
  }
  for (const count of [6, 100]) {
    const key = `start${count}.ms`;
    if (!isWanted(key)) continue;
    const given: RunCase = { prepared: await idle(count), placement: 'worker', eventLimit: EVENTS };
    const seconds: number[] = [];
    for (let run = 0; run < 7; run++) seconds.push(await measureStart(given));
    const value = median(seconds) * 1000;
    const title = `${count} processes started and ended, workers`;
    figures.add({ key, title, value, unit: 'ms', ...(count === 6 ? { goal: '< 150' } : {}) });
  }
}

/** Tasks through Celery's brokers: a run of one client and eight workers, to its end. */
async function tasks(): Promise<void> {
  for (const broker of ['redis', 'rabbitmq'] as const) {
    const key = `celery10k.${broker}`;
    if (!isWanted(`${key}.seconds`, `${key}.eventsPerSecond`)) continue;
    const prepared = await celery(broker, 10_000);
    await whole(key, `10 000 tasks, 8 workers, ${broker}, inline`, prepared);
  }
}

/** A run to its end: seconds, and events a second. */
async function whole(key: string, title: string, prepared: Prepared): Promise<void> {
  const given: RunCase = { prepared, placement: 'inline', eventLimit: 10 * EVENTS };
  const { events, messages } = await load(given);
  const seconds: number[] = [];
  for (let round = 0; round < rounds; round++) seconds.push(await measure(given));
  const value = median(seconds);
  const detail = `${rate(events)} events, ${rate(messages)} messages`;
  figures.add({ key: `${key}.seconds`, title, value, unit: 's', detail });
  const speedKey = `${key}.eventsPerSecond`;
  figures.add({ key: speedKey, title, value: events / value, unit: 'events/s' });
}

/** Rendezvous of two processes of PyCSP: the cost of one stays the same. */
async function channels(): Promise<void> {
  for (const count of [10_000, 100_000]) {
    const key = `pycsp${count / 1000}k`;
    if (!isWanted(`${key}.seconds`, `${key}.eventsPerSecond`)) continue;
    await whole(key, `${rate(count)} rendezvous, one node, inline`, await rendezvous(count));
  }
}

/** Small futures: the cost of one stays the same, however many wait at the broker. */
async function pools(): Promise<void> {
  for (const count of [2_500, 10_000]) {
    const key = `scoop${count / 1000}k`;
    if (!isWanted(`${key}.seconds`, `${key}.eventsPerSecond`)) continue;
    await whole(key, `${rate(count)} futures, 8 workers, inline`, await futures(count));
  }
}

/** Words of a text that lies on eight nodes: four times the text is to take four times as long at most. */
async function words(): Promise<void> {
  for (const size of [250_000, 1_000_000]) {
    const key = `disco${size / 1000}k`;
    if (!isWanted(`${key}.seconds`, `${key}.eventsPerSecond`)) continue;
    await whole(key, `word count of ${rate(size)} bytes, 8 nodes, inline`, await wordCount(size));
  }
}

await page.evaluate(
  (scripts) => (globalThis as unknown as Scope).benchPage.open(scripts),
  await loadEngine(),
);
await ratios();
await inline();
await sizes();
await times();
await tasks();
await channels();
await pools();
await words();
await opened.close();
const isLong = flags.only.startsWith('python.runs');
await measurePython({ figures, rounds, isWanted, isLong, chromium });
if (flags.json !== undefined) figures.save(flags.json);
